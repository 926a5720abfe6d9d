"""stale_occasion: a day is written for only when somebody knows that it is the right one."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.stale_occasion import check
from sayso.message import Contact, Facts, Finding
from tests.checks.build import a_message
from tests.storied import KAYLA, a_contact, a_story, days_ago, told, untold

DAY = {"id": "b1", "kind": "birthday", "people": ["kayla"], "date": "1990-11-20", "confirmed_at": days_ago(800)}
KNOWN = {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]}
USED = a_contact("birthday", 363, subject="occasion/b1")


def facts_of(*days: dict[str, Any], contacts: tuple[Contact, ...] = (USED,), **lists: Any) -> Facts:
    given = {"people": [KNOWN], **lists}
    story = a_story(purpose="birthday", subject="occasion/b1", occasions=list(days), **given)
    return told(story, contacts=contacts)


def look(*days: dict[str, Any], purpose: str = "birthday", **more: Any) -> tuple[Finding, ...]:
    return check(a_message(purpose=purpose, subject="occasion/b1"), facts_of(*days, **more))


def codes(*days: dict[str, Any], **more: Any) -> list[str]:
    return [finding.code for finding in look(*days, **more)]


def test_a_day_that_was_used_last_year_and_confirmed_is_used_again() -> None:
    assert codes(DAY) == []


def test_a_day_that_nobody_confirmed_holds() -> None:
    assert codes({**DAY, "confirmed_at": None}) == ["unconfirmed"]


def test_the_first_time_holds_until_a_colleague_says_that_it_is_right() -> None:
    (found,) = look(DAY, contacts=())
    assert (found.code, found.verdict) == ("first_use", "hold")
    assert "Kayla’s birthday" in found.reason  # noqa: RUF001  # as people write it
    assert found.proposal is not None
    assert found.proposal["question"] == "Is 1990-11-20 still right?"
    assert codes({**DAY, "confirmed_at": days_ago(0), "desk": True}, contacts=()) == []
    assert codes({**DAY, "confirmed_at": days_ago(401), "desk": True}, contacts=()) == ["first_use"]


@pytest.mark.parametrize(("days", "found"), [(400, []), (401, ["old"])])
def test_a_day_is_old_so_many_days_after_its_last_use(days: int, found: list[str]) -> None:
    assert codes(DAY, contacts=(a_contact("birthday", days, subject="occasion/b1"),)) == found


@pytest.mark.parametrize(
    "more",
    [{"state": "stopped"}, {"purpose": "receipt"}, {"subject": "occasion/b2"}],
    ids=["stopped", "other", "another"],
)
def test_only_what_went_out_for_this_day_is_a_use_of_it(more: dict[str, Any]) -> None:
    assert codes(DAY, contacts=(a_contact(**({"purpose": "birthday", "days": 100} | more)),)) == ["first_use"]


def test_two_different_dates_for_the_same_people_and_kind_hold() -> None:
    other = {**DAY, "id": "b2", "date": "1990-11-02"}
    assert codes(DAY, other) == ["two_dates"]
    assert codes(DAY, {**other, "date": "1990-11-20T00:00:00Z"}) == []
    assert codes(DAY, {**other, "kind": "anniversary"}) == []
    assert codes(DAY, {**other, "people": ["kayla", "scott"]}, people=[KNOWN, {"id": "scott"}]) == []
    assert codes(DAY, {**other, "deleted": True}) == []


COMPLAINTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "on the day last year": ({"opened_at": "2025-11-20T09:00:00Z"}, ["complaint"]),
    "some weeks after": ({"opened_at": "2025-12-15T09:00:00Z"}, ["complaint"]),
    "in the spring": ({"opened_at": "2026-04-01T09:00:00Z"}, []),
    "this year": ({"opened_at": "2026-11-17T09:00:00Z"}, []),
    "about the day": ({"opened_at": "2026-04-01T09:00:00Z", "about": "occasion/b1"}, ["complaint"]),
    "of another": ({"opened_at": "2025-11-20T09:00:00Z", "person": "scott"}, []),
}


@pytest.mark.parametrize(("more", "found"), COMPLAINTS.values(), ids=COMPLAINTS.keys())
def test_a_complaint_around_that_day_last_year_holds(more: dict[str, Any], found: list[str]) -> None:
    complaint = {"id": "c1", "person": "kayla", "closed_at": "2026-05-01T00:00:00Z"} | more
    assert codes(DAY, complaints=[complaint]) == found


def test_a_leap_day_has_a_last_year_too() -> None:
    complaint = {"id": "c1", "person": "kayla", "opened_at": "2026-02-28T12:00:00Z"}
    assert codes({**DAY, "date": "1988-02-29"}, complaints=[complaint]) == ["complaint"]


def test_many_doubts_are_one_finding() -> None:
    other = {**DAY, "id": "b2", "date": "1990-11-02"}
    complaint = {"id": "c1", "person": "kayla", "opened_at": "2025-11-20T09:00:00Z"}
    assert codes({**DAY, "confirmed_at": None}, other, complaints=[complaint], contacts=()) == ["two_dates"]


@pytest.mark.parametrize("purpose", ["receipt", "marketing", "appointment_future"])
def test_what_is_about_no_day_is_not_asked_about(purpose: str) -> None:
    assert codes({**DAY, "confirmed_at": None}, purpose=purpose) == []


def test_without_a_subject_it_is_the_day_of_that_kind_that_they_have() -> None:
    story = a_story(purpose="birthday", people=[KNOWN], occasions=[{**DAY, "confirmed_at": None}])
    assert [one.code for one in check(a_message(purpose="birthday"), told(story))] == ["unconfirmed"]


def test_nobody_told_us_of_anybody() -> None:
    assert check(a_message(purpose="birthday"), untold(facts_of({**DAY, "confirmed_at": None}))) == ()
