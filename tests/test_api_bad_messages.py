"""POST /api/messages: what cannot be taken is a problem document that names every field and what to mend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import House
from tests.handing_in import PLACE, SCOTT, SHOP, card, email, post, sms, token
from tests.standing import count_rows, standing
from tests.vendors import plain_http


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The standalone program."""
    folder: Path = tmp_path_factory.mktemp("door")
    with standing(folder) as house:
        yield house


BAD = {
    "no_channel": ({"to": SCOTT}, "channel"),
    "odd_channel": (sms(channel="fax"), "channel"),
    "channel_is_a_list": (sms(channel=["sms"]), "channel"),
    "no_to": (sms(to=None), "to"),
    "to_is_a_list": (sms(to=[SCOTT]), "to"),
    "to_is_no_number": (sms(to="kayla"), "to"),
    "to_is_too_short": (sms(to="+1415"), "to"),
    "to_is_local": (sms(to="5550177"), "to"),
    "to_is_an_email": (sms(to="a@b.example"), "to"),
    "no_from": (sms(**{"from": None}), "from"),
    "from_is_no_sender": (sms(**{"from": "!!"}), "from"),
    "from_is_of_another_channel": (sms(**{"from": "messenger:x"}), "from"),
    "from_is_a_name_on_whatsapp": (sms(channel="whatsapp", **{"from": "Ringlet"}), "from"),
    "from_is_to": (sms(**{"from": SCOTT}), "from"),
    "no_words": (sms(body=None), "body"),
    "empty_words": (sms(body=""), "body"),
    "words_are_a_number": (sms(body=7), "body"),
    "words_too_long": (sms(body="x" * 1601), "body"),
    "media_on_a_text": (sms(media=["https://a.example/x.jpg"]), "media"),
    "no_media_on_mms": (sms(channel="mms"), "media"),
    "eleven_pictures": (sms(channel="mms", media=["https://a.example/x.jpg"] * 11), "media"),
    "media_is_no_url": (sms(channel="mms", media=["file:///etc/passwd"]), "media[0]"),
    "html_on_a_text": (sms(html="<p>"), "html"),
    "subject_line_on_a_text": (sms(subject_line="Hi"), "subject_line"),
    "purpose": (sms(purpose="mood"), "purpose"),
    "person_is_an_object": (sms(person={}), "person"),
    "person_with_nul": (sms(person="a\0b"), "person"),
    "callback_is_a_word": (sms(callback_url="here"), "callback_url"),
    "callback_with_a_password": (sms(callback_url="https://a:b@c.example/"), "callback_url"),
    "callback_with_a_space": (sms(callback_url="https://c.example/a b"), "callback_url"),
    "send_at_without_zone": (sms(send_at="2099-01-01T10:00:00"), "send_at"),
    "send_at_is_a_number": (sms(send_at=4070908800), "send_at"),
    "send_at_in_the_past": (sms(send_at="2020-01-01T10:00:00Z"), "send_at"),
    "send_at_in_a_century": (sms(send_at="2126-01-01T10:00:00Z"), "send_at"),
    "send_at_beyond_time": (sms(send_at="0001-01-01T00:00:00+23:59"), "send_at"),
    "expires_at_in_the_past": (sms(expires_at="2020-01-01T10:00:00Z"), "expires_at"),
    "metadata_is_deep": (sms(metadata={"a": {"b": "c"}}), "metadata"),
    "metadata_is_a_list": (sms(metadata=["a"]), "metadata"),
    "metadata_too_many": (sms(metadata={str(n): "x" for n in range(51)}), "metadata"),
    "metadata_too_long": (sms(metadata={"a": "x" * 501}), "metadata"),
    "template_of_a_text": (sms(body=None, content={"template": "d-123"}), "content"),
    "content_of_another_channel": (sms(content={"front": "x"}), "content"),
    "email_to": (email(to="kayla at example"), "to"),
    "email_to_a_number": (email(to=SCOTT), "to"),
    "email_to_a_name": (email(to="Kayla <kayla@example.com>"), "to"),
    "email_from": (email(**{"from": "shop"}), "from"),
    "email_without_subject_line": (email(subject_line=None), "subject_line"),
    "email_subject_of_two_lines": (email(subject_line="Hi\nBcc: x@y.example"), "subject_line"),
    "letter_to_a_text": ({"channel": "letter", "to": "12 Oak St", "from": PLACE, "body": "Hi"}, "to"),
    "letter_without_a_city": ({"channel": "letter", "to": PLACE | {"city": ""}, "from": PLACE, "body": "Hi"}, "to"),
    "letter_with_an_odd_key": ({"channel": "letter", "to": PLACE | {"zip": "1"}, "from": PLACE, "body": "Hi"}, "to"),
    "letter_without_from": ({"channel": "letter", "to": PLACE, "body": "Hi"}, "from"),
    "country": (card(to=PLACE | {"country": "USA"}), "to"),
    "card_without_a_back": (card(content={"front": "<p>"}), "content"),
    "card_twice_said": (card(body="Hi"), "content"),
    "misspelt": (sms(callbackurl="https://a.example/"), "callbackurl"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD)
def test_a_field_that_is_not_right_is_named_and_nothing_is_stored(open_house: House, body: dict, field: str) -> None:
    before = count_rows(open_house)
    answer = post(open_house, body)
    said = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json"), said
    assert [fault["field"] for fault in said["errors"]] == [field], said
    assert said["errors"][0]["detail"] in said["detail"]
    assert (said["status"], said["title"]) == (400, "Bad Request")
    assert count_rows(open_house) == before


def test_every_fault_is_said_at_once(open_house: House) -> None:
    said = post(open_house, sms(to="x", purpose="mood", send_at="soon", bodi="Hi")).json()
    assert [fault["field"] for fault in said["errors"]] == ["bodi", "to", "purpose", "send_at"]
    assert "did you mean body?" in said["detail"]
    assert "/api/purposes" in said["detail"]


@pytest.mark.parametrize(
    "subject", ["Your ring is ready", "purchase", "purchase/", "/8812", "purchase/8812/2", "A B/1", 7]
)
def test_a_subject_that_is_a_subject_line_is_asked_about(open_house: House, subject: object) -> None:
    said = post(open_house, email(subject=subject, subject_line=None)).json()
    assert "did you mean subject_line?" in said["detail"]


def test_a_message_that_would_expire_before_it_goes_is_refused(open_house: House) -> None:
    times = {"send_at": "2026-12-24T10:00:00Z", "expires_at": "2026-12-24T09:00:00Z"}
    said = post(open_house, sms(**times)).json()
    assert said["status"] == 400
    assert "expires_at" in [fault["field"] for fault in said["errors"]]


RAW = {
    "nothing": b"",
    "a_list": b"[]",
    "a_form": b"to=%2B1&body=x",
    "a_key_twice": b'{"channel": "sms", "to": "+14155550177", "to": "+14155550178"}',
    "a_key_twice_within": b'{"channel": "sms", "metadata": {"a": "1", "a": "2"}}',
    "latin1": '{"channel": "é"}'.encode("latin-1"),
    "half_a_character": b'{"channel": "sms", "to": "+14155550177", "from": "+14155550100", "body": "\\ud800"}',
    "half_a_key": b'{"\\ud800": 1}',
    "deep": b'{"metadata": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep_enough_to_parse": b'{"metadata": ' + b"[" * 900 + b"]" * 900 + b"}",
    "not_a_number": b'{"channel": NaN}',
    "not_a_number_in_a_note": b'{"channel": "sms", "to": "+14155550177", "body": "Hi", "metadata": {"a": Infinity}}',
    "no_end_of_a_number": b'{"channel": "sms", "to": "+14155550177", "body": "Hi", "metadata": {"a": 1e999}}',
    "cut": b'{"channel": "sms"',
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_a_body_that_is_no_clear_object_is_400(open_house: House, raw: bytes) -> None:
    before = count_rows(open_house)
    answer = plain_http().post(f"{open_house.url}/api/messages", data=raw, headers=token(open_house), timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json"), answer.text
    assert count_rows(open_house) == before


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "clé"], ids=["empty", "space", "long", "accent"])
def test_a_key_that_cannot_be_kept_is_400(open_house: House, key: str) -> None:
    headers = token(open_house) | {"Idempotency-Key": key.encode()}
    answer = plain_http().post(f"{open_house.url}/api/messages", json=sms(), headers=headers, timeout=10)
    assert (answer.status_code, "1 to 255" in answer.json()["detail"]) == (400, True)


def test_a_body_that_is_too_large_is_413(open_house: House) -> None:
    assert post(open_house, email(body="x" * 1_000_001)).status_code == 413


@pytest.mark.parametrize("token_", ["", "Bearer nonsense", "Basic YTpi"])
def test_without_a_token_nothing_is_taken(open_house: House, token_: str) -> None:
    answer = plain_http().post(
        f"{open_house.url}/api/messages", json=sms(), headers={"Authorization": token_}, timeout=10
    )
    assert answer.status_code == 401


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(sorted(sms() | email() | card() | dict.fromkeys(("send_at", "metadata", "media", "purpose"))))
fields = st.dictionaries(
    names | st.text(max_size=6), values | st.sampled_from([SCOTT, SHOP, "sms", "email", "postcard"]), max_size=6
)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(more=fields, base=st.sampled_from([{}, sms(), email(), card()]))
def test_whatever_is_posted_is_answered_in_our_dialect(*, open_house: House, more: dict, base: dict) -> None:
    before = count_rows(open_house)
    body = json.dumps(base | more).encode()
    answer = plain_http().post(f"{open_house.url}/api/messages", data=body, headers=token(open_house), timeout=10)
    assert answer.status_code in (202, 400), answer.text
    if answer.status_code == 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert count_rows(open_house) == before
