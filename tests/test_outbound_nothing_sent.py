"""Outbound HTTP: when surely nothing was sent, the caller hears that it may try later."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from sayso import message
from tests.outbound_world import SOON, TIMEOUT, client, dialled, names, papers, serve, world
from tests.scripted import Script, answers, closes, resets, says, waits

__all__ = ["client", "papers", "serve", "world"]  # fixtures from elsewhere


def test_a_port_where_nobody_listens_is_try_later(serve, client):
    there = serve(answers)
    there.listener.shutdown(socket.SHUT_RDWR)
    there.listener.close()
    with pytest.raises(message.TryLater, match="Connection refused"):
        client().request("POST", there.url, body=b"a")


@pytest.mark.parametrize("host", ["nobody.test", "a..b", "x" * 64, "0x7f.1.1.1.1.1"])
def test_a_name_that_cannot_be_found_is_try_later(host: str, client, world):
    with pytest.raises(message.TryLater, match="Nothing was sent"):
        client().request("POST", f"https://{host}/", body=b"a")


def test_a_connection_that_is_not_taken_in_time_is_try_later(client):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        _crowd(full, stack)
        with pytest.raises(message.TryLater, match="timed out"):
            client().request("POST", f"http://127.0.0.1:{full.getsockname()[1]}/", body=b"a")


def test_a_second_address_does_not_shorten_the_handshake_of_the_first(serve, client, papers, world):
    names["crm.test"], tls = [["127.0.0.1", "127.0.0.1"]], papers("crm.test")
    tls.sni_callback = lambda *_: time.sleep(0.7)
    there = serve(answers, tls=tls)
    assert client(timeout=1).request("GET", f"https://crm.test:{there.port}/").status == 201


def _crowd(full: socket.socket, stack: contextlib.ExitStack) -> None:
    for _ in range(3):  # the first fill the queue, and Linux drops what comes after
        queued = stack.enter_context(socket.socket())
        queued.setblocking(False)
        queued.connect_ex(full.getsockname())


def test_an_address_that_refuses_or_hangs_leaves_time_for_the_next(serve, client, world):
    there = serve(answers)
    with socket.create_server(("127.0.0.2", there.port), backlog=0) as full, contextlib.ExitStack() as stack:
        _crowd(full, stack)
        names["crm.test"] = [["::1", "127.0.0.2", "127.0.0.1"]]
        http = client(timeout=1.5, private_hosts=frozenset({"crm.test"}))
        assert http.request("GET", f"http://crm.test:{there.port}/").status == 201
    assert dialled[-3:] == ["::1", "127.0.0.2", "127.0.0.1"]


@pytest.mark.parametrize(
    "script",
    [waits, closes, resets, says(b"HTTP/1.1 400 No\r\n\r\n")],
    ids=["_waits", "_closes", "_resets", "script"],
)
def test_a_handshake_that_fails_is_try_later_in_bounded_time(script: Script, serve, client):
    there, started = serve(script), time.monotonic()
    with pytest.raises(message.TryLater):
        client().request("POST", f"https://127.0.0.1:{there.port}/path", body=b"a text")
    assert time.monotonic() - started < SOON
    assert not any(b"POST" in heard or b"a text" in heard for heard in there.settle().heard)


def test_a_certificate_nobody_vouches_for_is_try_later(serve, client, papers):
    there = serve(answers, tls=papers("127.0.0.1", "127.0.0.1"))
    with pytest.raises(message.TryLater, match="SSLCertVerificationError"):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard


def test_a_certificate_for_another_name_is_try_later(serve, client, papers):
    there = serve(answers, tls=papers("crm.test"))
    with pytest.raises(message.TryLater, match="SSLCertVerificationError"):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X:A": "b"}, {"X-A": "\u20ac"}])
def test_a_header_that_cannot_be_written_is_try_later(headers: dict[str, str], serve, client):
    there = serve(answers)
    with pytest.raises(message.TryLater):
        client().request("POST", there.url, body=b"a", headers=headers)
    assert not there.settle().heard


def test_a_deadline_to_come_lets_the_request_out(serve, client):
    assert client().request("GET", serve(answers).url, deadline=time.monotonic() + 5).status == 201


def test_past_the_deadline_nothing_is_written(serve, client):
    there = serve(waits)
    with pytest.raises(message.TryLater, match="too late"):
        client().request("POST", there.url, body=b"a", deadline=time.monotonic())
    assert not there.settle().heard


def test_past_the_deadline_nothing_is_written_on_a_kept_connection(serve, client):
    there, http = serve(answers), client()
    http.request("POST", there.url, body=b"a")
    with pytest.raises(message.TryLater, match="too late"):
        http.request("POST", there.url, body=b"b", deadline=time.monotonic())
    assert (there.opened, len(there.settle().heard)) == (1, 1)


def test_a_deadline_that_passes_while_connecting_is_kept(serve, client, papers):
    tls = papers("127.0.0.1")
    tls.sni_callback = lambda *_: time.sleep(0.2)
    there = serve(waits, tls=tls)
    with pytest.raises(message.TryLater, match="too late"):
        client(timeout=5).request("POST", there.url, body=b"a", deadline=time.monotonic() + 0.1)
    assert there.opened == 1
    assert not there.settle().heard


def test_time_that_runs_out_before_the_first_byte_is_try_later(serve, client, papers):
    tls = papers("127.0.0.1")
    tls.sni_callback = lambda *_: time.sleep(TIMEOUT + 0.1)
    there = serve(waits, tls=tls)
    with pytest.raises(message.TryLater):
        client().request("POST", there.url, body=b"a")
    assert not there.settle().heard
