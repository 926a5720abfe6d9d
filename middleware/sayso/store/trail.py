"""The trail: who did what when, written in the transaction that did it; ids and states only, no people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from ulid import ULID

from sayso.message import Json
from sayso.store import tables as t
from sayso.store.database import Tx, moment
from sayso.store.hot import Hot

WRITTEN = ("message_id", "actor", "event", "version", "detail", "at")
INSERT_TRAIL = Hot(t.trail.insert().values({name: bindparam(name) for name in WRITTEN}))


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that happened to a message."""

    seq: int
    actor: str
    event: str
    version: int | None
    detail: Mapping[str, Json]
    at: datetime | None


def write_trail(
    tx: Tx,
    actor: str,
    event: str,
    detail: Mapping[str, Json],
    *,
    message_id: str | None = None,
    version: int | None = None,
) -> None:
    """Add one row to the trail."""
    row = {"message_id": message_id, "actor": actor, "event": event, "version": version, "at": tx.at}
    INSERT_TRAIL.run(tx, row | {"detail": json.dumps(detail)})


def read_trail(tx: Tx, message_id: str) -> tuple[TrailRow, ...]:
    """What happened to a message, first to last."""
    rows = tx.connection.execute(select(t.trail).where(t.trail.c.message_id == message_id).order_by(t.trail.c.seq))
    return tuple(
        TrailRow(row.seq, row.actor, row.event, row.version, json.loads(row.detail or "{}"), moment(row.at))
        for row in rows
    )


def write_incident(tx: Tx, kind: str, message_id: str | None, detail: str) -> None:
    """Record what should not have happened, for the desk, the doctor and whoever is called at night."""
    row_id = str(ULID.from_datetime(tx.now))
    sealed = tx.seal.seal(detail.encode(), f"incident|{row_id}")
    row = {"id": row_id, "message_id": message_id, "kind": kind, "detail": sealed, "at": tx.at}
    tx.connection.execute(t.incident.insert(), row)
    write_trail(tx, "sayso", kind, {}, message_id=message_id)


def read_incidents(
    tx: Tx, message_id: str | None = None, limit: int = 20
) -> tuple[tuple[str, str, datetime | None], ...]:
    """The latest incidents (kind, detail, when), of one message or of all."""
    query = select(t.incident).order_by(t.incident.c.id.desc()).limit(limit)
    if message_id:
        query = query.where(t.incident.c.message_id == message_id)
    rows = tx.connection.execute(query)
    return tuple((row.kind, tx.seal.open(row.detail, f"incident|{row.id}").decode(), moment(row.at)) for row in rows)
