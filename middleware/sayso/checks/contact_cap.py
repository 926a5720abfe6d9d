"""Have these people heard from us often enough for one week?"""

from __future__ import annotations

from datetime import UTC, timedelta

from sayso.checks import who
from sayso.checks.quiet_hours import next_allowed
from sayso.message import Contact, Facts, Finding, Message, State

CHECK = "contact_cap"
WENT = frozenset({State.CLEARED, State.SENDING, State.UNCONFIRMED, State.SENT})
UNCAPPED = frozenset(
    {"safety_legal_notice", "auto_reply", "complaint_followup", "repair_problem", "condolence_sensitive"}
)
"""What is not held back because something else came before it."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when this would be one too many of marketing, or of anything, with the day on which it may go."""
    if facts.policy.lane(message.purpose) == "at_once" or message.purpose in UNCAPPED:
        return ()
    limits = facts.policy.limits
    since = facts.now - timedelta(days=limits.cap_days)
    near = [one for one in facts.contacts if _counts(one, facts) and one.at > since and one.message_id != message.id]
    selling = [one for one in near if one.purpose in who.SELLS]
    if message.purpose in who.SELLS and len(selling) >= limits.marketing_cap:
        return (_finding(message, facts, "marketing", selling, limits.marketing_cap),)
    if len(near) >= limits.contact_cap:
        return (_finding(message, facts, "messages", near, limits.contact_cap),)
    return ()


def _counts(one: Contact, facts: Facts) -> bool:
    return one.state in WENT and facts.policy.lane(one.purpose) == "sign_off"


def _finding(message: Message, facts: Facts, code: str, near: list[Contact], cap: int) -> Finding:
    days = facts.policy.limits.cap_days
    what = "marketing messages" if code == "marketing" else "messages"
    reason = f"{len(near)} {what} to them went out or are about to, in {days} days; this one can wait."
    newest = sorted(one.at for one in near)[-cap:] if cap else [facts.now]
    until = next_allowed(facts, newest[0] + timedelta(days=days), message).astimezone(UTC)
    proof = ", ".join(one.message_id for one in near[:12])
    return Finding(CHECK, code, reason, "hold", "", proof, {"kind": "delay", "until": until.isoformat()})
