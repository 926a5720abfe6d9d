"""One tap on a card: what a finding asks, somebody answers, and it is a fact that staff confirmed."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from sayso import store
from sayso.message import Fact, Finding, Json
from sayso.store import Screening, Tx
from sayso.telling import taking
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter, held, state

PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": ["+12125550123"], "emails": ["kayla@example.com"]},
    {"id": "scott", "name": "Scott Hale", "phones": ["+12125550177"]},
]
BODY: dict[str, Json] = {
    "people": [*PEOPLE],
    "relationships": [{"a": "kayla", "b": "scott", "kind": "spouse", "confirmed_at": "2012-03-01T00:00:00Z"}],
    "occasions": [{"id": "o1", "kind": "anniversary", "people": ["kayla", "scott"], "date": "2001-11-30"}],
    "purchases": [{"id": "8812", "purchaser": "scott", "items": ["ring-4411"], "surprise": True}],
    "embargoes": [{"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"]}],
    "complaints": [{"id": "c1", "person": "kayla", "opened_at": "2026-11-01T00:00:00Z"}],
    "repairs": [{"id": "r1", "depositor": "kayla", "state": "problem"}],
}
LOOKED_AT, ELSEWHERE = "merge_field", "of_a_host"
"""A check of ours, whose finding is gone once it is looked at again; and one that is not, whose finding stays."""


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves, and some people are known."""
    house = make_house(start=False)
    house.clock.fixed = datetime(2026, 11, 21, 12, tzinfo=UTC)
    tell(house, BODY)
    house.clock.forward(seconds=1)
    return house


def tell(house: House, body: dict[str, Json]) -> None:
    """What the CRM hands in."""
    house.source("crm")
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    assert taking.tell_facts(house.runtime, source, body)["refused"] == []


def known(house: House, kind: str) -> Fact:
    """The first fact of a list."""
    with house.store.read() as tx:
        return next(fact for fact in store.list_facts(tx, kind, 99) if fact.id != "scott")


def asking(house: House, kind: str, check: str = LOOKED_AT, code: str = "test", question: str = "Still so?") -> Finding:
    """A finding that asks about that fact."""
    fact = known(house, kind)
    proposal = {"kind": "confirm", "fact": fact.key, "list": kind, "id": fact.id, "question": question}
    return Finding(check, code, "Nobody has said so for long.", subject=fact.id, proposal=proposal)


def waiting(house: House, *findings: Finding, body: str = "Your ring is ready.") -> str:
    """The id of a message that waits because of these findings."""
    message_id = held(house, body)

    def find(tx: Tx) -> None:
        message = store.get(tx, message_id)
        assert message
        store.screened(tx, message, Screening("policy", findings, {}))

    house.store.write(find)
    return message_id


def card(house: House, browser: requests.Session, message_id: str) -> str:
    """A card as it is read."""
    return html.unescape(browser.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text)


def tap(house: House, browser: requests.Session, message_id: str, finding: Finding, answer: str) -> requests.Response:
    """One of the buttons under a question."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', card(house, browser, message_id))
    assert csrf
    data = {"csrf": csrf[1], "finding": finding.key, "answer": answer}
    house.clock.forward(seconds=1)
    return browser.post(f"{house.url}/desk/messages/{message_id}/confirm", data=data, timeout=10)


BUTTONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("relationships", "stale_relationship", ("Still together", "No longer", "Do not know")),
    ("occasions", "stale_occasion", ("The date is right", "It is wrong")),
    ("people", "deceased", ("Alive and well", "Has died")),
    ("people", "stale_place", ("Still there", "Moved")),
    ("purchases", "embargo", ("Yes, given", "Not yet")),
    ("complaints", "open_complaint", ("Settled", "Still open")),
    ("repairs", "anything", ("Yes", "No")),
)


@pytest.mark.parametrize(("kind", "check", "buttons"), BUTTONS, ids=[row[1] for row in BUTTONS])
def test_a_question_has_its_own_answers(house: House, kind: str, check: str, buttons: tuple[str, ...]) -> None:
    message_id = waiting(house, asking(house, kind, check, question="Is that still so?"))
    page = card(house, enter(house), message_id)
    assert "Is that still so?" in page
    assert tuple(re.findall(r'<button name="answer"[^>]*>([^<]+)<', page)) == buttons


ANSWERS: tuple[tuple[str, str, str, tuple[str, Json]], ...] = (
    ("relationships", LOOKED_AT, "yes", ("confirmed_at", "now")),
    ("relationships", LOOKED_AT, "no", ("ended_at", "now")),
    ("occasions", LOOKED_AT, "yes", ("confirmed_at", "now")),
    ("occasions", LOOKED_AT, "no", ("deleted", True)),
    ("people", LOOKED_AT, "yes", ("deceased", False)),
    ("people", LOOKED_AT, "no", ("deceased", True)),
    ("people", "stale_place", "yes", ("confirmed_at", "now")),
    ("people", "stale_place", "no", ("addresses", [])),
    ("purchases", LOOKED_AT, "yes", ("given_at", "now")),
    ("embargoes", LOOKED_AT, "yes", ("ended_at", "now")),
    ("complaints", LOOKED_AT, "yes", ("closed_at", "now")),
    ("repairs", LOOKED_AT, "yes", ("confirmed_at", "now")),
    ("repairs", LOOKED_AT, "no", ("deleted", True)),
)


@pytest.mark.parametrize(
    ("kind", "check", "answer", "said"), ANSWERS, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in ANSWERS]
)
def test_an_answer_is_a_fact_that_staff_confirmed(
    house: House, kind: str, check: str, answer: str, said: tuple[str, Json]
) -> None:
    finding, ana = asking(house, kind, check), enter(house)
    assert tap(house, ana, waiting(house, finding), finding, answer).status_code == 200
    field, value = said
    now_known = known(house, kind).values[field]
    assert (now_known.desk, now_known.by) == (True, "ana@example.com")
    assert now_known.value == (house.clock().isoformat() if value == "now" else value)


SILENT = (
    ("relationships", "unknown"),
    ("purchases", "no"),
    ("embargoes", "no"),
    ("complaints", "no"),
)


@pytest.mark.parametrize(("kind", "answer"), SILENT, ids=[f"{kind}-{answer}" for kind, answer in SILENT])
def test_an_answer_that_is_no_news_changes_nothing(house: House, kind: str, answer: str) -> None:
    finding, ana, before = asking(house, kind), enter(house), known(house, kind)
    message_id = waiting(house, finding)
    assert "It goes on waiting." in tap(house, ana, message_id, finding, answer).text
    assert (known(house, kind), state(house, message_id)) == (before, ("held", 1))


def test_still_together_takes_an_end_back(house: House) -> None:
    finding, ana = asking(house, "relationships"), enter(house)
    message_id = waiting(house, finding)
    tap(house, ana, message_id, finding, "no")
    message_id = waiting(house, finding)
    tap(house, ana, message_id, finding, "yes")
    assert known(house, "relationships").get("ended_at") is None


def test_the_card_says_what_came_of_it(house: House) -> None:
    gone, stays, ana = asking(house, "occasions"), asking(house, "repairs", ELSEWHERE), enter(house)
    message_id = waiting(house, gone, stays)
    assert "Noted. That reason is gone; others are left." in tap(house, ana, message_id, gone, "yes").text
    assert "That question is settled already." in tap(house, ana, message_id, gone, "yes").text
    assert "Noted. It does not change what we found." in tap(house, ana, message_id, stays, "yes").text


def test_when_the_last_reason_is_gone_the_card_waits_for_a_yes(make_house: MakeHouse) -> None:
    house = make_house(start=False)
    tell(house, {"occasions": BODY["occasions"]})
    finding, ana = asking(house, "occasions"), enter(house)
    page = tap(house, ana, waiting(house, finding), finding, "yes").text
    assert "Noted. Nothing speaks against it any more; it waits for your yes." in page
    assert "Still so?" not in page


def test_two_of_whom_nobody_ever_spoke_become_a_couple_by_a_tap(house: House) -> None:
    with house.store.read() as tx:
        keys: list[Json] = [fact.key for fact in store.list_facts(tx, "people", 9)]
    tell(house, {"relationships": [{"a": "kayla", "b": "scott", "kind": "spouse", "deleted": True}]})
    proposal: dict[str, Json] = {"kind": "confirm", "fact": "relationships", "people": keys, "question": "Together?"}
    finding, ana = replace(asking(house, "occasions"), proposal=proposal), enter(house)
    message_id = waiting(house, finding)
    assert "It goes on waiting." in tap(house, ana, message_id, finding, "no").text
    assert known(house, "relationships").get("deleted") is True
    tap(house, ana, message_id, finding, "yes")
    couple = known(house, "relationships")
    assert (couple.text("kind"), couple.get("deleted"), couple.values["kind"].desk) == ("partner", False, True)


def test_the_truth_is_told_whichever_version_somebody_saw(house: House) -> None:
    finding, ana = asking(house, "occasions", ELSEWHERE), enter(house)
    message_id = waiting(house, finding)
    house.decide(message_id, "reject", reason="other")
    assert tap(house, ana, message_id, finding, "yes").status_code == 200
    assert known(house, "occasions").values["confirmed_at"].desk


def test_what_is_decided_asks_nothing_any_more(house: House) -> None:
    finding, ana = asking(house, "occasions", ELSEWHERE), enter(house)
    message_id = waiting(house, finding)
    house.decide(message_id, "reject", reason="other")
    assert 'name="answer"' not in card(house, ana, message_id)


def test_a_viewer_is_asked_nothing_and_says_nothing(house: House) -> None:
    finding, vic = asking(house, "occasions"), enter(house, "vic@example.com", "viewer")
    message_id = waiting(house, finding)
    assert 'name="answer"' not in card(house, vic, message_id)
    assert tap(house, vic, message_id, finding, "yes").status_code == 403
    assert "confirmed_at" not in known(house, "occasions").values


def test_who_must_not_see_the_message_answers_nothing(house: House) -> None:
    finding, kayla = asking(house, "occasions"), enter(house, "kayla@example.com")
    message_id, other = waiting(house, finding), held(house, "Your watch is ready.", "+12125550178")
    house.store.write(lambda tx: store.hide(tx, message_id, ["kayla@example.com"]))
    csrf = re.search(r'name="csrf" value="([^"]+)"', card(house, kayla, other))
    assert csrf
    data = {"csrf": csrf[1], "finding": finding.key, "answer": "yes"}
    url = f"{house.url}/desk/messages/{message_id}/confirm"
    assert kayla.post(url, data=data, timeout=10).status_code == 404
    assert "confirmed_at" not in known(house, "occasions").values


@pytest.mark.parametrize("answer", ["", "maybe", "unknown"])
def test_there_is_no_other_answer(house: House, answer: str) -> None:
    finding, ana = asking(house, "occasions"), enter(house)
    assert tap(house, ana, waiting(house, finding), finding, answer).status_code == 400


def test_a_fact_that_is_gone_is_a_sentence_on_the_card(house: House) -> None:
    proposal: dict[str, Json] = {"kind": "confirm", "fact": "0" * 32, "list": "occasions", "question": "Still so?"}
    finding, ana = replace(asking(house, "occasions"), proposal=proposal), enter(house)
    answered = tap(house, ana, waiting(house, finding), finding, "yes")
    assert (answered.status_code, "That is not known here any more." in answered.text) == (400, True)


def test_a_question_makes_the_plain_yes_the_quieter_button(house: House) -> None:
    page = card(house, enter(house), waiting(house, asking(house, "occasions")))
    assert '<button class="quieter">Send it as it is</button>' in page
