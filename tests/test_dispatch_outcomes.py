"""Step 4: every answer of the vendor has its outcome, and no answer is not a no."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from sayso import dispatch, store
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.walk import TO, approved, decide, dispatched, incidents, look, relayed, swept, told

__all__ = ["still"]  # fixtures from elsewhere

REFUSAL = b'{"code": 21211, "message": "Invalid To", "status": 400}'
AUTH = b'{"code": 20003, "message": "Authenticate", "status": 401}'
ANSWERS: dict[str, tuple[tuple[int, dict[str, str], bytes], str]] = {
    "400-with-code": ((400, {}, REFUSAL), "failed"),
    "422-with-code": ((422, {}, REFUSAL), "failed"),
    "429": ((429, {}, b"{}"), "cleared"),
    "401": ((401, {}, AUTH), "cleared"),
    "403": ((403, {}, AUTH), "cleared"),
    "404": ((404, {}, b'{"code": 20404}'), "cleared"),
    "400-of-a-proxy": ((400, {}, b"<html>bad request</html>"), "cleared"),
    "500": ((500, {}, b'{"code": 20500}'), "unconfirmed"),
    "502": ((502, {}, b"<html>bad gateway</html>"), "unconfirmed"),
    "503": ((503, {}, b""), "unconfirmed"),
    "504": ((504, {}, b""), "unconfirmed"),
    "408": ((408, {}, b""), "unconfirmed"),
    "302": ((302, {"Location": "http://127.0.0.1:9/"}, b""), "unconfirmed"),
    "connection-ends-without-an-answer": ((0, {}, b""), "unconfirmed"),
    "truncated-json": ((201, {}, b'{"sid": "SM12'), "unconfirmed"),
    "shorter-than-it-said": ((201, {"Content-Length": "999", "Connection": "close"}, b'{"sid": "SM1"}'), "unconfirmed"),
    "201-without-sid": ((201, {}, b'{"status": "queued"}'), "unconfirmed"),
    "201-with-a-sid-of-null": ((201, {}, b'{"sid": null}'), "unconfirmed"),
    "200-of-html": ((200, {}, b"<html>hello</html>"), "unconfirmed"),
    "200-with-sid": ((200, {}, b'{"sid": "SM1", "status": "queued"}'), "sent"),
    "201-with-sid": ((201, {}, b'{"sid": "SM1", "status": "accepted"}'), "sent"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_of_the_vendor_has_its_outcome(make_house: MakeHouse, name: str):
    fault, state = ANSWERS[name]
    house = make_house(start=False, vendor_timeout="0.5")
    sid = approved(house)
    house.twilio.fault = fault
    dispatched(house)
    assert look(house, sid).state == state
    assert len(house.vendor.posts()) == 1


def test_a_definite_no_is_told_to_the_crm_with_the_vendors_own_code(still: House):
    sid = approved(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.fault = (400, {}, REFUSAL)
    dispatched(still)
    relayed(still)
    heard = still.crm.posts()[0].form
    assert (heard["MessageStatus"], heard["ErrorCode"], heard["MessageSid"]) == ("failed", "21211", sid)


def test_a_429_waits_as_long_as_the_vendor_asked(still: House):
    approved(still)
    still.twilio.fault = (429, {"Retry-After": "90"}, b"{}")
    dispatched(still)
    still.twilio.fault = None
    still.clock.forward(seconds=89)
    dispatched(still)
    assert still.twilio.messages == []
    still.clock.forward(seconds=2)
    dispatched(still)
    assert len(still.twilio.messages) == 1


def test_an_absurd_retry_after_does_not_lose_the_message(still: House):
    sid = approved(still)
    still.twilio.fault = (429, {"Retry-After": "9" * 30}, b"{}")
    dispatched(still)
    assert look(still, sid).state == "cleared"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_keys_rest_the_account_and_raise_an_alarm_and_fail_nothing(still: House, status: int):
    sid, other = approved(still), approved(still)
    still.twilio.fault = (status, {}, AUTH)
    dispatched(still)
    assert len(still.vendor.posts()) == 1
    assert {look(still, sid).state, look(still, other).state} == {"cleared"}
    assert incidents(still) == ["vendor_alarm"]
    with still.store.read() as tx:
        assert [alarm.account for alarm in store.read_alarms(tx)] == ["twilio"]


def test_a_refused_connection_backs_off_and_sends_later(still: House):
    sid = approved(still)
    account = replace(still.runtime.accounts["twilio"], api_url="http://127.0.0.1:1")
    dispatch.run_due(replace(still.runtime, accounts={"twilio": account}))
    message = look(still, sid)
    assert message.state == "cleared"
    assert message.due_at > still.clock()
    still.clock.forward(seconds=5)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_vendor_that_does_not_answer_in_time_leaves_it_unconfirmed(make_house: MakeHouse):
    house = make_house(start=False, vendor_timeout="0.3")
    sid, answer_now = approved(house), threading.Event()
    house.twilio.before = lambda: answer_now.wait(5)
    dispatched(house)
    answer_now.set()
    assert look(house, sid).state == "unconfirmed"


def _unconfirmed(house: House) -> str:
    sid = approved(house, StatusCallback=house.crm.url + "/cb")
    house.twilio.lose_answers = True
    dispatched(house)
    house.twilio.lose_answers = False
    assert look(house, sid).state == "unconfirmed"
    return sid


def test_an_unconfirmed_message_is_never_sent_again_by_itself(still: House):
    sid = _unconfirmed(still)
    for _ in range(40):
        still.clock.forward(hours=3)
        swept(still)
        dispatched(still)
    assert len(still.vendor.posts()) == 1
    assert look(still, sid).state == "unconfirmed"


def test_approving_an_unconfirmed_message_sends_it_again(still: House):
    sid = _unconfirmed(still)
    decide(still, sid, "approve")
    dispatched(still)
    assert len(still.twilio.messages) == 2
    assert look(still, sid).state == "sent"


def test_arrived_closes_an_unconfirmed_message_and_the_crm_hears_sent(still: House):
    sid = _unconfirmed(still)
    decide(still, sid, "arrived")
    dispatched(still)
    relayed(still)
    assert look(still, sid).state == "sent"
    assert len(still.vendor.posts()) == 1
    assert told(still) == ["sent"]


def test_an_unconfirmed_message_whose_time_is_over_is_never_sent_again(still: House):
    sid = _unconfirmed(still)
    still.clock.forward(days=30)
    shown = still.message(sid)
    assert shown["may"] == ["phone", "arrived"]
    assert still.decide(sid, "approve").status_code == 409
    assert look(still, sid).state == "unconfirmed"


def test_an_opt_out_at_the_vendor_suppresses_the_address(still: House):
    approved(still)
    still.twilio.fault = (400, {}, b'{"code": 21610, "message": "unsubscribed", "status": 400}')
    dispatched(still)
    with still.store.read() as tx:
        assert list(store.suppressed(tx, [TO])) == [TO]
