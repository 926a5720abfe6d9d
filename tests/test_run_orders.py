"""What a CRM orders of its runs while the desk, another process or a crash is in between."""

from __future__ import annotations

import contextlib
import threading

import pytest
from sqlalchemy import text

from sayso import relay, runs, signing, store
from sayso.message import Malformed
from sayso.store import Batch, Source
from sayso_providers import Order
from tests.batched import begun, handed_in, house, messages_of, pieces, plain, shop, signing_of, states, swept
from tests.conftest import House, MakeHouse
from tests.walk import dispatched, person

__all__ = ["house", "plain", "shop"]  # fixtures from elsewhere


def source(house: House) -> Source:
    """The CRM whose runs they are."""
    with house.store.read() as tx:
        found = store.find_source(tx, name="crm")
    assert found
    return found


def order(house: House, batch: Batch, state: str) -> None:
    """The CRM pauses a run, lets it go, or cancels it."""
    asked = Order(str(batch.ref), lambda _: state, lambda said: said)  # type: ignore[arg-type,return-value]  # no answer
    assert runs.obey(house.runtime, source(house), asked, "sms") == {batch.ref: state}


def state_of(house: House, batch: Batch) -> str:
    """How a run is, as it is stored."""
    with house.store.read() as tx:
        found = store.find_batch(tx, batch.id)
    assert found
    return found.state


@pytest.mark.parametrize("paused", ["before", "meanwhile"])
def test_a_run_that_is_let_go_while_it_is_taken_back_leaves_no_sooner(house: House, paused: str) -> None:
    batch, ana = handed_in(house, pieces(5, channel="sms")), person(house)
    begun(house, ana, batch)
    swept(house)
    if paused == "before":
        order(house, batch, "paused")
    signing.take_back(house.runtime, ana, signing_of(house, batch).id)
    if paused == "meanwhile":
        order(house, batch, "paused")
    order(house, batch, "open")
    house.clock.forward(minutes=5)
    dispatched(house)
    assert (set(states(house, batch)), house.vendor.posts()) == ({"cleared"}, [])
    swept(house)
    assert (set(states(house, batch)), state_of(house, batch)) == ({"held"}, "open")


def test_a_run_that_is_canceled_while_it_is_taken_back_stays_canceled(house: House) -> None:
    batch, ana = handed_in(house, pieces(5, channel="sms")), person(house)
    begun(house, ana, batch)
    swept(house)
    signing.take_back(house.runtime, ana, signing_of(house, batch).id)
    order(house, batch, "canceled")
    swept(house)
    assert (set(states(house, batch)), state_of(house, batch)) == ({"stopped"}, "canceled")


def test_of_two_orders_at_once_the_second_hears_what_the_first_made_of_the_run(
    make_house: MakeHouse, database_url: str
) -> None:
    one, other = (make_house(start=False, database_url=database_url) for _ in range(2))
    batch = handed_in(one, pieces(3, channel="sms"))
    crm, both, heard = source(one), threading.Barrier(2), []

    def settle(wanted: str, state: str | None) -> str:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # both are here at once only where neither waits for the other
        if state != "open":
            raise Malformed(400, "batch_id", "a status has been set already")
        return wanted

    def ask(house: House, wanted: str) -> None:
        asked = Order(str(batch.ref), lambda state: settle(wanted, state), lambda said: said)  # type: ignore[arg-type,return-value]  # no answer
        try:
            heard.extend(runs.obey(house.runtime, crm, asked, "sms").values())
        except Malformed:
            heard.append("refused")

    threads = [threading.Thread(target=ask, args=pair) for pair in ((one, "canceled"), (other, "paused"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == sorted([state_of(one, batch), "refused"])


def test_the_last_of_an_undo_and_the_order_to_let_go_meet_and_the_run_is_open(
    make_house: MakeHouse, postgres_url: str
) -> None:
    one, other = (make_house(start=False, undo_seconds="20", database_url=postgres_url) for _ in range(2))
    batch, ana = handed_in(one, pieces(3, channel="sms")), person(one)
    begun(one, ana, batch)
    swept(one)
    order(one, batch, "paused")
    signing.take_back(one.runtime, ana, signing_of(one, batch).id)
    sweeper = threading.Thread(target=swept, args=(other,))

    def let_go(state: str | None) -> str:
        sweeper.start()
        _until_it_waits_for_another(one)
        return "open"

    runs.obey(one.runtime, source(one), Order(str(batch.ref), let_go, lambda said: said), "sms")  # type: ignore[arg-type,return-value]  # no answer
    sweeper.join()
    assert (set(states(one, batch)), state_of(one, batch)) == ({"held"}, "open")


def _until_it_waits_for_another(house: House) -> None:
    """Somebody's transaction waits for a row that somebody else has."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(2000):
        with house.store.read() as tx:
            if tx.connection.execute(waits).scalar():
                return
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("looked", [True, False], ids=["looked-at", "just-come-in"])
def test_what_a_process_that_ended_left_of_a_canceled_run_is_taken_back_and_told(house: House, looked: bool) -> None:
    house.source("crm")
    url = f"{house.crm.url}/events"
    house.store.write(lambda tx: store.set_webhooks(tx, source(house), {"events": url}))
    batch = handed_in(house, pieces(60, channel="sms"), looked=looked)
    house.store.write(lambda tx: store.set_batch(tx, batch.id, "canceled"))  # and there the process ended
    swept(house)
    assert {(one.state, one.stop_reason) for one in messages_of(house, batch)} == {("stopped", "withdrawn")}
    while relay.run_due(house.runtime):
        pass
    assert len(house.crm.posts()) == 60


def test_one_piece_that_cannot_be_opened_keeps_no_other_of_a_canceled_run(plain: House) -> None:
    batch = handed_in(plain, pieces(4, channel="sms"))
    first, *others = messages_of(plain, batch)
    damage = text("UPDATE sayso_content SET sealed = :bytes WHERE message_id = :id")
    plain.store.write(lambda tx: tx.connection.execute(damage, {"bytes": b"\x01" * 60, "id": first.id}))
    order(plain, batch, "canceled")
    swept(plain)
    with plain.store.read() as tx:
        assert {str(found.state) for one in others if (found := store.get(tx, one.id))} == {"stopped"}


def test_a_long_run_that_is_canceled_is_answered_before_all_of_it_is_taken_back(plain: House) -> None:
    batch = handed_in(plain, pieces(70, channel="sms"))
    order(plain, batch, "canceled")
    assert sorted(set(states(plain, batch))) == ["held", "stopped"]
    swept(plain)
    assert set(states(plain, batch)) == {"stopped"}
