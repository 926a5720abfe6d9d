"""Is the message for, or about, somebody who has died, or may have?"""

from __future__ import annotations

import re
from datetime import timedelta

from sayso.checks import who
from sayso.checks.late import Late
from sayso.message import Facts, Finding, Message, Person

CHECK = "deceased"
AFTER_DEATH = frozenset({"condolence_sensitive"})
"""What may speak of somebody who has died, to somebody who lives."""
_DOUBT = Late(
    r"\b(?:deceased|died|death|dead|passed (?:away|on)|late (?:husband|wife)|widow(?:er|ed)?|executor|estate of"
    r"|obituary|funeral|falleci\w+|viud[oa]|d[eé]c[eé]d\w+|verstorben\w*|witwer?)\b",
    re.I,
)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop where it is known and a hold where there is a sign of it; a home that somebody else has too is a hold."""
    story = facts.story
    if not story.told:
        return ()
    here, matter = who.behind(story), who.in_matter(story)
    living = [person for person in here if not has_died(person)]
    careful = message.purpose in AFTER_DEATH or facts.policy.lane(message.purpose) == "at_once"
    found = []
    for person in who.once((*here, *matter, *who.known(story, sorted(story.people)))):
        about = person in matter or (has_died(person) and who.mentions(who.spoken(message), person))
        if not has_died(person):
            found += [_doubtful(person, facts)] if person in (*here, *matter) and _is_doubtful(person, facts) else []
        elif (about or person in here) and not (living and careful):
            found.append(_known(person, about=about or not living))
    return tuple(found)


def has_died(person: Person) -> bool:
    """Whether somebody told us so; a date is as good as a yes."""
    said = person.get("deceased")
    return said is True or (isinstance(said, str) and bool(said.strip()))


def _known(person: Person, *, about: bool) -> Finding:
    name = who.as_sentence(who.first_name(person))
    if about:
        return _finding(person, "died", f"{name} has died, and this is for or about them.", "stop")
    reason = f"{name} has died and had this address too; please see that nothing in it is for them."
    return _finding(person, "shared", reason, "hold")


def _is_doubtful(person: Person, facts: Facts) -> bool:
    """Nobody says yes or no, a note speaks of a death, and no list was looked at lately."""
    if person.get("deceased") is not None or not _DOUBT.search(_notes(person)):
        return False
    checked = person.moment("deceased_checked_at")
    days = facts.policy.limits.deceased_match_days
    return checked is None or facts.now - checked > timedelta(days=days)


def _notes(person: Person) -> str:
    return " ".join(str(person.get(name) or "") for name in ("note", "notes"))


def _doubtful(person: Person, facts: Facts) -> Finding:
    name = who.as_sentence(who.first_name(person))
    reason = f"A note suggests that {name} may have died, and nobody has checked that lately."
    fact = person.facts[0]
    proof = who.evidence(fact, facts.now, "a note on this person")
    return Finding(
        CHECK, "doubt", reason, "hold", person.key, proof, who.confirm(fact, f"May we still write to {name}?")
    )


def _finding(person: Person, code: str, reason: str, verdict: str) -> Finding:
    known = person.known("deceased")
    proof = f"said by {known.by}" if known else ""
    return Finding(CHECK, code, reason, verdict, person.key, proof, {"kind": "suppress" if code == "died" else "edit"})
