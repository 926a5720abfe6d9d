"""What people are to do by phone, and which messages were made from which."""

from __future__ import annotations

from sqlalchemy import func, select

from sayso.message import Message
from sayso.store import tables as t
from sayso.store.database import Tx
from sayso.store.messages import JOINED, _message
from sayso.store.opening import opened
from sayso.store.unseen import shown


def open_tasks(
    tx: Tx, tasks: tuple[str, ...], stores: tuple[str, ...] | None, limit: int, *, unseen_by: str | None = None
) -> tuple[Message, ...]:
    """Messages with one of these phone tasks: a call agreed for a time by that time, the others by their age."""
    c = t.message.c
    mine = JOINED.where(c.task.in_(tasks), *shown(tx, stores, unseen_by))
    return opened(tx, mine.order_by(func.coalesce(c.task_at, c.updated_at), c.id), limit)[0]


def count_tasks(tx: Tx, tasks: tuple[str, ...], stores: tuple[str, ...] | None, *, unseen_by: str | None = None) -> int:
    """How many messages have one of these phone tasks."""
    where = (t.message.c.task.in_(tasks), *shown(tx, stores, unseen_by))
    return int(tx.connection.execute(select(func.count()).select_from(t.message).where(*where)).scalar_one())


def copies(tx: Tx, message_id: str) -> tuple[Message, ...]:
    """Everything that staff made of a message for somebody else, and of that again."""
    mine = tuple(child for child in children(tx, message_id) if child.door == "desk")
    return (*mine, *(further for child in mine for further in copies(tx, child.id)))


def children(tx: Tx, message_id: str) -> tuple[Message, ...]:
    """The messages that were made from this one, oldest first."""
    c = t.message.c
    rows = tx.connection.execute(JOINED.where(c.parent_id == message_id).order_by(c.id))
    return tuple(_message(tx, row) for row in rows)
