"""Sign-offs of many at the same time: who comes first, how far one look goes, and what a damaged piece spoils."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from sayso import carrying, signing, store, sweep
from sayso.store import Batch
from tests.batched import (
    begun,
    handed_in,
    house,
    messages_of,
    pieces,
    plain,
    read,
    shop,
    signing_of,
    states,
    swept,
)
from tests.conftest import House
from tests.desk_visits import enter
from tests.walk import person, relayed

__all__ = ["house", "plain", "shop"]  # fixtures from elsewhere


def two_runs(house: House, first: int, second: int) -> tuple[Batch, Batch]:
    """A run of cards of one shop and a run of texts of another."""
    north = handed_in(house, pieces(first, name="Big one"), "north", store="north")
    return north, handed_in(house, pieces(second, channel="sms", name="Small one"), "south", store="south")


def told(house: House, name: str) -> None:
    """The CRM of that name hears what becomes of its messages."""

    def keep(tx: store.Tx) -> None:
        source = store.find_source(tx, name=name)
        assert source
        store.set_webhooks(tx, source, {"events": f"{house.crm.url}/events"})

    house.source(name)
    house.store.write(keep)


def test_signings_take_turns(plain: House) -> None:
    big, small = two_runs(plain, 120, 60)
    ana = person(plain)
    begun(plain, ana, big, "reject")
    begun(plain, ana, small, "reject")
    done = []
    for _ in range(4):
        sweep.run_due(plain.runtime)
        done.append((signing_of(plain, big).done, signing_of(plain, small).done))
    assert done == [(50, 0), (50, 50), (100, 50), (100, 60)]


def test_an_undo_comes_before_every_other_signing(plain: House) -> None:
    big, small = two_runs(plain, 120, 30)
    ana = person(plain)
    begun(plain, ana, small)
    swept(plain)
    begun(plain, ana, big, "reject")
    signing.take_back(plain.runtime, ana, signing_of(plain, small).id)
    sweep.run_due(plain.runtime)
    assert (signing_of(plain, big).done, set(states(plain, small))) == (0, {"held"})


def test_a_no_that_is_taken_back_in_time_is_told_to_no_crm_however_long_that_takes(house: House) -> None:
    told(house, "crm")
    batch, ana = handed_in(house, pieces(60, channel="sms")), person(house)
    begun(house, ana, batch, "reject")
    swept(house)
    signing.take_back(house.runtime, ana, signing_of(house, batch).id)
    house.clock.forward(minutes=20)
    relayed(house)
    swept(house)
    house.clock.forward(hours=1)
    relayed(house)
    assert (set(states(house, batch)), house.crm.posts()) == ({"held"}, [])


def test_a_no_that_is_not_taken_back_after_all_is_told_in_the_end(plain: House) -> None:
    told(plain, "crm")
    batch, ana = handed_in(plain, pieces(5, channel="sms")), person(plain)
    begun(plain, ana, batch, "reject")
    swept(plain)
    signing.take_back(plain.runtime, ana, signing_of(plain, batch).id)
    plain.clock.forward(hours=1)
    relayed(plain)
    swept(plain)
    assert (set(states(plain, batch)), len(plain.crm.posts())) == ({"stopped"}, 5)


def test_a_no_that_the_crm_has_heard_is_not_taken_back(plain: House) -> None:
    told(plain, "crm")
    batch, ana = handed_in(plain, pieces(5, channel="sms")), person(plain)
    begun(plain, ana, batch, "reject")
    swept(plain)
    plain.clock.forward(minutes=2)
    relayed(plain)
    signing.take_back(plain.runtime, ana, signing_of(plain, batch).id)
    swept(plain)
    assert (set(states(plain, batch)), signing_of(plain, batch).codes) == ({"stopped"}, "ccccc")


def test_a_damaged_piece_has_its_own_letter_and_stops_nobody(plain: House, caplog: pytest.LogCaptureFixture) -> None:
    first, second = two_runs(plain, 30, 30)
    ana = person(plain)
    begun(plain, ana, first)
    begun(plain, ana, second)
    damaged = messages_of(plain, first)[7].id
    damage = text("UPDATE sayso_content SET sealed = :bytes WHERE message_id = :id")
    plain.store.write(lambda tx: tx.connection.execute(damage, {"bytes": b"\x01" * 60, "id": damaged}))
    while carrying.run_due(plain.runtime):
        pass
    assert sorted(signing_of(plain, first).codes) == ["a"] * 29 + ["u"]
    assert signing_of(plain, second).codes == "a" * 30
    assert sum(damaged in record.getMessage() for record in caplog.records) == 1
    page = read(plain, enter(plain), f"/batches/{first.id}")
    assert "29 signed off, 1 are damaged where they are stored." in page


def test_a_signing_that_cannot_be_carried_on_keeps_no_other(plain: House) -> None:
    first, second = two_runs(plain, 5, 5)
    ana = person(plain)
    lost = begun(plain, ana, first)
    begun(plain, ana, second)
    damage = text("UPDATE sayso_signing SET frozen = :bytes WHERE id = :id")
    plain.store.write(lambda tx: tx.connection.execute(damage, {"bytes": b"\x01" * 60, "id": lost.id}))
    swept(plain)
    assert (set(states(plain, first)), set(states(plain, second))) == ({"held"}, {"cleared"})
