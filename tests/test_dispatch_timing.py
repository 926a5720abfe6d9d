"""Step 4: nights are waited out, set moments are kept, and what is too late is not sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.walk import approved, decide, dispatched, hand_in, look, relayed, swept

__all__ = ["still"]  # fixtures from elsewhere


def test_a_night_that_began_after_the_approval_is_waited_out(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # noon in California
    sid = approved(house)
    house.clock.fixed = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # ten in the evening there
    dispatched(house)
    assert house.vendor.posts() == []
    assert look(house, sid).due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    house.clock.fixed = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    dispatched(house)
    assert look(house, sid).state == "sent"


def test_a_code_that_goes_at_once_goes_at_night_too(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    sid = hand_in(house, purpose="otp", Body="Your code is 481516.")
    dispatched(house)
    assert look(house, sid).state == "sent"


def test_what_expired_between_approval_and_claim_is_stopped_and_the_crm_hears_30036(still: House):
    sid = approved(still, ValidityPeriod="60", StatusCallback=still.crm.url + "/cb")
    still.clock.forward(seconds=61)
    dispatched(still)
    relayed(still)
    message = look(still, sid)
    assert (message.state, message.stop_reason, still.vendor.posts()) == ("stopped", "expired", [])
    heard = still.crm.posts()[0].form
    assert (heard["MessageStatus"], heard["ErrorCode"]) == ("failed", "30036")


def _scheduled(house: House, *, seconds: int = 3600, **fields: str) -> tuple[str, datetime]:
    moment = house.clock() + timedelta(seconds=seconds)
    service = {"MessagingServiceSid": "MG" + "0" * 32, "ScheduleType": "fixed", "SendAt": moment.isoformat()}
    return hand_in(house, **service, **fields), moment


def test_a_message_for_a_set_moment_that_was_approved_early_goes_then_as_an_ordinary_one(still: House):
    sid, _ = _scheduled(still)
    decide(still, sid, "approve")
    still.clock.forward(minutes=59)
    swept(still)
    dispatched(still)
    assert still.vendor.posts() == []
    still.clock.forward(minutes=1, seconds=5)
    swept(still)
    dispatched(still)
    heard = still.vendor.posts()[0].form
    assert look(still, sid).state == "sent"
    assert not {"ScheduleType", "SendAt"} & set(heard)
    assert heard["MessagingServiceSid"] == "MG" + "0" * 32


def test_a_message_for_a_set_moment_that_nobody_approved_is_stopped_then(still: House):
    sid, _ = _scheduled(still)
    still.clock.forward(hours=1, seconds=1)
    swept(still)
    assert look(still, sid).stop_reason == "expired"


def test_the_validity_that_is_forwarded_is_what_is_left_of_it(still: House):
    approved(still, ValidityPeriod="600")
    still.clock.forward(seconds=200)
    dispatched(still)
    assert 395 <= int(still.vendor.posts()[0].form["ValidityPeriod"]) <= 400


def test_the_validity_of_a_message_for_a_set_moment_counts_from_then(still: House):
    sid, _ = _scheduled(still, ValidityPeriod="7200")
    decide(still, sid, "approve")
    still.clock.forward(hours=1, seconds=1)
    dispatched(still)
    assert still.vendor.posts()[0].form["ValidityPeriod"] == "7200"
