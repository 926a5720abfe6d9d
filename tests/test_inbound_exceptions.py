"""What may still go after a person's own opt-out: a code, its confirmation, a warning, a direct answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from sayso import store
from sayso.checks import lane_proof, suppressed_address
from sayso.message import OptOut
from tests.checks.build import NOON, PURPOSES, a_message, some_facts
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.vendors import plain_http
from tests.walk import SHOP, TO, decide, dispatched, hand_in, look
from tests.writing_back import write_back

__all__ = ["still"]  # fixtures from elsewhere
ASKED = {TO: OptOut("they wrote that they want no more messages", NOON - timedelta(minutes=1))}
CODE, BYE = "Your code is 482913.", "You are unsubscribed and will get no more messages."


def refused(house: House, purpose: str, body: str) -> requests.Response:
    """The answer to a message handed in for a purpose."""
    given = house.source()["twilio"]
    url = f"{house.url}/for/{purpose}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
    form = {"To": TO, "From": SHOP, "Body": body}
    return plain_http().post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=10)


@pytest.mark.parametrize(
    ("purpose", "verdict"),
    [
        ("otp", None),
        ("optout_confirmation", None),
        ("safety_legal_notice", "hold"),
        ("auto_reply", "hold"),
        ("receipt", "stop"),
        ("appointment_today", "stop"),
        ("condolence_sensitive", "stop"),
        ("marketing", "stop"),
        (None, "stop"),
    ],
)
def test_an_opt_out_stops_all_but_four_purposes(purpose: str | None, verdict: str | None) -> None:
    lanes = {name: replace(PURPOSES["purchase_feedback"], name=name) for name in ("auto_reply", "safety_legal_notice")}
    facts = some_facts(policy={"purposes": PURPOSES | lanes}, opted_out=ASKED)
    found = suppressed_address.check(a_message(purpose=purpose), facts)
    assert [finding.verdict for finding in found] == ([verdict] if verdict else [])


@pytest.mark.parametrize("purpose", ["otp", "optout_confirmation", "safety_legal_notice", "auto_reply"])
def test_what_somebody_else_asked_for_stops_these_too(purpose: str) -> None:
    facts = some_facts(opted_out=ASKED, suppressed={"(415) 555-0123": "the family asked"})
    (found,) = suppressed_address.check(a_message(purpose=purpose), facts)
    assert (found.verdict, "the family asked" in found.reason) == ("stop", True)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "unproven"),
        ({TO: OptOut("asked", None)}, "unproven"),
        ({TO: OptOut("asked", NOON - timedelta(minutes=5))}, None),
        ({TO: OptOut("asked", NOON - timedelta(minutes=5, seconds=1))}, "unproven"),
        ({TO: OptOut("asked", NOON, confirmed=True)}, "confirmed"),
    ],
    ids=["never-asked", "perhaps-asked", "five-minutes-ago", "a-second-later", "confirmed-already"],
)
def test_a_confirmation_is_proven_by_a_stop_of_the_last_five_minutes(
    asked: dict[str, OptOut], code: str | None
) -> None:
    message = a_message(BYE, purpose="optout_confirmation")
    found = lane_proof.check(message, some_facts(opted_out=asked))
    assert [finding.code for finding in found] == ([code] if code else [])


def test_a_code_goes_at_once_after_a_stop(still: House) -> None:
    write_back(still, "STOP")
    sid = hand_in(still, purpose="otp", Body=CODE)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_an_opt_out_is_confirmed_at_once_and_once(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    write_back(house, "STOP")
    sid = hand_in(house, purpose="optout_confirmation", Body=BYE)
    again = refused(house, "optout_confirmation", "You will hear no more of us.")
    dispatched(house)
    assert look(house, sid).state == "sent"
    assert (again.status_code, again.json()["code"]) == (400, 21612)
    write_back(house, "STOP")  # they said it again: they have heard of us already
    once_more = refused(house, "optout_confirmation", "Good-bye.")
    assert (once_more.status_code, len(house.twilio.messages)) == (400, 1)


def test_a_new_opt_out_after_a_start_is_confirmed_anew(still: House) -> None:
    for text in ("STOP", "START", "STOP"):
        write_back(still, text)
        still.clock.forward(seconds=1)
        if text == "STOP":
            hand_in(still, purpose="optout_confirmation", Body=f"{BYE} {still.clock():%H:%M:%S}")
    dispatched(still)
    assert len(still.twilio.messages) == 2


@pytest.mark.parametrize(
    ("words", "later"),
    [("STOP", timedelta(minutes=5, seconds=2)), ("wrong number", timedelta()), ("Hello", timedelta())],
    ids=["too-late", "perhaps", "never"],
)
def test_what_is_no_fresh_opt_out_is_not_confirmed(still: House, words: str, later: timedelta) -> None:
    write_back(still, words)
    still.clock.offset += later
    answer = refused(still, "optout_confirmation", BYE)
    assert (answer.status_code, answer.json()["code"], still.twilio.messages) == (400, 21612, [])


def test_a_confirmation_that_waits_too_long_does_not_go_any_more(still: House) -> None:
    write_back(still, "STOP")
    still.clock.forward(minutes=4)
    sid = hand_in(still, purpose="optout_confirmation", Body=BYE)
    still.clock.forward(minutes=2)
    dispatched(still)
    assert (look(still, sid).state, still.twilio.messages) == ("held", [])


@pytest.mark.parametrize("purpose", ["safety_legal_notice", "auto_reply"])
def test_a_warning_and_a_direct_answer_wait_for_a_person_and_may_go(still: House, purpose: str) -> None:
    write_back(still, "STOP")
    sid = hand_in(still, purpose=purpose)
    (finding,) = look(still, sid).findings
    assert (finding.key, finding.verdict) == ("suppressed_address:opted_out:0", "hold")
    decide(still, sid, "approve")
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_stop_after_the_approval_of_a_direct_answer_brings_it_back_to_a_person(still: House) -> None:
    sid = hand_in(still, purpose="auto_reply")
    decide(still, sid, "approve")
    write_back(still, "STOP")
    dispatched(still)
    assert (look(still, sid).state, still.twilio.messages) == ("held", [])


def test_the_vendors_own_list_still_stops_them(still: House) -> None:
    still.store.write(lambda tx: store.suppress(tx, TO, "The vendor says so.", origin="vendor"))
    answer = refused(still, "otp", CODE)
    assert (answer.status_code, answer.json()["code"]) == (400, 21610)
