"""Facts for tests: items read as a CRM's or a clerk's, and merged, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sayso.message import Fact, Json
from sayso.store.seal import Seal
from sayso.telling import merging, reading
from sayso.telling.fields import Place
from sayso.telling.reading import Teller

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEAL = Seal("k" * 40)


def teller(now: datetime = NOW, *, desk: bool = False, country: str = "US") -> Teller:
    """A CRM called crm, or a clerk who uses its ids; there is another CRM called till."""
    by = "ana@example.com" if desk else "crm"
    return Teller("S1", "crm", by, desk, SEAL, Place(now, country), {"crm": "S1", "till": "S2"})


def fact(kind: str, now: datetime = NOW, /, *, desk: bool = False, **item: Json) -> Fact:
    """One item as a fact."""
    return reading.read(kind, item, teller(now, desk=desk))


def merged(facts: Iterable[Fact]) -> Fact:
    """What is stored after these were heard one after the other."""
    known: Fact | None = None
    for one in facts:
        known = merging.merge(known, one)
    assert known
    return known


def told(kind: str, *items: dict[str, Json]) -> Fact:
    """What is stored of one item that was handed in several times, an hour apart; with `desk`, by a clerk."""
    times = [NOW - timedelta(hours=len(items) - n) for n in range(len(items))]
    return merged(
        fact(kind, at, desk=bool(item.get("desk")), **{name: value for name, value in item.items() if name != "desk"})
        for at, item in zip(times, items, strict=True)
    )
