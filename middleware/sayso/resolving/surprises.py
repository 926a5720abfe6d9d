"""Surprises: what is hidden from whom and until when; rules.md §3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sayso.checks import pieces
from sayso.message import KINDS, Embargo, Fact, Limits
from sayso.resolving import bonds, gifts
from sayso.resolving.world import World

NAMES = {listed: kind for kind, listed in reversed(KINDS.items())}


def surprises(world: World, now: datetime, limits: Limits) -> tuple[Embargo, ...]:
    """Every surprise that is kept now, and those that only a person may end although their day is over."""
    found: list[Embargo] = []
    told = [fact for fact in world.of("embargoes") if not _ended(fact, now) and not _given_since(world, fact, now)]
    for fact in told:
        found.append(_told(world, fact))
    over = {key for fact in world.of("embargoes") for key in fact.people("subject")}
    for purchase in (*world.of("purchases"), *world.of("repairs")):
        if purchase.key not in over:
            found.extend(_of_purchase(world, purchase, now, limits))
    return tuple(kept for one in found if (kept := _kept(one, now)))


def subject_of(fact: Fact) -> str:
    """A fact as messages name it: `kind/id`."""
    return f"{NAMES.get(fact.list, fact.list)}/{fact.id}"


def _ended(fact: Fact, now: datetime) -> bool:
    ended = fact.moment("ended_at")
    return ended is not None and ended <= now


def _given_since(world: World, fact: Fact, now: datetime) -> bool:
    """Whether we heard that the piece was given after the last word on the surprise itself."""
    last = max(known.heard_at for known in fact.values.values())
    sales = (world.facts[key] for key in fact.people("subject") if key in world.facts)
    return any(gifts.given_at(sale, now) and sale.values["given_at"].heard_at >= last for sale in sales)


def _told(world: World, fact: Fact) -> Embargo:
    """A surprise that a till or a clerk noted; what it is about may be a purchase that we know."""
    about = next((world.facts[key] for key in fact.people("subject") if key in world.facts), None)
    sale = about if about and about.list in ("purchases", "repairs") else None
    known = fact.values.get("subject") or next(iter(fact.values.values()), None)
    hidden = world.all_who(fact.people("hide_from"))
    return Embargo(
        subject=fact.text("subject") or (subject_of(about) if about else f"embargo/{fact.id}"),
        items=pieces.pieces(about) if about else pieces.pieces(fact),
        hidden_from=hidden or frozenset(gifts.for_whom(world, sale) if sale else ()),
        owners=(gifts.parties(world, sale) if sale else frozenset()) - hidden,
        until=fact.moment("until"),
        reason=fact.text("reason"),
        set_by=fact.text("set_by") or (known.by if known else fact.source),
        bridal=pieces.is_bridal(fact) or bool(about and pieces.is_bridal(about)),
        key=fact.key,
    )


def _of_purchase(world: World, purchase: Fact, now: datetime, limits: Limits) -> Iterator[Embargo]:
    """The surprise that a sale is, by what the till said or by what the facts say; none once it was given."""
    said = purchase.get("surprise")
    whom = gifts.for_whom(world, purchase)
    owners = gifts.parties(world, purchase) - set(whom)
    if said is False or gifts.given_at(purchase, now) or not (whom or said is True):
        return
    bridal = pieces.is_bridal(purchase) or (
        pieces.has_ring(purchase) and any(_unmarried(world, own, key) for key in whom for own in owners)
    )
    why = "; ".join(sorted({gift.why for gift in whom.values()})) or "the till says that it is a surprise"
    known = purchase.values.get("surprise") if said is True else None
    yield Embargo(
        subject=subject_of(purchase),
        items=pieces.pieces(purchase),
        hidden_from=frozenset(whom),
        owners=owners,
        until=None if bridal else _until(world, purchase, frozenset(whom), now, limits),
        reason=why,
        set_by=known.by if known else purchase.said_by,
        bridal=bridal,
        inferred=said is not True and not any(gift.declared for gift in whom.values()),
        key=purchase.key,
    )


def _unmarried(world: World, own: str, other: str) -> bool:
    """A ring for a partner who is no spouse may be the ring: it is treated as one until somebody says otherwise."""
    known = bonds.bond(world, own, other)
    return known is None or (known.couple and known.kind != "spouse")


def _until(world: World, purchase: Fact, whom: frozenset[str], now: datetime, limits: Limits) -> datetime:
    """The next birthday or anniversary of theirs after the sale and some days, else a number of days from the sale."""
    sold = purchase.moment("at") or purchase.confirmed_at or now
    days = [
        _next(day, sold)
        for fact in world.of("occasions")
        if whom & world.all_who(fact.people("people")) and (day := fact.moment("date"))
    ]
    soon = [day for day in days if day - sold <= timedelta(days=366)]
    if soon:
        return min(soon) + timedelta(days=1 + limits.surprise_margin_days)
    return sold + timedelta(days=limits.surprise_days)


def _next(day: datetime, after: datetime) -> datetime:
    """The next time this day of the year comes."""
    for year in (after.year, after.year + 1):
        try:
            found = day.replace(year=year)
        except ValueError:  # the 29th of February
            found = day.replace(year=year, day=28)
        if found >= after - timedelta(days=1):
            return found
    return day


def _kept(embargo: Embargo, now: datetime) -> Embargo | None:
    """The surprise as it is now: over by its date, or asking somebody where only a person may end it."""
    if embargo.until is None or embargo.until > now:
        return embargo
    return replace(embargo, asks=True) if embargo.bridal else None


def keeps_from(world: World, email: str, surprise: Embargo) -> bool:
    """Whether a surprise is kept from whoever has an e-mail address, or from somebody close whose secret it is not."""
    mine = {person.key for person in world.behind.get(email.lower(), ())}
    near = {me for me in mine for one in surprise.hidden_from if me == one or bonds.is_related(world, me, one)}
    return bool(near - surprise.owners)
