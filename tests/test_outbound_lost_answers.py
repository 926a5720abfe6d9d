"""Outbound HTTP: when something was sent and no whole answer came, the caller hears that nobody knows."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from urllib3.util.retry import Retry

from sayso import failpoint, message, outbound
from tests.outbound_world import SOON, TIMEOUT, client, papers, serve
from tests.scripted import CHUNKED, OK, Script, answers, closes, drips, floods, resets, says, sips, unread, waits

__all__ = ["client", "papers", "serve"]  # fixtures from elsewhere


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoint.disarm()


LOST: dict[str, Script] = {
    "resets_before_reading": unread(resets),
    "closes_before_reading": unread(closes),
    "reads_then_resets": says(b"", then=resets),
    "reads_then_closes": says(b""),
    "never_answers": says(b"", then=waits),
    "is_not_http": says(b"220 mail.example ESMTP\r\n"),
    "half_a_status_line": says(b"HTTP/1.1 2"),
    "half_the_headers": says(OK + b"Content-Le"),
    "half_the_body": says(OK + b"Content-Length: 10\r\n\r\nhalf "),
    "half_the_body_then_reset": says(OK + b"Content-Length: 10\r\n\r\nhalf ", then=resets),
    "half_the_body_then_silence": says(OK + b"Content-Length: 10\r\n\r\nhalf ", then=waits),
    "half_the_chunks": says(CHUNKED + b"4\r\nhalf\r\n"),
    "half_a_chunk": says(CHUNKED + b"8\r\nhalf"),
    "a_chunk_without_size": says(CHUNKED + b"zz\r\nhalf\r\n"),
    "only_an_interim_answer": says(b"HTTP/1.1 103 Early Hints\r\n\r\n", then=waits),
    "drips_the_status_line": drips(b"HTTP/1.1 200 ", b"O"),
    "drips_headers": drips(OK, b"X-Drop: 1\r\n"),
    "drips_interim_answers": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "drips_the_body": drips(OK + b"Content-Length: 9000\r\n\r\n", b"."),
    "drips_chunks": drips(CHUNKED, b"1\r\n.\r\n"),
    "drips_without_end": drips(OK + b"\r\n", b"."),
    "huge_and_announced": says(OK + b"Content-Length: 2000000\r\n\r\n" + b"." * 2_000_000),
    "huge_and_unannounced": says(OK + b"\r\n" + b"." * 2_000_000),
    "huge_in_chunks": says(CHUNKED + b"100000\r\n%b\r\n" % (b"." * 0x100000) * 2 + b"0\r\n\r\n"),
    "a_huge_header": says(OK + b"X-Huge: " + b"." * 200_000 + b"\r\n\r\n"),
}
OVER_TLS = [name for name in LOST if name == "drips_headers" or not name.startswith("drips")]


@pytest.mark.parametrize(
    ("scheme", "name"), [*(("http", name) for name in LOST), *(("https", name) for name in OVER_TLS)]
)
def test_a_lost_answer_is_unknown_in_bounded_time(scheme: str, name: str, serve, client, papers):
    there, http = serve(LOST[name], tls=papers("127.0.0.1") if scheme == "https" else None), client()
    started = time.monotonic()
    with pytest.raises(message.Unknown, match="sending again"):
        http.request("POST", there.url, body=b"a text")
    assert time.monotonic() - started < SOON
    assert there.opened == 1
    assert len(there.settle().heard) <= 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_hardly_reads_is_unknown_in_bounded_time(scheme: str, serve, client, papers):
    there, http = serve(sips, tls=papers("127.0.0.1") if scheme == "https" else None), client()
    started = time.monotonic()
    with pytest.raises(message.Unknown):
        http.request("POST", there.url, body=bytes(60_000_000))
    assert time.monotonic() - started < SOON


def test_a_request_of_which_only_a_part_left_is_unknown(serve, client):
    there = serve(unread(closes))
    there.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with pytest.raises(message.Unknown):
        client(timeout=5).request("GET", there.url, headers={"X-Much": "." * 6_000_000})


def test_an_answer_without_end_is_read_up_to_the_limit(serve, client):
    there = serve(says(OK + b"\r\n", then=floods))
    with pytest.raises(message.Unknown, match="over 1000 bytes"):
        client(limit=1000).request("POST", there.url, body=b"a")


def test_a_kept_connection_that_dies_with_a_request_is_unknown_and_not_tried_again(serve, client):
    there, http = serve(says(OK + b"Content-Length: 0\r\n\r\n", then=says(b"", then=resets))), client()
    http.request("POST", there.url, body=b"first")
    with pytest.raises(message.Unknown):
        http.request("POST", there.url, body=b"second")
    assert (there.opened, len(there.settle().heard)) == (1, 2)


def test_a_kept_connection_that_closed_while_idle_is_replaced(serve, client):
    there, http = serve(says(OK + b"Content-Length: 0\r\n\r\n")), client()
    for _ in range(3):
        assert http.request("POST", there.url, body=b"a").status == 200
        there.settle()
    assert (there.opened, len(there.heard)) == (3, 3)


def test_a_connection_on_which_an_answer_was_lost_is_never_used_again(serve, client):
    there, http = serve(says(b"HTTP/1.1 103 Early Hints\r\n\r\n", then=waits)), client()
    for _ in range(2):
        with pytest.raises(message.Unknown):
            http.request("POST", there.url, body=b"a")
    assert (there.opened, len(there.settle().heard)) == (2, 2)


def test_a_library_that_tries_again_by_itself_still_writes_once(serve, client):
    there, http = serve(says(b"")), outbound.Http(timeout=TIMEOUT, private_hosts=frozenset({"127.0.0.1"}))
    http._adapter.max_retries = Retry(3, allowed_methods=None)
    with pytest.raises(message.Unknown, match="not sent twice"):
        http.request("POST", there.url, body=b"a")
    assert len(there.settle().heard) == 1


def test_a_client_works_on_after_a_lost_answer(serve, client):
    http = client()
    with pytest.raises(message.Unknown):
        http.request("POST", serve(says(b"")).url, body=b"a")
    assert http.request("POST", serve(answers).url, body=b"b").body == b"b"


@pytest.mark.parametrize("spec", ["C7:raise", "C8:raise"])
def test_breaking_off_after_the_first_byte_is_unknown(spec: str, serve, client):
    failpoint.arm(spec, 0)
    with pytest.raises(message.Unknown, match="FailpointHit"):
        client().request("POST", serve(waits).url, body=b"a")


def test_breaking_off_in_mid_request_leaves_the_headers_without_the_body(serve, client):
    there = serve(waits)
    failpoint.arm("mid_request:raise", 0)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert there.settle().heard[0].endswith(b"Content-Length: 8\r\n\r\n")


def test_breaking_off_before_the_answer_leaves_the_whole_request(serve, client):
    there = serve(waits)
    failpoint.arm("before_answer_read:raise", 0)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert there.settle().heard[0].endswith(b"\r\n\r\nthe body")


def test_a_pause_in_mid_request_longer_than_the_call_never_sends_the_body(serve, client):
    there = serve(waits)
    failpoint.arm("mid_request:pause", 1.2 * TIMEOUT)
    with pytest.raises(message.Unknown):
        client().request("POST", there.url, body=b"the body")
    assert b"the body" not in there.settle().heard[0]
