"""bereaved: who mourns is left in peace, on the days that hurt as well."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.bereaved import check
from sayso.message import Finding
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, days_ago, told, untold


def look(purpose: str | None = "marketing", body: str = "Hi!", days: float | None = 30, **given: Any) -> list[Finding]:
    lost = None if days is None else days_ago(days)
    people = [{"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA], "bereaved_at": lost}]
    message = a_message(body, purpose=purpose, subject=given.pop("about", None))
    return list(check(message, told(a_story(purpose=purpose, people=people, **given))))


@pytest.mark.parametrize("purpose", ["marketing", "receipt", "birthday", "appointment_future", None])
def test_it_is_quiet_for_half_a_year(purpose: str | None) -> None:
    (found,) = look(purpose, days=180)
    assert (found.code, found.verdict, found.proposal) == ("quiet", "hold", {"kind": "phone"})
    assert found.reason.startswith("Kayla lost somebody in May")


@pytest.mark.parametrize("purpose", ["otp", "safety_legal_notice", "auto_reply", "condolence_sensitive"])
def test_a_code_a_warning_an_answer_and_comfort_still_go(purpose: str) -> None:
    assert look(purpose, days=1) == []


@pytest.mark.parametrize(
    ("days", "purpose", "found"),
    [
        (181, "marketing", []),
        (181, "birthday", ["first_day"]),
        (370, "anniversary", ["first_day"]),
        (374, "birthday", []),
        (None, "birthday", []),
        (-3, "birthday", []),
    ],
)
def test_the_first_such_day_after_a_loss_holds(days: float | None, purpose: str, found: list[str]) -> None:
    assert [one.code for one in look(purpose, days=days)] == found


SPARED = {"id": "s1", "person": "kayla", "occasion": "mothers_day", "reason": "loss"}
SPOKEN: dict[str, tuple[dict[str, Any], bool]] = {
    "words": ({"body": "A gift for Mother's Day"}, True),
    "curly": ({"body": "Mother\u2019s Day is near"}, True),
    "mothers": ({"body": "MOTHERS DAY SALE"}, True),
    "spanish": ({"body": "Feliz día de la Madre"}, True),
    "subject": ({"about": "campaign/mothers-day-2026"}, True),
    "another_day": ({"body": "A gift for Father's Day"}, False),
    "none": ({"body": "Hi Kayla, your ring is ready."}, False),
}


@pytest.mark.parametrize(("given", "stops"), SPOKEN.values(), ids=SPOKEN.keys())
def test_an_occasion_that_somebody_asked_to_be_spared_stops(given: dict[str, Any], stops: bool) -> None:
    found = look(days=None, suppressions=[SPARED], **given)
    assert [(one.code, one.verdict) for one in found] == ([("spared", "stop")] if stops else [])


@pytest.mark.parametrize(
    ("occasion", "given"),
    [
        ("birthday", {"purpose": "birthday"}),
        ("valentines_day", {"body": "Be my Valentine"}),
        ("graduation_day", {"body": "Graduation Day is here"}),
        (
            "anniversary",
            {"subject": "occasion/o1", "occasions": [{"id": "o1", "kind": "anniversary", "people": ["kayla"]}]},
        ),
    ],
)
def test_an_occasion_is_known_by_its_name_purpose_and_subject(occasion: str, given: dict[str, Any]) -> None:
    assert [one.code for one in look(days=None, suppressions=[{**SPARED, "occasion": occasion}], **given)] == ["spared"]


def test_what_is_spared_is_said_once_and_not_held_as_well() -> None:
    assert [one.code for one in look(body="Mother's Day", suppressions=[SPARED])] == ["spared"]


def test_what_another_asked_to_be_spared_is_theirs_alone() -> None:
    assert look(days=None, body="Mother's Day", suppressions=[{**SPARED, "person": "scott"}]) == []
    assert look(days=None, body="Mother's Day", suppressions=[{**SPARED, "deleted": True}]) == []


def test_nobody_told_us_of_anybody() -> None:
    facts = told(a_story(people=[{"id": "scott", "phones": [SCOTT], "bereaved_at": days_ago(3)}], to=[SCOTT]))
    assert check(a_message(), facts) != ()
    assert check(a_message(), untold(facts)) == ()
