"""Whom a purchase is for: rules.md §2.2 to §2.4, declared or inferred, never from gender or names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.checks import pieces
from sayso.message import Fact
from sayso.resolving import bonds
from sayso.resolving.world import World, plain_name

SECRET_WORDS = re.compile(
    r"surpris|secret|don'?t tell|do not tell|not? (?:a )?word to|gift for|present for|sorpresa|geschenk", re.I
)
FLAGS = ("gift", "gift_receipt", "gift_wrap")


@dataclass(frozen=True, slots=True)
class Gift:
    """That a purchase is for somebody else, by key, and why we think so; `declared` when a till or a clerk said it."""

    why: str
    declared: bool


def buyer(world: World, purchase: Fact) -> str | None:
    """The key of who paid; None where payer and the endpoint given at this sale point to different people."""
    payer = next(iter(world.all_who(purchase.people("purchaser"))), None)
    owners = _owners(world, purchase)
    if payer is None:
        return next(iter(owners)) if len(owners) == 1 else None
    return payer if not owners or payer in owners else None


def payer(world: World, purchase: Fact) -> str | None:
    """The key of who is noted as the buyer, whatever else points elsewhere."""
    return next(iter(world.all_who(purchase.people("purchaser"))), None) or next(iter(_owners(world, purchase)), None)


def parties(world: World, purchase: Fact) -> frozenset[str]:
    """Everybody who may have bought it: who is noted as the buyer, and whose endpoint was given at this sale."""
    if purchase.list == "repairs":
        return world.all_who(purchase.people("depositor"))
    return world.all_who(purchase.people("purchaser")) | _owners(world, purchase)


def for_whom(world: World, purchase: Fact) -> Mapping[str, Gift]:
    """The keys of those whom a purchase is for; `surprise: false` takes back what is only inferred.

    Where payer and given endpoint are two people, either may be buying for the other.
    """
    may_have = parties(world, purchase)
    said = world.all_who(purchase.people("gift_for"))
    declared = {key: Gift("the sale says whom it is for", declared=True) for key in said - may_have}
    if declared or said or purchase.get("surprise") is False:
        return declared
    if purchase.list == "repairs":
        return _of_repair(world, purchase, may_have)
    inferred = {key: gift for own in sorted(may_have) for key, gift in _inferred(world, purchase, own)}
    return inferred or {key: gift for own in sorted(may_have) for key, gift in _unnamed(world, purchase, own)}


def _of_repair(world: World, repair: Fact, depositors: frozenset[str]) -> Mapping[str, Gift]:
    """A piece is worked on in secret where somebody says so: for whose piece it is, else for who is closest."""
    if not _is_secret(repair):
        return {}
    keepers = world.all_who(repair.people("owner")) - depositors
    close = {key for own in sorted(depositors) for key, _ in _unnamed(world, repair, own)}
    return dict.fromkeys(keepers or close, Gift("it is being worked on in secret", declared=True))


def given_at(purchase: Fact, now: datetime) -> datetime | None:
    """When the piece was given, if it was."""
    found = purchase.moment("given_at")
    return found if found and found <= now else None


def _owners(world: World, purchase: Fact) -> frozenset[str]:
    """Whose endpoint was given at this sale."""
    ends = set(purchase.endpoints)
    return frozenset(person.key for person in world.people.values() if ends & person.endpoints)


def _inferred(world: World, purchase: Fact, own: str) -> Iterator[tuple[str, Gift]]:
    """Those for whom something in the facts says that it is: their list, their name on the parcel, their size."""
    bought = pieces.pieces(purchase)
    for wishlist in world.of("wishlists"):
        for owner in world.all_who(wishlist.people("owner")) - {own}:
            wished = pieces.same(bought, pieces.pieces(wishlist))
            if wished and bonds.is_related(world, own, owner):
                yield owner, Gift(f"{pieces.shown(wished)} is on their wishlist", declared=False)
    ship_to = purchase.get("ship_to")
    named = ship_to.get("name") if isinstance(ship_to, dict) else ship_to
    size = purchase.get("ring_size")
    for person in {one.key: one for one in world.people.values()}.values():
        if person.key == own or not bonds.is_related(world, own, person.key):
            continue
        if isinstance(named, str) and person.name and plain_name(named) == plain_name(person.name):
            yield person.key, Gift("it is sent to them", declared=False)
        elif size is not None and person.get("ring_size") == size and world.people[own].get("ring_size") != size:
            yield person.key, Gift("it has their ring size", declared=False)


def _is_secret(fact: Fact) -> bool:
    """Whether somebody says so of it: the till, or a clerk's note."""
    noted = any(SECRET_WORDS.search(fact.text(name)) for name in ("note", "notes", "gift_note"))
    return fact.get("surprise") is True or noted


def _unnamed(world: World, purchase: Fact, own: str) -> Iterator[tuple[str, Gift]]:
    """A gift or a surprise, and nobody said for whom: the partner it is, else whoever is at home."""
    said = purchase.get("surprise") is True
    if not (_is_secret(purchase) or any(purchase.get(flag) is True for flag in FLAGS)):
        return
    near = bonds.bonds(world, own)
    close = [key for key, bond in near.items() if bond.couple]
    others = {person.key for person in world.people.values() if bonds.is_related(world, own, person.key)}
    why = "the sale is a surprise" if said else "it was bought as a gift"
    for key in close or sorted(others - {own}):
        yield key, Gift(f"{why}, and they are closest to the buyer", declared=said)
