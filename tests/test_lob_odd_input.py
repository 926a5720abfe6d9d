"""Odd input at Lob's door: taken as Lob would, or refused at once in its envelope, never by half and never as a 500."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests import walk
from tests.lob_house import SHOP, TO, Printing, piece, press, shared
from tests.test_lob_door import PDF, as_form, assert_lob_error, brackets

__all__ = ["press", "shared"]  # fixtures from elsewhere

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}


def in_json(**more: Any) -> dict[str, Any]:
    """A piece as JSON that no client of ours would write."""
    return {"data": json.dumps(piece(**more)), "headers": JSON}


def in_form(**more: Any) -> dict[str, Any]:
    """A piece as a form, with further fields."""
    return {"data": brackets(piece()) | more}


def with_file(name: str, data: bytes, kind: str = "application/pdf", **more: Any) -> dict[str, Any]:
    """A piece whose front is a file."""
    return {"data": brackets(piece(front=None, **more)), "files": {"front": (name, data, kind)}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "brackets too deep": (in_form(**{"merge_variables[a][b][c]": "x"}), "invalid"),
    "a bracket that is open": (in_form(**{"to[name": "x"}), "invalid"),
    "brackets of nothing": (in_form(**{"[x]": "y"}), "invalid"),
    "a name twice": ({"data": [*brackets(piece()).items(), ("to[name]", "x")]}, "invalid"),
    "a list for an address": ({"data": {"to[]": "x", "front": "<p>", "back": "<p>"}}, "invalid"),
    "too many fields": (in_form(**{f"x{n}": "y" for n in range(1001)}), "bad_request"),
    "torn json in a form": ({"data": as_form(piece()) | {"merge_variables": "{"}}, "bad_request"),
    "a list in a form": ({"data": as_form(piece()) | {"merge_variables": "[1]"}}, "invalid"),
    "a name twice in json in a form": ({"data": as_form(piece()) | {"to": '{"name": 1, "name": 2}'}}, "bad_request"),
    "NaN": ({"data": as_form(piece()) | {"merge_variables": '{"a": NaN}'}}, "bad_request"),
    "an endless number": ({"data": '{"merge_variables": {"a": 1e999}}', "headers": JSON}, "bad_request"),
    "a number of 5000 digits": ({"data": '{"to": ' + "9" * 5000 + "}", "headers": JSON}, "bad_request"),
    "too deep json": ({"data": '{"to":' + "[" * 100_000, "headers": JSON}, "bad_request"),
    "half a letter in a note": (in_json(metadata={"x": "\ud83d"}), "bad_request"),
    "half a letter in a name of a note": (in_json(metadata={"\ud83d": "x"}), "bad_request"),
    "half a letter in a value": (in_json(merge_variables={"name": "\ud83d"}), "bad_request"),
    "half a letter in the words": (in_json(front="<p>\ud83d</p>"), "bad_request"),
    "half a letter in a form": ({"data": as_form(piece()) | {"metadata": '{"a": "\\ud83d"}'}}, "bad_request"),
    "another charset": (in_json() | {"headers": {"Content-Type": "application/json; charset=latin-1"}}, "bad_request"),
    "no such charset": (in_json() | {"headers": {"Content-Type": "application/json; charset=x"}}, "bad_request"),
    "utf-16": ({"data": json.dumps(piece()).encode("utf-16"), "headers": JSON}, "bad_request"),
    "json that says it is a form": (in_json() | {"headers": FORM}, "invalid"),
    "a part that is no text": (
        {"data": b'--x\r\nContent-Disposition: form-data; name="back"\r\n\r\n<p>\xff\r\n--x--\r\n', "headers": PARTS},
        "bad_request",
    ),
    "an empty file": (with_file("f.pdf", b""), "invalid_file"),
    "a file and a field": (with_file("f.pdf", PDF) | in_form(), "invalid"),
    "two files for one side": (
        {"data": brackets(piece(front=None)), "files": [("front", ("f", PDF)), ("front", ("g", PDF))]},
        "invalid",
    ),
    "one character too many": (in_json(front=f"<p>{'x' * 9994}</p>"), "invalid"),
    "a script": (in_json(front="javascript:alert(1)"), "invalid_file"),
    "a place that is no web page": (in_json(front="ftp://a.example/front.pdf"), "invalid_file"),
    "a side that is a list": (in_json(front=["<p>x</p>"]), "invalid"),
    "values that are a list": (in_json(merge_variables=[1]), "invalid"),
    "values that are too long": (in_json(merge_variables={"a": "x" * 25_000}), "invalid"),
    "a code that is a list": (in_json(qr_code=["https://a.example"]), "invalid"),
    "a code that leads to a number": (in_json(qr_code={"redirect_url": 5}), "invalid"),
    "a flag that is a list": (in_json(fsc=[1]), "invalid"),
    "a flag that is a word": (in_json(double_sided="perhaps"), "invalid"),
    "a group that is a list": (in_json(billing_group_id=["x"]), "invalid"),
    "a size that is a list": (in_json(size=["4x6"]), "invalid"),
    "a date beyond time": (in_json(send_date="9999-12-31T23:59:59-14:00"), "invalid"),
    "a date before time": (in_json(send_date="0001-01-01T00:00:00+14:00"), "invalid"),
    "a ZIP that is a number": (in_json(to=TO | {"address_zip": 89501}), "invalid"),
    "a field in the URL": (in_json() | {"params": {"front": "x"}}, "bad_request"),
    "a key that is no text": (in_json() | {"params": "idempotency_key=%ff"}, "bad_request"),
    "a side in capitals": (in_json(Front="<p>Other words</p>"), "invalid"),
    "an address in capitals": (in_json(TO=TO), "invalid"),
    "an address in capitals in a form": (in_form(**{"To[name]": "Eve"}), "invalid"),
    "a name with brackets in json": (in_json(**{"to[name]": "Eve"}), "invalid"),
    "a code in capitals": (in_json(qr_code={"redirect_url": "https://a.example", "Redirect_URL": "x"}), "invalid"),
    "a long s": (
        {"data": json.dumps(piece() | {"\u017fend_date": "2030-01-01"}), "headers": JSON},
        "invalid",
    ),
    "a date in capitals in parts": (with_file("f.pdf", PDF, Send_Date="2030-01-01"), "invalid"),
    "values of 600 MB": (
        with_file("f.html", b"<p>{{a}}" * 30_000, "text/html", merge_variables={"a": "x" * 20_000}),
        "invalid",
    ),
    "an empty key": ({"json": piece(), "headers": {"Idempotency-Key": ""}}, "bad_request"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_taken_is_refused_in_lobs_envelope(press: Printing, what: str) -> None:
    given, code = REFUSED[what]
    assert_lob_error(press.call("POST", "/postcards", **given), 422, code)
    assert press.call("GET", "/postcards").json()["count"] == 0


TAKEN: dict[str, dict[str, Any]] = {
    "the longest html": in_json(front=f"<p>{'x' * 9993}</p>"),
    "an emoji": in_json(merge_variables={"name": "\U0001f642"}),
    "values with lists in them": in_json(merge_variables={"name": "K", "items": [{"a": 1}, {"a": 2}]}),
    "a value without a word": in_json(merge_variables={"name": None}),
    "a flag as a word": in_json(double_sided="true"),
    "a charset in capitals": in_json() | {"headers": {"Content-Type": 'application/json; charset="UTF-8"'}},
    "a file of another kind than its name": with_file("f.html", PDF, "text/html"),
    "html that is called a pdf": with_file("f.pdf", b"<p>Hi</p>"),
    "a file without a name": with_file("", PDF),
    "a file with a path": with_file("../../etc/passwd\u202e", PDF),
    "a person that is none": in_json(metadata={"person": "x" * 500, "batch": "b" * 500}),
    "an end in a text": in_json(metadata={"person": "a\0b", "batch": "a\0b", "x": "\0"}),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_odd_and_right_is_taken_and_shown_again(press: Printing, what: str) -> None:
    answer = press.call("POST", "/postcards", **TAKEN[what])
    assert answer.status_code == 200, answer.text
    assert press.call("GET", f"/postcards/{answer.json()['id']}").json() == answer.json()
    assert walk.look(press.house, answer.json()["id"]).state == "held"


@pytest.mark.parametrize("name", ["f.html", "f.pdf", "f.png", "f"])
def test_a_pdf_is_not_read_as_words_whatever_it_is_called(press: Printing, name: str) -> None:
    made = press.call("POST", "/postcards", **with_file(name, PDF + b"<p>Hello</p>", "text/html")).json()
    kept = walk.look(press.house, made["id"])
    assert (kept.content.template, "Hello" in kept.content.words) == ("file:front", False)


@pytest.mark.parametrize("url", ["http://127.0.0.1/x.pdf", "http://169.254.169.254/latest", "https://shop.example/a"])
def test_what_lies_behind_a_url_is_never_fetched_and_waits_for_somebody(press: Printing, url: str) -> None:
    made = press.create(front=url)
    kept = walk.look(press.house, made["id"])
    assert (kept.content.template, kept.state, press.lob.asked) == (url, "held", [])
    assert "unseen_words" in {finding.check for finding in kept.findings}


def keyed(press: Printing, given: dict[str, Any], key: str = "one", path: str = "/postcards") -> Any:
    """A create with an idempotency key."""
    return press.call("POST", path, json=given, headers={"Idempotency-Key": key})


def test_a_key_whose_request_was_refused_is_still_free(press: Printing) -> None:
    assert_lob_error(keyed(press, piece(front="hello")), 422, "invalid_file")
    made = keyed(press, given := piece())
    assert made.status_code == 200
    assert keyed(press, given).json() == made.json()


def test_two_keys_are_two_pieces_although_the_words_are_the_same(press: Printing) -> None:
    given = piece()
    assert keyed(press, given, "a").json()["id"] != keyed(press, given, "b").json()["id"]


def test_a_key_finds_its_piece_after_it_was_canceled(press: Printing) -> None:
    made = keyed(press, given := piece()).json()
    press.call("DELETE", f"/postcards/{made['id']}")
    assert keyed(press, given).json()["id"] == made["id"]


def test_a_key_of_one_crm_is_free_for_another(press: Printing) -> None:
    given = piece()
    mine = keyed(press, given).json()
    theirs = press.call("POST", "/postcards", "stranger", json=given, headers={"Idempotency-Key": "one"}).json()
    assert mine["id"] != theirs["id"]


@pytest.mark.parametrize("other", [False, True], ids=["same words", "other words"])
def test_a_key_that_comes_many_times_at_once_is_one_piece(press: Printing, other: bool) -> None:
    given, answers = piece(**{"from": SHOP}), []
    key, begin = press.key(), threading.Barrier(6)
    assert key

    def ask(n: int) -> None:
        begin.wait(timeout=10)
        answers.append(keyed(press, given | ({"description": str(n)} if other else {})))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    made = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert (len(answers), len(set(made)), len(made)) == (6, 1, 1 if other else 6)
    for answer in answers:
        if answer.status_code != 200:
            assert_lob_error(answer, 422, "conflict")
    assert press.call("GET", "/postcards").json()["count"] == 1
