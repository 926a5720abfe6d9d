"""Do several people read what goes to this address, and does that matter here?"""

from __future__ import annotations

from sayso.checks import who
from sayso.message import Behind, Facts, Finding, Message, Recipient

CHECK = "shared_endpoint"
PRIVATE = frozenset({"debt", "loss", "complaint", "price"})
"""What a matter discloses that is one person's own business, whatever the matrix lets through."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for an address of several people who may not hear the same, or with too many to look at."""
    if not facts.story.told or facts.policy.lane(message.purpose) == "at_once":
        return ()
    found = (_judge(n, recipient, message, facts) for n, recipient in enumerate(facts.story.recipients))
    return tuple(finding for finding in found if finding)


def _judge(index: int, recipient: Recipient, message: Message, facts: Facts) -> Finding | None:
    people = [one for one in recipient.behind if one.person]
    place = _place(message, recipient.address)
    if recipient.crowded:
        reason = f"More than {len(people)} people have this {place}; nobody can say who would read it."
        return Finding(CHECK, "crowded", reason, "hold", str(index), "", {"kind": "confirm", "fact": "people"})
    if len(people) < 2 or not (_differ(people, message, facts) or _is_private(people, message, facts)):
        return None
    names = who.together([one.person for one in people if one.person])
    reason = f"{who.as_sentence(names)} share this {place}, and not all of them should read this."
    proof = "; ".join(one.roles[0].evidence for one in people if one.roles and one.roles[0].evidence)
    return Finding(CHECK, "shared", reason, "hold", str(index), proof, {"kind": "redirect"})


def _place(message: Message, address: str) -> str:
    if message.channel in who.PRINT:
        return "address"
    return "e-mail address" if "@" in address else "number"


def _differ(people: list[Behind], message: Message, facts: Facts) -> bool:
    """Whether the matrix says one thing for one of them and another for another."""
    return len({_verdict(one, message, facts) for one in people}) > 1


def _verdict(one: Behind, message: Message, facts: Facts) -> str:
    """The strictest that the matrix says of the roles that somebody has."""
    cells = [facts.policy.cell(message.store, message.purpose or "", role.name) for role in one.roles]
    found = {cell.verdict if cell else "hold" for cell in cells} or {"hold"}
    return next(verdict for verdict in ("stop", "hold", "allow") if verdict in found)


def _is_private(people: list[Behind], message: Message, facts: Facts) -> bool:
    purpose = facts.policy.purposes.get(message.purpose or "")
    told = facts.story.tells | (purpose.discloses if purpose else frozenset())
    return bool(told & PRIVATE) and not all(who.has_role(one, "principal", "staff") for one in people)
