"""The hand-over list while others work on the same run: every card is new on exactly one list."""

from __future__ import annotations

import csv
import io
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text

from sayso import store
from sayso.batching import handover
from sayso.batching.handover import Handover
from sayso.message import Conflict, State
from tests.card_runs import SOURCE, import_run, look_at_all, pieces, run_of, send_all, use_the_mail_house, written
from tests.conftest import House, MakeHouse

CARDS = 40


@pytest.fixture
def two_shops(make_house: MakeHouse, postgres_url: str) -> tuple[House, House]:
    """Two processes' worth of one shop on PostgreSQL; a run of cards is signed off, and none of them has left."""
    use_the_mail_house()
    house, other = (make_house(start=False, database_url=postgres_url) for _ in range(2))
    house.source(SOURCE)
    lines = [f"Guest {n},{n + 1} Oak St,Reno,NV,89501,opal,GC-{n},Shelby" for n in range(CARDS)]
    import_run(house, *written(*lines))
    look_at_all(house)
    for piece in pieces(house):
        sign_off(house, piece.id)
    return house, other


def sign_off(house: House, message_id: str) -> None:
    """A yes that is over at once."""

    def clear(tx: store.Tx) -> None:
        piece = store.get(tx, message_id)
        assert piece
        store.move(tx, piece, State.CLEARED, "reviewer", changes={"due_at": tx.now})

    house.store.write(clear)


def newly(found: Handover) -> list[str]:
    """Who is new on a list: everybody on the first, those that it marks on any later one."""
    rows = csv.DictReader(io.StringIO(found.text))
    return [row["name"] for row in rows if not found.before or row["added"] == "new"]


def waiting_for_locks(house: House) -> int:
    """How many of the database's connections wait for somebody else's transaction."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with house.store.read() as tx:
        return int(tx.connection.execute(text(asked)).scalar_one())


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    pause = threading.Event()
    for _ in range(500):
        if is_so():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come to that")


def test_of_two_hand_overs_at_once_one_is_the_first(two_shops: tuple[House, House]) -> None:
    send_all(two_shops[0])
    batch = run_of(two_shops[0])
    with ThreadPoolExecutor() as at_once, two_shops[0].store.engine.connect() as busy:
        busy.execute(text("SELECT id FROM sayso_batch WHERE id = :id FOR UPDATE"), {"id": batch.id})
        taking = [at_once.submit(handover.hand_over, house.runtime, batch, "operator") for house in two_shops]
        until(lambda: waiting_for_locks(two_shops[0]) == len(taking))
        busy.rollback()
        lists = [one.result() for one in taking]
    assert sorted(bool(found.before) for found in lists) == [False, True]
    assert Counter(name for found in lists for name in newly(found)) == {f"Guest {n}": 1 for n in range(CARDS)}


def test_a_card_that_was_on_its_way_while_the_list_was_read_is_new_on_the_next(
    two_shops: tuple[House, House],
) -> None:
    shop, other = two_shops
    first, second = pieces(shop)[:2]
    leave(shop, first.id)
    may_commit = threading.Event()
    with ThreadPoolExecutor() as at_once:
        leaving: Future[None] = at_once.submit(leave, other, second.id, may_commit)
        until(lambda: in_transaction(shop) > 0)
        before = handover.hand_over(shop.runtime, run_of(shop), "operator")
        may_commit.set()
        leaving.result()
    after = handover.hand_over(shop.runtime, run_of(shop), "operator")
    assert (newly(before), newly(after)) == (["Guest 0"], ["Guest 1"])


def test_every_card_is_new_on_one_list_while_they_leave_and_lists_are_taken(two_shops: tuple[House, House]) -> None:
    shop, other = two_shops
    done = threading.Event()

    def take_lists(house: House) -> list[Handover]:
        lists = []
        while not done.is_set():
            try:
                lists.append(handover.hand_over(house.runtime, run_of(house), "operator"))
            except Conflict:
                continue
        return lists

    with ThreadPoolExecutor() as at_once:
        taking = [at_once.submit(take_lists, house) for house in two_shops]
        leaving = [at_once.submit(send_all, house) for house in (shop, other)]
        for one in leaving:
            one.result()
        done.set()
        lists = [found for one in taking for found in one.result()]
    lists.append(handover.hand_over(shop.runtime, run_of(shop), "operator"))
    assert {piece.state for piece in pieces(shop)} == {"sent"}
    assert Counter(name for found in lists for name in newly(found)) == {f"Guest {n}": 1 for n in range(CARDS)}


def leave(house: House, message_id: str, may_commit: threading.Event | None = None) -> None:
    """One card goes onto the list; its transaction stays open until it may end."""

    def go(tx: store.Tx) -> None:
        piece = store.get(tx, message_id)
        assert piece
        sending = store.move(tx, piece, State.SENDING, "dispatch")
        store.move(tx, sending, State.SENT, "dispatch", changes={"sent_at": tx.now})
        if may_commit:
            assert may_commit.wait(10)

    house.store.write(go)


def in_transaction(house: House) -> int:
    """How many connections have changed something and not yet said so."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'idle in transaction' AND backend_xid IS NOT NULL"
    )
    with house.store.read() as tx:
        return int(tx.connection.execute(text(asked)).scalar_one())
