"""Batches: what was handed in as one, and what the messages of one request share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, exists, select, update

from sayso.message import State
from sayso.store import tables as t
from sayso.store.batch_tables import STOPPED
from sayso.store.database import Tx, moment
from sayso.store.messages import JOINED, new_id, stored
from sayso.store.opening import opened
from sayso.store.seal import Seal

GOING = (State.RECEIVED, State.HELD, State.CLEARED)


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of messages; `ref` is what its CRM calls it, `total` how many pieces it is to have."""

    id: str
    source_id: str
    store: str | None
    name: str
    channel: str
    purpose: str | None
    ref: str | None
    state: str
    total: int | None
    cut_off: datetime | None
    created_at: datetime


def add_batch(
    tx: Tx,
    source_id: str,
    name: str,
    channel: str,
    *,
    ref: str | None = None,
    store: str | None = None,
    purpose: str | None = None,
    total: int | None = None,
    cut_off: datetime | None = None,
) -> Batch:
    """A new batch, or the source's own of that `ref`."""
    row: dict[str, object] = {"id": new_id(tx.now), "source_id": source_id, "store": store, "name": name[:200]}
    row |= {
        "channel": channel,
        "purpose": purpose,
        "ref": ref,
        "total": total,
        "cut_off": stored(cut_off),
        "created_at": tx.at,
    }
    tx.connection.execute(tx.insert(t.batch).values(row).on_conflict_do_nothing())
    found = find_batch(tx, str(row["id"])) or (find_batch_of(tx, source_id, ref) if ref else None)
    if found is None:
        raise LookupError("a batch was neither stored nor there")
    return found


def find_batch(tx: Tx, batch_id: str) -> Batch | None:
    """The batch of that id."""
    row = tx.connection.execute(select(t.batch).where(t.batch.c.id == batch_id)).first()
    return _batch(tx, row) if row else None


def find_batch_of(tx: Tx, source_id: str, ref: str) -> Batch | None:
    """The batch that a source calls so."""
    mine = select(t.batch).where(t.batch.c.source_id == source_id, t.batch.c.ref == ref)
    row = tx.connection.execute(mine).first()
    return _batch(tx, row) if row else None


def set_batch(tx: Tx, batch_id: str, state: str) -> None:
    """Open, pause or cancel a batch: nothing of a paused one leaves; the caller stops what a canceled one has."""
    tx.connection.execute(update(t.batch).where(t.batch.c.id == batch_id).values(state=state))


def stopped_batches(tx: Tx, source_id: str) -> tuple[Batch, ...]:
    """The batches of a source, by its own names for them, that are paused or canceled."""
    c = t.batch.c
    mine = select(t.batch).where(c.source_id == source_id, c.ref.is_not(None), c.state != "open").order_by(c.id)
    return tuple(_batch(tx, row) for row in tx.connection.execute(mine))


def left_in(tx: Tx, batch_id: str) -> tuple[str, ...]:
    """The ids of what of a batch has not gone yet, and is not stopped."""
    c = t.message.c
    waits = select(c.id).where(c.batch_id == batch_id, c.state.in_(GOING))
    return tuple(tx.connection.execute(waits.order_by(c.id)).scalars())


def left_canceled(tx: Tx, limit: int) -> tuple[str, ...]:
    """The ids of what waits, or may go, in batches that are canceled; where none is, no message is looked at.

    What cannot be opened is passed over.
    """
    c, b = t.message.c, t.batch.c
    if tx.connection.execute(select(b.id).where(STOPPED, b.state == "canceled").limit(1)).first() is None:
        return ()
    mine = exists().where(b.id == c.batch_id, b.state == "canceled")
    left, _ = opened(tx, JOINED.where(c.state.in_(GOING), mine).order_by(c.id), limit)
    return tuple(message.id for message in left)


def part_id(seal: Seal, source_id: str, digest: str) -> str:
    """The name of a part: the keyed hash of its source and of its SHA-256 (hex)."""
    return seal.hash("part", f"{source_id}|{digest}")


def keep_part(tx: Tx, name: str, part: bytes) -> None:
    """Store a part sealed, once."""
    if not has_part(tx, name):
        row = {"id": name, "sealed": tx.seal.seal(part, f"part|{name}"), "created_at": tx.at}
        tx.connection.execute(tx.insert(t.part).values(row).on_conflict_do_nothing())


def read_part(tx: Tx, name: str) -> bytes | None:
    """What was stored under this name."""
    sealed = tx.connection.execute(select(t.part.c.sealed).where(t.part.c.id == name)).scalar()
    return tx.seal.open(sealed, f"part|{name}") if sealed else None


def has_part(tx: Tx, name: str) -> bool:
    """Whether a part of this name is still there."""
    return tx.connection.execute(select(t.part.c.id).where(t.part.c.id == name)).first() is not None


def _batch(tx: Tx, row: Row[tuple[object, ...]]) -> Batch:
    found = row._mapping
    same = {name: found[name] for name in Batch.__slots__ if name not in ("cut_off", "created_at")}
    return Batch(**same, cut_off=moment(found["cut_off"]), created_at=moment(found["created_at"]) or tx.now)
