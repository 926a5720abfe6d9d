"""Is this the first time that anything goes to an address of which nobody has told us whose it is?"""

from __future__ import annotations

from sayso.message import Facts, Finding, Message, State

CHECK = "first_contact"
ANSWERS = frozenset({"auto_reply"})
WENT = frozenset({State.SENT, State.UNCONFIRMED})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for an address that nothing ever went to and that nobody known has; whoever wrote to us is no stranger."""
    if not facts.story.told or message.purpose in ANSWERS or facts.policy.lane(message.purpose) == "at_once":
        return ()
    if any(one.state in WENT for one in facts.contacts):
        return ()
    asked = enumerate(facts.story.recipients)
    strangers = [n for n, to in asked if not to.crowded and not any(one.person for one in to.behind)]
    if not strangers:
        return ()
    reason = "We have never written to this address, and nobody has told us whose it is."
    return (Finding(CHECK, "stranger", reason, "hold", str(strangers[0]), "", {"kind": "confirm", "fact": "people"}),)
