"""Do we know what the message is for? Without that nobody can say who may read it."""

from __future__ import annotations

from sayso.message import Facts, Finding, Message


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for a purpose that is none, and for none at all in a shop that has told us about its people."""
    if message.purpose and message.purpose not in facts.policy.purposes:
        reason = f"It says that it is for “{message.purpose[:60]}”, which we do not know; please read it."
        return (Finding("purpose_unknown", "no_such", reason, "hold", message.purpose[:60]),)
    if message.purpose or not facts.story.told:
        return ()
    reason = "We cannot tell what this is for, so we cannot tell whether it may go to them; please read it."
    evidence = "The CRM did not say, and the words fit nothing, or two things, that we know."
    return (Finding("purpose_unknown", "unknown", reason, "hold", "", evidence),)
