"""POST /api/inbound: a form, a chat line or a review is stored, and an opt-out in it counts as in a reply."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sayso import store
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.vendors import plain_http
from tests.walk import TO, hand_in, incidents, look, relayed
from tests.writing_back import hears, stored, why_suppressed

__all__ = ["still"]  # fixtures from elsewhere
PLAIN = {
    "from": TO,
    "person": "kayla",
    "text": "When do you open?",
    "channel": "form",
    "url": "https://shop.example/ask",
}


def hand_on(house: House, body: object = None, key: str = "", source: str = "crm", **more: Any) -> requests.Response:
    """What a person wrote, handed on by a source; keywords change fields of a plain form."""
    headers = {"Authorization": f"Bearer {house.source(source)['token']}"} | ({"Idempotency-Key": key} if key else {})
    given = body if body is not None else {name: value for name, value in (PLAIN | more).items() if value is not ...}
    how = {"data": given} if isinstance(given, bytes | str) else {"json": given}
    return plain_http().post(f"{house.url}/api/inbound", headers=headers, timeout=10, **how)


def test_what_was_written_is_stored_and_answered_with_what_we_take_it_for(still: House) -> None:
    answer = hand_on(still)
    (reply,) = stored(still)
    assert (answer.status_code, answer.json()) == (202, {"id": reply.id, "meaning": "words", "suppressed": False})
    assert (reply.provider, reply.heard.sender, reply.heard.text, reply.person) == ("api", TO, PLAIN["text"], "kayla")
    assert (reply.heard.channel, reply.url) == ("form", "https://shop.example/ask")
    with still.store.read() as tx:
        assert store.find_source(tx, source_id=reply.source_id).name == "crm"
        assert store.replies(tx, [TO], 5) == (reply,)


@pytest.mark.parametrize("writer", [TO, "(415) 555-0123", "whatsapp:+1 415 555 0123"])
def test_an_opt_out_counts_at_once_however_the_number_is_spelled(
    make_house: MakeHouse, database_url: str, writer: str
) -> None:
    house = make_house(start=False, database_url=database_url)
    sid = hand_in(house)
    answer = hand_on(house, text="take me off your list", **{"from": writer})
    assert (answer.json()["meaning"], answer.json()["suppressed"]) == ("stop", True)
    assert why_suppressed(house) == ["inbound"]
    assert [found.check for found in look(house, sid).findings] == ["suppressed_address"]


def test_an_opt_out_from_a_mail_address_counts(still: House) -> None:
    hand_on(still, text="Unsubscribe", channel="email", **{"from": "Kayla.Reed@Example.COM"})
    assert why_suppressed(still, "kayla.reed@example.com") == ["inbound"]


def test_a_doubt_counts_meanwhile_and_a_stop_of_nobody_is_for_staff(still: House) -> None:
    assert hand_on(still, text="I never signed up for this").json()["meaning"] == "maybe_stop"
    answer = hand_on(still, text="STOP", **{"from": ...})
    assert (answer.json()["meaning"], answer.json()["suppressed"]) == ("stop", False)
    assert sorted(incidents(still)) == ["opt_out_without_address", "probable_opt_out"]


@pytest.mark.parametrize("text", ["START", "yes"])
def test_a_form_that_anybody_can_fill_in_lifts_nothing(still: House, text: str) -> None:
    hand_on(still, text="STOP")
    assert hand_on(still, text=text).json()["suppressed"] is False
    assert why_suppressed(still) == ["inbound"]


def test_the_crm_is_not_told_what_it_told_us(still: House) -> None:
    hears(still)
    hand_on(still)
    relayed(still)
    assert still.crm.posts() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ...}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "a" * 10_001}, "text"),
        ({"text": 7}, "text"),
        ({"text": ["a"]}, "text"),
        ({"channel": ...}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": ["form"]}, "channel"),
        ({"from": "Kayla"}, "from"),
        ({"from": 14155550123}, "from"),
        ({"from": "kayla@"}, "from"),
        ({"person": ""}, "person"),
        ({"person": "a\nb"}, "person"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://"}, "url"),
        ({"form": TO}, "form"),
    ],
)
def test_a_wrong_shape_is_400_in_plain_words_and_nothing_is_stored(still: House, change: Any, field: str) -> None:
    answer = hand_on(still, **change)
    said = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert field in [error["field"] for error in said["errors"]]
    assert field in said["detail"]
    assert stored(still) == []


def test_everything_that_is_wrong_is_said_at_once(still: House) -> None:
    answer = hand_on(still, {"from": "x", "channel": "pigeon", "more": 1})
    assert {error["field"] for error in answer.json()["errors"]} == {"from", "channel", "text", "more"}


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"text": "a", "text": "b"}', b"{", b'"STOP"', b"\xff"])
def test_what_is_no_json_object_is_400(still: House, body: bytes) -> None:
    answer = hand_on(still, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_the_longest_text_and_the_strangest_letters_are_kept(still: House) -> None:
    for text in ("a" * 10_000, "\x00\u202e💍\u0301", "مرحبا"):
        assert hand_on(still, text=text).status_code == 202
    assert [reply.heard.text for reply in stored(still)][1:] == ["\x00\u202e💍\u0301", "مرحبا"]


def test_the_same_key_and_body_hear_the_same_bytes_and_are_stored_once(
    make_house: MakeHouse, database_url: str
) -> None:
    house = make_house(start=False, database_url=database_url)
    first, second = (hand_on(house, text="STOP", key="form-1") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (second.headers.get("Idempotent-Replayed"), len(stored(house))) == ("true", 1)
    other = hand_on(house, text="Hello", key="form-1")
    assert (other.status_code, other.headers["Content-Type"]) == (409, "application/problem+json")
    assert hand_on(house, text="STOP", key="form-1", source="another").status_code == 202
    assert len(stored(house)) == 2


def test_the_same_key_at_the_same_time_is_stored_once(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    house.source()
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda _: hand_on(house, text="STOP", key="form-1"), range(8)))
    assert {(answer.status_code, answer.content) for answer in heard} == {(202, heard[0].content)}
    assert len(stored(house)) == 1


def test_without_a_key_the_same_words_are_two(still: House) -> None:
    assert hand_on(still).json()["id"] != hand_on(still).json()["id"]


@pytest.mark.parametrize("key", ["a" * 256, "with a space", "\xe9"])
def test_a_key_that_is_none_is_400(still: House, key: str) -> None:
    assert hand_on(still, key=key).status_code == 400


def test_only_a_source_hands_on_what_people_wrote(still: House) -> None:
    url = f"{still.url}/api/inbound"
    assert requests.post(url, json=PLAIN, timeout=10).status_code == 401
    assert requests.post(url, json=PLAIN, headers=still.staff(), timeout=10).status_code == 403
    assert requests.get(url, headers=still.staff(), timeout=10).status_code == 405
    assert stored(still) == []
