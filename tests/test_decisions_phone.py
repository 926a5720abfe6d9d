"""Phone instead: nothing goes out, somebody calls, and how the call went is kept until it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso import store
from sayso.message import OPEN_TASKS
from tests.conftest import House
from tests.deciding import decided, may, quiet, refused, still, text, told, told_only_after_the_window
from tests.walk import approved, dispatched, look, swept

__all__ = ["quiet", "still"]


def tasks(house: House) -> list[str]:
    """Whom somebody is to phone, the most urgent first."""
    with house.store.read() as tx:
        return [message.crm_id for message in store.open_tasks(tx, OPEN_TASKS, None, 10)]


def test_what_is_told_by_phone_is_not_sent_and_the_crm_hears_canceled_once_it_is_settled(still: House):
    sid = text(still)
    answer = decided(still, sid, "phone")
    assert (answer["state"], answer["stop_reason"], answer["task"]) == ("stopped", "phone", "phone")
    assert tasks(still) == [sid]
    told_only_after_the_window(still, sid, "canceled")
    dispatched(still)
    assert (still.vendor.posts(), may(still, sid)) == ([], ["phone"])


@pytest.mark.parametrize("outcome", ["reached", "resolved"])
def test_a_call_that_settled_it_closes_the_task(still: House, outcome: str):
    sid = text(still)
    decided(still, sid, "phone")
    still.clock.forward(minutes=1)
    answer = decided(still, sid, "phone", outcome=outcome, note="She will come on Friday.")
    assert (answer["task"], answer["state"], tasks(still)) == (outcome, "stopped", [])
    last = answer["decisions"][-1]
    assert (last["kind"], last["reason"], last["note"]) == ("phone", outcome, "She will come on Friday.")
    assert may(still, sid) == []


def test_a_call_that_did_not_stays_on_the_list_in_the_order_of_the_next_call(still: House):
    first, second, third = (text(still) for _ in range(3))
    for sid in (first, second, third):
        decided(still, sid, "phone")
        still.clock.forward(minutes=1)
    at = (still.clock() + timedelta(hours=5)).isoformat()
    answer = decided(still, first, "phone", outcome="call_back", at=at)
    assert answer["task"] == "call_back"
    assert still.clock() + timedelta(hours=4) < look(still, first).task_at
    decided(still, second, "phone", outcome="voicemail")
    assert tasks(still) == [third, second, first]
    decided(still, first, "phone", outcome="reached")
    assert look(still, first).task_at is None


@pytest.mark.parametrize(
    ("given", "status", "why"),
    [
        pytest.param({}, 400, "outcome must be one of reached, voicemail, call_back, resolved", id="none"),
        pytest.param({"outcome": "shouted"}, 400, "outcome must be one of", id="unknown"),
        pytest.param({"outcome": "call_back"}, 400, "at must be a date and time", id="no time"),
        pytest.param({"outcome": "call_back", "at": "2020-01-01T09:00:00Z"}, 400, "still to come", id="past"),
        pytest.param({"outcome": "reached", "note": 7}, 400, "note must be a text", id="note"),
        pytest.param({"result": "reached"}, 400, "knows no 'result'; it takes outcome, at", id="unknown key"),
    ],
)
def test_an_outcome_that_is_none_is_refused(quiet: House, given: dict[str, object], status: int, why: str):
    sid = text(quiet)
    decided(quiet, sid, "phone")
    assert why in refused(quiet, sid, "phone", status, **given)


def test_an_outcome_needs_a_call(quiet: House):
    assert "Nobody was asked to phone" in refused(quiet, text(quiet), "phone", 409, outcome="reached")


def test_an_undo_takes_the_call_off_the_list_and_the_crm_hears_nothing(still: House):
    sid = text(still)
    decided(still, sid, "phone")
    decided(still, sid, "phone", outcome="voicemail")
    assert may(still, sid) == ["phone", "undo"]
    decided(still, sid, "undo")
    again = look(still, sid)
    assert (again.state, again.stop_reason, again.task, tasks(still)) == ("held", None, None, [])
    still.clock.forward(hours=1)
    assert told(still) == []


def test_what_the_vendor_refused_can_be_told_by_phone(still: House):
    still.twilio.fault = 400, {}, b'{"code": 21211, "message": "no such number"}'
    sid = approved(still)
    still.clock.forward(seconds=21)
    dispatched(still)
    assert may(still, sid) == ["phone"]
    assert decided(still, sid, "phone")["state"] == "failed"
    assert tasks(still) == [sid]
    decided(still, sid, "phone", outcome="reached")
    assert tasks(still) == []


@pytest.mark.parametrize("then", ["approve", "arrived"])
def test_a_call_about_what_may_have_arrived_is_off_the_list_once_that_is_settled(still: House, then: str):
    still.twilio.lose_answers = True
    sid = approved(still)
    still.clock.forward(seconds=21)
    dispatched(still)
    assert may(still, sid) == ["approve", "phone", "arrived"]
    assert decided(still, sid, "phone")["state"] == "unconfirmed"
    assert (tasks(still), may(still, sid)) == ([sid], ["approve", "phone", "arrived"])
    decided(still, sid, then)
    assert tasks(still) == []


def test_a_callback_that_it_arrived_takes_the_call_off_the_list(still: House):
    still.twilio.lose_answers = True
    sid = approved(still)
    still.clock.forward(seconds=21)
    dispatched(still)
    decided(still, sid, "phone")
    assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
    assert (look(still, sid).state, tasks(still)) == ("sent", [])


@pytest.mark.parametrize(("purpose", "task"), [("repair_ready", "phone"), ("purchase_feedback", None)])
@pytest.mark.parametrize("signed_off", [False, True], ids=["held", "cleared"])
def test_what_nobody_signed_off_in_time_is_told_by_phone_where_its_purpose_says_so(
    quiet: House, purpose: str, task: str | None, signed_off: bool
):
    sid = text(quiet, purpose=purpose, validity_period=60)
    if signed_off:
        decided(quiet, sid, "approve")
    quiet.clock.forward(seconds=61)
    (dispatched if signed_off else swept)(quiet)
    message = look(quiet, sid)
    assert (message.state, message.stop_reason, message.task) == ("stopped", "expired", task)
    assert may(quiet, sid) == ["phone"]
    assert told(quiet) == [(sid, "failed")]


def test_what_expired_can_be_told_by_phone(quiet: House):
    sid = text(quiet, purpose="purchase_feedback", validity_period=60)
    quiet.clock.forward(seconds=61)
    swept(quiet)
    answer = decided(quiet, sid, "phone")
    assert (answer["state"], answer["stop_reason"], tasks(quiet)) == ("stopped", "expired", [sid])
    assert may(quiet, sid) == ["phone"]
