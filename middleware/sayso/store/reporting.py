"""What reports count: decisions with what had been found when they were made, and messages whose words are gone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sayso.message import Finding
from sayso.store import tables as t
from sayso.store.contacts import first_id
from sayso.store.database import Tx
from sayso.store.messages import read_findings

GONE = ("erased", "deleted")


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision as reports count it: `at` as the database stores it."""

    message_id: str
    kind: str
    version: int
    at: int


def decided(tx: Tx, since: datetime, most: int) -> tuple[Decided, ...]:
    """The decisions since then, the oldest first; where there are more, the newest of them."""
    c = t.decision.c
    newest = select(c.message_id, c.kind, c.version, c.at).where(c.id >= first_id(since)).order_by(c.id.desc())
    rows = tx.connection.execute(newest.limit(most)).all()
    return tuple(Decided(row.message_id, row.kind, row.version, row.at) for row in reversed(rows))


def found_before(tx: Tx, made: Sequence[Decided]) -> Mapping[Decided, tuple[Finding, ...]]:
    """What the last screening before each of these decisions had found: what was on the card."""
    c = t.screening.c
    query = select(c.id, c.message_id, c.at, c.sealed).where(c.message_id.in_({one.message_id for one in made}))
    screenings: dict[str, list[tuple[int, str, bytes]]] = {}
    for row in tx.connection.execute(query.order_by(c.at, c.id)):
        screenings.setdefault(row.message_id, []).append((row.at, row.id, row.sealed))
    found: dict[Decided, tuple[Finding, ...]] = {}
    for one in made:
        seen = screenings.get(one.message_id, [])
        before = [screening for screening in seen if screening[0] < one.at] or seen[:1]
        found[one] = _findings(tx, *before[-1][1:]) if before else ()
    return found


def gone(tx: Tx, message_ids: Sequence[str]) -> frozenset[str]:
    """Those of these messages whose words a CRM has erased or deleted since."""
    c = t.trail.c
    rows = tx.connection.execute(select(c.message_id).where(c.message_id.in_(message_ids), c.event.in_(GONE)))
    return frozenset(str(row[0]) for row in rows)


def arrived_before(tx: Tx, source_id: str, since: datetime, message_id: str, *, limit: int) -> int:
    """How many messages a source had handed in since then when this one came; never counts beyond `limit`."""
    c = t.message.c
    rows = select(c.id).where(c.source_id == source_id, c.id >= first_id(since), c.id < message_id).limit(limit)
    return tx.connection.execute(select(func.count()).select_from(rows.subquery())).scalar() or 0


def screened_under(tx: Tx, message_id: str) -> str | None:
    """The hash of the policy that a message was screened under last; None while nobody has looked."""
    c = t.screening.c
    latest = select(c.policy_hash).join(t.message, t.message.c.screening_id == c.id)
    found: str | None = tx.connection.execute(latest.where(t.message.c.id == message_id)).scalar()
    return found


def _findings(tx: Tx, screening_id: str, sealed: bytes) -> tuple[Finding, ...]:
    plain = json.loads(tx.seal.open(sealed, f"screening|{screening_id}"))
    return tuple(read_findings(plain))
