"""What the CRM of our own door hears: Standard Webhooks, checked with the specification's own library."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from sayso import issue, store
from tests.conftest import House
from tests.handing_in import handed_in, sms, token
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, Heard
from tests.walk import decide, dispatched, lose_lease, relayed, swept, withdraw_by_api

__all__ = ["still"]  # fixtures from elsewhere


def taken(house: House, **more: object) -> str:
    """The id of a message of which the CRM wants to hear."""
    given = sms(callback_url=f"{house.crm.url}/heard", metadata={"order": "8812"}, **more)
    return str(handed_in(house, given)["id"])


def opened(house: House, heard: Heard, source: str = "crm") -> dict:
    """The event, verified as its receiver would."""
    return Webhook(house.source(source)["webhook_secret"]).verify(heard.body, heard.headers)


def events(house: House) -> list[str]:
    """The kinds of event that the CRM heard, each verified."""
    relayed(house)
    return [opened(house, heard)["type"] for heard in house.crm.posts()]


def test_a_message_is_told_as_sent_and_then_as_delivered(still: House) -> None:
    message = taken(still, subject="purchase/8812", person="scott", purpose="repair_ready")
    decide(still, message, "approve")
    dispatched(still)
    for word in ("queued", "sent", "delivered"):
        still.twilio.call_back(still.twilio.messages[-1], word)
    assert events(still) == ["message.sent", "message.delivered"]
    said = opened(still, still.crm.posts()[1])
    assert datetime.fromisoformat(said["timestamp"]).tzinfo
    data = said["data"]
    assert (data["id"], data["state"], data["delivery"], data["error_code"]) == (message, "sent", "delivered", None)
    assert (data["subject"], data["person"], data["purpose"]) == ("purchase/8812", "scott", "repair_ready")
    assert data["metadata"] == {"order": "8812"}


def test_a_delivery_that_does_not_rise_is_told_no_more(still: House) -> None:
    message = taken(still)
    decide(still, message, "approve")
    dispatched(still)
    for word, code in (("delivered", ""), ("undelivered", "30003"), ("delivered", ""), ("sent", "")):
        still.twilio.call_back(still.twilio.messages[-1], word, ErrorCode=code)
    assert events(still) == ["message.sent", "message.delivered"]


def test_a_bounce_is_told_with_its_code(still: House) -> None:
    decide(still, taken(still), "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "undelivered", ErrorCode="30003")
    assert events(still) == ["message.sent", "message.bounced"]
    assert opened(still, still.crm.posts()[1])["data"]["error_code"] == "30003"


def test_a_refusal_of_the_vendor_is_told_as_failed(still: House) -> None:
    decide(still, taken(still), "approve")
    still.twilio.fault = (400, {}, b'{"code": 21614, "message": "not a mobile"}')
    dispatched(still)
    assert events(still) == ["message.failed"]
    assert opened(still, still.crm.posts()[0])["data"]["error_code"] == "21614"


def test_an_answer_that_was_lost_is_told_once_the_vendor_says_that_it_has_it(still: House) -> None:
    decide(still, taken(still), "approve")
    still.twilio.lose_answers = True
    dispatched(still)
    lose_lease(still)
    assert events(still) == []
    still.twilio.call_back(still.twilio.messages[-1], "sent")
    assert events(still) == ["message.sent"]


@pytest.mark.parametrize("reason", ["rejected", "withdrawn", "expired"])
def test_a_stop_is_told_with_its_reason(still: House, reason: str) -> None:
    message = taken(still)
    if reason == "rejected":
        decide(still, message, "reject")
    elif reason == "withdrawn":
        assert withdraw_by_api(still, message).status_code == 200
    else:
        still.clock.forward(days=60)
        swept(still)
    relayed(still)
    heard = still.crm.posts()
    said = json.loads(heard[0].body)
    assert (len(heard), said["type"], said["data"]["stop_reason"]) == (1, "message.stopped", reason)


def test_a_reject_is_told_after_its_undo_window_and_not_when_it_was_undone(make_house) -> None:
    house = make_house(start=False, undo_seconds=60)
    kept, undone = taken(house), taken(house)
    for message in (kept, undone):
        decide(house, message, "reject")
    decide(house, undone, "undo")
    assert events(house) == []
    house.clock.forward(seconds=61)
    relayed(house)
    assert [json.loads(heard.body)["data"]["id"] for heard in house.crm.posts()] == [kept]


def test_every_try_has_the_same_id_and_its_own_time(still: House) -> None:
    decide(still, taken(still), "reject")
    still.crm.answer = lambda heard: (500, {}, b"")
    relayed(still)
    still.crm.answer = lambda heard: (200, {}, b"")
    still.clock.forward(seconds=40)
    relayed(still)
    first, second = still.crm.posts()
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) >= 40
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert first.body == second.body
    assert opened(still, first)["type"] == opened(still, second)["type"] == "message.stopped"
    assert second.headers["content-type"] == "application/json"


def test_no_other_secret_verifies_it(still: House) -> None:
    still.source("other")
    decide(still, taken(still), "reject")
    relayed(still)
    heard = still.crm.posts()[0]
    with pytest.raises(WebhookVerificationError):
        opened(still, heard, "other")
    changed = Heard(heard.method, heard.path, heard.headers, heard.body.replace(b"8812", b"8813"))
    with pytest.raises(WebhookVerificationError):
        opened(still, changed)


def test_after_a_rotation_the_new_secret_signs(still: House) -> None:
    decide(still, taken(still), "reject")
    fresh = still.store.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm")))
    relayed(still)
    heard = still.crm.posts()[0]
    assert Webhook(fresh["webhook_secret"]).verify(heard.body, heard.headers)["type"] == "message.stopped"


def test_nothing_of_the_vendors_account_nor_the_words_are_in_it(still: House) -> None:
    decide(still, taken(still, body="Your secret ring is ready."), "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    relayed(still)
    for heard in still.crm.posts():
        everything = repr((heard.path, heard.headers, heard.body))
        for hidden in (VENDOR_SID, VENDOR_TOKEN, "secret ring", "+14155550177", token(still)["Authorization"]):
            assert hidden not in everything


def test_a_crm_that_gave_no_place_hears_nothing(still: House) -> None:
    decide(still, str(handed_in(still)["id"]), "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    assert events(still) == []
