"""Who is this person to this matter, and would the message tell them more than they know? The matrix of roles.csv."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.checks.disclosure import told_sentence, what
from sayso.checks.ways import kind_way
from sayso.message import Behind, Cell, Facts, Finding, Json, Message, Recipient, Role

CHECK = "recipient_role"
STRICT = {"allow": 0, "hold": 1, "stop": 2}
END: Mapping[str, Json] = {"kind": "suppress"}
"""What is proposed for the day of a couple that was: neither half of it hears of it again."""
BY_PHONE = frozenset({"repair_problem", "complaint_followup"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """The strictest verdict over everybody behind each address, in every role; nothing while nobody was told of."""
    story = facts.story
    if not story.told or not message.purpose:
        return ()
    if story.subject is None and _needs_subject(message, facts):
        return _without_subject(message, facts)
    found = [_recipient(message, facts, n, recipient) for n, recipient in enumerate(story.recipients)]
    return tuple(finding for finding in found if finding)


def _needs_subject(message: Message, facts: Facts) -> bool:
    known = facts.policy.purposes.get(message.purpose or "")
    return bool(known and known.principal_is in NEEDS)


NEEDS = frozenset(
    {"buyer", "payer", "owner of the piece", "depositor", "booker", "celebrant", "complainant"}
)  # rules.md §2.1


def _without_subject(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """Nothing is known that it could be about; one that goes at once is refused, and the others wait."""
    names = [one.person.name for one in facts.story.behind if one.person and one.person.name]
    whom = " and ".join(names) or "this address"
    reason = f"We know of nothing that this could be about for {whom}. Tell us what it is about, or do not send it."
    return (Finding(CHECK, "no_subject", reason, "hold", "", _evidence(facts), {"kind": "reject"}),)


def _recipient(message: Message, facts: Facts, n: int, recipient: Recipient) -> Finding | None:
    """The worst finding over everybody behind one address."""
    judged = [
        (STRICT[cell.verdict], index, behind, role, cell)
        for index, behind in enumerate(recipient.behind)
        for role in behind.roles
        if (cell := _cell(message, facts, role))
    ]
    worst = max(judged, key=lambda one: (one[0], -one[1]), default=None)
    if worst is None or worst[0] == 0:
        return _tells_more(message, facts, n, recipient)
    _, _, behind, role, cell = worst
    if role.name == "principal" and cell.verdict == "hold" and message.purpose in BY_PHONE:
        return None  # bad_news says it better
    reason = _sentence(facts, behind, role, cell)
    theirs = facts.story.subject_fact is not None and facts.story.subject_fact.list == "occasions"
    way = END if theirs and role.name == "ex_partner" else kind_way(message, facts.story, behind)
    return Finding(CHECK, role.name, reason, cell.verdict, str(n), role.evidence, way)


def _cell(message: Message, facts: Facts, role: Role) -> Cell | None:
    found = facts.policy.cell(message.store, message.purpose or "", role.name)
    if found is None:
        return Cell("hold", "nobody has said what this person may hear")
    known = facts.policy.purposes.get(message.purpose or "")
    wants = known and facts.story.subject_fact is None and known.principal_is in NEEDS
    if wants and found.verdict == "stop" and role.name == "unknown":
        return Cell("hold", found.reason)  # named by the CRM, unknown to us: not knowing holds
    return found


def _tells_more(message: Message, facts: Facts, n: int, recipient: Recipient) -> Finding | None:
    """What the words tell beyond the purpose, and beyond what this person knows."""
    for behind in recipient.behind:
        known = frozenset[str]().union(*(facts.policy.knows.get(role.name, frozenset()) for role in behind.roles))
        more = frozenset() if "any" in known else facts.story.tells - known - {"any"}
        if more and not _excepted(message, facts, behind):
            reason = told_sentence(facts, behind, more)
            way = kind_way(message, facts.story, behind)
            return Finding(CHECK, "tells_more", reason, "hold", str(n), behind.roles[0].evidence, way)
    return None


def _excepted(message: Message, facts: Facts, behind: Behind) -> bool:
    """Whether the purpose itself tells it, and the matrix allows that: then the words say no more than they may."""
    known = facts.policy.purposes.get(message.purpose or "")
    allowed = known.discloses if known else frozenset()
    roles = frozenset[str]().union(*(facts.policy.knows.get(role.name, frozenset()) for role in behind.roles))
    return facts.story.tells <= allowed | roles


def _sentence(facts: Facts, behind: Behind, role: Role, cell: Cell) -> str:
    """What would be told to whom where that is the harm, else what the matrix says of them."""
    known = facts.policy.knows.get(role.name, frozenset())
    more = facts.story.tells - known
    who = behind.person.name if behind.person and behind.person.name else "Somebody we do not know"
    if more and cell.verdict == "stop" and role.name not in ("unknown", "principal"):
        return told_sentence(facts, behind, more)
    said = cell.reason[:1].upper() + cell.reason[1:] if cell.reason else "Please look at it"
    return f"{who} {what(role.name)}. {said.rstrip('.')}."


def _evidence(facts: Facts) -> str:
    return " ".join(role.evidence for one in facts.story.behind for role in one.roles[:1])[:300]
