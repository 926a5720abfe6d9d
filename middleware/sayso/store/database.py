"""The database: one engine, one group-committing writer a process, and nothing else that commits."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from sayso.message import Unsafe
from sayso.store.seal import Seal

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")
Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HEAD = "0004"
GROUP = 64
AGAIN = 3
# https://www.postgresql.org/docs/18/errcodes-appendix.html (read 2026-11-21): serialization_failure, deadlock_detected
CROSSED = ("40001", "40P01")


def micros(moment: datetime) -> int:
    """Integer microseconds UTC of an aware datetime."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(stored: int | None) -> datetime | None:
    """The aware datetime of stored microseconds; None stays None."""
    return None if stored is None else EPOCH + timedelta(microseconds=stored)


def build_insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT in a dialect that can say what happens when the row is there already."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # heavy: four drivers' worth of types

    return postgresql.insert(table)


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction: the connection, the seal and the moment that everything in it happens."""

    connection: Connection
    seal: Seal
    now: datetime

    @property
    def at(self) -> int:
        """The moment as the database stores it."""
        return micros(self.now)

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that can say what happens when the row is there already."""
        return build_insert(self.connection.dialect.name, table)

    def put(self, table: Table, key: Sequence[str], row: Mapping[str, object]) -> None:
        """Store a row in place of the one with the same key, if there is one."""
        self.connection.execute(self.insert(table).values(row).on_conflict_do_update(index_elements=key, set_=row))


class _Item(Generic[T]):
    """One function waiting to be run and committed, with its outcome."""

    def __init__(self, fn: Callable[[Tx], T]) -> None:
        self.fn = fn
        self.done = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def run(self, tx: Tx) -> None:
        self.value, self.error = self.fn(tx), None

    def result(self) -> T:
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # run() set it, or error is set


class Store:
    """Where messages live: `read()` for a snapshot, `write(fn)` for a change that is durable when it returns."""

    def __init__(self, url: str, secret_key: str, clock: Clock) -> None:
        self.url, self.clock, self.seal = url, clock, Seal(secret_key)
        self.engine = _engine(url)
        self._reading, self._writing = self.engine, self.engine.execution_options(sayso_write=True)
        if self.engine.dialect.name == "postgresql":
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._queue: deque[_Item[object]] = deque()
        self._leader = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that sees one moment of the database and changes nothing."""
        with self._reading.connect() as connection:
            yield Tx(connection, self.seal, self.clock())

    def write(self, fn: Callable[[Tx], T]) -> T:
        """What `fn(tx)` returned, once it is committed; what it raised, once it is rolled back.

        Callers that arrive together share one commit: whoever holds the lock runs for all that wait. `fn`
        may therefore run in another thread, and again when a neighbour failed: it touches only the database.
        """
        item = _Item(fn)
        self._queue.append(item)  # type: ignore[arg-type]  # the queue does not look inside
        while not item.done:
            with self._leader:
                if not item.done:
                    self._commit([self._queue.popleft() for _ in range(min(GROUP, len(self._queue)))])
        return item.result()

    def _commit(self, group: list[_Item[object]]) -> None:
        """Commit a group, and what crossed another process's writes once more by itself; then let the callers go."""
        try:
            self._try(group)
            for item in group * AGAIN:
                if _crossed(item.error):
                    self._try([item])
        finally:
            for item in group:
                item.done = True

    def _try(self, group: list[_Item[object]]) -> None:
        """All in one go; when one fails, each in a savepoint of its own; when that fails, none is stored."""
        try:
            try:
                self._run(group, savepoints=False)
            except Exception:
                if len(group) == 1:
                    raise
                self._run(group, savepoints=True)
        except BaseException as error:
            for item in group:
                item.error = error
            if not isinstance(error, Exception):
                raise

    def _run(self, group: list[_Item[object]], *, savepoints: bool) -> None:
        with self._writing.begin() as connection:
            tx = Tx(connection, self.seal, self.clock())
            for item in group:
                if savepoints:
                    _run_alone(item, tx)
                else:
                    item.run(tx)

    def upgrade(self) -> None:
        """Bring the tables to this release's version, under a lock; Unsafe when they were sealed with another key."""
        _make_private(self.engine.url.database if self.engine.dialect.name == "sqlite" else None)
        if not self.is_current():
            from sayso.migrations import upgrade  # heavy: alembic

            with self._writing.begin() as connection:
                upgrade(connection)
        self.write(_require_key)

    def is_current(self) -> bool:
        """Whether the tables are of this release; Unsafe when they are of a later one, or commits are not kept."""
        with self.engine.connect() as connection:
            _refuse_forgetful(connection)
            try:
                found = connection.execute(text("SELECT version_num FROM sayso_alembic_version")).scalar()
            except SQLAlchemyError:
                return False
        if found and found > HEAD:
            raise Unsafe(
                f"The database is of version {found} and this sayso knows versions up to {HEAD}: install the later "
                "sayso again, or restore the copy of the database that was made before it"
            )
        return found == HEAD

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _make_private(file: str | None) -> None:
    """A database's file is its owner's alone from its first moment on; one that is there stays as it is."""
    if file and file != ":memory:":
        with contextlib.suppress(OSError):  # there already; or nowhere to put it, which the driver says in its words
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def apart(tx: Tx, fn: Callable[[], T]) -> T:
    """What `fn` returns; where it raises, only what it did itself is undone."""
    with tx.connection.begin_nested():
        return fn()


def _run_alone(item: _Item[object], tx: Tx) -> None:
    try:
        with tx.connection.begin_nested():
            item.run(tx)
    except Exception as error:  # noqa: BLE001  # handed to the caller who waits for it
        item.error = error


def _crossed(error: BaseException | None) -> bool:
    """Whether PostgreSQL undid this because two processes waited for each other."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in CROSSED


MARK = text("SELECT mark FROM sayso_seal")
LEAVE_MARK = text(
    "INSERT INTO sayso_seal (mark) SELECT :mark WHERE NOT EXISTS (SELECT 1 FROM sayso_seal) ON CONFLICT DO NOTHING"
)


def _require_key(tx: Tx) -> None:
    """With another key nothing opens, and nobody who opted out is found: better not to start."""
    mark = tx.seal.hash("seal", "sayso")
    tx.connection.execute(LEAVE_MARK, {"mark": mark})
    if tx.connection.execute(MARK).scalar() != mark:
        raise Unsafe(
            "This database was sealed with another secret key: "
            "put SAYSO_SECRET_KEY (or instance/sayso.key) back as it was"
        )


def _engine(url: str) -> Engine:
    """An engine whose errors never show values: they are logged."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _prepare_sqlite(raw, _record) -> None:  # type: ignore[no-untyped-def]  # a DBAPI connection has no type
    raw.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sayso_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _without_nul(_connection, _cursor, statement, values, _context, _many):  # type: ignore[no-untyped-def]  # an event
    """A caller may ask for anything: what PostgreSQL cannot hold in a text is not found, instead of an error."""
    if isinstance(values, dict) and any(isinstance(value, str) and "\0" in value for value in values.values()):
        values = {
            name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in values.items()
        }
    return statement, values


def _refuse_forgetful(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    for setting in ("fsync", "synchronous_commit"):
        if connection.execute(text(f"SHOW {setting}")).scalar() == "off":
            raise Unsafe(f"PostgreSQL runs with {setting}=off and would forget messages: set {setting}=on")
