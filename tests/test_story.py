"""The story that sayso is for, told through the real Twilio client."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from tests.conftest import House
from tests.vendors import wait_for

BRIDE, BUYER, SHOP = "+14155550123", "+14155550177", "+14155550100"


@pytest.fixture
def house(deployed: House) -> House:
    """The story is the same however sayso is run."""
    return deployed


def test_the_bride_to_be_is_never_asked_about_a_purchase_she_does_not_know_of(house: House) -> None:
    """A clerk says no: the CRM hears `canceled`, and the vendor hears nothing."""
    client = house.client()
    callback = f"{house.crm.url}/twilio"
    sent = client.messages.create(to=BRIDE, from_=SHOP, body="How was your purchase?", status_callback=callback)
    assert sent.status == "queued"
    assert house.message(sent.sid)["state"] == "held"

    answer = house.decide(sent.sid, "reject", reason="wrong_person")

    assert answer.json()["stop_reason"] == "rejected"
    relayed = wait_for(house.crm.posts)[0]
    assert (relayed.form["MessageStatus"], relayed.form["MessageSid"]) == ("canceled", sent.sid)
    assert client.messages(sent.sid).fetch().status == "canceled"
    assert house.vendor.posts() == []


def test_the_buyer_gets_his_text_once_and_the_crm_hears_that_it_arrived(house: House) -> None:
    """Approved: the vendor takes it once, and its signed callback reaches the CRM, which believes it."""
    client = house.client()
    callback = f"{house.crm.url}/twilio?order=8812"
    sent = client.messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.", status_callback=callback)

    house.decide(sent.sid, "approve")
    wait_for(lambda: house.message(sent.sid)["state"] == "sent")
    assert house.twilio.call_back(house.twilio.messages[0], "delivered").status_code == 204

    relayed = wait_for(house.crm.posts)[0]
    given = house.source()["twilio"]
    validator = RequestValidator(given["auth_token"])
    assert validator.validate(callback, relayed.form, relayed.headers["x-twilio-signature"])
    assert relayed.form["MessageSid"] == relayed.form["SmsSid"] == sent.sid
    assert relayed.form["AccountSid"] == given["account_sid"]
    assert client.messages(sent.sid).fetch().status == "delivered"
    assert [message["Body"] for message in house.twilio.messages] == ["Your ring is ready."]
