"""stale_relationship: nobody is written to as half of a couple that nobody has confirmed lately."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.stale_relationship import check
from sayso.message import Facts, Message
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, days_ago, told, untold

PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]},
    {"id": "scott", "name": "Scott Hale", "phones": [SCOTT]},
    {"id": "mia", "name": "Mia Reed"},
]


def couple(kind: str = "spouse", days: float | None = 10, **more: Any) -> dict[str, Any]:
    said = {} if days is None else {"confirmed_at": days_ago(days)}
    return {
        "id": f"couple|kayla|scott|{more.get('source', 'crm')}",
        "a": "kayla",
        "b": "scott",
        "kind": kind,
        **said,
        **more,
    }


ANNIVERSARY = {"id": "o1", "kind": "anniversary", "people": ["kayla", "scott"], "date": "2015-11-18"}
BIRTHDAY = {"id": "b1", "kind": "birthday", "people": ["scott"], "date": "1990-11-18"}
WISHES = {"id": "w1", "owner": "kayla", "items": ["ring-4411"], "hints_to": ["scott"]}
USES: dict[str, dict[str, Any]] = {
    "anniversary": {"subject": "occasion/o1", "occasions": [ANNIVERSARY]},
    "gift_card_mailer": {"subject": "occasion/o1", "occasions": [ANNIVERSARY]},
    "wishlist_hint": {"subject": "wishlist/w1", "wishlists": [WISHES], "to": [SCOTT]},
    "birthday": {"subject": "occasion/b1", "occasions": [BIRTHDAY]},
}


def look(purpose: str | None, *relations: dict[str, Any], body: str = "Hi!", **more: Any) -> tuple[Message, Facts]:
    given = {"people": PEOPLE, **USES.get(purpose or "", {}), **more}
    story = a_story(purpose=purpose, relationships=list(relations), **given)
    return a_message(body, purpose=purpose, to=tuple(given.get("to", (KAYLA,)))), told(story)


def codes(message: Message, facts: Facts) -> list[str]:
    return [finding.code for finding in check(message, facts)]


@pytest.mark.parametrize(
    ("purpose", "days"), [("anniversary", 365), ("gift_card_mailer", 365), ("wishlist_hint", 180), ("birthday", 730)]
)
def test_a_couple_counts_as_one_for_so_many_days_by_use(purpose: str, days: int) -> None:
    assert codes(*look(purpose, couple(days=days))) == []
    assert codes(*look(purpose, couple(days=days + 1))) == ["old"]


@pytest.mark.parametrize("purpose", USES)
def test_what_was_never_confirmed_holds_always(purpose: str) -> None:
    assert codes(*look(purpose, couple(days=None))) == ["unconfirmed"]


@pytest.mark.parametrize("purpose", ["anniversary", "gift_card_mailer", "wishlist_hint"])
def test_two_people_of_whom_nobody_said_anything_are_no_couple(purpose: str) -> None:
    assert codes(*look(purpose)) == ["unknown"]


def test_the_sentence_and_the_question_are_for_a_colleague() -> None:
    (found,) = check(*look("anniversary", couple(days=400)))
    assert found.reason == "Nobody has told us since October 2025 that Kayla and Scott are still together."
    assert found.proposal == {
        "kind": "confirm",
        "fact": "relationships:couple|kayla|scott|crm",
        "list": "relationships",
        "id": "couple|kayla|scott|crm",
        "question": "Still together?",
    }
    assert (found.verdict, found.evidence) == ("hold", "spouse, said by crm, last known to be true 400 days ago")


def test_one_s_own_birthday_speaks_of_no_couple() -> None:
    assert codes(*look("birthday", couple(days=None), to=[SCOTT])) == []


@pytest.mark.parametrize("purpose", ["receipt", "marketing", "repair_ready", None])
def test_what_speaks_of_no_couple_is_not_asked_about(purpose: str | None) -> None:
    assert codes(*look(purpose, couple(days=None))) == []


@pytest.mark.parametrize(
    "body",
    [
        "Dear Kayla and Scott, come and see us.",
        "Hi Kayla & Scott! A new collection.",
        "Querida Kayla y Scott:",
        "Thank you. Happy anniversary Scott and Kayla",
        "Hello Kayla Reed and Scott,",
    ],
)
def test_a_greeting_for_two_takes_them_for_a_couple(body: str) -> None:
    assert codes(*look("marketing", couple(days=400), body=body)) == ["old"]
    assert codes(*look("marketing", couple(days=300), body=body)) == []
    assert codes(*look("marketing", body=body)) == ["unknown"]


@pytest.mark.parametrize(
    "body",
    ["Hi Kayla, and welcome", "Hi Kayla, Scott and Co. say hello", "Hi Kayla.", "Dear Reno and Sparks friends", ""],
)
def test_a_greeting_for_one_is_none_for_two(body: str) -> None:
    assert codes(*look("marketing", couple(days=400), body=body)) == []


def test_half_of_a_greeting_that_nobody_knows_holds() -> None:
    (found,) = check(*look("marketing", couple(), body="Dear Kayla and Bob, come and see us."))
    assert (found.code, found.proposal) == ("stranger", {"kind": "edit"})
    assert "Kayla and Bob" in found.reason


def test_mr_and_mrs_are_the_couple_that_is_known() -> None:
    body = "Dear Mr. and Mrs. Reed, come and see us."
    assert codes(*look("marketing", couple(days=400), body=body)) == ["old"]
    assert codes(*look("marketing", couple(days=300), body=body)) == []
    assert codes(*look("marketing", body=body)) == ["stranger"]


def test_mr_and_mrs_are_no_mother_and_child_and_nobody_else_s_parents() -> None:
    body = "Dear Mr. and Mrs. Reed, come and see us."
    child = {"id": "k", "a": "kayla", "b": "mia", "kind": "parent", "confirmed_at": days_ago(1)}
    others = {"id": "x", "a": "scott", "b": "mia", "kind": "spouse", "confirmed_at": days_ago(900)}
    unknown = {"id": "y", "a": "kayla", "b": "nobody", "kind": "spouse", "confirmed_at": days_ago(900)}
    for relation in (child, others, unknown):
        assert codes(*look("marketing", relation, body=body)) == ["stranger"]


def test_the_line_of_an_envelope_greets_as_well() -> None:
    line = "Kayla and Scott Hale, 12 Oak St, Reno, NV 89501, US"
    message, facts = look("marketing", couple(days=400))
    assert codes(a_message("Come and see us.", purpose="marketing", channel="postcard", to=(line,)), facts) == ["old"]
    assert codes(message, facts) == []


@pytest.mark.parametrize(("kind", "found"), [("parent", []), ("sibling", []), ("household", ["unconfirmed"])])
def test_a_child_stays_a_child_and_a_flatmate_may_move_out(kind: str, found: list[str]) -> None:
    relation = {"id": "k", "a": "kayla", "b": "mia", "kind": kind}
    assert codes(*look("marketing", relation, body="Dear Kayla and Mia, hello.")) == found


def test_a_couple_that_is_over_is_not_asked_about_here() -> None:
    for relation in (couple("ex_partner"), couple(days=400, ended_at=days_ago(100))):
        assert codes(*look("anniversary", relation, body="Dear Kayla and Scott")) == []


def test_sources_that_contradict_each_other_without_dates_hold() -> None:
    ended = couple("ex_partner", days=None, source="till")
    assert codes(*look("anniversary", couple(days=5), ended)) == ["doubt"]


def test_a_newer_word_that_they_are_together_is_believed() -> None:
    ended = couple("ex_partner", days=500, source="till")
    assert codes(*look("anniversary", couple(days=5), ended)) == []
    assert codes(*look("anniversary", couple(days=500, desk=False), couple(days=5, source="x", desk=True), ended)) == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, ["doubt"]),
        ({"status": "paid"}, []),
        ({"items": ["pendant-9"]}, []),
        ({"gift_for": None}, []),
        ({"heard_at": days_ago(50)}, []),
    ],
    ids=["ring", "kept", "pendant", "his own", "heard before"],
)
def test_a_ring_between_them_that_came_back_asks(more: dict[str, Any], found: list[str]) -> None:
    ring = {"id": "p1", "purchaser": "scott", "gift_for": "kayla", "items": ["ring-4411"], "status": "returned"} | more
    assert codes(*look("anniversary", couple(days=20), purchases=[ring])) == found


def test_each_of_several_couples_is_judged_once() -> None:
    second = {"id": "couple|kayla|mia", "a": "kayla", "b": "mia", "kind": "spouse", "confirmed_at": days_ago(3)}
    both = look("anniversary", couple(days=400), second, occasions=[], body="Dear Kayla and Scott")
    assert codes(*both) == ["old"]


def test_nobody_told_us_of_anybody() -> None:
    message, facts = look("anniversary", couple(days=400), body="Dear Kayla and Scott")
    assert check(message, untold(facts)) == ()
