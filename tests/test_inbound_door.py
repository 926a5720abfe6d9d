"""What people write back comes in signed, once, and is answered with nothing to send."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from sayso import failpoint, store
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, plain_http
from tests.walk import TO, incidents
from tests.writing_back import hears, post, stored, why_suppressed, write_back, wrote

__all__ = ["still"]  # fixtures from elsewhere
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def test_a_signed_reply_is_stored_and_answered_with_twiml_that_says_nothing(still: House) -> None:
    form = wrote("Is it ready?")
    answer = post(still, form)
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, EMPTY, "text/xml")
    (reply,) = stored(still)
    assert (reply.heard.text, reply.heard.sender, reply.heard.channel, reply.kind) == (
        "Is it ready?",
        TO,
        "sms",
        "words",
    )
    assert dict(reply.heard.fields) == form
    assert reply.heard.crm_id.startswith("SM")
    assert reply.heard.crm_id != form["MessageSid"]


def test_the_same_reply_again_is_answered_alike_and_stored_once(still: House) -> None:
    hears(still)
    form = wrote("Is it ready?")
    answers = [post(still, form) for _ in range(3)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, EMPTY)] * 3
    assert len(stored(still)) == 1
    with still.store.read() as tx:
        assert store.relay_counts(tx) == {"waiting": 1}


def test_an_old_start_posted_again_lifts_no_later_stop(still: House) -> None:
    start = wrote("START")
    post(still, start)
    write_back(still, "STOP")
    assert post(still, start).status_code == 200
    assert why_suppressed(still) == ["inbound"]


def _sign(house: House, form: object, key: str = VENDOR_TOKEN, path: str = "/inbound/twilio") -> str:
    return str(RequestValidator(key).compute_signature(house.url + path, form))


FORGERIES: dict[str, Callable[[House, dict[str, str]], tuple[object, str | None]]] = {
    "no-signature": lambda house, form: (form, None),
    "empty-signature": lambda house, form: (form, ""),
    "another-key": lambda house, form: (form, _sign(house, form, "cd" * 16)),
    "our-own-issued-key": lambda house, form: (form, _sign(house, form, house.source()["twilio"]["auth_token"])),
    "signed-for-callbacks": lambda house, form: (form, _sign(house, form, path="/callbacks/twilio")),
    "words-changed": lambda house, form: (form | {"Body": "STOP "}, _sign(house, form)),
    "writer-changed": lambda house, form: (form | {"From": "+14155550199"}, _sign(house, form)),
    "field-added": lambda house, form: (form | {"OptOutType": "STOP"}, _sign(house, form)),
    "another-account": lambda house, form: (
        other := form | {"AccountSid": "AC" + "1" * 32},
        _sign(house, other),
    ),
    "an-issued-account": lambda house, form: (
        other := form | {"AccountSid": house.source()["twilio"]["account_sid"]},
        _sign(house, other),
    ),
    "no-account": lambda house, form: (
        other := {name: value for name, value in form.items() if name != "AccountSid"},
        _sign(house, other),
    ),
    "words-twice": lambda house, form: (other := [*form.items(), ("Body", "no")], _sign(house, MultiDict(other))),
    "writer-twice": lambda house, form: (other := [*form.items(), ("From", TO)], _sign(house, MultiDict(other))),
    "picture-twice": lambda house, form: (
        other := [*form.items(), ("MediaUrl0", "https://a"), ("MediaUrl0", "https://b")],
        _sign(house, MultiDict(other)),
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_stop_is_403_and_leaves_nothing(still: House, forgery: object) -> None:
    form, signature = forgery(still, wrote("STOP"))  # type: ignore[operator]  # one of the table's
    headers = {"X-Twilio-Signature": signature} if signature is not None else {}
    answer = plain_http().post(f"{still.url}/inbound/twilio", data=form, headers=headers, timeout=10)
    assert (answer.status_code, set(answer.json())) == (403, {"code", "message", "more_info", "status"})
    assert (stored(still), why_suppressed(still), incidents(still)) == ([], [], [])


@pytest.mark.parametrize("missing", [("MessageSid", "SmsSid"), ("From",), ("To",)], ids=["sid", "writer", "number"])
def test_a_signed_form_that_names_nobody_is_400(still: House, missing: tuple[str, ...]) -> None:
    form = {name: value for name, value in wrote().items() if name not in missing}
    assert (post(still, form).status_code, stored(still)) == (400, [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_whatever_is_no_post_is_405_in_the_vendors_words(still: House, method: str) -> None:
    answer = requests.request(method, f"{still.url}/inbound/twilio", timeout=10)
    assert answer.status_code == 405
    assert method == "HEAD" or answer.json()["code"] == 20004


@pytest.mark.parametrize("path", ["/inbound/nobody", "/inbound/twilio/more"])
def test_a_place_beside_it_is_the_vendors_404(still: House, path: str) -> None:
    assert post(still, wrote(), path=path).json()["code"] == 20404


@pytest.mark.parametrize("body", [b"Body=" + b"a" * 1_000_001, b"Body=%ff", b"&".join(b"a=1" for _ in range(1001))])
def test_what_is_too_large_or_no_form_is_refused(still: House, body: bytes) -> None:
    headers = {"X-Twilio-Signature": "x", "Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{still.url}/inbound/twilio", data=body, headers=headers, timeout=10)
    assert answer.status_code in (400, 413)
    assert stored(still) == []


def test_without_the_vendors_account_nothing_is_believed(make_house: MakeHouse) -> None:
    house = make_house(start=False, twilio_account_sid="", twilio_auth_token="")
    assert (post(house, wrote("STOP")).status_code, stored(house)) == (403, [])


def test_the_signature_is_over_the_public_address(make_house: MakeHouse) -> None:
    house = make_house(start=False, public_url="https://sayso.example/in")
    form = wrote("STOP")
    signature = RequestValidator(VENDOR_TOKEN).compute_signature("https://sayso.example/in/inbound/twilio", form)
    headers = {"X-Twilio-Signature": signature, "Host": "other.example", "X-Forwarded-Proto": "http"}
    answer = plain_http().post(f"{house.url}/inbound/twilio", data=form, headers=headers, timeout=10)
    assert (answer.status_code, why_suppressed(house)) == (200, ["inbound"])


def test_before_the_commit_there_is_no_2xx_and_after_a_failure_nothing_is_half_there(still: House) -> None:
    hears(still)
    form = wrote("STOP")
    failpoint.arm("before_callback_commit:raise", 0)
    try:
        assert post(still, form).status_code == 503
    finally:
        failpoint.disarm()
    with still.store.read() as tx:
        assert (store.relay_counts(tx), why_suppressed(still), stored(still)) == ({}, [], [])
    assert post(still, form).status_code == 200
    with still.store.read() as tx:
        assert (store.relay_counts(tx), why_suppressed(still)) == ({"waiting": 1}, ["inbound"])


def test_nothing_of_the_writer_lies_open_in_the_database(still: House) -> None:
    write_back(still, "Ask for Kayla at the cafe", ProfileName="Kayla Reed")
    rows = still.store.engine.raw_connection().cursor().execute("SELECT * FROM sayso_inbound").fetchall()
    seen = repr(rows)
    assert rows
    for secret in (TO, "Kayla", VENDOR_SID, "cafe", "RENO"):
        assert secret not in seen
