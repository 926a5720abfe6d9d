"""Lists through Twilio's own client: filtered, and walked page by page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.conftest import House
from tests.standing import OTHER, SHOP, TO, call, sent
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
