"""Whatever comes in a form or a query: an answer in Twilio's shape, never a 5xx, a traceback or an unannounced row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso_providers.twilio.door import KNOWN
from tests.standing import PLAIN, count_rows
from tests.wire import FORM, Door, assert_in_shape, assert_refused, form, wired


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The standalone program with one source and one reviewer."""
    with wired(tmp_path_factory.mktemp("door")) as door:
        yield door


CONTENT_TYPES = (
    *("application/json", "multipart/form-data; boundary=x", "text/plain", "text/html", "application/xml", "*/*"),
    *("application/x-www-form-urlencoded2", "x-www-form-urlencoded", "application/x-www-form-urlencoded, text/plain"),
    *(f"{FORM}; charset={name}" for name in ("iso-8859-1", "utf-16", "utf-7", "windows-1252", "shift_jis", "x")),
    *(f"{FORM}; boundary=x", f"{FORM}; charset=utf-8; charset=utf-16"),
)


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_a_body_of_another_kind_is_415(door: Door, kind: str) -> None:
    assert_refused(door, 415, 20415, body=form(), headers={"Content-Type": kind})


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip", "x"])
def test_a_body_with_a_coding_is_415(door: Door, coding: str) -> None:
    assert_refused(door, 415, 20415, body=form(), headers={"Content-Encoding": coding})


@pytest.mark.parametrize(
    "kind", [f"{FORM};charset=UTF-8", f'{FORM}; charset="utf-8"', f"{FORM};", FORM.upper(), "", None]
)
def test_the_same_kind_written_otherwise_is_taken(door: Door, kind: str | None) -> None:
    assert door.ask(body=form(Body=f"kind {kind}"), headers={"Content-Type": kind}).status == 201


BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 21604),
    "json": (json.dumps(PLAIN).encode(), 21604),
    "spaces": (b"   ", 21604),
    "ampersands": (b"&" * 500, 21604),
    "equals": (b"=" * 500, 21604),
    "nul_bytes": (b"\0" * 500, 21604),
    "latin1": (form() + "&X=é".encode("latin-1"), 20001),
    "utf16": (urlencode(PLAIN).encode("utf-16"), 20001),
    "bom_before_to": (b"\xef\xbb\xbf" + form(), 20001),
    "cut_utf8": (form() + b"&X=\xe2\x82", 20001),
    "overlong_utf8": (form() + b"&X=%C0%AF", 20001),
    "lone_surrogate": (form() + b"&X=%ED%A0%80", 20001),
    "lone_surrogate_in_the_body": (b"To=%2B14155550123&From=%2B14155550100&Body=%ED%BF%BF", 20001),
    "surrogate_pair_as_two": (form() + b"&X=%ED%A0%BD%ED%B2%8D", 20001),
    "lone_surrogate_in_a_name": (form() + b"&%ED%A0%80=x", 20001),
    "beyond_unicode": (form() + b"&X=%F4%90%80%80", 20001),
    "bare_ff": (form() + b"&X=%FF", 20001),
    "1001_fields": (form() + b"&X=1" * 998, 20001),
    "100000_fields": (form() + b"&X=1" * 99_997, 20001),
    "to_twice": (form() + b"&To=%2B14155550177", 20001),
    "to_twice_the_same": (form() + b"&To=%2B14155550123", 20001),
    "body_twice": (form() + b"&Body=other", 20001),
    "from_twice": (form() + b"&From=x", 20001),
    "callback_twice": (form() + b"&StatusCallback=https://a.example/&StatusCallback=https://b.example/", 20001),
    "to_twice_once_encoded": (form() + b"&%54o=%2B14155550177", 20001),
}


@pytest.mark.parametrize(("body", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_clear_form_is_400(door: Door, body: bytes, code: int) -> None:
    assert_refused(door, 400, code, body=body)


def _disguised() -> Iterator[tuple[str, str]]:
    for name in sorted(KNOWN):
        for other in (name.lower(), name.upper(), f"{name}[]", f"{name}[0]", f"{name}0", f" {name}", f"{name}\0"):
            yield name, other
        if (folded := name.replace("s", "\u017f").replace("k", "\u212a")) != name:
            yield name, folded


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_known_parameter_in_disguise_is_400(door: Door, name: str) -> None:
    for known, other in _disguised():
        if known == name:
            assert_refused(door, 400, 20001, body=form(Body="x") + b"&" + quote(other).encode() + b"=1")


def test_a_thousand_parameters_are_taken(door: Door) -> None:
    assert door.ask(body=form(Body="many") + b"&X=1" * 997).status == 201


NUMBERS = (
    *("+", "+1+4155550123", "+1", "+123456", "+1234567890123456", "+999999999999", "0", "00", "-1"),
    *("+1415555012e3", "1e10", "+1415555O123", "0x14155550123", "NaN", "null", "None", "undefined", "true", "[]", "{}"),
    *("+14155550123;ext=5", "tel:+14155550123", "+14155550123#5", "+14155550123*5", "+14155550123,5", "+14155550123x5"),
    *("+14155550123\n+14155550177\n", "+14155550123 +14155550177", "+14155550123;+14155550177", "kayla@example.com"),
    *("whatsapp:", "whatsapp:kayla", "whatsapp:+12", "whatsapp:whatsapp:+14155550123", "WHATSAPP:+14155550123"),
    *("messenger:", "messenger:a b", "messenger:\0", "rcs:+1", "sip:a@b", "client:kayla", "<script>", "' OR 1=1 --"),
    *("+1415555012\uff13x", "\u0661\u0662", "\u200b", "+1415\u200b5550123", "💍", "+" + "1" * 300, "9" * 100_000),
    *("+141555501\u0000", "\x00+14155550123", "+14155550123\x7f", "%2B14155550123", "=cmd|' /C calc'!A0"),
)


@pytest.mark.parametrize("to", NUMBERS, ids=lambda to: ascii(to)[:40])
def test_what_is_no_number_is_21211(door: Door, to: str) -> None:
    assert_refused(door, 400, 21211, body=form(To=to))


SENDERS = (
    *(
        "+",
        "+1",
        "a" * 12,
        "Ring\0let",
        "Ringlet\n",
        "Ring\r\nTo: x",
        "Ринглет",
        "💍",
        "!",
        "<b>",
        "12",
        "MG_12345678901",
    ),
    *("whatsapp:x", "messenger:a b", "rcs:\0", "rcs:" + "a" * 200, "MG" + "zz" * 16, "mg" + "ab" * 16),
)


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: ascii(sender)[:40])
def test_what_is_no_sender_is_21212(door: Door, sender: str) -> None:
    if sender == "Ringlet\n":
        assert door.ask(body=form(From=sender)).status == 201  # space around it is not meant
        return
    assert_refused(door, 400, 21212, body=form(From=sender))


QUERIES = ("To=%2B14155550177", "x", "=", "Body=a&Body=b", "%00", "%ff", "a" * 10_000)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:20])
def test_parameters_in_the_url_of_a_create_are_400(door: Door, query: str) -> None:
    assert_refused(door, 400, 20001, path=f"{door.path}?{query}", body=form())


LISTS = (
    *("PageSize=0", "PageSize=-1", "PageSize=x", "PageSize=1e3", "PageSize=%00", "PageSize=99999999999999999999"),
    *("Page=-1", "Page=x", "Page=99999999999", "PageToken=x", "PageToken=PA%00", "PageToken=PA" + "0" * 25),
    *("PageToken=PA" + "0" * 27, "DateSent=yesterday", "DateSent=2026-13-01", "DateSent=2026-02-30", "DateSent=%00"),
    *("DateSent=9999-12-31", "DateSent%3C=9999-12-31", "DateSent%3E=0001-01-01T00:00:00%2B23:59", "DateSent=0"),
    *("DateSent%3C=x", "DateSent%3E=x", "To=%ff", "From=%ED%A0%80", "X=1&" * 1001),
)


@pytest.mark.parametrize("query", LISTS, ids=lambda query: query[:40])
def test_a_list_of_nonsense_is_400(door: Door, query: str) -> None:
    assert_refused(door, 400, 20001, method="GET", path=f"{door.path}?{query}")


@pytest.mark.parametrize("query", ["To=%00", "From=%00", "To=x", "From=" + "a" * 5000, "Page=1000000", "X=%00", "To=+"])
def test_a_list_by_what_nobody_has_is_empty(door: Door, query: str) -> None:
    heard = door.ask("GET", f"{door.path}?{query}")

    assert heard.status == 200, heard.body
    if "X" not in query and query != "To=+":
        assert json.loads(heard.body)["messages"] == []


WORDS = {
    "nul": "a\0b",
    "controls": "".join(map(chr, range(32))),
    "right_to_left": "\u202eolleh\u202c",
    "invisible": "\u200b\u200c\u200d\ufeff",
    "beyond_the_plane": "\U0010ffff\ufffe\uffff",
    "combining": "e" + "\u0301" * 500,
    "markup": "<script>alert(1)</script>",
    "formula": "=1+1",
    "percent": "%s%n%x{0}{a.__class__}",
    "line_breaks": "a\r\nX-Injected: b\r\n\r\nc",
    "spaces": " \t\r\n\u3000",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_odd_words_are_held_and_come_back_as_they_were(door: Door, words: str) -> None:
    heard = door.ask(body=form(Body=words))

    assert heard.status == 201, heard.body
    assert json.loads(heard.body)["body"] == words
    assert "X-Injected" not in heard.headers
    assert door.house.message(json.loads(heard.body)["sid"])["state"] == "held"


@pytest.mark.parametrize("key", ["a\tb", "é", "k" * 65, "k" * 10_000, "a,b c"], ids=lambda key: ascii(key)[:20])
def test_a_key_that_cannot_be_one_is_400(door: Door, key: str) -> None:
    assert_refused(door, 400, 20001, body=form(), headers={"Idempotency-Key": key})


text = st.text(max_size=40) | st.sampled_from(["", "+14155550123", "whatsapp:+14155550123", "Hello", "2026-12-01", "0"])
pairs = st.lists(st.tuples(st.sampled_from(sorted(KNOWN)) | st.text(max_size=8), text), max_size=8)
bodies = (
    st.binary(max_size=200)
    | pairs.map(lambda found: urlencode(found, errors="surrogatepass").encode())
    | pairs.map(lambda found: urlencode([*PLAIN.items(), *found], errors="surrogatepass").encode())
)
parts = st.sampled_from(["", "..", "%00", "Accounts", "Messages", "Messages.json", "SM" + "0" * 32, "%ff", "a b"])
header = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    method=st.sampled_from(["GET", "POST", "POST", "POST", "PUT", "HEAD"]),
    tail=st.lists(parts, max_size=3),
    query=st.none() | text,
    body=bodies,
    kind=st.just(FORM) | header,
    key=st.none() | header,
)
def test_whatever_is_asked_is_answered_in_shape_and_stored_only_if_it_says_so(
    *, door: Door, method: str, tail: list[str], query: str | None, body: bytes, kind: str, key: str | None
) -> None:
    before = count_rows(door.house)
    path = "/".join([door.path, *(part.replace(" ", "%20") for part in tail)])
    url = path if query is None else f"{path}?{quote(query, errors='surrogatepass')}"

    heard = door.ask(method, url, body, {"Content-Type": kind, "Idempotency-Key": key})

    assert heard.status in (200, 201) or 400 <= heard.status < 500, heard
    if heard.status >= 400 and method != "HEAD":
        assert_in_shape(heard)
    assert count_rows(door.house) - before <= (1 if heard.status == 201 else 0)
