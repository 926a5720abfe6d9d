"""Who belongs to whom: couples that are, couples that were, kin, and those who live together."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.checks import couples
from sayso.message import KIN, Fact
from sayso.resolving.world import World


@dataclass(frozen=True, slots=True)
class Bond:
    """What two people are: a `couple`, one that has `ended`, or `kin`; `confirmed` when somebody is known to say so."""

    kind: str
    couple: bool
    ended: bool
    kin: bool
    confirmed: bool
    fact: Fact

    @property
    def related(self) -> bool:
        """Whether one may be buying for the other: a couple, confirmed or not, or kin."""
        return self.couple or self.kin


def bond(world: World, one: str, other: str) -> Bond | None:
    """The bond of two people, as the checks judge it; None where nothing is known, or one of them is not."""
    left, right = world.people.get(one), world.people.get(other)
    if left is None or right is None or left.key == right.key:
        return None
    found = couples.between(world.story, left, right, world.now)
    if found.fact is None:
        return None
    kind = found.fact.text("kind")
    return Bond(
        kind=kind,
        couple=found.state in ("together", "doubt"),
        ended=found.state == "over",
        kin=kind in KIN and found.fact.moment("ended_at") is None,
        confirmed=found.state == "together" and found.confirmed_at is not None,
        fact=found.fact,
    )


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
    """Whether two people are a couple (confirmed or not), kin, or share a home or a line; never once they parted."""
    known = bond(world, one, other)
    if known and known.ended:
        return False
    return bool((known and known.related) or lives_with(world, one, other))
