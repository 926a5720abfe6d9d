"""Couples as the checks read them: together, over, or in doubt; rules.md §4, and nothing is guessed from names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sayso.checks import pieces, who
from sayso.message import COUPLE, ENDED_STATES, Fact, Person, Story

EX = "ex_partner"
END = re.compile(
    r"\b(?:divorc\w+|separat\w+|split up|broke up|widow\w*|passed away|ex-?(?:wife|husband|partner))\b", re.I
)
"""What clerks note when two people are no couple any more (rules.md §4): then somebody is asked."""
BLOOD = frozenset({"parent", "child", "sibling"})
"""What does not end, whoever last said so."""


@dataclass(frozen=True, slots=True)
class Couple:
    """Two people and what they are: `together`, `over`, `doubt` (we heard both), `kin`, `other`, or `nothing` we know.

    `fact` is the relation to confirm or to show, `confirmed_at` when somebody last knew them to be together, and
    `sign` what a piece that came back says, when that is newer.
    """

    people: tuple[Person, Person]
    state: str
    fact: Fact | None = None
    confirmed_at: datetime | None = None
    sign: Fact | None = None

    @property
    def key(self) -> str:
        """A stable name for these two."""
        return self.fact.key if self.fact else "-".join(sorted(person.key for person in self.people))


def between(story: Story, one: Person, other: Person, now: datetime) -> Couple:
    """What two people are to each other now."""
    pair = (one, other)
    found = [fact for fact in _relations(story) if _joins(fact, one, other)]
    couple = [fact for fact in found if fact.text("kind") in {*COUPLE, EX}]
    if not couple:
        other_kind = max(found, key=lambda fact: (fact.text("kind") in BLOOD, _newest(fact)), default=None)
        if other_kind is None:
            return Couple(pair, "nothing")
        return Couple(pair, "kin" if other_kind.text("kind") in BLOOD else "other", other_kind, other_kind.confirmed_at)
    ends = [fact for fact in couple if _is_end(fact, now)]
    current = [fact for fact in couple if fact not in ends]
    said = max((fact.confirmed_at for fact in current if fact.confirmed_at), default=None)
    if ends:
        state = _after(ends, current, said)
        return Couple(pair, state, max(ends if state == "over" else couple, key=_newest), said)
    newest = max(current, key=_newest)
    state, sign = _returned(story, pair, said)
    noted = (*couple, *(fact for person in pair for fact in person.facts))
    if state == "together" and any(END.search(fact.text(name)) for fact in noted for name in ("note", "notes")):
        state = "doubt"
    return Couple(pair, state, newest, said, sign)


def couples(story: Story, people: Iterable[Person], now: datetime) -> tuple[Couple, ...]:
    """Every couple, present or past, that one of these people is half of."""
    mine = {key for person in people for key in person.keys}
    pairs = {}
    for fact in _relations(story):
        both = who.known(story, (*fact.people("a"), *fact.people("b")))
        if len(both) == 2 and fact.text("kind") in {*COUPLE, EX} and any(person.keys & mine for person in both):
            pairs[frozenset(person.key for person in both)] = both
    return tuple(between(story, one, other, now) for one, other in pairs.values())


def among(story: Story, people: Iterable[Person], now: datetime) -> tuple[Couple, ...]:
    """What each two of these people are to each other."""
    return tuple(between(story, one, other, now) for one, other in combinations(people, 2))


def _relations(story: Story) -> list[Fact]:
    return [fact for fact in story.of("relationships") if fact.get("deleted") is not True]


def _joins(fact: Fact, one: Person, other: Person) -> bool:
    left, right = set(fact.people("a")), set(fact.people("b"))
    return bool((left & one.keys and right & other.keys) or (left & other.keys and right & one.keys))


def _is_end(fact: Fact, now: datetime) -> bool:
    ended = fact.moment("ended_at")
    return fact.text("kind") == EX or (ended is not None and ended <= now)


def _after(ends: list[Fact], current: list[Fact], said: datetime | None) -> str:
    """What holds where sources differ: the newest word; what the desk said beats what only a source says."""
    if said is None:
        return "over"
    desk = max((at for fact in ends if (at := who.desk_said(fact))), default=None)
    back = max((at for fact in current if (at := who.desk_said(fact))), default=None)
    if desk and (back is None or back <= desk):
        return "over"
    dates = [date for fact in ends for date in (fact.moment("ended_at"), fact.confirmed_at) if date]
    if not dates:
        return "together" if back else "doubt"
    return "over" if max(dates) >= said else "together"


def _returned(story: Story, pair: tuple[Person, Person], said: datetime | None) -> tuple[str, Fact | None]:
    """Whether a ring between them came back since: an engagement ring ends it, another ring or no date asks."""
    doubt = None
    for fact in who.of(story, "purchases", "purchaser", *pair):
        if fact.text("status") not in ENDED_STATES:
            continue
        bridal = _is_bridal(story, fact)
        theirs = {key for person in pair for key in person.keys} & set(fact.people("gift_for"))
        if not bridal and not (theirs and pieces.has_ring(fact)):
            continue
        dated, heard = _came_back(fact)
        if bridal and dated and (said is None or dated > said):
            return "over", fact
        if said is None or (dated or heard) > said:
            doubt = fact
    return ("doubt", doubt) if doubt else ("together", None)


def _is_bridal(story: Story, fact: Fact) -> bool:
    return pieces.is_bridal(fact) or any(one.bridal and one.key == fact.key for one in story.embargoes)


def _came_back(fact: Fact) -> tuple[datetime | None, datetime]:
    """When a piece came back, if anybody dated that, and when we heard; the day of the sale is not the day it did."""
    status = fact.values["status"]
    said = fact.moment("returned_at") or status.at
    return (said if said != fact.moment("at") else None), status.heard_at


def _newest(fact: Fact) -> tuple[bool, datetime]:
    heard = max(value.heard_at for value in fact.values.values())
    return fact.confirmed_at is not None, fact.confirmed_at or heard
