"""Messages by the dozen: what is due, and how one that cannot be opened keeps nobody from the others."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, update

from sayso.message import WAITING, Message, State
from sayso.store import tables as t
from sayso.store.database import Tx
from sayso.store.messages import JOINED, _message, stored

logger = logging.getLogger("sayso")


def due(tx: Tx, state: State, limit: int) -> tuple[Message, ...]:
    """The messages in a state whose `due_at` has come, oldest first, as far as they can be opened."""
    c = t.message.c
    return opened(tx, JOINED.where(c.state == state, c.due_at <= tx.at).order_by(c.due_at), limit)[0]


def put_off(tx: Tx, message_id: str, until: datetime | None) -> None:
    """Look at a message later (None: no more), without reading it, so that it does not hold up the others."""
    later = update(t.message).where(t.message.c.id == message_id, t.message.c.due_at <= tx.at)
    tx.connection.execute(later.values(due_at=stored(until)))


def look_again(tx: Tx, message_id: str, at: datetime | None) -> None:
    """Look at a sent message at this moment, or never again: its vendor is a pretended one and will speak of it."""
    sent = update(t.message).where(t.message.c.id == message_id, t.message.c.state == State.SENT)
    tx.connection.execute(sent.values(due_at=stored(at)))


def overdue(tx: Tx, limit: int) -> tuple[Message, ...]:
    """Messages that wait, or may go, and are not worth sending any more, as far as they can be opened."""
    c = t.message.c
    return opened(tx, JOINED.where(c.state.in_((*WAITING, State.CLEARED)), c.hold_expires_at <= tx.at), limit)[0]


def opened(tx: Tx, query: Select[Any], limit: int) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """As many messages of a query as are asked for, and the ids of those that nobody can open.

    These are passed over: more rows are read instead, so that they keep nobody from the others.
    """
    size = limit
    while True:
        rows = tx.connection.execute(query.limit(size)).all()
        found, unread = readable(tx, rows)
        if len(found) >= limit or len(rows) < size:
            return found[:limit], unread
        size *= 2


def readable(tx: Tx, rows: Iterable[Row[Any]]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The messages of these rows, and the ids of those that nobody can open."""
    found: list[Message] = []
    unread: list[str] = []
    for row in rows:
        try:
            found.append(_message(tx, row))
        except Exception as error:  # noqa: BLE001  # damaged, of a later release, or whatever else it is
            say_once(f"message {row.id}", type(error).__name__)
            unread.append(row.id)
    return tuple(found), tuple(unread)


@lru_cache(maxsize=4096)
def say_once(what: str, why: str) -> None:
    """Log what cannot be opened, once in the life of a process, however often it comes upon it."""
    logger.error("%s cannot be opened (%s): nothing becomes of it until it can", what, why)
