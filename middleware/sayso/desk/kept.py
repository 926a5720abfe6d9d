"""The surprises that are kept, as the desk shows them: what, from whom, until when, who said so and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sayso import store
from sayso.checks import pieces
from sayso.desk import letters, sayings, words
from sayso.message import Embargo, Fact, Malformed
from sayso.resolving import bonds, gifts, world
from sayso.resolving.surprises import surprises
from sayso.resolving.world import World
from sayso.runtime import Runtime
from sayso.store import Source, Staff, Tx

LATEST, MOST = 500, 100
"""How many of the newest sales and surprises are looked through, and how many surprises a page shows."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """One surprise; `asks` when its day is over, but only a person may end it."""

    fact: Fact
    source: Source
    about: str
    pieces: str
    whom: str
    until: str
    set_by: str
    reason: str
    asks: bool
    inferred: bool


def kept(tx: Tx, here: Runtime, staff: Staff) -> tuple[Surprise, ...]:
    """Every surprise that this person may know of, those that ask on top."""
    sources = {source.name: source for source in store.read_sources(tx)}
    told = store.list_facts(tx, "embargoes", LATEST)
    sold = [fact for fact in store.list_facts(tx, "purchases", LATEST) if _may_be_one(fact, tx.now)]
    over = {key for fact in told for key in fact.people("subject")}
    maybe = [fact for fact in told if not _ended(fact, tx.now)] + [fact for fact in sold if fact.key not in over]
    found = [one for fact in maybe[:MOST] if (one := _seen(tx, here, staff, fact, sources))]
    return tuple(sorted(found, key=lambda one: not one.asks))


def find(tx: Tx, here: Runtime, staff: Staff, key: str) -> Surprise:
    """The surprise that a fact is; Malformed 404 where there is none, or this person may not know of it."""
    fact = store.get_facts(tx, [key]).get(key)
    sources = {source.name: source for source in store.read_sources(tx)}
    found = _seen(tx, here, staff, fact, sources) if fact else None
    if found is None:
        raise Malformed(404, "not_found", "There is no such surprise.")
    return found


def zone(here: Runtime, shop: str | None) -> tzinfo:
    """The clock on a shop's wall; UTC where nobody told us which that is."""
    name = here.read_policy().default_zone
    return here.zones.get(shop or "") or (ZoneInfo(name) if name else UTC)


def keeps_from(known: World, staff: Staff, found: Embargo) -> bool:
    """Whether it is kept from this member of staff, or from somebody close to them whose secret it is not."""
    mine = {person.key for person in known.behind.get(staff.email.lower(), ())}
    near = {me for me in mine for one in found.hidden_from if me == one or bonds.is_related(known, me, one)}
    return bool(near - found.owners)


def _may_be_one(sale: Fact, now: datetime) -> bool:
    said = sale.get("surprise")
    gift = sale.get("gift_for") or any(sale.get(flag) is True for flag in gifts.FLAGS)
    return said is not False and bool(said or gift) and gifts.given_at(sale, now) is None


def _ended(fact: Fact, now: datetime) -> bool:
    ended = fact.moment("ended_at")
    return fact.get("deleted") is True or (ended is not None and ended <= now)


def _seen(tx: Tx, here: Runtime, staff: Staff, fact: Fact, sources: Mapping[str, Source]) -> Surprise | None:
    """A fact as the surprise that it is now; None where it is none, or not for this person's eyes."""
    source, named = sources.get(fact.source), {key for keys in fact.refs.values() for key in keys}
    known = world.load(tx, [staff.email.lower()], [fact.key, *sorted(named)], ())
    found = next((one for one in surprises(known, tx.now, here.read_policy().limits) if one.key == fact.key), None)
    if source is None or found is None or keeps_from(known, staff, found):
        return None
    sale = next((known.facts[key] for key in fact.people("subject") if key in known.facts), fact)
    shop = sale.text("store") or source.store
    if staff.stores is not None and shop not in staff.stores:
        return None
    return _shown(known, found, fact, source, zone(here, shop))


def _shown(known: World, found: Embargo, fact: Fact, source: Source, clock: tzinfo) -> Surprise:
    return Surprise(
        fact=fact,
        source=source,
        about=letters.spelled(sayings.about(found.subject)),
        pieces=letters.spelled(pieces.shown(found.items)) if found.items else "",
        whom=words.listed(_names(known, fact, sorted(found.hidden_from))),
        until=words.at(found.until, clock) if found.until else "",
        set_by=letters.spelled(found.set_by),
        reason=letters.spelled(found.reason),
        asks=found.asks,
        inferred=found.inferred,
    )


def _names(known: World, fact: Fact, keys: Sequence[str]) -> list[str]:
    """Those from whom it is hidden, by name; where nobody knows them, by the ids that the fact has."""
    people = [known.people[key].name for key in keys if key in known.people]
    names = [letters.spelled(name) for name in people if name]
    return names or [letters.spelled(name) for name in (fact.texts("hide_from") or fact.texts("gift_for"))]
