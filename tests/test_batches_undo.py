"""What was signed off for a whole batch is taken back whole, and a printed piece until its cut-off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sayso import carrying, signing, store
from sayso.message import State
from tests.batched import (
    CUT_OFF,
    MORNING,
    Toml,
    begun,
    handed_in,
    house,
    messages_of,
    pieces,
    plain,
    shop,
    signing_of,
    states,
    swept,
)
from tests.conftest import House
from tests.walk import decide, dispatched, person

__all__ = ["house", "plain", "shop"]  # fixtures from elsewhere


@pytest.mark.parametrize("kind", ["approve", "reject"])
def test_a_signing_is_taken_back_whole(house: House, kind: str) -> None:
    batch, ana = handed_in(house, pieces(30)), person(house)
    begun(house, ana, batch, kind)
    swept(house)
    back = signing.take_back(house.runtime, person(house, "ben@example.com"), signing_of(house, batch).id)
    assert (back.kind, back.count) == ("undo", 30)
    swept(house)
    assert (set(states(house, batch)), signing_of(house, batch).codes) == ({"held"}, "a" * 30)
    assert begun(house, ana, batch).count == 30


def test_what_dispatch_has_put_off_is_taken_back_as_well(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5, channel="sms")), person(plain)
    signed = begun(plain, ana, batch)
    swept(plain)
    one = messages_of(plain, batch)[0]
    later = {"due_at": plain.clock() + timedelta(hours=1)}
    plain.store.write(lambda tx: store.move(tx, one, State.CLEARED, "dispatch", changes=later))
    signing.take_back(plain.runtime, ana, signed.id)
    swept(plain)
    assert {message.state for message in messages_of(plain, batch)} == {"held"}


def test_nothing_leaves_while_it_is_taken_back(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5, channel="sms")), person(plain)
    begun(plain, ana, batch)
    swept(plain)
    signing.take_back(plain.runtime, ana, signing_of(plain, batch).id)
    plain.clock.forward(minutes=5)
    dispatched(plain)
    assert set(states(plain, batch)) == {"cleared"}
    swept(plain)
    with plain.store.read() as tx:
        after = store.find_batch(tx, batch.id)
    assert after
    assert (set(states(plain, batch)), after.state) == ({"held"}, "open")


def test_taking_back_what_still_runs_ends_it_first(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(120)), person(plain)
    first = begun(plain, ana, batch)
    carrying.run_due(plain.runtime)
    assert signing.take_back(plain.runtime, ana, first.id).count == 50
    swept(plain)
    assert set(states(plain, batch)) == {"held"}


def test_what_has_left_stays_away_when_the_rest_is_taken_back(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5, channel="sms")), person(plain)
    begun(plain, ana, batch)
    swept(plain)
    first = messages_of(plain, batch)[0]
    decide(plain, first.id, "undo", ana)
    signing.take_back(plain.runtime, ana, signing_of(plain, batch).id)
    swept(plain)
    assert sorted(signing_of(plain, batch).codes) == ["a", "a", "a", "a", "c"]


@pytest.mark.parametrize(
    ("toml", "own", "due"),
    [
        pytest.param("", None, MORNING + timedelta(seconds=60), id="none-said"),
        pytest.param('print_cut_off = "16:00"\n', None, CUT_OFF, id="the-shops-hour"),
        pytest.param('print_cut_off = "09:00"\n', None, datetime(2026, 11, 24, 17, tzinfo=UTC), id="tomorrow"),
        pytest.param('print_cut_off = "16:00"\n', timedelta(hours=3), MORNING + timedelta(hours=3), id="its-own"),
        pytest.param('print_cut_off = "16:00"\n', -timedelta(hours=1), MORNING + timedelta(seconds=60), id="over"),
        pytest.param('print_cut_off = "16:00"\n', timedelta(days=99), MORNING + timedelta(seconds=60), id="too-late"),
    ],
)
def test_a_printed_piece_stays_until_the_cut_off(shop: Toml, toml: str, own: timedelta | None, due: datetime) -> None:
    house = shop(toml)
    ana, drafts = person(house), pieces(5)
    house.source("crm")
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    name, at = str(drafts[0].batch), MORNING + own if own else None
    made = house.store.write(lambda tx: store.add_batch(tx, source.id, name, "postcard", ref=name, cut_off=at))
    batch = handed_in(house, drafts)
    assert batch.id == made.id
    begun(house, ana, batch)
    swept(house)
    assert {message.due_at for message in messages_of(house, batch)} == {due}
    house.clock.fixed = due - timedelta(seconds=1)
    decide(house, messages_of(house, batch)[0].id, "undo", ana)


def test_a_piece_that_is_worth_sending_until_its_cut_off_is_not_dropped_there(shop: Toml) -> None:
    house = shop('print_cut_off = "16:00"\n')
    drafts = [replace(draft, expires_at=CUT_OFF) for draft in pieces(5)]
    batch, ana = handed_in(house, drafts), person(house)
    begun(house, ana, batch)
    swept(house)
    house.clock.fixed = CUT_OFF + timedelta(minutes=30)
    swept(house)
    assert set(states(house, batch)) == {"cleared"}


@pytest.mark.parametrize(("hours", "state"), [(23, "sent"), (25, "stopped")])
def test_a_printed_piece_leaves_late_for_a_day_whatever_it_was_worth(shop: Toml, hours: int, state: str) -> None:
    house = shop('print_cut_off = "16:00"\n[sources.crm]\nroutes = { postcard = "mailhouse" }\n')
    drafts = [
        replace(draft, provider="mailhouse", expires_at=CUT_OFF + timedelta(hours=n))
        for n, draft in enumerate(pieces(3))
    ]
    batch = handed_in(house, drafts)
    begun(house, person(house), batch)
    swept(house)
    house.clock.fixed = CUT_OFF + timedelta(hours=hours)  # until now the mail house was down
    swept(house)
    dispatched(house)
    assert states(house, batch) == [state] * 3


def test_a_text_goes_no_later_than_it_is_worth_sending(plain: House) -> None:
    drafts = [replace(draft, expires_at=MORNING + timedelta(hours=1)) for draft in pieces(3, channel="sms")]
    batch = handed_in(plain, drafts)
    begun(plain, person(plain), batch)
    swept(plain)
    plain.clock.forward(hours=1, seconds=1)
    dispatched(plain)
    assert (states(plain, batch), plain.vendor.posts()) == (["stopped"] * 3, [])


def test_a_text_does_not_wait_for_the_print_cut_off(shop: Toml) -> None:
    house = shop('print_cut_off = "16:00"\n')
    batch, ana = handed_in(house, pieces(5, channel="sms")), person(house)
    begun(house, ana, batch)
    swept(house)
    assert {message.due_at for message in messages_of(house, batch)} == {MORNING + timedelta(seconds=60)}


def test_what_a_yes_gave_a_printed_piece_is_gone_with_it(shop: Toml) -> None:
    house = shop('print_cut_off = "16:00"\n')
    batch, ana = handed_in(house, [replace(draft, expires_at=CUT_OFF) for draft in pieces(5)]), person(house)
    begun(house, ana, batch)
    swept(house)
    decide(house, messages_of(house, batch)[0].id, "undo", ana)
    assert messages_of(house, batch)[0].hold_expires_at == CUT_OFF
