"""Step 5: a callback is stored once, and answered only after the commit; delivery only rises."""

from __future__ import annotations

from itertools import permutations

import pytest

from sayso import failpoint, store
from tests.conftest import House, MakeHouse
from tests.stillness import count_receipts, still
from tests.walk import TO, incidents, look, relayed, sent, told

__all__ = ["still"]  # fixtures from elsewhere


def test_a_callback_that_comes_twice_is_stored_once_and_told_once(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    for _ in range(5):
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
    relayed(still)
    assert (count_receipts(still), told(still)) == (1, ["delivered"])


@pytest.mark.parametrize(
    ("statuses", "final"),
    [
        (("queued", "sending", "sent", "delivered"), "delivered"),
        (("queued", "sent", "failed", "delivered"), "delivered"),
    ],
    ids=["smooth", "failed-and-delivered"],
)
def test_whatever_order_the_callbacks_come_in_the_delivery_ends_the_same(still: House, statuses, final):
    ends = set()
    for n, order in enumerate(permutations(statuses)):
        sid = sent(still, To=f"+1415555{n:04}")
        for status in order:
            assert still.twilio.call_back(still.twilio.messages[-1], status).status_code == 204
        message = look(still, sid)
        ends.add((message.state, message.delivery, message.delivery_word, message.error_code))
    assert ends == {("sent", final, final, None)}


def test_delivered_and_then_failed_stays_delivered_and_is_an_incident(still: House):
    sid = sent(still)
    for status in ("delivered", "failed"):
        still.twilio.call_back(still.twilio.messages[0], status)
    assert look(still, sid).delivery == "delivered"
    assert incidents(still, sid) == ["delivery_conflict"]
    assert count_receipts(still) == 2


def test_a_word_that_the_vendor_never_used_before_is_kept_and_changes_no_delivery(still: House):
    sid = sent(still)
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    assert still.twilio.call_back(still.twilio.messages[0], "teleported").status_code == 204
    assert (look(still, sid).delivery, count_receipts(still)) == ("delivered", 2)


def test_an_opt_out_that_the_vendor_reports_later_suppresses_the_address(still: House):
    sent(still)
    still.twilio.call_back(still.twilio.messages[0], "failed", ErrorCode="21610")
    with still.store.read() as tx:
        assert list(store.suppressed(tx, [TO])) == [TO]


def test_a_callback_that_could_not_be_stored_is_not_answered_2xx_and_the_vendors_retry_works(still: House):
    sid = sent(still)
    failpoint.arm("before_callback_commit:raise", 0)
    try:
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 503
        assert (count_receipts(still), look(still, sid).delivery) == (0, "queued")
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
        assert (count_receipts(still), look(still, sid).delivery) == (1, "delivered")
    finally:
        failpoint.disarm()


def test_callbacks_are_refused_while_no_account_is_set(make_house: MakeHouse):
    house = make_house(start=False, twilio_account_sid="", twilio_auth_token="")
    message = {"sid": "SM" + "9" * 32, "To": TO, "StatusCallback": f"{house.url}/callbacks/twilio"}
    assert house.twilio.call_back(message, "delivered").status_code == 403
    assert count_receipts(house) == 0
