"""Test mode: nothing leaves, and an integrator's whole walk works, receipts by the real callback path included."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
import requests
from twilio.request_validator import RequestValidator

from sayso import callbacks, failpoint, pretend, store
from sayso.message import Answer
from sayso_providers import PRETENDERS
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, wait_for
from tests.walk import approved, decide, dispatched, hand_in, incidents, look, relayed, swept, told

SHOP = "+14155550100"
GOOD, LOST, BROKEN, PLAIN = (f"+1415555{tail}" for tail in ("0001", "0002", "0003", "0177"))


@pytest.fixture
def trial(make_house: MakeHouse) -> House:
    """A house in test mode in which nothing moves by itself; real keys are set beside it."""
    return make_house(start=False, mode="test")


def walked(house: House, to: str) -> str:
    """The CRM's id of a message to that number, after everything that happens by itself has happened."""
    sid = approved(house, To=to, StatusCallback=f"{house.crm.url}/heard")
    dispatched(house)
    swept(house)
    relayed(house)
    return sid


@pytest.mark.parametrize(
    ("to", "heard", "code"),
    [
        pytest.param(GOOD, ["sent", "delivered"], None, id="0001"),
        pytest.param(LOST, ["sent", "undelivered"], "30003", id="0002"),
        pytest.param(BROKEN, ["failed"], "30008", id="0003"),
        pytest.param(PLAIN, ["sent"], None, id="any other"),
    ],
)
def test_a_number_has_its_fate_and_the_crm_hears_it_signed_with_its_own_token(
    trial: House, to: str, heard: list[str], code: str | None
) -> None:
    sid = walked(trial, to)
    assert told(trial) == heard
    last, issued = trial.crm.posts()[-1], trial.source()["twilio"]
    assert (last.form["MessageSid"], last.form["AccountSid"]) == (sid, issued["account_sid"])
    assert (last.form["To"], last.form.get("ErrorCode")) == (to, code)
    validator = RequestValidator(issued["auth_token"])
    assert validator.validate(f"{trial.crm.url}/heard", last.form, last.headers["x-twilio-signature"])
    assert trial.client().messages(sid).fetch().status == heard[-1]


def test_a_stock_client_walks_from_create_to_delivered_while_everything_runs(make_house: MakeHouse) -> None:
    house = make_house(mode="test")
    callback = f"{house.crm.url}/heard"
    sent = house.client().messages.create(to=GOOD, from_=SHOP, body="Your ring is ready.", status_callback=callback)
    assert sent.status == "queued"
    assert house.decide(sent.sid, "approve").status_code == 200
    wait_for(lambda: house.client().messages(sent.sid).fetch().status == "delivered")
    wait_for(lambda: told(house) == ["sent", "delivered"])
    assert house.vendor.heard == []


def test_what_a_crm_still_does_with_a_message_works_as_at_the_vendor(trial: House) -> None:
    sid = walked(trial, GOOD)
    message = trial.client().messages(sid)
    assert message.feedback.create(outcome="confirmed").outcome == "confirmed"
    assert message.update(body="").body == ""
    assert message.delete() is True


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every place that a socket was opened to."""
    calls: list[object] = []
    connect: Callable[..., None] = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        calls.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return calls


def test_no_connection_is_opened_to_send_to_check_keys_or_to_read_a_template(
    trial: House, called: list[object]
) -> None:
    given = trial.source()["twilio"]
    auth, base = (given["account_sid"], given["auth_token"]), f"{trial.url}/2010-04-01/Accounts/{given['account_sid']}"
    sid = hand_in(trial, To=GOOD, ContentSid="HX" + "ab" * 16, ContentVariables="{}")
    assert requests.get(f"{base}.json", auth=auth, timeout=10).json()["sid"] == given["account_sid"]
    assert requests.get(f"{base}/Balance.json", auth=auth, timeout=10).status_code == 200
    called.clear()
    decide(trial, sid, "approve")
    dispatched(trial)
    swept(trial)
    assert (look(trial, sid).delivery, called, trial.vendor.heard) == ("delivered", [], [])


def test_the_set_vendor_keys_are_not_used(trial: House) -> None:
    account = trial.runtime.accounts["twilio"]
    assert not {account.user, account.secret} & {VENDOR_SID, VENDOR_TOKEN}


def test_each_database_pretends_with_keys_of_its_own_that_stay_the_same(make_house: MakeHouse) -> None:
    house, other = make_house(start=False, mode="test"), make_house(start=False, mode="test", secret_key="j" * 40)
    account = house.runtime.accounts["twilio"]
    assert pretend.accounts(house.store)["twilio"] == account
    assert other.runtime.accounts["twilio"].secret != account.secret


def test_a_receipt_that_the_pretended_vendor_did_not_sign_is_refused(trial: House) -> None:
    sid = approved(trial, To=PLAIN)
    dispatched(trial)
    with trial.store.read() as tx:
        token = store.read_attempts(tx, look(trial, sid).id)[-1].id
    url = f"{trial.url}/callbacks/twilio/{token}"
    form = {"MessageSid": str(look(trial, sid).provider_id), "MessageStatus": "delivered", "AccountSid": VENDOR_SID}
    signature = RequestValidator(VENDOR_TOKEN).compute_signature(url, form)
    answer = requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=10)
    assert (answer.status_code, look(trial, sid).delivery) == (403, "queued")


def test_receipts_come_once_however_often_the_sweep_looks_and_after_a_restart(trial: House) -> None:
    walked(trial, GOOD)
    for _ in range(3):
        swept(trial)
    relayed(trial)
    assert told(trial) == ["sent", "delivered"]


def test_after_a_crash_between_two_receipts_only_the_second_is_still_said(trial: House) -> None:
    sid = approved(trial, To=GOOD, StatusCallback=f"{trial.crm.url}/heard")
    dispatched(trial)
    with trial.store.read() as tx:
        message = look(trial, sid)
        token = store.read_attempts(tx, message.id)[-1].id
    account, url = trial.runtime.accounts["twilio"], f"{trial.url}/callbacks/twilio/{token}"
    callbacks.take(trial.runtime, "twilio", token, PRETENDERS["twilio"].call_back(message, "sent", account, url))
    swept(trial)
    relayed(trial)
    assert told(trial) == ["sent", "delivered"]


def test_one_message_whose_receipt_fails_keeps_no_other_from_its_own_and_is_looked_at_again(trial: House) -> None:
    both = approved(trial, To=GOOD), approved(trial, To=GOOD)
    dispatched(trial)
    failpoint.arm("before_callback_commit:raise", 0)
    swept(trial)
    assert sorted(str(look(trial, sid).delivery) for sid in both) == ["delivered", "queued"]
    trial.clock.forward(minutes=2)
    swept(trial)
    assert [look(trial, sid).delivery for sid in both] == ["delivered", "delivered"]


def test_a_fate_that_the_vendor_has_no_word_for_is_left_out_and_not_tried_again(
    trial: House, caplog: pytest.LogCaptureFixture
) -> None:
    sid = approved(trial, To="messenger:complained@x", From="messenger:ringlet")
    dispatched(trial)
    for _ in range(2):
        swept(trial)
        trial.clock.forward(minutes=2)
    assert look(trial, sid).delivery == "delivered"
    assert "are tried again" not in caplog.text


def test_what_a_real_vendor_took_hears_nothing_pretended(make_house: MakeHouse, tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/shared.db"
    real = make_house(start=False, database_url=url)
    sid = approved(real, To=GOOD)
    dispatched(real)
    swept(make_house(start=False, database_url=url, mode="test"))
    assert (look(real, sid).delivery, len(real.twilio.messages)) == ("queued", 1)


def test_a_whole_walk_leaves_no_incident(trial: House) -> None:
    for to in (GOOD, LOST, BROKEN, PLAIN):
        walked(trial, to)
    assert incidents(trial) == []


def test_the_desk_says_on_every_page_that_nothing_leaves_and_only_in_test_mode(make_house: MakeHouse) -> None:
    for settings, shown in (({"mode": "test"}, True), ({}, False)):
        house = make_house(start=False, **settings)
        browser = enter(house)
        pages = [browser.get(f"{house.url}/desk/{page}", timeout=10).text for page in ("", "history")]
        assert ["Test mode: nothing leaves." in page for page in pages] == [shown, shown]


@pytest.mark.parametrize(
    ("address", "fate"),
    [
        ("delivered@shop.example", ("sent", "delivered")),
        ("Bounced@shop.example", ("sent", "bounced")),
        ("complained+7@shop.example", ("sent", "delivered", "complained")),
        ("anna.delivered@shop.example", ("sent",)),
        ("whatsapp:+14155550002", ("sent", "bounced")),
    ],
)
def test_mail_addresses_and_channels_have_their_fates(address: str, fate: tuple[str, ...]) -> None:
    assert pretend.outcome(address) == fate


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/2010-04-01/Accounts/AC1/Calls.json"),
        ("DELETE", "/2010-04-01/Accounts/AC1/Messages.json"),
        ("GET", "/elsewhere"),
    ],
)
def test_what_the_pretended_vendor_has_not_is_its_own_404(trial: House, method: str, path: str) -> None:
    account = trial.runtime.accounts["twilio"]
    heard: Answer = trial.runtime.vendor_http.request(method, account.api_url + path)
    assert (heard.status, b"20404" in heard.body) == (404, True)
