"""Step 6: the CRM is called only where that was allowed, and nowhere inside."""

from __future__ import annotations

import socket

import pytest

from sayso import relay
from tests.conftest import House, MakeHouse
from tests.relaying import allow_place, delivered
from tests.stillness import still
from tests.vendors import serve
from tests.walk import relayed, relays

__all__ = ["still"]  # fixtures from elsewhere


def test_a_host_that_is_not_allowed_is_not_called_until_it_is(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        sid = delivered(still, StatusCallback=elsewhere.url + "/cb")
        relayed(still)
        assert (elsewhere.heard, relays(still, sid)[0].state) == ([], "parked")
        allow_place(still, elsewhere.url)
        relayed(still)
        assert (len(elsewhere.posts()), relays(still, sid)[0].state) == (1, "done")


def test_allowing_a_place_on_the_command_line_wakes_what_waited_for_it(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        delivered(still, StatusCallback=elsewhere.url + "/cb")
        relayed(still)
        from sayso.cli import flask_group

        result = still.app.test_cli_runner().invoke(flask_group, ["source", "allow", "crm", elsewhere.url])
        assert result.exit_code == 0, result.output
        relayed(still)
        assert len(elsewhere.posts()) == 1


@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:{other}/cb",
        "https://127.0.0.1:{port}/cb",
        "http://localhost:{port}/cb",
        "http://127.0.0.2:{port}/cb",
        "http://127.0.0.1.nip.example:{port}/cb",
        "http://2130706433:{port}/cb",
        "http://127.1:{port}/cb",
        "http://[::ffff:127.0.0.1]:{port}/cb",
    ],
    ids=["port", "scheme", "name", "neighbour", "suffix", "decimal", "short", "mapped"],
)
def test_the_list_is_of_exact_scheme_host_and_port(still: House, callback: str):
    port = still.crm.port
    sid = delivered(still, StatusCallback=callback.format(port=port, other=port + 1 if port < 65535 else port - 1))
    relayed(still)
    assert (relays(still, sid)[0].state, still.crm.heard) == ("parked", [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://CRM.Example/cb?x=1", "https://crm.example:443"),
        ("http://crm.example", "http://crm.example:80"),
        ("https://crm.example:8443/", "https://crm.example:8443"),
        ("http://[::1]:8/x", "http://[::1]:8"),
        ("https://user:secret@crm.example/", "https://crm.example:443"),
        ("https://crm.example@evil.example/", "https://evil.example:443"),
    ],
)
def test_an_origin_is_scheme_host_and_port_in_one_spelling(url: str, expected: str):
    assert relay.origin(url) == expected


def test_a_private_address_is_not_even_connected_to_although_its_origin_is_allowed(make_house: MakeHouse):
    house = make_house(start=False)
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.setblocking(False)
        url = f"https://localhost:{inside.getsockname()[1]}"
        house.source()
        allow_place(house, url)
        sid = delivered(house, StatusCallback=url + "/cb")
        assert relay.run_due(house.runtime)
        assert (relays(house, sid)[0].state, relays(house, sid)[0].tries) == ("waiting", 1)
        with pytest.raises(BlockingIOError):
            inside.accept()


def test_a_redirect_is_not_followed(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        sid = delivered(still)
        still.crm.answer = lambda heard: (307, {"Location": elsewhere.url}, b"")
        relayed(still)
        assert (elsewhere.heard, relays(still, sid)[0].state) == ([], "waiting")
