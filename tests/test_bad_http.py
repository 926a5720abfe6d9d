"""Whatever comes over HTTP, framing, method, path or credentials: an answer in the caller's dialect, never a 5xx."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from tests.standing import count_rows
from tests.wire import Door, assert_refused, form, wired


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The standalone program with one source and one reviewer."""
    with wired(tmp_path_factory.mktemp("door")) as door:
        yield door


def test_a_megabyte_and_one_byte_is_413(door: Door) -> None:
    start = form(Body="")
    assert_refused(door, 413, 20413, body=start + b"a" * (1_000_001 - len(start)))


def test_a_megabyte_is_read_and_refused_for_what_is_in_it(door: Door) -> None:
    start = form(Body="")
    assert_refused(door, 400, 21617, body=start + b"a" * (1_000_000 - len(start)))


def test_ten_megabytes_in_chunks_are_413(door: Door) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    headers: dict[str, str | bytes | None] = {"Transfer-Encoding": "chunked", "Content-Length": None}
    assert_refused(door, 413, 20413, body=chunk * 160 + b"0\r\n\r\n", headers=headers)


def test_a_form_in_chunks_is_taken_whole(door: Door) -> None:
    body = form(Body="in chunks")
    chunked = b"".join(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in body) + b"0\r\n\r\n"

    heard = door.ask(body=chunked, headers={"Transfer-Encoding": "chunked", "Content-Length": None})

    assert (heard.status, json.loads(heard.body)["body"]) == (201, "in chunks")


BROKEN: dict[str, tuple[dict[str, str | bytes | None], bytes]] = {
    "body_shorter_than_said": ({"Content-Length": "5000"}, b""),
    "length_is_a_word": ({"Content-Length": "many"}, b""),
    "length_is_negative": ({"Content-Length": "-5"}, b""),
    "length_is_a_list": ({"Content-Length": "5, 7"}, b""),
    "chunk_size_is_a_word": ({"Transfer-Encoding": "chunked", "Content-Length": None}, b"zz\r\nTo=1\r\n0\r\n\r\n"),
    "chunk_shorter_than_said": ({"Transfer-Encoding": "chunked", "Content-Length": None}, b"ff\r\nTo=1"),
    "unknown_transfer_coding": ({"Transfer-Encoding": "gzip, chunked", "Content-Length": None}, b"0\r\n\r\n"),
    "header_with_a_control": ({"X": "\x7f"}, b""),
    "header_without_a_colon": ({"X": "a\r\nno colon here"}, b""),
    "header_with_a_bare_line_feed": ({"X": "a\nAuthorization: Basic x"}, b""),
    "header_of_half_a_megabyte": ({"X": "a" * 500_000}, b""),
}


@pytest.mark.parametrize(("headers", "body"), BROKEN.values(), ids=BROKEN)
def test_broken_framing_stores_nothing(door: Door, headers: dict[str, str | bytes | None], body: bytes) -> None:
    """It never reaches us: waitress answers by itself (in plain text), or hangs up on a request that never ended."""
    before = count_rows(door.house)

    heard = door.ask(body=body or form(Body="broken"), headers=headers)

    assert heard.status in (0, 400, 401, 431, 501), heard
    assert b"Traceback" not in heard.body
    assert count_rows(door.house) == before


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 100, b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"POST / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_stores_nothing(door: Door, raw: bytes) -> None:
    before = count_rows(door.house)

    assert door.wire(raw).status in (0, 302, 400, 404, 405, 505)

    assert count_rows(door.house) == before


METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO", "POSTS", "M-SEARCH")


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_method_is_405(door: Door, method: str) -> None:
    assert_refused(door, 405, 20004, method=method, body=form())


@pytest.mark.parametrize("method", ["get", "Post", "P\0ST", "P OST"])
def test_a_malformed_method_stores_nothing(door: Door, method: str) -> None:
    """It never reaches us: waitress answers by itself, in plain text."""
    before = count_rows(door.house)

    assert door.ask(method=method, body=form(Body="malformed method")).status == 400

    assert count_rows(door.house) == before


PATHS = (
    *("/2010-04-01", "/2010-04-01/", "/2010-04-01/Accounts", "/2010-04-01/Accounts.json", "/2010-04-01/Nothing.json"),
    *("/2010-04-01/Accounts/{sid}/Messages.json/x", "/2010-04-01/%00"),
    *("/2010-04-01/Accounts/{sid}/messages.json", "/2010-04-01/accounts/{sid}/Messages.json", "/2010-04-01/%ff"),
    *("/2010-04-01/Accounts/{sid}/%2e%2e/%2e%2e/desk", "/2010-04-01/../../etc/passwd", "/2010-04-01/./Accounts"),
    *("/2010-04-01/Accounts/{sid}%2FMessages.json%00", "/2010-04-01/Accounts/{sid}/Messages/%2e%2e.json"),
    *("/2010-04-01/Accounts/{sid}/Messages/SM%00.json", "/2010-04-01/Accounts/{sid}/Messages/" + "S" * 20_000),
    *(
        "/2010-04-01/Accounts/{sid}/Messages/SM" + "0" * 32 + "%0A",
        "/2010-04-01/%ED%A0%80",
        "/2010-04-01/" + "a/" * 5000,
    ),
    *("/2010-04-01/Accounts/{sid}/Messages.json.json.json", "/2010-04-01/Accounts/{sid}/Messages%3f", "/2010-04-01/%"),
    *(
        "/2010-04-01/Accounts/{sid}/Messages.json;a=b",
        "/2010-04-01/Accounts/{sid}/Messages/Media.json",
        "/for/x/2010-04-01/y",
    ),
    *("/for/%00/2010-04-01/Accounts/{sid}/Messages.json", "/for/%ff/2010-04-01/Accounts/{sid}/Messages.json"),
    *("/for/a%2Fb/2010-04-01/Accounts/{sid}/Messages.json", "/for/..%2f/2010-04-01/Accounts/{sid}/Messages.json"),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:60])
def test_a_path_that_leads_nowhere_is_404(door: Door, path: str, method: str) -> None:
    sid = door.path.split("/")[3]
    assert_refused(door, 404, 20404, method=method, path=path.format(sid=sid), body=form())


def test_raw_bytes_in_a_path_store_nothing(door: Door) -> None:
    """They never reach us: waitress answers by itself, in plain text."""
    before = count_rows(door.house)

    assert door.ask(path=b"/2010-04-01/\xff\xfe/\x80", body=form(Body="raw path")).status == 400

    assert count_rows(door.house) == before


def basic(text: bytes) -> str:
    """What HTTP Basic would make of it."""
    return "Basic " + base64.b64encode(text).decode()


CREDENTIALS: dict[str, str | bytes | None] = {
    "none": None,
    "empty": "",
    "only_the_scheme": "Basic",
    "only_a_space": "Basic ",
    "no_base64": "Basic !!!",
    "wrong_padding": "Basic QUM6eA",
    "raw_bytes": b"Basic \xff\xfe\x80",
    "bytes_inside": basic(b"\xff\xfe:\x80"),
    "nul_inside": basic(b"AC\0:\0"),
    "no_colon": basic(b"AC" + b"0" * 32),
    "only_a_colon": basic(b":"),
    "many_colons": basic(b":::::"),
    "long": basic(b"AC" * 30_000 + b":x"),
    "digest": 'Digest username="x"',
    "bearer": "Bearer x",
    "twice": basic(b"a:b") + ", " + basic(b"c:d"),
    "another_scheme": "Negotiate " + "A" * 100,
    "letters_not_in_ascii": "Basic QUM6eMOp\u00e9",
}


@pytest.mark.parametrize("shown", CREDENTIALS.values(), ids=CREDENTIALS)
def test_credentials_that_cannot_be_read_are_401(door: Door, shown: str | bytes | None) -> None:
    assert_refused(door, 401, 20003, body=form(), headers={"Authorization": shown})


API: dict[str, tuple[str, str, bytes, int]] = {
    "unknown_path": ("GET", "/api/nothing", b"", 404),
    "encoded_path": ("GET", "/api/%2e%2e/desk", b"", 404),
    "nul_path": ("GET", "/api/messages/%00", b"", 404),
    "bytes_path": ("GET", "/api/messages/%ff", b"", 404),
    "long_path": ("GET", "/api/messages/" + "a" * 20_000, b"", 404),
    "unknown_method": ("DELETE", "/api/messages", b"", 405),
    "made_up_method": ("FOO", "/api/messages", b"", 405),
    "unknown_state": ("GET", "/api/messages?state=%00", b"", 400),
    "limit_of_a_word": ("GET", "/api/messages?limit=many", b"", 400),
    "limit_too_high": ("GET", "/api/messages?limit=201", b"", 400),
    "unknown_decision": ("POST", "/api/messages/x/sell", b"{}", 404),
    "no_body": ("POST", "/api/messages/x/approve", b"", 400),
    "no_json": ("POST", "/api/messages/x/approve", b"{", 400),
    "a_list": ("POST", "/api/messages/x/approve", b"[]", 400),
    "a_number": ("POST", "/api/messages/x/approve", b"1", 400),
    "not_utf8": ("POST", "/api/messages/x/approve", b'{"version": "\xff"}', 400),
    "deep": ("POST", "/api/messages/x/approve", b"[" * 200_000, 400),
    "deep_objects": ("POST", "/api/messages/x/approve", b'{"a":' * 100_000, 400),
    "key_twice": ("POST", "/api/messages/x/approve", b'{"version": 1, "version": 2, "content_hash": "x"}', 400),
    "version_is_true": ("POST", "/api/messages/x/approve", b'{"version": true, "content_hash": "x"}', 400),
    "version_is_text": ("POST", "/api/messages/x/approve", b'{"version": "1", "content_hash": "x"}', 400),
    "version_is_huge": ("POST", "/api/messages/x/approve", b'{"version": ' + b"9" * 5000 + b"}", 400),
    "hash_is_a_number": ("POST", "/api/messages/x/approve", b'{"version": 1, "content_hash": 1}', 400),
    "note_is_long": (
        "POST",
        "/api/messages/x/reject",
        json.dumps({"version": 1, "content_hash": "x", "note": "a" * 2001}).encode(),
        400,
    ),
    "unknown_message": ("POST", "/api/messages/x/approve", b'{"version": 1, "content_hash": "\\ud800"}', 404),
    "too_large": ("POST", "/api/messages/x/approve", b" " * 1_000_001, 413),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), API.values(), ids=API)
def test_bad_input_to_our_own_door_is_a_problem_document(
    door: Door, method: str, path: str, body: bytes, status: int
) -> None:
    headers = {"Authorization": door.bearer, "Content-Type": "application/json"}

    heard = door.ask(method, path, body, headers)

    assert heard.status == status, heard
    assert heard.headers["Content-Type"] == "application/problem+json"
    assert json.loads(heard.body)["status"] == status
    assert b"Traceback" not in heard.body


@pytest.mark.parametrize("shown", [c for c in CREDENTIALS.values() if c != "Bearer x"] + ["Bearer \u00e9", "Bearer"])
def test_credentials_that_our_own_door_cannot_read_are_401(door: Door, shown: str | bytes | None) -> None:
    heard = door.ask("GET", "/api/messages", headers={"Authorization": shown})

    assert (heard.status, heard.headers["Content-Type"]) == (401, "application/problem+json")
