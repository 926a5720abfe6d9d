"""Attempts, breakers and stops: what is committed before a vendor is called, and what keeps it from being called."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, not_, or_, select, update
from ulid import ULID

from sayso.message import Message, State
from sayso.store import tables as t
from sayso.store.batch_tables import STOPPED
from sayso.store.database import Tx, micros, moment
from sayso.store.messages import JOINED, _message
from sayso.store.trail import write_trail


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand messages to a vendor; `id` is the token in our callback URL."""

    id: str
    provider: str
    account: str
    started_at: datetime
    lease_until: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A part of the traffic that may not leave; a part not named means all of it."""

    id: str
    reason: str
    at: datetime
    source: str | None = None
    store: str | None = None
    purpose: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """A vendor account we leave alone until `open_until`; `alarm` when a person must mend it."""

    account: str
    failures: int
    open_until: datetime
    alarm: str | None


def claimable(tx: Tx, limit: int, accounts: Sequence[str], *, only: str | None = None) -> tuple[str, ...]:
    """The ids of cleared messages whose moment has come, whose account is not resting and whom no stop holds back.

    With `only` it is that one or none, and its row is kept from other dispatchers until the transaction ends.
    """
    query = _ready(tx, accounts).order_by(t.message.c.due_at).limit(limit)
    if only is not None:
        query = query.where(t.message.c.id == only).with_for_update(skip_locked=True)
    return tuple(tx.connection.execute(query).scalars())


def companions(tx: Tx, message: Message, limit: int) -> tuple[str, ...]:
    """The ids of what may leave in the same call as this message, whose time has come too; none that was refused."""
    c, account = t.message.c, message.carrier
    if _was_refused(tx, message.id):
        return ()
    query = _ready(tx, (account,)).where(c.part == message.content.part, c.source_id == message.source_id)
    query = query.where(c.provider == message.provider, c.id != message.id, c.channel == message.channel)
    found = tx.connection.execute(query.order_by(c.id).limit(limit)).scalars().all()
    return tuple(one for one in found if not _was_refused(tx, one))


def _was_refused(tx: Tx, message_id: str) -> bool:
    a, m = t.attempt.c, t.attempt_message.c
    told = select(a.id).join(t.attempt_message, m.attempt_id == a.id)
    told = told.where(m.message_id == message_id, a.outcome == "refused")
    return tx.connection.execute(told.limit(1)).first() is not None


def _ready(tx: Tx, accounts: Sequence[str]) -> Select[str]:
    c = t.message.c
    account = func.coalesce(c.account, c.provider)
    resting = select(t.breaker.c.account).where(t.breaker.c.open_until > tx.at)
    paused = select(t.batch.c.id).where(STOPPED)
    query = select(c.id).where(c.state == State.CLEARED, c.due_at <= tx.at, account.in_(accounts))
    query = query.where(account.not_in(resting), or_(c.batch_id.is_(None), c.batch_id.not_in(paused)))
    for stop in read_stops(tx):
        query = query.where(not_(_covers(tx, stop)))
    return query


def open_attempt(tx: Tx, messages: Sequence[Message], account: str, lease_until: datetime) -> str:
    """Store that we are about to call the vendor with these messages; the attempt's token."""
    token = secrets.token_urlsafe(24)
    row = {"id": token, "provider": messages[0].provider, "account": account}
    times = {"started_at": tx.at, "lease_until": micros(lease_until)}
    tx.connection.execute(t.attempt.insert(), row | times)
    join_attempt(tx, token, messages)
    return token


def join_attempt(tx: Tx, token: str, messages: Sequence[Message], first: int = 0) -> None:
    """Store that these messages are part of that call, too."""
    rows = [
        {"attempt_id": token, "message_id": message.id, "n": n, "content_hash": message.content_hash}
        for n, message in enumerate(messages, start=first)
    ]
    if rows:
        tx.connection.execute(t.attempt_message.insert(), rows)


def lock_attempt(tx: Tx, token: str) -> bool:
    """Whether an attempt is still its dispatcher's own, which it stays until the transaction ends."""
    c = t.attempt.c
    mine = select(c.id).where(c.id == token, c.ended_at.is_(None), c.lease_until > tx.at).with_for_update()
    return tx.connection.execute(mine).first() is not None


def of_attempt(tx: Tx, token: str, state: State) -> tuple[str, ...]:
    """The ids of an attempt's messages that are in this state."""
    a, c = t.attempt_message.c, t.message.c
    mine = select(c.id).join(t.attempt_message, a.message_id == c.id).where(a.attempt_id == token, c.state == state)
    return tuple(tx.connection.execute(mine.order_by(a.n)).scalars())


def close_attempt(tx: Tx, token: str, outcome: str, detail: str = "") -> None:
    """Store how an attempt ended: accepted, refused, not_sent or unknown."""
    c = t.attempt.c
    values = {"ended_at": tx.at, "outcome": outcome, "detail": tx.seal.seal(detail.encode(), f"attempt|{token}")}
    tx.connection.execute(update(t.attempt).where(c.id == token, c.ended_at.is_(None)).values(**values))


def name_sent(tx: Tx, message: Message, provider_id: str) -> Message:
    """A sent message whose vendor id was not known, with the id that it turned out to have."""
    c = t.message.c
    named = update(t.message).where(c.id == message.id, c.state == State.SENT, c.provider_id.is_(None))
    tx.connection.execute(named.values(provider_id=provider_id))
    return replace(message, provider_id=provider_id)


def find_attempt(tx: Tx, token: str) -> tuple[Attempt, Message] | None:
    """The attempt of that token and its (first) message."""
    row = tx.connection.execute(select(t.attempt).where(t.attempt.c.id == token)).first()
    joined = JOINED.join(t.attempt_message, t.attempt_message.c.message_id == t.message.c.id)
    mine = joined.where(t.attempt_message.c.attempt_id == token).order_by(t.attempt_message.c.n).limit(1)
    message = tx.connection.execute(mine).first()
    return (_attempt(tx, row), _message(tx, message)) if row and message else None


def read_attempts(tx: Tx, message_id: str) -> tuple[Attempt, ...]:
    """Every try to send a message, first to last."""
    mine = select(t.attempt_message.c.attempt_id).where(t.attempt_message.c.message_id == message_id)
    rows = tx.connection.execute(select(t.attempt).where(t.attempt.c.id.in_(mine)).order_by(t.attempt.c.started_at))
    return tuple(_attempt(tx, row) for row in rows)


def lost_attempts(tx: Tx, limit: int = 50) -> tuple[str, ...]:
    """The tokens of attempts whose lease ran out without an outcome."""
    c = t.attempt.c
    over = select(c.id).where(c.ended_at.is_(None), c.lease_until < tx.at).limit(limit)
    return tuple(tx.connection.execute(over).scalars())


def read_breaker(tx: Tx, account: str) -> Breaker | None:
    """How an account is doing, if it has ever failed since it last answered."""
    row = tx.connection.execute(select(t.breaker).where(t.breaker.c.account == account)).first()
    if row is None:
        return None
    return Breaker(row.account, row.failures, moment(row.open_until) or tx.now, row.alarm)


def read_alarms(tx: Tx) -> tuple[Breaker, ...]:
    """Every account that waits for a person."""
    rows = tx.connection.execute(select(t.breaker).where(t.breaker.c.alarm.is_not(None))).all()
    return tuple(Breaker(row.account, row.failures, moment(row.open_until) or tx.now, row.alarm) for row in rows)


def write_breaker(tx: Tx, breaker: Breaker) -> None:
    """Store how an account is doing."""
    row = {"account": breaker.account, "failures": breaker.failures, "at": tx.at}
    row["alarm"] = breaker.alarm[:300] if breaker.alarm else None
    tx.put(t.breaker, ("account",), row | {"open_until": micros(breaker.open_until)})


def close_breaker(tx: Tx, account: str) -> None:
    """The account answered: forget its failures."""
    tx.connection.execute(delete(t.breaker).where(t.breaker.c.account == account))


def add_stop(tx: Tx, reason: str, who: str, **parts: str | None) -> str:
    """Keep a part of the traffic (source, store, purpose, channel) from leaving; the stop's id."""
    stop_id = str(ULID.from_datetime(tx.now))
    tx.connection.execute(t.stop.insert(), {"id": stop_id, "reason": reason[:200], "at": tx.at, **parts})
    write_trail(tx, who, "stop", {"reason": reason, **{k: v for k, v in parts.items() if v}})
    return stop_id


def lift_stops(tx: Tx, who: str, **parts: str | None) -> int:
    """Let the named part leave again; how many stops that lifted. Without parts: every stop."""
    where = [t.stop.c[name] == value for name, value in parts.items() if value is not None]
    lifted = tx.connection.execute(delete(t.stop).where(*where)).rowcount
    write_trail(tx, who, "resume", {k: v for k, v in parts.items() if v})
    return lifted


def read_stops(tx: Tx) -> tuple[Stop, ...]:
    """The stops in force."""
    rows = tx.connection.execute(select(t.stop).order_by(t.stop.c.id))
    return tuple(
        Stop(row.id, row.reason, moment(row.at) or tx.now, row.source, row.store, row.purpose, row.channel)
        for row in rows
    )


def _covers(tx: Tx, stop: Stop) -> ColumnElement[bool]:
    c = t.message.c
    parts = [c.id == c.id]
    if stop.source:
        parts.append(c.source_id.in_(select(t.source.c.id).where(t.source.c.name == stop.source)))
    for column, value in ((c.store, stop.store), (c.purpose, stop.purpose), (c.channel, stop.channel)):
        if value:
            parts.append(and_(column.is_not(None), column == value))
    return and_(*parts)


def _attempt(tx: Tx, row: object) -> Attempt:
    values = dict(row._mapping)  # type: ignore[attr-defined]  # a Row
    for name in ("started_at", "lease_until", "ended_at"):
        values[name] = moment(values[name])
    if values["detail"] is not None:
        values["detail"] = tx.seal.open(values["detail"], f"attempt|{values['id']}").decode()
    return Attempt(**values)
