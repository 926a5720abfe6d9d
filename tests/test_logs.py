"""Logs without people: whatever goes wrong, no number, address, name, word or key reaches a record or stderr."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from sayso import failpoint
from sayso.message import Json, Message
from tests.canaries import MAIL, NAME, NUMBER, TOKEN, WORDS, leaks, ours, taken
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.test_cli import SAYSO, free_port, surroundings
from tests.vendors import VENDOR_TOKEN, wait_for
from tests.walk import approved, decide, dispatched, hand_in, look, relayed, swept

__all__ = ["still", "taken"]


def bad_facts(message: Message) -> Mapping[str, Json]:
    """A host's hook that fails, and says of whom."""
    person = {"name": NAME, "phone": NUMBER}
    try:
        return {"people": [person["mail"]]}
    except KeyError as error:
        raise LookupError(f"{person} wants {message.content.body}") from error


def callback(house: House, sid: str, body: bytes, **headers: str) -> int:
    url = f"{house.url}/callbacks/twilio/{sid}"
    return requests.post(url, data=body, headers=headers, timeout=10).status_code


WALKS: dict[str, Callable[[House], object]] = {}


def walk(run: Callable[[House], object]) -> Callable[[House], object]:
    """A walk that goes wrong somewhere."""
    WALKS[run.__name__] = run
    return run


@walk
def vendor_refuses_and_quotes(house: House) -> None:
    said = {"code": 21211, "message": f"{NUMBER} of {NAME} is not valid: {WORDS}", "status": 400}
    house.twilio.fault = 400, {"Content-Type": "application/json"}, json.dumps(said).encode()
    sid = approved(house, To=NUMBER, Body=WORDS)
    dispatched(house)
    assert look(house, sid).state == "failed"


@walk
def vendor_refuses_our_keys_and_answers_nonsense(house: House) -> None:
    for status in (401, 500, 302):
        house.twilio.fault = status, {}, f"{NUMBER} {NAME} {VENDOR_TOKEN}".encode()
        approved(house, To=NUMBER, Body=f"{WORDS} {status}")
        dispatched(house)
        house.clock.forward(minutes=1)


@walk
def crm_answers_with_an_error_that_quotes(house: House) -> None:
    house.crm.answer = lambda heard: (500, {}, heard.body)
    approved(house, To=NUMBER, Body=WORDS, StatusCallback=f"{house.crm.url}/heard?name={NAME}")
    dispatched(house)
    house.twilio.call_back(house.twilio.messages[-1], "delivered")
    relayed(house)


@walk
def database_fails_under_everything(house: House) -> None:
    sid = approved(house, To=NUMBER, Body=WORDS)
    house.store.write(lambda tx: tx.connection.execute(text("ALTER TABLE sayso_trail RENAME TO gone")))
    given = house.source()["twilio"]
    auth, base = (given["account_sid"], given["auth_token"]), f"{house.url}/2010-04-01/Accounts/{given['account_sid']}"
    form = {"To": NUMBER, "From": "+14155550100", "Body": WORDS}
    assert requests.post(f"{base}/Messages.json", data=form, auth=auth, timeout=10).status_code == 503
    swept(house)
    dispatched(house)
    house.store.write(lambda tx: tx.connection.execute(text("ALTER TABLE gone RENAME TO sayso_trail")))
    assert look(house, sid).state == "cleared"


@walk
def hook_raises_with_the_name_in_its_words(house: House) -> None:
    house.app.extensions["sayso"].hooks.facts = bad_facts
    sid = hand_in(house, To=NUMBER, Body=WORDS)
    house.clock.forward(minutes=1)
    swept(house)
    decide(house, sid, "reject", note=f"{NAME} must not know")


@walk
def a_step_breaks_in_the_middle(house: House) -> None:
    for point in ("during_screening", "before_intake_commit", "after_claim_commit", "before_receipt_commit"):
        failpoint.arm(f"{point}:raise", 0)
        given = house.source()["twilio"]
        url = f"{house.url}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
        form = {"To": NUMBER, "From": "+14155550100", "Body": f"{WORDS} {point}"}
        answer = requests.post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=10)
        if answer.status_code == 201 and look(house, answer.json()["sid"]).state == "held":
            decide(house, answer.json()["sid"], "approve")
            try:
                dispatched(house)
            except failpoint.FailpointHit:
                swept(house)
    failpoint.disarm()


@walk
def callbacks_are_forged_and_broken(house: House) -> None:
    form = f"To={NUMBER}&Body={NAME}&MessageSid=SM1&MessageStatus=delivered".encode()
    assert callback(house, TOKEN, form, **{"X-Twilio-Signature": "AAAA"}) == 403
    assert callback(house, TOKEN, b"\xff\xfe" + form) in (400, 403)
    failpoint.arm("before_callback_commit:raise", 0)
    approved(house, To=NUMBER, Body=WORDS)
    dispatched(house)
    assert house.twilio.call_back(house.twilio.messages[-1], "sent", Body=WORDS).status_code == 503


@walk
def requests_are_malformed(house: House) -> None:
    given = house.source()["twilio"]
    auth, base = (given["account_sid"], given["auth_token"]), f"{house.url}/2010-04-01/Accounts/{given['account_sid']}"
    for form in ({"To": NAME}, {"To": NUMBER, "Body": WORDS}, {"To": NUMBER, "MediaUrl": f"x:{MAIL}", "From": "1"}):
        requests.post(f"{base}/Messages.json", data=form, auth=auth, timeout=10)
    requests.post(f"{base}/Messages.json", data={"To": NUMBER}, auth=(given["account_sid"], TOKEN), timeout=10)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for path in (f"/api/messages?q={MAIL}", f"/api/messages/{NUMBER}", "/metrics", f"/desk/invite/{TOKEN}"):
        requests.get(house.url + path, headers=headers, timeout=10)
    body = {"email": MAIL, "password": NAME + WORDS}
    requests.post(f"{house.url}/desk/sign-in", data=body, timeout=10)
    requests.post(f"{house.url}/api/messages", data=f'{{"to": "{NUMBER}", '.encode(), headers=headers, timeout=10)


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_that_goes_wrong_leaves_nobody_in_the_log(make_house: MakeHouse, taken: list[str], name: str) -> None:
    house = make_house(start=False)
    WALKS[name](house)
    assert leaks(ours(taken), house) == []


def test_what_failed_still_says_where_in_the_code_and_of_which_kind(still: House, taken: list[str]) -> None:
    hook_raises_with_the_name_in_its_words(still)
    said = "\n".join(ours(taken))
    assert "the facts hook failed for message 01" in said
    assert re.search(r"test_logs\.py:\d+ bad_facts", said)
    assert said.index("builtins.KeyError") < said.index("builtins.LookupError")


def test_the_program_writes_a_json_object_a_line_and_nobody_is_in_it(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    settings = {"port": str(port), "failpoint": "before_intake_commit:raise", "mode": "test"}
    with log.open("w") as err:
        run = subprocess.Popen([*SAYSO, "run"], env=surroundings(settings), stdout=err, stderr=err)
    try:
        wait_for(lambda: answers(port), 60)
        issued = subprocess.run(
            [*SAYSO, "source", "add", "crm", "--json"],
            env=dict(os.environ), capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        given = json.loads(issued.stdout)["twilio"]
        url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
        form = {"To": NUMBER, "From": "+14155550100", "Body": WORDS}
        answer = requests.post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=20)
        assert answer.status_code == 500
    finally:
        run.terminate()
        run.wait(30)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    failed = [line for line in lines if line["said"] == "a door failed"]
    assert [line["level"] for line in failed] == ["ERROR"]
    assert any("intake.py" in place for place in failed[0]["where"])
    assert leaks([log.read_text()]) == []
    assert given["auth_token"] not in log.read_text()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_a_database_that_is_down_at_the_start_is_one_line_and_no_traceback() -> None:
    url = f"postgresql+psycopg://sayso:canary-pass@127.0.0.1:{free_port()}/sayso"
    result = subprocess.run(
        [sys.executable, "-m", "sayso.cli", "run"],
        env=surroundings({"database_url": url, "secret_key": "k" * 40}),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert "refused" in result.stderr
    assert "canary-pass" not in result.stderr
