"""The few reads that key checks need: asked of the vendor, and nothing of ours told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import House
from tests.standing import (
    SHOP,
    TO,
    assert_twilio_error,
    call,
)
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, Heard


def vendor_says(house: House, body: dict[str, Any], status: int = 200) -> None:
    """The vendor's answer to every read from now on."""
    said = json.dumps(body).encode()
    house.vendor.answer = lambda heard: (status, {"Content-Type": "application/json"}, said)


FOREIGN = "AC" + "e1" * 16
ACCOUNT = {
    "sid": VENDOR_SID,
    "auth_token": VENDOR_TOKEN,
    "friendly_name": f"Smith of {VENDOR_SID} {VENDOR_TOKEN}",
    "status": "active",
    "owner_account_sid": FOREIGN,
    "uri": f"/2010-04-01/Accounts/{VENDOR_SID}.json",
    "subresource_uris": {"calls": f"/2010-04-01/Accounts/{VENDOR_SID}/Calls.json"},
}
NUMBERS = {
    "incoming_phone_numbers": [
        {"phone_number": SHOP, "account_sid": FOREIGN, "sms_url": "https://secret.example/", "auth_token": VENDOR_TOKEN}
    ],
    **dict.fromkeys(("page", "start", "end"), 0),
    **dict.fromkeys(("next_page_uri", "previous_page_uri")),
    **dict.fromkeys(("uri", "first_page_uri"), f"/2010-04-01/Accounts/{VENDOR_SID}/IncomingPhoneNumbers.json"),
}
BALANCE = {"account_sid": VENDOR_SID, "balance": "12.50", "currency": "USD", "auth_token": VENDOR_TOKEN}


def test_a_plug_ins_key_check_sees_its_own_account(house: House) -> None:
    vendor_says(house, ACCOUNT)
    sid = house.source()["twilio"]["account_sid"]

    account = house.client().api.accounts(sid).fetch()

    assert (account.sid, account.status) == (sid, "active")
    assert house.vendor.heard[-1].path == f"/2010-04-01/Accounts/{VENDOR_SID}.json"


def test_the_shops_numbers_can_be_listed(house: House) -> None:
    vendor_says(house, NUMBERS)

    found = house.client().incoming_phone_numbers.list(phone_number=SHOP)

    assert [number.phone_number for number in found] == [SHOP]
    assert "PhoneNumber=%2B14155550100" in house.vendor.heard[-1].path


def test_the_balance_can_be_read(house: House) -> None:
    vendor_says(house, BALANCE)

    assert house.client().balance.fetch().balance == "12.50"


READS = {
    "account": (".json", ACCOUNT),
    "numbers": ("/IncomingPhoneNumbers.json", NUMBERS),
    "balance": ("/Balance.json", BALANCE),
}


@pytest.mark.parametrize(("path", "said"), READS.values(), ids=READS)
def test_no_byte_of_a_forwarded_read_names_our_account_or_anybody_elses(
    house: House, path: str, said: dict[str, Any]
) -> None:
    vendor_says(house, said)

    answer = call(house, "GET", path)

    told = answer.text + str(dict(answer.headers))
    assert answer.status_code == 200
    assert house.source()["twilio"]["account_sid"] in told
    for secret in (VENDOR_SID, VENDOR_TOKEN, FOREIGN, "secret.example"):
        assert secret not in told


def lost(heard: Heard) -> tuple[int, dict[str, str], bytes]:
    """No answer at all."""
    return 0, {}, b""


def html(heard: Heard) -> tuple[int, dict[str, str], bytes]:
    """A gateway's page."""
    return 502, {"Content-Type": "text/html"}, f"<html>{VENDOR_SID}".encode()


def denies(heard: Heard) -> tuple[int, dict[str, str], bytes]:
    """Our own key is wrong."""
    return 401, {}, json.dumps({"code": 20003, "message": VENDOR_SID, "status": 401}).encode()


@pytest.mark.parametrize("fault", [lost, html, denies])
def test_a_read_that_the_vendor_does_not_answer_is_503_in_twilios_shape(
    house: House, fault: Callable[[Heard], tuple[int, dict[str, str], bytes]]
) -> None:
    house.vendor.answer = fault

    answer = call(house, "GET", "/Balance.json")

    assert_twilio_error(answer, 503, 20503)
    assert VENDOR_SID not in answer.text


def test_a_read_that_the_vendor_asks_to_repeat_later_is_429(house: House) -> None:
    vendor_says(house, {"code": 20429, "message": f"Too many requests of {VENDOR_SID}", "status": 429}, 429)

    answer = call(house, "GET", "/Balance.json")

    assert_twilio_error(answer, 429, 20429)
    assert VENDOR_SID not in answer.text


def test_messages_are_taken_while_the_vendor_is_down(house: House) -> None:
    house.vendor.answer = lost

    assert house.client().messages.create(to=TO, from_=SHOP, body="Hello").status == "queued"
