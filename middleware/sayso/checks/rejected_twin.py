"""Did a colleague say no to the same thing for the same people a short while ago, on whatever channel?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sayso.checks.words import ago
from sayso.message import Contact, Facts, Finding, Message

CHECK = "rejected_twin"
NOES: Mapping[str, str] = {
    "rejected:wrong_person": "A colleague stopped the same thing {ago}: it was not for this person.",
    "rejected:not_wanted": "A colleague stopped the same thing {ago}: it was not wanted.",
    "suppressed": "A colleague stopped the same thing {ago} and wants none of it to go to them.",
    "phone": "A colleague chose {ago} to phone about this instead.",
    "redirected": "A colleague sent the same thing {ago} to somebody else instead.",
}


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for a message whose like was stopped by a person within the limit, for the same purpose and subject."""
    if not facts.story.told:
        return ()
    since = facts.now - timedelta(days=facts.policy.limits.twin_days)
    same = [one for one in facts.contacts if one.at > since and one.stop_reason in NOES and _is_twin(one, message)]
    if not same:
        return ()
    last = max(same, key=lambda one: one.at)
    reason = NOES[last.stop_reason].format(ago=ago(last.at, facts.now))
    code = last.stop_reason.rpartition(":")[2]
    return (Finding(CHECK, code, reason, "hold", last.message_id, f"message {last.message_id}", {"kind": "reject"}),)


def _is_twin(one: Contact, message: Message) -> bool:
    """Whether it had the same purpose and was about the same thing; one that the CRM made this from is no twin."""
    same = one.purpose == (message.purpose or "") and one.subject == (message.subject or "")
    return same and one.message_id not in (message.id, message.parent_id)
