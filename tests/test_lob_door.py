"""Lob's door: every encoding a client writes, every refusal in Lob's own words, and nothing else let through."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import walk
from tests.lob_house import SHOP, TO, Printing, piece, press, shared, still_lob
from tests.vendors import plain_http

__all__ = ["press", "shared", "still_lob"]  # fixtures from elsewhere

PDF = b"%PDF-1.4\nan invented card"
LONG = "x" * 10_001


def assert_lob_error(answer: Any, status: int, code: str) -> None:
    """Lob's envelope, without which its clients take an error for a success."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "status_code", "code"}
    assert (answer.status_code, body["error"]["status_code"], body["error"]["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/json"


def brackets(given: dict[str, Any]) -> dict[str, Any]:
    """The fields as a form with brackets has them."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        found |= {f"{name}[{k}]": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    return found


def as_form(given: dict[str, Any]) -> dict[str, Any]:
    """The fields with JSON inside, as hand-written clients send them."""
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in given.items()}


ENCODINGS = {
    "json": lambda given: {"json": given},
    "brackets": lambda given: {"data": brackets(given)},
    "json in a form": lambda given: {"data": as_form(given)},
    "parts": lambda given: {"files": {name: (None, value) for name, value in brackets(given).items()}},
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_piece_is_the_same_whichever_way_it_was_written(press: Printing, encoding: str) -> None:
    given = piece(metadata={"purpose": "marketing", "person": "kayla", "subject": "purchase/8812", "batch": "May"})
    answer = press.call("POST", "/postcards", **ENCODINGS[encoding](given | {"from": SHOP}))
    assert answer.status_code == 200, answer.text
    kept = walk.look(press.house, answer.json()["id"])
    assert kept.content.to == ("Kayla Reed, 12 Oak St, Reno, NV 89501, US",)
    assert kept.content.sender == "Smith & Sons, 1 Main St, Reno, NV 89501, US"
    assert kept.content.words.startswith("Happy birthday\nCard ")
    assert kept.content.words.endswith(" for Kayla")
    assert (kept.purpose, kept.person, kept.subject) == ("marketing", "kayla", "purchase/8812")
    assert kept.batch_id
    assert dict(kept.content.metadata) == given["metadata"]
    assert kept.state == "held"


def test_an_answer_is_what_lob_says_of_a_new_piece(press: Printing) -> None:
    made = press.create(description="Birthday", **{"from": SHOP})
    assert made["to"] | {"id": "", "date_created": "", "date_modified": ""} == {
        "id": "",
        "name": "KAYLA REED",
        "address_line1": "12 OAK ST",
        "address_city": "RENO",
        "address_state": "NV",
        "address_zip": "89501",
        "address_country": "UNITED STATES",
        "metadata": {},
        "date_created": "",
        "date_modified": "",
        "object": "address",
    }
    assert (made["status"], made["tracking_events"], made["thumbnails"]) == ("processed", [], [])
    assert (made["description"], made["object"], made["carrier"]) == ("Birthday", "postcard", "USPS")
    assert made["front_template_id"] is None
    assert "deleted" not in made
    assert press.call("GET", f"/postcards/{made['id']}").json() == made


def test_an_absent_sender_is_no_key_at_all(press: Printing) -> None:
    assert "from" not in press.create()


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no to": ("/postcards", {"to": None}, "invalid"),
    "no front": ("/postcards", {"front": None}, "invalid"),
    "letter without from": ("/letters", {"from": None}, "invalid"),
    "letter without color": ("/letters", {"color": None}, "invalid"),
    "color is no flag": ("/letters", {"color": "blue"}, "invalid"),
    "no inside": ("/self_mailers", {"inside": None}, "invalid"),
    "size": ("/postcards", {"size": "9x9"}, "invalid"),
    "size of another piece": ("/letters", {"size": "4x6"}, "invalid"),
    "use_type": ("/postcards", {"use_type": "fun"}, "invalid"),
    "mail_type": ("/postcards", {"mail_type": "pigeon"}, "invalid"),
    "long html": ("/postcards", {"front": f"<p>{LONG}</p>"}, "invalid"),
    "neither html nor template": ("/postcards", {"front": "hello"}, "invalid_file"),
    "long description": ("/postcards", {"description": "x" * 256}, "invalid"),
    "21 notes": ("/postcards", {"metadata": {str(n): "x" for n in range(21)}}, "invalid"),
    "long name of a note": ("/postcards", {"metadata": {"x" * 41: "x"}}, "invalid"),
    "long note": ("/postcards", {"metadata": {"x": "x" * 501}}, "invalid"),
    "quotation mark in a note": ("/postcards", {"metadata": {"x": 'a"b'}}, "invalid"),
    "note in a note": ("/postcards", {"metadata": {"x": {"y": "z"}}}, "invalid"),
    "space in a variable": ("/postcards", {"merge_variables": {"first name": "x"}}, "merge_variable_whitespace"),
    "variables are a list": ("/postcards", {"merge_variables": ["x"]}, "invalid"),
    "send_date is over": ("/postcards", {"send_date": "2020-01-01"}, "invalid"),
    "send_date is no date": ("/postcards", {"send_date": "tomorrow"}, "invalid"),
    "no such address": ("/postcards", {"to": "adr_0123456789abcdef"}, "not_found"),
    "no name": ("/postcards", {"to": TO | {"name": ""}}, "invalid"),
    "no street": ("/postcards", {"to": TO | {"address_line1": ""}}, "invalid"),
    "no city": ("/postcards", {"to": TO | {"address_city": ""}}, "invalid"),
    "no zip": ("/postcards", {"to": TO | {"address_zip": ""}}, "invalid"),
    "zip is none": ("/postcards", {"to": TO | {"address_zip": "8950"}}, "invalid"),
    "zip of another state": ("/postcards", {"to": TO | {"address_zip": "10001"}}, "failed_deliverability_strictness"),
    "no such state": ("/postcards", {"to": TO | {"address_state": "ZZ"}}, "failed_deliverability_strictness"),
    "long street": ("/postcards", {"to": TO | {"address_line2": "x" * 45}}, "address_length_exceeds_limit"),
    "long name": ("/postcards", {"to": TO | {"name": "x" * 41}}, "invalid"),
    "no such country": ("/postcards", {"to": TO | {"address_country": "XX"}}, "invalid"),
    "to is a number": ("/postcards", {"to": 7}, "invalid"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_lob_would_refuse_is_refused_at_once(press: Printing, what: str) -> None:
    path, wrong, code = REFUSED[what]
    assert_lob_error(press.call("POST", path, json=piece(path, **wrong)), 422, code)
    assert press.call("GET", path).json()["count"] == 0


def test_send_date_is_at_most_180_days_ahead_and_is_when_it_goes(press: Printing) -> None:
    now = datetime.now(UTC)
    late = (now + timedelta(days=181)).isoformat()
    assert_lob_error(press.call("POST", "/postcards", json=piece(send_date=late)), 422, "invalid")
    day = (now + timedelta(days=179)).date().isoformat()
    made = press.create(send_date=day)
    assert made["send_date"] == f"{day}T00:00:00.000Z"
    assert walk.look(press.house, made["id"]).send_at == datetime.fromisoformat(f"{day}T00:00:00+00:00")


def test_a_piece_that_nobody_approved_before_its_send_date_is_deleted_and_never_sent(still_lob: Printing) -> None:
    made = still_lob.create(send_date=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    still_lob.house.clock.forward(days=1, minutes=1)
    walk.swept(still_lob.house)
    walk.dispatched(still_lob.house)
    assert still_lob.call("GET", f"/postcards/{made['id']}").json()["deleted"] is True
    assert still_lob.lob.pieces == []


MALFORMED: dict[str, tuple[dict[str, Any], int]] = {
    "broken json": ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 422),
    "a list": ({"json": [1]}, 422),
    "a name twice": ({"data": b'{"to": 1, "to": 2}', "headers": {"Content-Type": "application/json"}}, 422),
    "a field twice": ({"data": [("front", "<p>"), ("front", "<b>")]}, 422),
    "a field two ways": ({"data": [("to", "adr_1"), ("to[name]", "x")]}, 422),
    "xml": ({"data": b"<x/>", "headers": {"Content-Type": "application/xml"}}, 422),
    "not utf-8": ({"data": b"front=%ff%fe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 422),
    "torn parts": ({"data": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 422),
    "no boundary": ({"data": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data"}}, 422),
    "nothing": ({}, 422),
    "a strange file": ({"files": {"logo": ("x.png", b"x")}, "data": brackets(piece())}, 422),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_cannot_be_read_in_one_way_is_refused_in_lobs_envelope(press: Printing, what: str) -> None:
    given, status = MALFORMED[what]
    answer = press.call("POST", "/postcards", **given)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
    assert press.call("GET", "/postcards").json()["count"] == 0


NOWHERE = (
    ("POST", "/checks"), ("GET", "/us_verifications"), ("GET", "/"), ("GET", ""), ("PUT", "/postcards"),
    ("PATCH", "/postcards/psc_0123456789abcdef"), ("POST", "/postcards/psc_0123456789abcdef"), ("DELETE", "/letters"),
    ("GET", "/postcards/psc_0123456789abcdef/url"), ("OPTIONS", "/postcards"), ("POST", "/templates"),
    ("POST", "/campaigns"), ("TRACE", "/letters"), ("POST", "/addresses/adr_1"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), NOWHERE)
def test_everything_else_is_lobs_own_404(press: Printing, method: str, path: str) -> None:
    assert_lob_error(press.call(method, path), 404, "unrecognized_endpoint")
    assert press.lob.asked == []


@pytest.mark.parametrize("path", ["/postcards/psc_0123456789abcdef", "/letters/psc_x", "/addresses/adr_nothing"])
def test_an_id_that_is_not_there_is_not_found(press: Printing, path: str) -> None:
    assert_lob_error(press.call("GET", path), 404, "not_found")
    assert_lob_error(press.call("DELETE", path), 404, "not_found")


@pytest.mark.parametrize("auth", [None, ("live_wrong", ""), ("", "x")], ids=["none", "wrong", "password alone"])
def test_without_the_issued_key_nobody_comes_in(press: Printing, auth: Any) -> None:
    press.key()
    answer = press.call("POST", "/postcards", json=piece(), auth=auth)
    assert (answer.status_code, answer.json()["error"]["status_code"]) == (401, 401)


def test_too_large_a_request_is_refused_in_lobs_envelope(press: Printing) -> None:
    answer = press.call("POST", "/postcards", data=b"x" * 30_000_001)
    assert_lob_error(answer, 413, "file_size_exceeds_limit")


def test_a_file_over_five_megabytes_is_refused(press: Printing) -> None:
    given = brackets(piece(front=None))
    answer = press.call("POST", "/postcards", data=given, files={"front": ("f.pdf", PDF + b"x" * 5_000_000)})
    assert_lob_error(answer, 422, "file_size_exceeds_limit")


def test_a_piece_of_another_source_is_not_there(press: Printing) -> None:
    made = press.create()
    assert_lob_error(press.call("GET", f"/postcards/{made['id']}", "other"), 404, "not_found")
    assert_lob_error(press.call("DELETE", f"/postcards/{made['id']}", "other"), 404, "not_found")
    answer = press.call("POST", "/postcards", "other", json=piece(to=made["to"]["id"]))
    assert_lob_error(answer, 422, "not_found")
    assert press.call("GET", "/postcards", "other").json()["data"] == []


def test_the_purpose_in_front_of_the_path_is_what_it_is_for(press: Printing) -> None:
    key = press.key()
    url = f"{press.house.url}/for/marketing/v1/postcards"
    made = plain_http().post(url, json=piece(), auth=(key, ""), timeout=10)
    assert walk.look(press.house, made.json()["id"]).purpose == "marketing"
