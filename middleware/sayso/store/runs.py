"""Runs from a file: what was said when they were taken and handed over, and their pieces in the order of the file."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import or_, select, update

from sayso.message import Json, Message, State
from sayso.store import tables as t
from sayso.store.batches import Batch, _batch
from sayso.store.database import Tx
from sayso.store.messages import JOINED, _message
from sayso.store.search import _note, _token

PAGE = 200
OVER = (State.STOPPED, State.FAILED)
"""Where a piece is that does not go any more."""
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


def carried(tx: Tx, source_id: str, name: str, values: Collection[str], but: str = "") -> dict[str, Message]:
    """By what of these values, in small letters, a piece of a source's runs carries it that went or may still go.

    One pass along the tokens of the runs' pieces, however many values are asked for; none of the batch `but` counts.
    """
    asked = {value.casefold() for value in values}
    spelled = {*values, *asked, *(value.upper() for value in values)}
    wanted = {_token(tx, source_id, _note(name, value)) for value in spelled}
    size, there = len(next(iter(wanted), b"-")), t.token.c
    query = select(there.message_id, there.tokens).join(t.message, c.id == there.message_id)
    query = query.where(there.source_id == source_id, c.batch_id.is_not(None), c.batch_id != but, c.state.not_in(OVER))
    found = {}
    for message_id, tokens in tx.connection.execute(query) if wanted else ():
        if not wanted.isdisjoint(tokens[n : n + size] for n in range(0, len(tokens), size)):
            piece = _message(tx, tx.connection.execute(JOINED.where(c.id == message_id)).one())
            found[dict(piece.content.metadata).get(name, "").casefold()] = piece
    return {value: piece for value, piece in found.items() if value in asked}
