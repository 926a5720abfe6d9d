"""Pages of messages: for the desk and the API by state, for a CRM by its vendor's filters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from sayso.message import Message
from sayso.store import tables as t
from sayso.store.database import Tx, micros
from sayso.store.hashing import address_hash
from sayso.store.messages import JOINED, _message
from sayso.store.search import Asked, matching
from sayso.store.unseen import shown


def waiting(
    tx: Tx, states: tuple[str, ...], stores: tuple[str, ...] | None, limit: int, *, unseen_by: str | None = None
) -> tuple[Message, ...]:
    """Messages in these states, those that expire first on top; none that is kept from whose e-mail is given."""
    c = t.message.c
    query = JOINED.where(c.state.in_(states), *shown(tx, stores, unseen_by))
    rows = tx.connection.execute(query.order_by(c.hold_expires_at, c.id).limit(limit))
    return tuple(_message(tx, row) for row in rows)


def recent(
    tx: Tx,
    *,
    limit: int,
    after: str | None = None,
    state: str | None = None,
    purpose: str | None = None,
    store: str | None = None,
    stores: tuple[str, ...] | None = None,
    source_id: str | None = None,
    asked: Asked | None = None,
    unseen_by: str | None = None,
) -> tuple[Message, ...]:
    """Messages newest first, after an id, as far as the filters, the search and who reads allow."""
    c = t.message.c
    exact = ((c.state, state), (c.purpose, purpose), (c.store, store), (c.source_id, source_id))
    where = [column == value for column, value in exact if value is not None]
    where += shown(tx, stores, unseen_by)
    if source_id is not None:
        where.append(c.door != "desk")  # what staff made for somebody else is not the CRM's
    if after:
        where.append(c.id < after)
    if asked:
        return matching(tx, asked, where, limit, after)
    rows = tx.connection.execute(JOINED.where(*where).order_by(c.id.desc()).limit(limit))
    return tuple(_message(tx, row) for row in rows)


def sent_page(
    tx: Tx,
    source_id: str,
    door: str,
    *,
    limit: int,
    offset: int = 0,
    after: str | None = None,
    to: str | None = None,
    sender: str | None = None,
    sent_from: datetime | None = None,
    sent_before: datetime | None = None,
    channels: tuple[str, ...] = (),
) -> tuple[Message, ...]:
    """A source's messages that came in at one door, newest first, by endpoint, sender, channel and time of sending."""
    c = t.message.c
    where: list[ColumnElement[bool]] = [c.source_id == source_id, c.door == door, c.deleted_at.is_(None)]
    if to:
        mine = select(t.recipient.c.message_id).where(t.recipient.c.address_hash == address_hash(tx, to))
        where.append(c.id.in_(mine))
    if sender:
        where.append(c.sender_hash == address_hash(tx, sender))
    if channels:
        where.append(c.channel.in_(channels))
    if sent_from:
        where.append(c.sent_at >= micros(sent_from))
    if sent_before:
        where.append(c.sent_at < micros(sent_before))
    if after:
        where.append(c.id < after)
    rows = tx.connection.execute(JOINED.where(*where).order_by(c.id.desc()).limit(limit).offset(offset))
    return tuple(_message(tx, row) for row in rows)
