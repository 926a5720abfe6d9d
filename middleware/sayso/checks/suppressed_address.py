"""Is the message for an address that must not be written to?"""

from __future__ import annotations

import phonenumbers

from sayso.message import Facts, Finding, Message


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for every address on the do-not-send list, however the number is spelled."""
    if not facts.suppressed:
        return ()
    country = facts.policy.default_country
    listed = {plain_address(address, country): reason for address, reason in facts.suppressed.items()}
    return tuple(
        _finding(index, address, listed[plain])
        for index, address in enumerate(message.content.to)
        if (plain := plain_address(address, country)) in listed
    )


def _finding(index: int, address: str, reason: str) -> Finding:
    kind = "address" if "@" in address else "number"
    sentence = f"This {kind} is on the do-not-send list: {reason or 'no reason was noted'}."
    shown = f"{kind} {index + 1} of this message, ends in {address[-4:]}"
    return Finding("suppressed_address", "listed", sentence, "stop", str(index), shown, {"kind": "reject"})


def plain_address(address: str, country: str) -> str:
    """One spelling for an address: E.164 for a number, small letters for the rest, no channel in front."""
    bare = address.strip().rpartition(":")[2].casefold()
    if "@" in bare:
        return bare
    try:
        return phonenumbers.format_number(phonenumbers.parse(bare, country), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return bare
