"""Step 4: an account that fails again and again rests, and is tried with one message."""

from __future__ import annotations

from sayso import dispatch, store
from tests.conftest import House
from tests.stillness import still
from tests.walk import approved, dispatched, look

__all__ = ["still"]  # fixtures from elsewhere


def _fail(house: House, times: int) -> None:
    house.twilio.fault = (500, {}, b"")
    for _ in range(times):
        approved(house)
        dispatched(house)
    house.twilio.fault = None


def test_after_five_failures_in_a_row_the_account_rests_and_other_messages_wait(still: House):
    _fail(still, 5)
    sid = approved(still)
    dispatched(still)
    assert (look(still, sid).state, len(still.vendor.posts())) == ("cleared", 5)


def test_four_failures_do_not_rest_the_account(still: House):
    _fail(still, 4)
    sid = approved(still)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_while_an_account_that_rested_is_tried_with_one_message_the_others_wait(still: House):
    _fail(still, 5)
    for _ in range(3):
        approved(still)
    still.clock.forward(seconds=31)
    others: list[bool] = []
    still.twilio.before = lambda: others.append(dispatch.run_due(still.runtime))
    assert dispatch.run_due(still.runtime)
    assert others == [False]


def test_an_account_that_fails_its_trial_rests_again(still: House):
    _fail(still, 5)
    for _ in range(3):
        approved(still)
    still.clock.forward(seconds=31)
    still.twilio.fault = (500, {}, b"")
    dispatched(still)
    assert len(still.vendor.posts()) == 6


def test_one_success_closes_the_breaker_and_everything_goes(still: House):
    _fail(still, 5)
    sids = [approved(still) for _ in range(3)]
    still.clock.forward(seconds=31)
    dispatched(still)
    assert {look(still, sid).state for sid in sids} == {"sent"}
    with still.store.read() as tx:
        assert store.read_breaker(tx, "twilio") is None
