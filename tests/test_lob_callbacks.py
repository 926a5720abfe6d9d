"""What Lob calls back, believed only with its signature and in time, and what the CRM's own webhook hears of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from sayso import store
from tests import walk
from tests.conftest import MakeHouse
from tests.fake_lob import LOB_SECRET, post, problem, signed
from tests.lob_house import Printing, still_lob
from tests.test_lob_sending import released
from tests.vendors import plain_http

__all__ = ["still_lob"]  # a fixture from elsewhere


@pytest.fixture
def hearing(still_lob: Printing) -> Printing:
    """A CRM that said where it hears of its pieces."""
    still_lob.key()

    def listen(tx: store.Tx) -> None:
        source = store.find_source(tx, name="crm")
        assert source
        store.set_webhooks(tx, source, {"lob_webhooks": f"{still_lob.house.crm.url}/lob"})

    still_lob.house.store.write(listen)
    return still_lob


def event(press: Printing, name: str, **more: Any) -> bytes:
    """An event about the only piece that Lob has."""
    return press.lob.event(press.lob.pieces[0], name, **more)


def now(press: Printing) -> float:
    """The moment by our own clock."""
    return press.house.clock().timestamp()


def told(press: Printing) -> list[dict[str, Any]]:
    """The events that the CRM has heard."""
    walk.relayed(press.house)
    return [json.loads(heard.body) for heard in press.house.crm.posts()]


def test_a_receipt_is_told_in_lobs_shape_under_our_ids(hearing: Printing) -> None:
    one = released(hearing, metadata={"run": "May"})
    body = event(hearing, "in_transit", tracking_events=[{"name": "In Transit", "type": "normal"}])
    assert post(hearing.house.url, body, signed(body, at=now(hearing))).status_code == 204
    (said,) = told(hearing)
    assert (said["body"]["id"], said["reference_id"]) == (one, one)
    assert said["event_type"]["id"] == "postcard.in_transit"
    assert said["event_type"]["resource"] == "postcards"
    assert said["body"]["tracking_events"] == [{"name": "In Transit", "type": "normal"}]
    assert said["body"]["metadata"] == {"run": "May"}
    assert said["date_created"] == "2026-11-22T10:00:00.000Z"
    assert walk.look(hearing.house, one).delivery == "sent"
    theirs = hearing.lob.pieces[0]["id"]
    assert theirs not in json.dumps(said)


def test_the_crm_can_check_the_signature_with_its_issued_secret(hearing: Printing) -> None:
    released(hearing)
    body = event(hearing, "delivered")
    post(hearing.house.url, body, signed(body, at=now(hearing)))
    walk.relayed(hearing.house)
    (heard,) = hearing.house.crm.posts()
    secret = hearing.house.source()["lob"]["webhook_secret"]
    stamp = heard.headers["lob-signature-timestamp"]
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["lob-signature"] == expected
    assert abs(int(stamp) / 1000 - now(hearing)) < 60


def test_an_event_that_comes_twice_is_told_once(hearing: Printing) -> None:
    released(hearing)
    body = event(hearing, "mailed")
    for _ in range(2):
        assert post(hearing.house.url, body, signed(body, at=now(hearing))).status_code == 204
    assert len(told(hearing)) == 1


BAD: dict[str, Any] = {
    "wrong secret": lambda body, at: signed(body, secret="ef" * 20, at=at),
    "no signature": lambda body, at: {},
    "another body": lambda body, at: signed(body + b" ", at=at),
    "six minutes old": lambda body, at: signed(body, at=at - 360),
    "from tomorrow": lambda body, at: signed(body, at=at + 86400),
    "old, in seconds": lambda body, at: signed(body, at=at - 360, seconds=True),
    "time changed": lambda body, at: signed(body, at=at) | {"Lob-Signature-Timestamp": str(int(at * 1000) + 1)},
    "no time": lambda body, at: signed(body, at=at) | {"Lob-Signature-Timestamp": ""},
}


@pytest.mark.parametrize("how", BAD)
def test_what_lob_did_not_sign_just_now_is_not_believed(hearing: Printing, how: str) -> None:
    one = released(hearing)
    body = event(hearing, "delivered")
    answer = post(hearing.house.url, body, BAD[how](body, now(hearing)))
    assert (answer.status_code, set(answer.json())) == (403, {"error"})
    assert told(hearing) == []
    assert walk.look(hearing.house, one).delivery != "delivered"


@pytest.mark.parametrize(("seconds", "ago"), [(False, 0), (True, 0), (False, 290)], ids=["ms", "s", "nearly old"])
def test_a_time_in_milliseconds_or_in_seconds_is_believed(hearing: Printing, seconds: bool, ago: float) -> None:
    released(hearing)
    body = event(hearing, "delivered")
    assert post(hearing.house.url, body, signed(body, at=now(hearing) - ago, seconds=seconds)).status_code == 204


@pytest.mark.parametrize("secret", ["old" * 10, LOB_SECRET], ids=["old", "new"])
def test_two_secrets_are_good_while_they_are_rotated(make_house: MakeHouse, secret: str) -> None:
    house = make_house(start=False, lob_api_key="test_x", lob_webhook_secret=f"{LOB_SECRET}, {'old' * 10}")
    body = json.dumps({"id": "evt_1", "event_type": {"id": "postcard.mailed"}, "body": {"id": "psc_1"}}).encode()
    assert post(house.url, body, signed(body, secret=secret)).status_code == 204


def test_without_a_webhook_secret_every_event_is_refused(make_house: MakeHouse) -> None:
    house = make_house(start=False, lob_api_key="test_x")
    body = b'{"id": "evt_1"}'
    assert post(house.url, body, signed(body, secret="")).status_code == 403


def test_an_event_is_matched_by_our_id_before_lob_has_answered(hearing: Printing) -> None:
    hearing.lob.lose_answers = 2
    one = released(hearing)
    assert walk.look(hearing.house, one).state == "unconfirmed"
    body = event(hearing, "rendered_pdf")
    post(hearing.house.url, body, signed(body, at=now(hearing)))
    message = walk.look(hearing.house, one)
    assert (message.state, message.provider_id) == ("sent", hearing.lob.pieces[0]["id"])


def test_an_event_is_matched_by_lobs_id_where_ours_had_no_room(hearing: Printing) -> None:
    one = released(hearing)
    body = event(hearing, "returned_to_sender", matched=False)
    post(hearing.house.url, body, signed(body, at=now(hearing)))
    assert walk.look(hearing.house, one).delivery == "bounced"


def test_an_event_about_anything_else_is_taken_and_forgotten(hearing: Printing) -> None:
    body = json.dumps({"id": "evt_1", "event_type": {"id": "address.created"}, "body": {"id": "adr_1"}}).encode()
    assert post(hearing.house.url, body, signed(body, at=now(hearing))).status_code == 204
    assert walk.incidents(hearing.house) == []


def test_an_unknown_word_is_told_and_moves_nothing(hearing: Printing) -> None:
    one = released(hearing)
    body = event(hearing, "folded")
    post(hearing.house.url, body, signed(body, at=now(hearing)))
    assert told(hearing)[0]["event_type"]["id"] == "postcard.folded"
    assert walk.look(hearing.house, one).delivery == "queued"


def test_a_no_is_told_as_deleted(hearing: Printing) -> None:
    made = hearing.create()
    walk.decide(hearing.house, made["id"], "reject", reason="wrong_person")
    hearing.house.clock.forward(seconds=60)
    (said,) = told(hearing)
    assert (said["event_type"]["id"], said["body"]["id"]) == ("postcard.deleted", made["id"])
    assert said["body"]["deleted"] is True
    assert hearing.call("GET", f"/postcards/{made['id']}").json()["deleted"] is True


def test_what_lob_refused_is_told_as_failed(hearing: Printing) -> None:
    hearing.lob.fault = problem(422, "invalid")
    one = released(hearing)
    (said,) = told(hearing)
    assert (said["event_type"]["id"], said["body"]["id"], said["body"]["status"]) == ("postcard.failed", one, "failed")


def test_a_crm_that_did_not_say_where_hears_nothing(still_lob: Printing) -> None:
    released(still_lob)
    body = event(still_lob, "delivered")
    assert post(still_lob.house.url, body, signed(body, at=now(still_lob))).status_code == 204
    assert told(still_lob) == []


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"body": []}', b'{"event_type": "x", "body": {"id": "psc_1"}}']
)
def test_a_signed_body_of_another_shape_harms_nothing(hearing: Printing, body: bytes) -> None:
    answer = plain_http().post(
        f"{hearing.house.url}/callbacks/lob", data=body, headers=signed(body, at=now(hearing)), timeout=10
    )
    assert answer.status_code in (204, 422)
