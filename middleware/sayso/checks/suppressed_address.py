"""Is the message for an address that must not be written to?"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from sayso.message import Facts, Finding, Message, telephony

CHECK = "suppressed_address"
# 47 CFR 64.1200(a)(10)-(12) and the FCC's orders on it: what may still go after a person's own opt-out
AFTER_OPT_OUT = frozenset({"otp", "optout_confirmation", "safety_legal_notice", "auto_reply"})
"""What a person's own opt-out does not stop: a code they ask for, its confirmation, a warning, a direct answer."""
IN_THEIR_MATTER = AFTER_OPT_OUT | frozenset(
    "receipt order_status repair_ready repair_problem appointment_today appointment_future payment_reminder"
    " complaint_followup".split()
)
"""What serves somebody in a matter of their own, so that leaving one list of a vendor's does not stop it."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for every address on the do-not-send list, however it is spelled; a hold where an answer may go."""
    if not facts.suppressed and not facts.opted_out:
        return ()
    country = facts.policy.default_country
    listed = {plain_address(address, country): reason for address, reason in facts.suppressed.items()}
    asked = {plain_address(address, country): found.reason for address, found in facts.opted_out.items()}
    if message.purpose not in AFTER_OPT_OUT:
        listed, asked = asked | listed, {}
    elif facts.policy.lane(message.purpose) == "at_once":
        asked = {}
    plain = [plain_address(address, country) for address in message.content.to]
    stopped = [_listed(n, message.content.to[n], listed[one]) for n, one in enumerate(plain) if one in listed]
    answers = [_asked(n, message.content.to[n]) for n, one in enumerate(plain) if one in asked and one not in listed]
    return (*stopped, *answers)


def _listed(index: int, address: str, reason: str) -> Finding:
    sentence = f"This {_kind(address)} is on the do-not-send list: {reason or 'no reason was noted'}."
    return Finding(CHECK, "listed", sentence, "stop", str(index), _shown(index, address), {"kind": "reject"})


def _asked(index: int, address: str) -> Finding:
    sentence = "They asked for no more messages. Only a direct answer to what they wrote, or a warning, may still go."
    return Finding(CHECK, "opted_out", sentence, "hold", str(index), _shown(index, address), {"kind": "reject"})


def _shown(index: int, address: str) -> str:
    return f"{_kind(address)} {index + 1} of this message, ends in {address[-4:]}"


def _kind(address: str) -> str:
    return "address" if "@" in address else "number"


@lru_cache(maxsize=4096)
def plain_address(address: str, country: str) -> str:
    """One spelling for an address: E.164 for a number, small letters for the rest, no channel in front."""
    bare = address.strip().rpartition(":")[2].casefold()
    if "@" in bare:
        return bare
    found = telephony.read_number(bare, country)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else bare
