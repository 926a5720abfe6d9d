"""What staff made of a message for somebody else: whose it is, and what becomes of it when the CRM changes its mind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from sqlalchemy import text

from sayso import store
from sayso.message import Message
from tests.conftest import House
from tests.stillness import still
from tests.walk import decide, dispatched, hand_in, look, person, sent, withdraw, withdraw_by_api

__all__ = ["still"]
ELSEWHERE = "+14155550188"


def redirected(house: House, sid: str) -> Message:
    """The copy that a manager sends to somebody else."""
    boss = person(house, "boss@example.com", "manager")
    return decide(house, sid, "redirect", boss, given={"to": ELSEWHERE})


def test_a_message_taken_back_takes_its_copy_with_it(still: House) -> None:
    sid = hand_in(still)
    copy = redirected(still, sid)
    decide(still, copy.id, "approve")
    assert withdraw(still, sid).status_code == 200
    assert (look(still, copy.id).state, look(still, copy.id).stop_reason) == ("stopped", "withdrawn")
    dispatched(still)
    assert still.twilio.messages == []


def test_a_copy_that_went_out_cannot_be_taken_back(still: House) -> None:
    sid = hand_in(still)
    copy = redirected(still, sid)
    decide(still, copy.id, "approve")
    dispatched(still)
    answer = withdraw(still, sid)
    assert (answer.status_code, answer.json()["code"]) == (409, 30409)


@pytest.mark.parametrize("take_back", [withdraw, withdraw_by_api])
def test_a_copy_that_somebody_else_always_reaches_first_is_not_shown_to_the_crm(
    still: House, take_back: Callable[[House, str], requests.Response]
) -> None:
    sid = hand_in(still)
    copy = redirected(still, sid)
    still.store.write(lambda tx: tx.connection.execute(text(ALWAYS_FIRST.format(id=copy.id))))
    answer = take_back(still, sid)
    assert answer.status_code == 409
    assert not [word for word in (copy.id, copy.crm_id, ELSEWHERE) if word in answer.text]
    assert (look(still, sid).state, look(still, sid).stop_reason) == ("stopped", "redirected")


ALWAYS_FIRST = """
    CREATE TRIGGER always_first BEFORE UPDATE ON sayso_message WHEN old.id = '{id}' BEGIN SELECT RAISE(IGNORE); END
"""
"""Whoever moves this message finds that it was moved already, as after a lost race; on SQLite alone."""


def test_a_source_sees_nothing_of_a_copy(still: House) -> None:
    sid = hand_in(still)
    copy = redirected(still, sid)
    headers = {"Authorization": f"Bearer {still.source()['token']}"}
    everything = requests.get(f"{still.url}/api/messages", headers=headers, timeout=10)
    assert [one["crm_id"] for one in everything.json()["messages"]] == [sid]
    assert ELSEWHERE not in everything.text
    found = requests.get(f"{still.url}/api/messages?q=0188", headers=headers, timeout=10).json()
    assert found["messages"] == []
    for name in (copy.id, copy.crm_id):
        assert requests.get(f"{still.url}/api/messages/{name}", headers=headers, timeout=10).status_code == 404


@pytest.mark.parametrize("over", [True, False])
def test_redacting_a_message_redacts_its_copy_or_waits_for_it(still: House, over: bool) -> None:
    sid = hand_in(still)
    copy = redirected(still, sid)
    still.clock.forward(seconds=1)
    if over:
        decide(still, copy.id, "reject", person(still))
        still.clock.forward(seconds=1)
    answer = redact(still, sid)
    assert answer.status_code == (200 if over else 409), answer.text
    assert bool(look(still, copy.id).content.body) is not over
    assert bool(look(still, sid).content.body) is not over


def redact(house: House, sid: str) -> requests.Response:
    """The CRM wants the words gone."""
    given = house.source()["twilio"]
    url = f"{house.url}/2010-04-01/Accounts/{given['account_sid']}/Messages/{sid}.json"
    return requests.post(url, data={"Body": ""}, auth=(given["account_sid"], given["auth_token"]), timeout=10)


def test_a_message_without_a_copy_is_redacted_alone(still: House) -> None:
    other, sid = sent(still), hand_in(still)
    decide(still, sid, "reject", person(still))
    still.clock.forward(seconds=1)
    assert redact(still, sid).status_code == 200
    assert look(still, other).content.body
    with still.store.read() as tx:
        assert store.copies(tx, look(still, sid).id) == ()
