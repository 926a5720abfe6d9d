"""Who belongs to whom: couples that are, couples that were, and those who live together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.message import COUPLE, KIN, Fact
from sayso.resolving.world import World

EX = "ex_partner"


@dataclass(frozen=True, slots=True)
class Bond:
    """What two people are: a `couple` (which may have `ended`) or `kin`; `confirmed_at` None: nobody ever said so."""

    kind: str
    couple: bool
    ended: bool
    kin: bool
    confirmed_at: datetime | None
    fact: Fact

    @property
    def related(self) -> bool:
        """Whether one may be buying for the other: a couple, confirmed or not, or kin."""
        return (self.couple and not self.ended) or self.kin


def bond(world: World, one: str, other: str) -> Bond | None:
    """The closest bond of two people; rules.md §2.5: an end that is newer than the last confirmation ends a couple."""
    pair = {one, other}
    found = [
        _bond(fact)
        for fact in world.of("relationships")
        if world.all_who((*fact.people("a"), *fact.people("b"))) == pair and len(pair) == 2
    ]
    couples = [one for one in found if one.couple or one.ended]
    if couples:
        return _settled(couples)
    return next((one for one in found if one.kin), found[0] if found else None)


def bonds(world: World, person: str) -> dict[str, Bond]:
    """Everybody with whom somebody has a bond, by key."""
    others: set[str] = set()
    for fact in world.of("relationships"):
        pair = world.all_who((*fact.people("a"), *fact.people("b")))
        if person in pair:
            others |= pair - {person}
    found = {other: bond(world, person, other) for other in sorted(others)}
    return {other: one for other, one in found.items() if one}


def lives_with(world: World, one: str, other: str) -> str:
    """The endpoint that two people share, if they do; never one that a crowd has."""
    left, right = world.people.get(one), world.people.get(other)
    if left is None or right is None or left.key == right.key:
        return ""
    return next(iter(sorted((left.endpoints & right.endpoints) - world.crowded)), "")


def is_related(world: World, one: str, other: str) -> bool:
    """Whether two people are a couple (confirmed or not), kin, or share a home or a line."""
    known = bond(world, one, other)
    if known and known.ended:
        return False
    return bool((known and known.related) or lives_with(world, one, other))


def _bond(fact: Fact) -> Bond:
    kind = fact.text("kind")
    known = fact.values.get("kind")
    confirmed = fact.moment("confirmed_at") or (known.at if known else None)
    ended_at = fact.moment("ended_at")
    over = kind == EX or (ended_at is not None and (confirmed is None or ended_at >= confirmed))
    said_ended = kind == EX or kind in COUPLE
    return Bond(kind, kind in COUPLE, over and said_ended, kind in KIN and not over, confirmed, fact)


def _settled(couples: list[Bond]) -> Bond:
    """What several sources say of one couple: the newest word counts; an end without a date leaves it unconfirmed."""
    ends = [one for one in couples if one.ended]
    current = [one for one in couples if not one.ended]
    if not ends or not current:
        found = ends or current
        return max(
            found,
            key=lambda one: (one.confirmed_at is not None, one.confirmed_at or one.fact.confirmed_at or _LONG_AGO),
        )
    newest = max(current, key=lambda one: one.confirmed_at or _LONG_AGO)
    dated = [end for one in ends if (end := one.fact.moment("ended_at") or one.confirmed_at)]
    if newest.confirmed_at and len(dated) == len(ends) and all(end < newest.confirmed_at for end in dated):
        return newest
    if newest.confirmed_at and not dated:
        return Bond(newest.kind, True, False, False, None, newest.fact)
    return ends[0]


_LONG_AGO = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
