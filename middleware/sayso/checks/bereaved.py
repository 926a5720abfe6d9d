"""Has somebody behind the address lost someone? Then it is quiet for a while, and on the days that hurt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from sayso.checks import who
from sayso.message import Fact, Facts, Finding, Message, Person

CHECK = "bereaved"
STILL_GOES = frozenset(
    {"otp", "optout_confirmation", "staff_alert", "safety_legal_notice", "auto_reply", "condolence_sensitive"}
)
"""What grief does not hold: a code, a warning, a direct answer, and what a person writes because of it."""
FIRST_YEAR = timedelta(days=373)
"""A year and a week: the first birthday or anniversary after a loss lies within it."""

OCCASIONS: Mapping[str, str] = {
    "mothers_day": r"mother['\u2019]?s['\u2019]? day|for mum|for mom|d[ií]a de la madre|f[eê]te des m[eè]res|muttertag",
    "fathers_day": r"father['\u2019]?s['\u2019]? day|for dad|d[ií]a del padre|f[eê]te des p[eè]res|vatertag",
    "valentines_day": r"valentine|san valent[ií]n",
    "christmas": r"christmas|xmas|navidad|no[eë]l|weihnacht",
    "wedding": r"wedding|boda|mariage|hochzeit",
}
"""The words by which a text speaks of an occasion; one that is not here is looked for by its own name."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for those who mourn, and a stop for the occasion that somebody asked not to be reminded of."""
    if not facts.story.told or message.purpose in STILL_GOES:
        return ()
    found = (_spared(one, message, facts) or _mourning(one, message, facts) for one in who.behind(facts.story))
    return tuple(finding for finding in found if finding)


def _mourning(person: Person, message: Message, facts: Facts) -> Finding | None:
    lost = person.moment("bereaved_at")
    if lost is None or lost > facts.now:
        return None
    name, since = who.as_sentence(who.first_name(person)), facts.now - lost
    if since <= timedelta(days=facts.policy.limits.bereaved_days):
        reason = f"{name} lost somebody in {lost:%B}; nothing goes out by itself for now."
        return _finding(person, "quiet", reason, "hold")
    if message.purpose in who.DATED and since <= FIRST_YEAR:
        reason = f"{name} lost somebody in {lost:%B %Y}; this would be the first such day since."
        return _finding(person, "first_day", reason, "hold")
    return None


def _finding(person: Person, code: str, reason: str, verdict: str) -> Finding:
    known = person.known("bereaved_at")
    proof = f"said by {known.by}" if known else ""
    return Finding(CHECK, code, reason, verdict, person.key, proof, {"kind": "phone"})


def _spared(person: Person, message: Message, facts: Facts) -> Finding | None:
    """The stop for the occasion that a suppression of theirs names."""
    for fact in who.of(facts.story, "suppressions", "person", person):
        occasion = fact.text("occasion")
        if occasion and _is_about(occasion, message, facts):
            spoken = occasion.replace("_", " ")
            reason = f"{who.as_sentence(who.first_name(person))} asked not to hear about {spoken}."
            proof = who.evidence(fact, facts.now, fact.text("reason"))
            return Finding(CHECK, "spared", reason, "stop", f"{occasion}:{person.key}", proof, {"kind": "reject"})
    return None


def _is_about(occasion: str, message: Message, facts: Facts) -> bool:
    """Whether a message is for an occasion, by its purpose, its subject or its words."""
    name = occasion.casefold().replace("-", "_").replace(" ", "_")
    fact: Fact | None = facts.story.subject_fact
    kinds = {message.purpose or "", fact.text("kind") if fact else ""}
    subject = (message.subject or "").casefold().replace("-", "_").replace(" ", "_")
    if name in kinds or name in subject:
        return True
    words = OCCASIONS.get(name) or re.escape(name).replace("_", "[ _-]?")
    return re.search(words, who.spoken(message), re.I) is not None
