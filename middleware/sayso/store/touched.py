"""What waits and is touched by a fact: found along the links, kept until somebody has looked at it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from sayso.message import State
from sayso.store import tables as t
from sayso.store.database import Tx

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A held message: what it names, and the keys of the endpoints that it is for."""

    id: str
    source_id: str
    channel: str
    person: str | None
    subject: str | None
    endpoints: frozenset[str]


def hold_source(tx: Tx, source_id: str) -> None:
    """Let nobody else merge facts of this source until this transaction ends; SQLite has one writer anyway."""
    mine = select(t.source.c.id).where(t.source.c.id == source_id)
    tx.connection.execute(mine.with_for_update(key_share=True))


def read_waiting(tx: Tx) -> tuple[Waiting, ...]:
    """Every message that waits for a person."""
    c, r = t.message.c, t.recipient.c
    columns = (c.id, c.source_id, c.channel, c.person, c.subject, r.address_hash)
    query = select(*columns).outerjoin(t.recipient, r.message_id == c.id).where(c.state == State.HELD)
    ends: dict[str, set[str]] = {}
    found = {}
    for row in tx.connection.execute(query):
        found[row.id] = row
        ends.setdefault(row.id, set()).update({row.address_hash[:32]} if row.address_hash else ())
    return tuple(
        Waiting(row.id, row.source_id, row.channel, row.person, row.subject, frozenset(ends[row.id]))
        for row in found.values()
    )


def reach(tx: Tx, keys: Iterable[str], hops: int, most: int) -> frozenset[str] | None:
    """Every key within so many links of these; None when they are more than `most`."""
    seen = frontier = {bytes.fromhex(key) for key in keys}
    for _ in range(hops):
        if len(seen) > most:
            return None
        frontier = _next(tx, list(frontier), most) - seen
        seen = seen | frontier
        if not frontier:
            break
    return None if len(seen) > most else frozenset(key.hex() for key in seen)


def put_rescreens(tx: Tx, ids: Iterable[str]) -> None:
    """Keep these messages to be looked at again."""
    rows = [{"message_id": message_id, "at": tx.at} for message_id in ids]
    if rows:
        tx.connection.execute(tx.insert(t.rescreen).on_conflict_do_nothing(), rows)


def read_rescreens(tx: Tx, limit: int) -> tuple[str, ...]:
    """The ids of messages that are to be looked at again, those that wait longest first."""
    c = t.rescreen.c
    return tuple(tx.connection.execute(select(c.message_id).order_by(c.at, c.message_id).limit(limit)).scalars())


def drop_rescreens(tx: Tx, ids: Sequence[str]) -> None:
    """These messages were looked at again."""
    tx.connection.execute(delete(t.rescreen).where(t.rescreen.c.message_id.in_(ids)))


def _next(tx: Tx, keys: Sequence[bytes], most: int) -> set[bytes]:
    """What is one link away: the facts that these keys find, and the keys that these facts are found by."""
    c, found = t.link.c, set[bytes]()
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for wanted, given in ((c.fact, c.key), (c.key, c.fact)):
            query = select(wanted).where(given.in_(chunk)).distinct().limit(most + 1)
            found |= {bytes(key) for key in tx.connection.execute(query).scalars()}
        if len(found) > most:
            break
    return found
