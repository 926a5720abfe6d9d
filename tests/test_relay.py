"""Step 6: the CRM hears what its vendor's client expects, from us alone, and at least once."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from sayso import issue, relay, store
from tests.conftest import House, MakeHouse
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, serve, wait_for
from tests.walk import approved, decide, dispatched, hand_in, incidents, look, relayed, relays, sent, told, withdraw


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself."""
    return make_house(start=False)


def _delivered(house: House, path: str = "/cb", **fields: str) -> str:
    """A message whose delivery the CRM is to hear of."""
    fields = {"StatusCallback": house.crm.url + path} | fields
    sid = sent(house, **fields)
    house.twilio.call_back(house.twilio.messages[-1], "delivered")
    return sid


def _allow(house: House, url: str, source: str = "crm") -> None:
    def allow(tx: store.Tx) -> None:
        found = store.find_source(tx, name=source)
        store.allow_origin(tx, found, relay.origin(url), "test")
        store.wake_relays(tx, "parked", found.id, relay.origin(url))

    house.store.write(allow)


@pytest.mark.parametrize(
    "path",
    ["/cb", "/", "", "/cb?order=8812&x=a%20b", "/cb?a=1&a=2", "/a/../b", "/%C3%A9?q=%2F+%26", "/cb?x=1#rc=5"],
    ids=["plain", "root", "no-path", "query", "query-twice", "dots", "escapes", "fragment"],
)
def test_the_vendors_own_validator_accepts_what_we_relay(still: House, path: str):
    _delivered(still, path)
    relayed(still)
    heard, given = still.crm.posts()[0], still.source()["twilio"]
    # what the CRM's framework rebuilds: its own address and the path as it came over the wire
    url = still.crm.url + ("" if path == "" else heard.path)
    assert RequestValidator(given["auth_token"]).validate(url, heard.form, heard.headers["x-twilio-signature"])
    assert heard.headers["content-type"].startswith("application/x-www-form-urlencoded")


def test_nothing_of_the_vendors_account_is_in_any_relayed_byte(still: House):
    sid = sent(still, StatusCallback=still.crm.url + "/cb")
    message = still.twilio.messages[0]
    more = {"SmsSid": "SM" + "5" * 32, "Media": f"/Accounts/{VENDOR_SID}/Messages/{message['sid']}/Media"}
    for status in ("sent", "delivered"):
        assert still.twilio.call_back(message, status, **more).status_code == 204
    relayed(still)
    token = message["StatusCallback"].partition("#")[0].rpartition("/")[2]
    for heard in still.crm.posts():
        everything = repr((heard.path, heard.headers, heard.body))
        for secret in (VENDOR_SID, VENDOR_TOKEN, token, message["sid"], more["SmsSid"], still.url):
            assert secret not in everything
        assert heard.form["MessageSid"] == heard.form["SmsSid"] == sid
    assert len(still.crm.posts()) == 2


def test_every_further_field_of_the_vendors_callback_reaches_the_crm(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.call_back(still.twilio.messages[0], "undelivered", ErrorCode="30003", RawDlrDoneDate="2611212301")
    relayed(still)
    heard = still.crm.posts()[0].form
    assert (heard["ErrorCode"], heard["RawDlrDoneDate"]) == ("30003", "2611212301")


PROBLEMS = {"500": (500, {}, b""), "404": (404, {}, b""), "429": (429, {}, b""), "no-answer": (0, {}, b"")}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_the_crm_did_not_take_is_tried_again_with_the_same_event_id(still: House, problem: str):
    _delivered(still)
    still.crm.answer = lambda heard: PROBLEMS[problem]
    relayed(still)
    still.crm.answer = lambda heard: (204, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    first, second = still.crm.posts()
    assert first.body == second.body
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]
    still.clock.forward(days=4)
    relayed(still)
    assert len(still.crm.posts()) == 2


def test_the_waits_between_tries_double_from_five_seconds_to_a_day(still: House):
    sid, waits = _delivered(still), []
    still.crm.answer = lambda heard: (500, {}, b"")
    while True:
        relayed(still)
        waiting = relays(still, sid)[0]
        if waiting.state != "waiting":
            break
        with still.store.read() as tx:
            due_at = store.moment(tx.connection.execute(text("SELECT due_at FROM sayso_relay")).scalar())
        waits.append(round((due_at - still.clock()).total_seconds()))
        still.clock.forward(seconds=waits[-1] + 1)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) <= 24 * 3600
    assert sum(waits) <= 72 * 3600
    assert (waiting.state, incidents(still, sid)) == ("dead", ["relay_dead"])


def test_a_refused_connection_is_tried_again(still: House):
    with serve(lambda heard: (200, {}, b"")) as gone:
        url = gone.url
    still.source()
    _allow(still, url)
    sid = _delivered(still, StatusCallback=url + "/cb")
    relayed(still)
    waiting = relays(still, sid)[0]
    assert (waiting.state, waiting.tries) == ("waiting", 1)


def test_a_message_is_told_of_in_order_even_when_the_first_try_failed(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    message = still.twilio.messages[0]
    still.twilio.call_back(message, "sent")
    still.crm.answer = lambda heard: (500, {}, b"")
    relayed(still)
    still.twilio.call_back(message, "delivered")
    relayed(still)
    assert told(still) == ["sent"]
    still.crm.answer = lambda heard: (200, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    assert told(still) == ["sent", "sent", "delivered"]


def test_a_crm_that_hangs_does_not_keep_another_crm_waiting(make_house: MakeHouse):
    house, let_go = make_house(), threading.Event()
    with serve(lambda heard: ((let_go.wait(9) and 200) or 200, {}, b"")) as slow:
        house.source("slow")
        _allow(house, slow.url, "slow")
        for _ in range(4):
            hand_in_and_reject(house, "slow", slow.url + "/cb")
        wait_for(slow.posts)
        started = time.monotonic()
        hand_in_and_reject(house, "quick", house.crm.url + "/cb")
        wait_for(house.crm.posts, 5)
        assert time.monotonic() - started < 4
        assert len(slow.posts()) == 1, "one thread at most waits for a CRM that hangs"
        let_go.set()
        wait_for(lambda: len(slow.posts()) == 4)


def hand_in_and_reject(house: House, source: str, callback: str) -> str:
    """A message of which the CRM hears at once."""
    sid = hand_in(house, source, StatusCallback=callback)
    decide(house, sid, "reject")
    house.runtime.relay_bell.ring()
    return sid


def test_a_crm_that_cannot_be_reached_is_left_alone_for_a_while(still: House):
    for _ in range(5):
        _delivered(still)
    still.crm.answer = lambda heard: (0, {}, b"")
    relayed(still)
    assert len(still.crm.posts()) == 1
    still.crm.answer = lambda heard: (200, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    assert len(still.crm.posts()) == 6


def test_a_host_that_is_not_allowed_is_not_called_until_it_is(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        sid = _delivered(still, StatusCallback=elsewhere.url + "/cb")
        relayed(still)
        assert (elsewhere.heard, relays(still, sid)[0].state) == ([], "parked")
        _allow(still, elsewhere.url)
        relayed(still)
        assert (len(elsewhere.posts()), relays(still, sid)[0].state) == (1, "done")


def test_allowing_a_place_on_the_command_line_wakes_what_waited_for_it(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        _delivered(still, StatusCallback=elsewhere.url + "/cb")
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
    sid = _delivered(still, StatusCallback=callback.format(port=port, other=port + 1 if port < 65535 else port - 1))
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
        _allow(house, url)
        sid = _delivered(house, StatusCallback=url + "/cb")
        assert relay.run_due(house.runtime)
        assert (relays(house, sid)[0].state, relays(house, sid)[0].tries) == ("waiting", 1)
        with pytest.raises(BlockingIOError):
            inside.accept()


def test_a_redirect_is_not_followed(still: House):
    with serve(lambda heard: (200, {}, b"")) as elsewhere:
        sid = _delivered(still)
        still.crm.answer = lambda heard: (307, {"Location": elsewhere.url}, b"")
        relayed(still)
        assert (elsewhere.heard, relays(still, sid)[0].state) == ([], "waiting")


def test_after_a_rotation_the_new_secret_signs(still: House):
    _delivered(still)
    old = still.source()["twilio"]
    fresh = still.store.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm")))["twilio"]
    relayed(still)
    heard = still.crm.posts()[0]
    url, signature = still.crm.url + "/cb", heard.headers["x-twilio-signature"]
    assert RequestValidator(fresh["auth_token"]).validate(url, heard.form, signature)
    assert not RequestValidator(old["auth_token"]).validate(url, heard.form, signature)


def test_the_secret_of_one_source_never_signs_what_another_hears(still: House):
    sid = approved(still, "north", StatusCallback=still.crm.url + "/cb")
    still.source("south")
    decide(still, sid, "undo")
    decide(still, sid, "reject")
    relayed(still)
    heard = still.crm.posts()[0]
    url, signature = still.crm.url + "/cb", heard.headers["x-twilio-signature"]
    accepts = {
        name: RequestValidator(still.source(name)["twilio"]["auth_token"]).validate(url, heard.form, signature)
        for name in ("north", "south")
    }
    assert accepts == {"north": True, "south": False}


def test_a_crm_that_asked_to_hear_nothing_hears_nothing(still: House):
    sid = sent(still)
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    relayed(still)
    assert (relays(still, sid), still.crm.heard) == ([], [])


def test_a_withdrawal_is_told_once_as_canceled(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    withdraw(still, sid)
    withdraw(still, sid)
    relayed(still)
    assert told(still) == ["canceled"]


def test_two_relays_of_one_process_each_are_delivered_once(make_house: MakeHouse):
    house = make_house(start=False)
    for _ in range(12):
        _delivered(house)
    threads = [threading.Thread(target=relayed, args=(house,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relayed(house)
    assert len(house.crm.posts()) == 12
    assert len({heard.headers["i-twilio-idempotency-token"] for heard in house.crm.posts()}) == 12


def test_a_relay_whose_process_died_on_the_way_is_taken_up_again_with_its_event_id(still: House):
    sid = _delivered(still)
    taken = still.store.write(lambda tx: store.take_relay(tx, tx.now + relay.LEASE))
    relayed(still)
    assert still.crm.heard == []
    still.clock.forward(seconds=relay.LEASE.total_seconds() + 1)
    relayed(still)
    assert still.crm.posts()[0].headers["i-twilio-idempotency-token"] == taken.event_id
    assert relays(still, sid)[0].state == "done"


def test_a_failed_send_is_told_with_our_id(still: House):
    sid = approved(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.fault = (400, {}, b'{"code": 21614, "message": "not a mobile"}')
    dispatched(still)
    relayed(still)
    assert (told(still), still.crm.posts()[0].form["MessageSid"]) == (["failed"], sid)
    assert look(still, sid).state == "failed"
