"""A CRM's own messages at one door: as many as a page has, in the order and by the filters that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from sayso.message import Message, State
from sayso.store import tables as t
from sayso.store.database import Tx, micros
from sayso.store.hashing import address_hash
from sayso.store.messages import JOINED, _message
from sayso.store.search import has_notes

Span = tuple[datetime | None, datetime | None]
ALWAYS: Span = (None, None)
going = func.coalesce(t.message.c.send_at, t.message.c.created_at)
"""When a message is to go, as its CRM sees it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which messages are asked for: a span is from a moment on, until before a moment; what is None does not matter.

    `goes` is when they are to go, `scheduled` whether that is later than they came in, `failed` whether it went wrong;
    `metadata` is what each carries. Newest first, or oldest first where `upward`; `by_date` sorts by when they go.
    """

    to: str | None = None
    sender: str | None = None
    channels: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    sent: Span = ALWAYS
    created: Span = ALWAYS
    goes: Span = ALWAYS
    scheduled: bool | None = None
    failed: bool | None = None
    by_date: bool = False
    upward: bool = False


def sent_page(
    tx: Tx,
    source_id: str,
    door: str,
    sought: Sought,
    *,
    limit: int,
    offset: int = 0,
    after: str | None = None,
    before: str | None = None,
) -> tuple[Message, ...]:
    """A source's messages that came in at one door; `after` and `before` are ids that they begin after, or end before.

    What is sealed is read of those alone that are found.
    """
    c, upward, edge = t.message.c, sought.upward is not bool(before), before or after
    query = select(c.id).where(*_conditions(tx, source_id, door, sought))
    if edge:
        query = query.where(_beyond(source_id, edge, by_date=sought.by_date, upward=upward))
    for column in (going, c.id) if sought.by_date else (c.id,):
        query = query.order_by(column.asc() if upward else column.desc())
    ids = [str(row[0]) for row in tx.connection.execute(query.limit(limit).offset(offset))]
    found = {row.id: row for row in tx.connection.execute(JOINED.where(c.id.in_(ids)))} if ids else {}
    return tuple(_message(tx, found[one]) for one in (reversed(ids) if before else ids) if one in found)


def count_at(tx: Tx, source_id: str, door: str, sought: Sought) -> int:
    """How many messages are asked for, whatever became of them."""
    query = select(func.count()).select_from(t.message).where(*_conditions(tx, source_id, door, sought))
    return int(tx.connection.execute(query).scalar() or 0)


def _beyond(source_id: str, edge: str, *, by_date: bool, upward: bool) -> ColumnElement[bool]:
    """What comes after a message in this direction."""
    c = t.message.c
    past = c.id > edge if upward else c.id < edge
    if not by_date:
        return past
    there = select(going).where(c.id == edge, c.source_id == source_id).correlate(None).scalar_subquery()
    return or_(going > there if upward else going < there, and_(going == there, past))


def _conditions(tx: Tx, source_id: str, door: str, sought: Sought) -> list[ColumnElement[bool]]:
    c = t.message.c
    where: list[ColumnElement[bool]] = [c.source_id == source_id, c.door == door, c.deleted_at.is_(None)]
    if sought.to:
        mine = select(t.recipient.c.message_id).where(t.recipient.c.address_hash == address_hash(tx, sought.to))
        where.append(c.id.in_(mine))
    if sought.sender:
        where.append(c.sender_hash == address_hash(tx, sought.sender))
    if sought.channels:
        where.append(c.channel.in_(sought.channels))
    if sought.metadata:
        where.append(has_notes(tx, source_id, sought.metadata))
    for column, (first, end) in ((c.sent_at, sought.sent), (c.created_at, sought.created), (going, sought.goes)):
        where += [column >= micros(first)] if first else []
        where += [column < micros(end)] if end else []
    if sought.scheduled is not None:
        where.append(going > c.created_at if sought.scheduled else going <= c.created_at)
    if sought.failed is not None:
        failed = or_(c.state == State.FAILED, func.coalesce(c.delivery, "") == "failed")
        where.append(failed if sought.failed else ~failed)
    return where
