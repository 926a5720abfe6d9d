"""What an operator's watch asks of the database: how much waits and how long, and whether it keeps what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from sayso.message import State
from sayso.store import tables as t
from sayso.store.database import MARK, Store, Tx, moment
from sayso.store.decisions import count_states

STUCK = text("state IN ('parked', 'dead')")
"""As the index of these rows says it, so that the database uses it."""
DURABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sqlite": {"PRAGMA journal_mode": ("wal",), "PRAGMA synchronous": ("2", "3")},
    "postgresql": {
        "SHOW fsync": ("on",),
        "SHOW synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
        "SHOW full_page_writes": ("on",),
    },
}
"""What a database must say of itself, so that it keeps what it has acknowledged when the power goes."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How things stand: how many are where, and since when the oldest wait; None where none does."""

    messages: Mapping[str, int]
    relays: Mapping[str, int]
    incidents: Mapping[str, int]
    breakers: tuple[str, ...]
    stops: int
    oldest_due: datetime | None
    oldest_unconfirmed: datetime | None
    oldest_held: datetime | None


@dataclass(frozen=True, slots=True)
class Footing:
    """What the database stands on: settings that make it forget, its own clock, and whether our key opens it."""

    forgetful: tuple[str, ...]
    clock: datetime
    newest: datetime | None
    current: bool
    opens: bool


def read_watch(tx: Tx) -> Watch:
    """How things stand now; it counts every message, so ask for it every few seconds at most."""
    m, r, i, b = t.message.c, t.relay.c, t.incident.c, t.breaker.c
    on = tx.connection
    waiting = select(func.count()).where(r.due_at.is_not(None))
    stuck = select(r.state, func.count()).where(STUCK).group_by(r.state)
    incidents = select(i.kind, func.count()).group_by(i.kind)
    first_due = select(func.min(m.due_at)).where(m.state.in_((State.CLEARED, State.RECEIVED)), m.due_at <= tx.at)
    tries = t.attempt.join(t.attempt_message).join(t.message)
    unknown = select(func.min(t.attempt.c.started_at)).select_from(tries).where(m.state == State.UNCONFIRMED)
    held = select(m.created_at).where(m.state == State.HELD).order_by(m.id).limit(1)
    resting = select(b.account).where(b.open_until > tx.at).order_by(b.account)
    return Watch(
        messages=dict.fromkeys(State, 0) | dict(count_states(tx)),
        relays={"waiting": on.execute(waiting).scalar_one(), "parked": 0, "dead": 0} | _pairs(tx, stuck),
        incidents=_pairs(tx, incidents),
        breakers=tuple(on.execute(resting).scalars()),
        stops=on.execute(select(func.count()).select_from(t.stop)).scalar_one(),
        oldest_due=moment(on.execute(first_due).scalar()),
        oldest_unconfirmed=moment(on.execute(unknown).scalar()),
        oldest_held=moment(on.execute(held).scalar()),
    )


def read_footing(here: Store) -> Footing:
    """What the database stands on, without a change to it; Unsafe where its tables are of a later release."""
    current = here.is_current()
    with here.read() as tx:
        must = DURABLE[tx.connection.dialect.name]
        said = {asked: str(tx.connection.execute(text(asked)).scalar()).lower() for asked in must}
        last = select(t.trail.c.at).order_by(t.trail.c.seq.desc()).limit(1)
        return Footing(
            forgetful=tuple(
                f"{asked.split()[-1]}={said[asked]}" for asked, good in must.items() if said[asked] not in good
            ),
            clock=_clock(tx),
            newest=moment(tx.connection.execute(last).scalar()) if current else None,
            current=current,
            opens=not current or tx.connection.execute(MARK).scalar() in (None, tx.seal.hash("seal", "sayso")),
        )


def parked_places(tx: Tx) -> tuple[tuple[str, str], ...]:
    """The sources, each with a place where it wants to be called back and may not be."""
    r = t.relay.c
    query = select(t.source.c.name, r.origin).join(t.source, t.source.c.id == r.source_id)
    rows = tx.connection.execute(query.where(STUCK, r.state == "parked").distinct().order_by(t.source.c.name))
    return tuple((row[0], row[1]) for row in rows)


def count_dead(tx: Tx, since: timedelta) -> int:
    """How many relays were given up lately."""
    r = t.relay.c
    query = select(func.count()).where(STUCK, r.state == "dead", r.done_at > tx.at - since // timedelta(microseconds=1))
    return int(tx.connection.execute(query).scalar_one())


def count_homeless(tx: Tx, accounts: tuple[str, ...]) -> Mapping[str, int]:
    """Messages that wait or may go, by an account that is not among these."""
    m = t.message.c
    waits, account = m.state.in_((State.RECEIVED, State.HELD, State.CLEARED)), func.coalesce(m.account, m.provider)
    return _pairs(tx, select(account, func.count()).where(waits, account.not_in(accounts)).group_by(account))


def _clock(tx: Tx) -> datetime:
    """The database's own moment; SQLite has none but this machine's."""
    if tx.connection.dialect.name != "postgresql":
        return tx.now
    told: datetime = tx.connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told.astimezone(UTC)


def _pairs(tx: Tx, query: object) -> dict[str, int]:
    return {row[0]: row[1] for row in tx.connection.execute(query)}  # type: ignore[call-overload]  # a Select of two
