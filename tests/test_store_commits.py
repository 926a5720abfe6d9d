"""The store on both databases: writes share commits and nothing else, and what returned is kept."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, event, text

from sayso import store
from sayso.message import Message, Unsafe
from sayso.store import Store, Tx
from tests.stored import KEY, Ticking, at_once, keep, reread
from tests.two_databases import approve, clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere


def gather(here: Store, calls: list[Callable[[Tx], object]]) -> list[object]:
    """The results of writes that all wait while another is being committed."""
    coming, held = threading.Semaphore(0), list[bool]()

    def hold(tx: Tx) -> None:
        if not held:  # it may run again with a neighbour that failed
            held.extend(coming.acquire(timeout=10) for _ in calls)

    def write(call: Callable[[Tx], object]) -> object:
        coming.release()
        return here.write(call)

    return at_once([lambda: here.write(hold), *(lambda call=call: write(call) for call in calls)])[1:]


def test_a_failing_neighbour_spoils_nobodys_write_and_nobodys_result(here: Store) -> None:
    message = here.write(keep)

    def break_it(tx: Tx) -> None:
        tx.connection.execute(text("UPDATE sayso_message SET crm_id = NULL"))

    def give_up(tx: Tx) -> None:
        store.suppress(tx, "+14155550999", "must not stay", origin="test")
        raise ValueError("mine alone")

    def count(tx: Tx) -> str:
        store.count_repeat(tx, message)
        return "counted"

    results = gather(here, [count, break_it, count, give_up, count])
    assert [result if isinstance(result, str) else type(result).__name__ for result in results] == [
        "counted", "IntegrityError", "counted", "ValueError", "counted",
    ]  # fmt: skip
    assert reread(here, message).repeats == 3
    with here.read() as tx:
        assert store.suppressed(tx, ["+14155550999"]) == {}


def test_writes_that_come_together_share_their_commits(here: Store) -> None:
    message = here.write(keep)
    commits: list[object] = []
    event.listen(here.engine, "commit", commits.append)
    gather(here, [lambda tx: store.count_repeat(tx, message)] * 40)
    assert reread(here, message).repeats == 40
    assert len(commits) < 20


def test_a_write_that_has_returned_is_seen_by_everybody_and_nothing_of_it_before(
    here: Store, database_url: str
) -> None:
    other = create_engine(database_url)
    seen: list[int] = []

    def look() -> None:
        with other.connect() as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM sayso_message")).scalar_one())

    def insert(tx: Tx) -> None:
        keep(tx)
        look()

    here.write(insert)
    look()
    other.dispose()
    assert seen == [0, 1]


def test_a_read_sees_one_moment_of_the_database(here: Store) -> None:
    message = here.write(keep)
    with here.read() as tx:
        before = store.get(tx, message.id)
        here.write(lambda tx: approve(tx, message))
        assert store.get(tx, message.id) == before


def test_sqlite_keeps_what_it_commits(tmp_path: Path, clock: Ticking) -> None:
    here = Store(f"sqlite:///{tmp_path / 'sayso.db'}", KEY, clock)

    def settings(tx: Tx) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert here.write(settings) == ["wal", 2, 1]  # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL
    here.close()


def test_a_postgresql_that_may_forget_is_refused_with_the_mend(postgres_url: str, clock: Ticking) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {admin.info.dbname} SET synchronous_commit = off".encode())
    with pytest.raises(Unsafe, match="set synchronous_commit=on"):
        Store(postgres_url, KEY, clock).upgrade()


def test_writes_that_cross_in_two_processes_both_end_well(postgres_url: str, clock: Ticking) -> None:
    first, second = Store(postgres_url, KEY, clock), Store(postgres_url, KEY, clock)
    first.upgrade()
    one, two = first.write(keep), first.write(keep)
    met, waited = threading.Barrier(2), set[str]()

    def cross(tx: Tx, mine: Message, other: Message) -> None:
        store.count_repeat(tx, mine)
        if mine.id not in waited:
            waited.add(mine.id)
            met.wait(10)
        store.count_repeat(tx, other)

    results = at_once(
        [lambda: first.write(lambda tx: cross(tx, one, two)), lambda: second.write(lambda tx: cross(tx, two, one))]
    )
    assert results == [None, None]
    assert [reread(first, message).repeats for message in (one, two)] == [2, 2]
    first.close()
    second.close()


def test_a_database_file_is_its_owners_alone_from_the_first_moment(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    one = Store(f"sqlite:///{file}", KEY, Ticking())
    one.upgrade()
    one.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
