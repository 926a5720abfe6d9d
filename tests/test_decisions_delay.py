"""Delay: a yes for later, taken back or looked at again until it goes, and never later than it is worth sending."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.deciding import decided, may, quiet, refused, still, text
from tests.walk import TO, dispatched, look, swept, told

__all__ = ["quiet", "still"]


def after(house: House, **span: float) -> str:
    """A moment from now, as a person in California would write it."""
    return (house.clock() + timedelta(**span)).isoformat().replace("+00:00", "Z")


def test_a_delayed_message_goes_then_and_not_before(still: House):
    sid = text(still)
    until = after(still, hours=3)
    answer = decided(still, sid, "delay", until=until)
    assert (answer["state"], answer["due_at"], answer["send_at"]) == ("cleared", until, None)
    assert answer["decisions"][0]["given"] == {"until": until}
    still.clock.forward(hours=2, minutes=59)
    dispatched(still)
    assert still.vendor.posts() == []
    still.clock.forward(minutes=2)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_what_is_found_in_the_meantime_brings_it_back_to_a_person(still: House):
    sid = text(still)
    decided(still, sid, "delay", until=after(still, hours=3))
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    still.clock.forward(hours=3, minutes=1)
    dispatched(still)
    assert (look(still, sid).state, still.vendor.posts()) == ("held", [])


def test_a_delay_can_be_taken_back_until_it_goes_and_the_crm_hears_nothing(still: House):
    sid = text(still)
    before = look(still, sid)
    decided(still, sid, "delay", until=after(still, hours=3))
    still.clock.forward(hours=2)
    assert may(still, sid) == ["undo"]
    decided(still, sid, "undo")
    again = look(still, sid)
    assert (again.state, again.accepted, again.due_at) == ("held", frozenset(), None)
    assert (again.send_at, again.hold_expires_at) == (before.send_at, before.hold_expires_at)
    still.clock.forward(hours=2)
    dispatched(still)
    assert (still.vendor.posts(), told(still)) == ([], [])


def test_the_crms_own_moment_is_given_back_by_an_undo(quiet: House):
    sid, send_at = scheduled(quiet, hours=2)
    decided(quiet, sid, "delay", until=after(quiet, hours=4))
    delayed = look(quiet, sid)
    assert (delayed.send_at, delayed.hold_expires_at) == (send_at, delayed.due_at + timedelta(minutes=15))
    decided(quiet, sid, "undo")
    again = look(quiet, sid)
    assert (again.send_at, again.hold_expires_at) == (send_at, send_at)


def test_a_yes_that_is_taken_back_after_the_crms_moment_is_not_dropped_at_once(quiet: House):
    sid, _ = scheduled(quiet, hours=2)
    decided(quiet, sid, "delay", until=after(quiet, hours=4))
    quiet.clock.forward(hours=3)
    decided(quiet, sid, "undo")
    swept(quiet)
    assert look(quiet, sid).state == "held"


def test_it_cannot_go_before_the_crms_own_moment(quiet: House):
    sid, _ = scheduled(quiet, hours=2)
    assert "The CRM itself wants it out at" in refused(quiet, sid, "delay", 400, until=after(quiet, hours=1))


def scheduled(house: House, **span: float) -> tuple[str, datetime]:
    """A message for a moment that the CRM set, and that moment."""
    at = (house.clock() + timedelta(**span)).replace(microsecond=0)
    sid = text(house, schedule_type="fixed", send_at=at, from_="MG" + "1" * 32)
    assert look(house, sid).send_at == at
    return sid, at


@pytest.mark.parametrize(
    "until",
    [None, "", "tomorrow", 5, "2026-11-30", "2030-01-01T09:00:00", "2020-01-01T09:00:00Z", "9999-12-31T23:59:59-14:00"],
)
def test_a_moment_that_is_none_or_is_over_is_refused(quiet: House, until: object):
    assert "until" in refused(quiet, text(quiet), "delay", 400, until=until)


def test_a_delay_beyond_its_time_says_until_when_it_is_worth_sending(quiet: House):
    sid = text(quiet, validity_period=3600)
    expected = f"It is worth sending only until {quiet.message(sid)['hold_expires_at'][11:16]}"
    said = refused(quiet, sid, "delay", 400, until=after(quiet, hours=2))
    assert said.startswith("It is worth sending only until ")
    assert expected[-5:] in said
    decided(quiet, sid, "delay", until=after(quiet, minutes=59))


@pytest.mark.parametrize(("word", "why"), [("embargo_end", "of a surprise"), ("subject_done", "this matter is done")])
def test_a_word_of_which_nothing_is_known_yet_is_409(quiet: House, word: str, why: str):
    assert f"Nothing is known of {why}"[:20] in refused(quiet, text(quiet), "delay", 409, until=word)


def test_until_the_next_allowed_moment_waits_for_the_morning(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00", undo_seconds="20")
    house.clock.fixed = house.clock().replace(hour=6, minute=0, second=0, microsecond=0)  # 22:00 or 23:00 in California
    sid, other = text(house), text(house)
    decided(house, sid, "delay", until="next_allowed")
    morning = look(house, sid).due_at
    assert timedelta(hours=8) < morning - house.clock() <= timedelta(hours=10)
    decided(house, other, "delay", until=after(house, hours=2))
    assert look(house, other).due_at == morning, "a moment in the night is moved to the morning"


def test_where_it_is_day_the_next_allowed_moment_is_now(quiet: House):
    sid = text(quiet)
    decided(quiet, sid, "delay", until="next_allowed")
    quiet.clock.forward(seconds=21)
    dispatched(quiet)
    assert look(quiet, sid).state == "sent"


def test_a_stop_finding_takes_the_delay_away(quiet: House):
    sid = text(quiet)
    decided(quiet, sid, "approve")
    quiet.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    quiet.clock.forward(seconds=21)
    dispatched(quiet)
    assert "do-not-send list" in refused(quiet, sid, "delay", 409, until=after(quiet, hours=1))
