"""Twilio's door through Twilio's own client: a CRM that changed its base URL and credentials notices nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from sayso import store
from tests.conftest import House, MakeHouse
from tests.standing import (
    OTHER,
    PICTURES,
    PLAIN,
    SERVICE,
    SHOP,
    SPEC,
    TEMPLATE,
    TO,
    assert_message,
    call,
    sent,
    standing,
)
from tests.vendors import wait_for

ENVELOPE = {
    *("first_page_uri", "end", "previous_page_uri", "messages", "uri", "page_size", "start", "next_page_uri", "page"),
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The standalone program, for tests that leave nothing behind for each other."""
    with standing(tmp_path_factory.mktemp("alone")) as house:
        yield house


SOON = datetime.now(UTC) + timedelta(days=2)
CREATES = {
    "sms": ({"from_": SHOP, "body": "Hello"}, ("queued", "SM", SHOP, None, "0", "sms")),
    "mms": ({"from_": SHOP, "media_url": [*PICTURES]}, ("queued", "MM", SHOP, None, "2", "mms")),
    "service": ({"messaging_service_sid": SERVICE, "body": "Hi"}, ("accepted", "SM", None, SERVICE, "0", "sms")),
    "service_as_from": ({"from_": SERVICE, "body": "Hi"}, ("accepted", "SM", None, SERVICE, "0", "sms")),
    "scheduled": (
        {"messaging_service_sid": SERVICE, "body": "Hi", "schedule_type": "fixed", "send_at": SOON},
        ("scheduled", "SM", None, SERVICE, "0", "sms"),
    ),
    "template": ({"from_": SHOP, "content_sid": TEMPLATE}, ("queued", "SM", SHOP, None, "0", "sms")),
    "as_mms": ({"from_": SHOP, "body": "Hi", "send_as_mms": True}, ("queued", "MM", SHOP, None, "0", "mms")),
    "name": ({"from_": "Ringlet", "body": "Hi"}, ("queued", "SM", "Ringlet", None, "0", "sms")),
    "short_code": ({"from_": "55512", "body": "Hi"}, ("queued", "SM", "55512", None, "0", "sms")),
}


@pytest.mark.parametrize(("given", "expected"), CREATES.values(), ids=CREATES)
def test_a_create_is_answered_as_twilio_would_and_is_held(
    alone: House, given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    made = alone.client().messages.create(to=TO, **given)

    status, prefix, sender, service, pictures, channel = expected
    assert (made.status, made.sid[:2], made.from_) == (status, prefix, sender)
    assert (made.messaging_service_sid, made.num_media, made.to) == (service, pictures, TO)
    assert (made.error_code, made.date_sent, made.price, made.direction) == (None, None, None, "outbound-api")
    stored = alone.message(made.sid)
    assert (stored["state"], stored["channel"]) == ("held", channel)


def test_a_whatsapp_message_keeps_its_prefix_on_both_ends(alone: House) -> None:
    made = alone.client().messages.create(to=f"whatsapp:{TO}", from_=f"whatsapp:{SHOP}", body="Hello")

    assert (made.to, made.from_) == (f"whatsapp:{TO}", f"whatsapp:{SHOP}")
    assert alone.message(made.sid)["channel"] == "whatsapp"


@pytest.mark.parametrize(("given", "expected"), CREATES.values(), ids=CREATES)
def test_a_created_and_a_fetched_message_satisfy_the_vendors_own_schema(
    alone: House, given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    made = alone.client().messages.create(to=OTHER, **given)

    fetched = call(alone, "GET", f"/Messages/{made.sid}.json").json()

    assert_message(fetched)
    assert fetched["uri"] == f"/2010-04-01/Accounts/{made.account_sid}/Messages/{made.sid}.json"
    assert fetched["account_sid"] == alone.source()["twilio"]["account_sid"]


def test_the_answer_to_a_create_has_exactly_the_vendors_keys(alone: House) -> None:
    answer = call(alone, "POST", data=PLAIN | {"Body": "keys"})

    assert answer.status_code == 201
    assert_message(answer.json())


def test_a_list_has_the_nine_keys_of_the_envelope_and_no_tenth(alone: House) -> None:
    alone.client().messages.create(to=TO, from_=SHOP, body="for the list")

    body = call(alone, "GET").json()

    assert set(body) == ENVELOPE
    where = SPEC["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]["responses"]["200"]
    names = where["content"]["application/json"]["schema"]["properties"]
    assert set(body) == set(names)
    for message in body["messages"]:
        assert_message(message)


def test_dates_are_read_by_the_client_as_the_moment_of_creation(alone: House) -> None:
    made = alone.client().messages.create(to=TO, from_=SHOP, body="dates")

    assert abs(datetime.now(UTC) - made.date_created) < timedelta(minutes=1)
    assert made.date_updated.tzinfo is not None
    assert call(alone, "GET", f"/Messages/{made.sid}.json").json()["date_created"].endswith(" +0000")


def test_a_fetch_shows_what_was_created(alone: House) -> None:
    client = alone.client()
    made = client.messages.create(to=TO, from_=SHOP, body="Grüße 💍")

    fetched = client.messages(made.sid).fetch()

    assert (fetched.sid, fetched.body, fetched.status) == (made.sid, "Grüße 💍", "queued")


def test_head_answers_like_get_without_a_body(alone: House) -> None:
    made = alone.client().messages.create(to=TO, from_=SHOP, body="head")

    answer = call(alone, "HEAD", f"/Messages/{made.sid}.json")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


def test_the_async_client_is_served_as_well(alone: House) -> None:
    given = alone.source()["twilio"]

    async def create() -> Any:
        http = AsyncTwilioHttpClient()
        async with http:
            client = Client(given["account_sid"], given["auth_token"], http_client=http)
            client.api.base_url = alone.url
            made = await client.messages.create_async(to=TO, from_=SHOP, body="async")
            return made, await client.messages(made.sid).fetch_async()

    with ThreadPoolExecutor(1) as thread:  # the browser tests may have left a loop in this one
        made, fetched = thread.submit(lambda: asyncio.run(create())).result()
    assert made.sid == fetched.sid


def test_a_held_message_is_canceled_for_good(house: House) -> None:
    client = house.client()
    callback = f"{house.crm.url}/twilio"
    sid = client.messages.create(to=TO, from_=SHOP, body="Hello", status_callback=callback).sid
    shown = house.message(sid)

    assert client.messages(sid).update(status="canceled").status == "canceled"

    body = {"version": shown["version"], "content_hash": shown["content_hash"]}
    url = f"{house.url}/api/messages/{sid}/approve"
    assert requests.post(url, json=body, headers=house.staff(), timeout=10).status_code == 409
    assert house.message(sid)["stop_reason"] == "withdrawn"
    assert wait_for(house.crm.posts)[0].form["MessageStatus"] == "canceled"
    assert house.vendor.posts() == []


def test_a_second_cancel_is_harmless(alone: House) -> None:
    client = alone.client()
    sid = client.messages.create(to=TO, from_=SHOP, body="cancel me twice").sid

    first, second = (client.messages(sid).update(status="canceled") for _ in range(2))

    assert (first.status, second.status) == ("canceled", "canceled")
    assert first.date_updated == second.date_updated


def test_a_cancel_while_a_rejection_can_be_undone_is_told_once(make_house: MakeHouse) -> None:
    house = make_house(undo_seconds="20")
    callback = f"{house.crm.url}/twilio"
    sid = house.client().messages.create(to=TO, from_=SHOP, body="Hello", status_callback=callback).sid
    house.decide(sid, "reject", reason="other")

    assert house.client().messages(sid).update(status="canceled").status == "canceled"

    assert house.decide(sid, "undo").status_code == 409
    wait_for(house.crm.posts)
    with house.store.read() as tx:
        told = store.relay_counts(tx)
    assert (sum(told.values()), told["dropped"]) == (2, 1)


def test_a_cancel_that_comes_after_the_sending_is_refused_as_twilio_does(house: House) -> None:
    sid = sent(house)

    with pytest.raises(TwilioRestException) as refused:
        house.client().messages(sid).update(status="canceled")

    assert (refused.value.code, refused.value.status) == (30409, 409)


def test_a_cancel_after_the_hold_expired_is_refused_and_changes_nothing(house: House) -> None:
    client = house.client()
    sid = client.messages.create(to=TO, from_=SHOP, body="Hello", validity_period=60).sid
    house.clock.forward(seconds=61)
    wait_for(lambda: house.message(sid)["state"] == "stopped")

    with pytest.raises(TwilioRestException) as refused:
        client.messages(sid).update(status="canceled")

    assert refused.value.code == 30409
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == ("failed", 30036)


def test_what_goes_to_the_vendor_is_the_number_that_was_shown(house: House) -> None:
    sent(house, to="+1 (415) 555-0123", from_="+1 415 555 0100")

    assert (house.twilio.messages[0]["To"], house.twilio.messages[0]["From"]) == (TO, SHOP)


def test_another_sources_message_does_not_exist(alone: House) -> None:
    sid = alone.client("other").messages.create(to=TO, from_=SHOP, body="not yours").sid

    for ask in (
        lambda: alone.client().messages(sid).fetch(),
        lambda: alone.client().messages(sid).update(status="canceled"),
    ):
        with pytest.raises(TwilioRestException) as refused:
            ask()
        assert (refused.value.code, refused.value.status) == (20404, 404)
    assert sid not in [m.sid for m in alone.client().messages.list()]
    assert alone.message(sid)["state"] == "held"
