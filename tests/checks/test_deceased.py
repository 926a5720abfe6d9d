"""deceased: nothing goes to, or about, somebody who has died; where it is not sure, a person looks first."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.deceased import check
from sayso.message import Finding
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, days_ago, told, untold

NATE = {"id": "nate", "name": "Nate Moss", "phones": [KAYLA]}
WIFE = {"id": "rebecca", "name": "Rebecca Moss", "phones": [SCOTT]}
SHARED = {**WIFE, "phones": [KAYLA]}
DEAD = {**NATE, "deceased": True}


def look(*people: dict[str, Any], body: str = "Hi!", channel: str = "sms", **given: Any) -> list[Finding]:
    purpose = given.pop("purpose", "receipt")
    story = a_story(purpose=purpose, people=list(people), **given)
    message = a_message(body, purpose=purpose, channel=channel, to=tuple(given.get("to", (KAYLA,))))
    return list(check(message, told(story)))


def seen(*people: dict[str, Any], **given: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.verdict) for finding in look(*people, **given)]


@pytest.mark.parametrize("said", [True, "2026-01-05"])
def test_who_has_died_gets_nothing(said: bool | str) -> None:
    (found,) = look({**NATE, "deceased": said})
    assert (found.code, found.verdict) == ("died", "stop")
    assert found.reason == "Nate has died, and this is for or about them."
    assert found.proposal == {"kind": "suppress"}


@pytest.mark.parametrize("said", [False, None, ""])
def test_who_has_not_is_written_to(said: bool | str | None) -> None:
    assert look({**NATE, "deceased": said}) == []


def test_nothing_goes_to_others_about_who_has_died() -> None:
    wedding = {"id": "o1", "kind": "anniversary", "people": ["rebecca", "nate"], "date": "1996-11-30"}
    given = {"to": [SCOTT], "subject": "occasion/o1", "occasions": [wedding], "purpose": "anniversary"}
    assert seen(DEAD, WIFE, **given) == [("died", "stop")]
    assert seen(DEAD, WIFE, to=[SCOTT], body="Is Nate pleased with his watch?") == [("died", "stop")]
    assert seen(DEAD, WIFE, to=[SCOTT], body="Your unfortunate order") == []


def test_a_home_that_somebody_living_has_too_is_looked_at_and_not_cut_off() -> None:
    (found,) = look(DEAD, SHARED, body="Hi Rebecca, your chain is mended.")
    assert (found.code, found.verdict) == ("shared", "hold")
    assert seen(DEAD, SHARED, body="Hi Nate and Rebecca") == [("died", "stop")]
    assert seen(DEAD, {**SHARED, "deceased": True}) == [("died", "stop")] * 2


@pytest.mark.parametrize("purpose", ["condolence_sensitive", "otp"])
def test_words_of_comfort_and_codes_reach_the_living(purpose: str) -> None:
    assert seen(DEAD, SHARED, purpose=purpose, body="We think of Nate.") == []
    assert seen(DEAD, purpose=purpose) == [("died", "stop")]


NOTES = [
    "Returned mail: deceased",
    "executor is Mr Lind",
    "passed away in spring",
    "widow",
    "ha fallecido",
    "verstorben",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_speaks_of_a_death_holds_until_somebody_knows(note: str) -> None:
    (found,) = look({**NATE, "deceased": None, "note": note}, channel="letter")
    assert (found.code, found.verdict) == ("doubt", "hold")
    assert found.proposal is not None
    assert (found.proposal["kind"], found.proposal["fact"]) == ("confirm", "nate")
    assert look({**NATE, "deceased": False, "note": note}, channel="letter") == []


@pytest.mark.parametrize(("days", "codes"), [(90, []), (91, ["doubt"]), (None, ["doubt"])])
def test_a_list_that_was_looked_at_lately_settles_a_doubt(days: int | None, codes: list[str]) -> None:
    checked = {} if days is None else {"deceased_checked_at": days_ago(days)}
    person = {**NATE, "deceased": None, "note": "executor called", **checked}
    assert [one.code for one in look(person, channel="postcard")] == codes


def test_an_ordinary_note_is_no_doubt() -> None:
    assert look({**NATE, "deceased": None, "note": "likes gold, deadline in May"}, channel="letter") == []


def test_nobody_told_us_of_anybody() -> None:
    facts = told(a_story(people=[DEAD]))
    assert check(a_message(), facts) != ()
    assert check(a_message(), untold(facts)) == ()
