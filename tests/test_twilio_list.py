"""Lists through Twilio's own client: filtered, and walked page by page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.conftest import House
from tests.standing import OTHER, SHOP, TO, assert_twilio_error, call, sent
from tests.standing_alone import alone

__all__ = ["alone"]  # fixtures from elsewhere


def test_a_list_is_filtered_by_recipient_and_sender(house: House) -> None:
    client = house.client()
    first = client.messages.create(to=TO, from_=SHOP, body="one").sid
    second = client.messages.create(to=OTHER, from_="+1 (415) 555-0101", body="two").sid

    assert [m.sid for m in client.messages.list()] == [second, first]
    assert [m.sid for m in client.messages.list(to=TO)] == [first]
    assert [m.sid for m in client.messages.list(to="+1 415-555-0123")] == [first]
    assert [m.sid for m in client.messages.list(from_="+14155550101")] == [second]
    assert [m.sid for m in client.messages.list(from_="+1 415 555 0101")] == [second]
    assert client.messages.list(to=TO, from_="+14155550101") == []


def test_a_filter_that_no_message_can_match_finds_none(house: House) -> None:
    client = house.client()
    client.messages.create(to=TO, from_=SHOP, body="one")

    assert client.messages.list(to="nobody") == []
    assert client.messages.list(from_="nobody at all, really") == []


def test_a_list_is_filtered_by_the_day_of_sending(house: House) -> None:
    sid = sent(house)
    house.client().messages.create(to=TO, from_=SHOP, body="still held")
    today = house.message(sid)["sent_at"][:10]
    day = date.fromisoformat(today)
    before, after = (day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()

    def found(**given: Any) -> list[str]:
        return [m.sid for m in house.client().messages.list(**given)]

    assert found(date_sent=today) == found(date_sent=datetime(day.year, day.month, day.day, 15, 0)) == [sid]
    assert found(date_sent=before) == found(date_sent=after) == []
    assert found(date_sent_after=today) == [sid]
    assert found(date_sent_after=after) == []
    assert found(date_sent_before=today) == [sid]
    assert found(date_sent_before=before) == []


def test_pages_are_walked_by_the_client_newest_first(house: House) -> None:
    client = house.client()
    made = [client.messages.create(to=TO, from_=SHOP, body=f"number {n}").sid for n in range(7)]
    newest_first = made[::-1]

    assert [m.sid for m in client.messages.list(page_size=3)] == newest_first
    assert [m.sid for m in client.messages.stream(page_size=2, limit=5)] == newest_first[:5]
    page = client.messages.page(page_size=3)
    assert [m.sid for m in page] == newest_first[:3]
    second = client.messages.get_page(page.next_page_url)
    assert [m.sid for m in second] == newest_first[3:6]
    third = second.next_page()
    assert [m.sid for m in third] == newest_first[6:]
    assert third.next_page_url is None
    assert [m.sid for m in third.previous_page()] == newest_first[3:6]
    assert [m.sid for m in client.messages.get_page(second.previous_page_url)] == newest_first[:3]


def test_a_page_of_a_filtered_list_keeps_its_filters(house: House) -> None:
    client = house.client()
    mine = [client.messages.create(to=TO, from_=SHOP, body=f"number {n}").sid for n in range(3)]
    client.messages.create(to=OTHER, from_=SHOP, body="another")

    assert [m.sid for m in client.messages.list(to=TO, page_size=1)] == mine[::-1]


def test_a_page_is_never_longer_than_a_thousand(alone: House) -> None:
    assert call(alone, "GET", "/Messages.json?PageSize=5000").json()["page_size"] == 1000


def test_a_number_and_its_whatsapp_are_two_recipients(house: House) -> None:
    client = house.client()
    text = client.messages.create(to=TO, from_=SHOP, body="one").sid
    picture = client.messages.create(to=TO, from_=SHOP, media_url=["https://shop.example/ring.jpg"]).sid
    chat = client.messages.create(to=f"whatsapp:{TO}", from_=f"whatsapp:{SHOP}", body="two").sid

    assert [m.sid for m in client.messages.list(to=TO)] == [picture, text]
    assert [m.sid for m in client.messages.list(to=f"whatsapp:{TO}")] == [chat]
    assert [m.sid for m in client.messages.list()] == [chat, picture, text]


def test_every_page_says_its_place_and_its_own_uri_leads_back_to_it(house: House) -> None:
    client = house.client()
    newest_first = [client.messages.create(to=TO, from_=SHOP, body=f"number {n}").sid for n in range(5)][::-1]
    given = house.source()["twilio"]
    found, uri = [], f"/2010-04-01/Accounts/{given['account_sid']}/Messages.json?PageSize=2&To=%2B14155550123"

    while uri:
        page, again = (_get(house, where) for where in (uri, _get(house, uri)["uri"]))
        assert page == again
        assert (page["start"], page["end"]) == (len(found), len(found) + len(page["messages"]) - 1)
        assert (page["page"], page["page_size"]) == (len(found) // 2, 2)
        found += [message["sid"] for message in page["messages"]]
        uri = page["next_page_uri"]

    assert found == newest_first
    assert _get(house, page["first_page_uri"])["messages"][0]["sid"] == newest_first[0]


def test_pages_stay_whole_while_new_messages_come_in(house: House) -> None:
    client = house.client()
    older = [client.messages.create(to=TO, from_=SHOP, body=f"number {n}").sid for n in range(4)]
    first = client.messages.page(page_size=2)
    client.messages.create(to=TO, from_=SHOP, body="newer")

    assert [m.sid for m in (*first, *first.next_page())] == older[::-1]


@pytest.mark.parametrize("sign", ["%3C", "<", "%3E", ">"])
def test_a_bound_is_read_however_its_sign_is_written(alone: House, sign: str) -> None:
    finds_all, name = sign in (">", "%3E"), f"DateSent{sign}"

    answer = call(alone, "GET", f"/Messages.json?{name}=2020-01-01")

    assert answer.status_code == 200
    assert f"DateSent%{'3E' if finds_all else '3C'}=2020-01-01" in answer.json()["uri"]
    assert_twilio_error(call(alone, "GET", f"/Messages.json?{name}=soon"), 400, 20001)


def _get(house: House, uri: str) -> dict[str, Any]:
    """A page, by the address that another page gives."""
    given = house.source()["twilio"]
    answer = requests.get(house.url + uri, auth=(given["account_sid"], given["auth_token"]), timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
