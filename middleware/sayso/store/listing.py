"""Pages of messages: for the desk and the API, by state and by what is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from sayso.message import WAITING, Message, State
from sayso.store import tables as t
from sayso.store.database import Tx, moment
from sayso.store.messages import JOINED
from sayso.store.opening import opened, readable
from sayso.store.search import Asked, matching
from sayso.store.unseen import shown

BRAKED = and_(
    t.message.c.state == State.HELD,
    func.coalesce(t.message.c.batch_id, "").startswith("B"),
    t.message.c.edited_by.is_(None),
)
"""What waits in a burst; a message that somebody worked on has left it, and waits for itself."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A run of far more messages than usual: how many of them wait, since when, the newest's id, and the oldest.

    `channel` is None where they are of several.
    """

    batch_id: str
    source_id: str
    channel: str | None
    count: int
    first: datetime
    last: datetime
    last_id: str
    sample: Message


def waiting(
    tx: Tx,
    states: tuple[str, ...],
    stores: tuple[str, ...] | None,
    limit: int,
    *,
    unseen_by: str | None = None,
    but: tuple[str, ...] = (),
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """Messages in these states, those that expire first on top, but for the bursts and what waits in these batches.

    None that is kept from whose e-mail is given. Beside them the ids of those that cannot be opened.
    """
    c = t.message.c
    query = JOINED.where(c.state.in_(states), ~BRAKED, *shown(tx, stores, unseen_by))
    if but:
        query = query.where(~and_(c.state.in_(WAITING), func.coalesce(c.batch_id, "").in_(but)))
    return opened(tx, query.order_by(c.hold_expires_at, c.id), limit)


def bursts(
    tx: Tx, stores: tuple[str, ...] | None, unseen_by: str | None, *, batch_id: str | None = None, upto: str = ""
) -> tuple[Burst, ...]:
    """The bursts that wait, the oldest first, or the one of that id, as far as somebody sees them; up to a message."""
    c, low, high = t.message.c, func.min, func.max
    query = select(c.batch_id, low(c.source_id), func.count(), low(c.created_at), high(c.created_at))
    query = query.add_columns(low(c.id), high(c.id), low(c.channel), high(c.channel))
    query = query.where(BRAKED, *_in(batch_id, upto), *shown(tx, stores, unseen_by))
    rows = tx.connection.execute(query.group_by(c.batch_id).order_by(low(c.id))).all()
    oldest = JOINED.where(c.id.in_([row[5] for row in rows]))
    samples = {one.batch_id: one for one in readable(tx, tx.connection.execute(oldest))[0]} if rows else {}
    for unread in {row[0] for row in rows} - set(samples):
        for other in waiting_in(tx, unread, 1, stores=stores, unseen_by=unseen_by, upto=upto):
            samples[unread] = other
    return tuple(
        Burst(
            batch_id=row[0],
            source_id=row[1],
            channel=row[7] if row[7] == row[8] else None,
            count=row[2],
            first=moment(row[3]) or tx.now,
            last=moment(row[4]) or tx.now,
            last_id=row[6],
            sample=samples[row[0]],
        )
        for row in rows
        if row[0] in samples
    )


def waiting_in(
    tx: Tx, batch_id: str, limit: int, *, stores: tuple[str, ...] | None, unseen_by: str | None, upto: str = ""
) -> tuple[Message, ...]:
    """The oldest messages that wait in a burst, as far as somebody sees them; up to a message."""
    query = JOINED.where(BRAKED, *_in(batch_id, upto), *shown(tx, stores, unseen_by))
    return opened(tx, query.order_by(t.message.c.id), limit)[0]


def _in(batch_id: str | None, upto: str) -> list[ColumnElement[bool]]:
    c = t.message.c
    return ([c.batch_id == batch_id] if batch_id else []) + ([c.id <= upto] if upto else [])


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
    return opened(tx, JOINED.where(*where).order_by(c.id.desc()), limit)[0]
