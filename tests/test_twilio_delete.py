"""Deleting what is over, and feedback, through Twilio's own client: gone for its CRM, while the record stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twilio.base.exceptions import TwilioRestException

from sayso import store
from tests.conftest import House, MakeHouse
from tests.ended import OVER, opened
from tests.standing import assert_twilio_error, call
from tests.stillness import still
from tests.vendor_log import keep_log, refuses, says
from tests.walk import decide, hand_in, look, sent, withdraw

__all__ = ["still"]  # fixtures from elsewhere


@pytest.mark.parametrize("make", OVER)
def test_a_deleted_message_is_gone_for_its_crm_and_the_record_stays(still: House, make: Callable[[House], str]) -> None:
    log = keep_log(still)
    sid, other = make(still), hand_in(still)
    with still.store.read() as tx:
        message = look(still, sid)
        before = store.read_trail(tx, message.id), store.read_decisions(tx, message.id)

    assert still.client().messages(sid).delete() is True

    mine = still.client().messages(sid)
    for ask in (mine.fetch, mine.delete, lambda: mine.update(body=""), lambda: mine.update(status="canceled")):
        with pytest.raises(TwilioRestException) as gone:
            ask()
        assert (gone.value.status, gone.value.code) == (404, 20404)
    assert_twilio_error(call(still, "GET", f"/Messages/{sid}/Media.json"), 404, 20404)
    assert [found.sid for found in still.client().messages.list()] == [other]
    assert "Emerald" not in opened(still, sid)
    with still.store.read() as tx:
        trail, decisions = store.read_trail(tx, message.id), store.read_decisions(tx, message.id)
    assert (trail[:-1], decisions) == before
    assert (trail[-1].actor, trail[-1].event) == ("crm", "deleted")
    assert log.asked == ([("DELETE", "", {})] if message.provider_id else [])


def test_a_repeat_with_the_same_key_hears_of_a_deleted_message_and_makes_no_new_one(still: House) -> None:
    form, key = {"To": "+14155550123", "From": "+14155550100", "Body": "Hello"}, {"Idempotency-Key": "k1"}
    sid = call(still, "POST", data=form, headers=key).json()["sid"]
    withdraw(still, sid)
    still.client().messages(sid).delete()

    assert call(still, "POST", data=form, headers=key).json()["sid"] == sid


def test_what_can_still_be_undone_cannot_be_deleted(make_house: MakeHouse) -> None:
    house = make_house(start=False, undo_seconds="20")
    sid = hand_in(house)
    decide(house, sid, "reject")

    assert_twilio_error(call(house, "DELETE", f"/Messages/{sid}.json"), 409, 20009)

    house.clock.forward(seconds=21)
    assert call(house, "DELETE", f"/Messages/{sid}.json").status_code == 204


def test_feedback_reaches_the_vendor_that_has_the_message(still: House) -> None:
    log, sid = keep_log(still), sent(still)

    said = still.client().messages(sid).feedback.create(outcome="confirmed")

    assert (said.message_sid, said.outcome) == (sid, "confirmed")
    assert log.asked == [("POST", "Feedback", {"Outcome": "confirmed"})]


def test_feedback_is_refused_as_the_vendor_refuses_it_and_before_the_vendor_has_the_message(still: House) -> None:
    log, sid, held = keep_log(still), sent(still), hand_in(still)
    log.fault = refuses(400, 21623, f"no feedback for {look(still, sid).provider_id}")

    refusal = call(still, "POST", f"/Messages/{sid}/Feedback.json", data={"Outcome": "confirmed"})

    assert_twilio_error(refusal, 400, 21623)
    assert sid in refusal.text
    assert_twilio_error(call(still, "POST", f"/Messages/{held}/Feedback.json", data={}), 404, 20404)
    assert_twilio_error(call(still, "POST", f"/Messages/{sid}/Feedback.json", data={"Outcome": "x"}), 400, 20001)
    log.fault = says(201, {})
    assert call(still, "POST", f"/Messages/{sid}/Feedback.json", data={"Outcome": "unconfirmed"}).status_code == 201
