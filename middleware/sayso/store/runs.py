"""Runs from a file: what was said when they were taken and handed over, and their pieces in the order of the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import or_, select, update

from sayso.message import Json, Message
from sayso.store import tables as t
from sayso.store.batches import Batch, _batch
from sayso.store.database import Tx
from sayso.store.messages import JOINED, _message

PAGE = 200
c = t.message.c


def read_runs(tx: Tx, limit: int = 20, named: str | None = None) -> tuple[Batch, ...]:
    """The newest runs, or those of this name or id."""
    query = select(t.batch).order_by(t.batch.c.id.desc()).limit(limit)
    if named is not None:
        query = query.where(or_(t.batch.c.id == named, t.batch.c.name == named))
    return tuple(_batch(tx, row) for row in tx.connection.execute(query))


def note_run(tx: Tx, batch_id: str, said: Mapping[str, Json]) -> None:
    """Keep what else is known of a run, sealed, in place of what was kept."""
    sealed = tx.seal.seal(json.dumps(said).encode(), f"batch|{batch_id}")
    tx.connection.execute(update(t.batch).where(t.batch.c.id == batch_id).values(sealed=sealed))


def read_run(tx: Tx, batch_id: str) -> dict[str, Json]:
    """What else is known of a run; empty for one that came from no file."""
    sealed = tx.connection.execute(select(t.batch.c.sealed).where(t.batch.c.id == batch_id)).scalar()
    found: dict[str, Json] = json.loads(tx.seal.open(sealed, f"batch|{batch_id}")) if sealed else {}
    return found


def set_total(tx: Tx, batch_id: str, total: int) -> None:
    """How many pieces a run is to have."""
    tx.connection.execute(update(t.batch).where(t.batch.c.id == batch_id).values(total=total))


def taken(tx: Tx, batch_id: str) -> frozenset[str]:
    """The CRM's ids of all pieces of a run."""
    return frozenset(tx.connection.execute(select(c.crm_id).where(c.batch_id == batch_id)).scalars())


def all_pieces(tx: Tx, batch_id: str) -> Iterator[Message]:
    """Every piece of a run, the first first, a page at a time."""
    after = ""
    while True:
        query = JOINED.where(c.batch_id == batch_id, c.id > after).order_by(c.id).limit(PAGE)
        page = [_message(tx, row) for row in tx.connection.execute(query)]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
