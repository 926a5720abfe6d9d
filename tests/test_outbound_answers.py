"""Outbound HTTP: a whole answer is given as it came, and a request goes out as it was said."""

from __future__ import annotations

import threading

import pytest

from tests.outbound_world import client, papers, serve
from tests.scripted import CHUNKED, OK, answers, says

__all__ = ["client", "papers", "serve"]  # fixtures from elsewhere


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_every_final_status_is_an_answer(status: int, serve, client):
    there = serve(says(b"HTTP/1.1 %d Word\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n" % status))
    assert client().request("POST", there.url, body=b"x").status == status
    assert len(there.heard) == 1


def test_an_answer_has_its_body_and_its_headers_in_any_case(serve, client):
    answer = client().request("POST", serve(answers).url, body=b"hello")
    assert (answer.status, answer.body, answer.headers["x-word"]) == (201, b"hello", "queued")


@pytest.mark.parametrize(
    "answer",
    [
        CHUNKED + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        OK + b"Connection: close\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nabc",
    ],
    ids=["chunks", "until_closed", "http_1_0", "after_continue"],
)
def test_an_answer_is_whole_in_every_framing(answer: bytes, serve, client):
    assert client().request("GET", serve(says(answer)).url).body == b"abc"


def test_an_answer_as_long_as_the_limit_is_read(serve, client):
    answer = OK + b"Content-Length: 50\r\n\r\n" + b"." * 50
    assert len(client(limit=50).request("GET", serve(says(answer)).url).body) == 50


def test_a_zipped_answer_is_neither_asked_for_nor_unzipped(serve, client):
    there = serve(says(OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"))
    assert client().request("GET", there.url, headers={"accept-encoding": "gzip"}).body == b"abc"
    assert b"Accept-Encoding: identity\r\n" in there.heard[0]


def test_the_path_goes_out_byte_for_byte(serve, client):
    there = serve(answers)
    client().request("GET", there.url + "a/../b/%7e%2f?to={x}|%c3%a9&q='\"#fragment")
    assert there.heard[0].startswith(b"GET /a/../b/%7e%2f?to={x}|%c3%a9&q='\" HTTP/1.1\r\n")


def test_the_request_is_framed_by_us_whatever_the_caller_says(serve, client):
    there = serve(answers)
    wrong = {
        "content-length": "99",
        "Transfer-Encoding": "chunked",
        "HOST": "other.test",
        "Connection": "close",
    }
    client().request("POST", there.url, body=b"abc", headers=wrong | {"X-Kept": "yes"})
    head = there.heard[0].lower()
    assert b"\r\ncontent-length: 3\r\n" in head
    assert b"\r\nx-kept: yes\r\n" in head
    assert b"\r\nhost: 127.0.0.1:%d\r\n" % there.port in head
    assert not any(word in head for word in (b"chunked", b"other.test", b"connection:", b": 99\r"))


def test_calls_share_a_kept_connection(serve, client):
    there, http = serve(answers), client()
    for body in (b"a", b"", b"b" * 100_000):
        assert http.request("POST", there.url, body=body).body == body
    assert (there.opened, len(there.heard)) == (1, 3)


def test_threads_that_share_a_client_get_their_own_answers(serve, client):
    there, http, wrong = serve(answers), client(timeout=5), list[str]()

    def work(name: int) -> None:
        for n in range(20):
            asked = b"%d/%d" % (name, n)
            wrong.extend([f"{name}/{n}"] if http.request("POST", there.url, body=asked).body != asked else [])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(there.heard) == 320
    assert there.opened <= 16


def test_no_cookie_is_kept(serve, client):
    there, http = serve(says(OK + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", then=answers)), client()
    for _ in range(2):
        http.request("GET", there.url)
    assert b"ookie" not in there.heard[1]


def test_the_environment_adds_no_proxy_and_no_password(serve, client, monkeypatch, tmp_path):
    there, proxy = serve(answers), serve(answers)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login clerk password invented")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client().request("GET", there.url)
    assert b"uthorization" not in there.heard[0]
    assert proxy.opened == 0


def test_closing_the_client_closes_its_kept_connections(serve, client):
    there, http = serve(answers), client()
    http.request("GET", there.url)
    http.close()
    assert not any(play.is_alive() for play in there.settle().plays)
