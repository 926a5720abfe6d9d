"""What claims to be urgent is believed where the shop's own records know of it, and only for whom they know it of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso.checks.lane_proof import check
from sayso.message import Facts, OptOut
from tests.checks.build import NOON, RENO, a_message, some_facts
from tests.storied import KAYLA, SCOTT, a_story, untold

PEOPLE = [{"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]}, {"id": "scott", "phones": [SCOTT]}]
THREE = "2026-11-18T15:00:00-08:00"


def codes(purpose: str, facts: Facts, body: str = "See you at 3 pm!") -> list[str]:
    """What is missing."""
    return [found.code for found in check(a_message(body, purpose=purpose), facts)]


def booked(**visit: object) -> Facts:
    """Kayla has an appointment, at three this afternoon in Reno unless told otherwise."""
    visits = [{"id": "a1", "booked_by": "kayla", "attendees": [], "at": THREE} | visit]
    return some_facts(story=a_story(people=PEOPLE, appointments=visits), clocks=(RENO,), clocks_from="person")


@pytest.mark.parametrize("purpose", ["staff_alert", "appointment_today", "optout_confirmation"])
def test_a_claim_that_no_record_knows_of_is_not_believed(purpose: str) -> None:
    assert codes(purpose, some_facts()) == ["unproven"]
    assert codes(purpose, some_facts(story=a_story(people=PEOPLE))) == ["unproven"]


@pytest.mark.parametrize("purpose", ["otp", "receipt", None])
def test_other_purposes_need_no_record(purpose: str | None) -> None:
    assert check(a_message("482913 is your code", purpose=purpose), some_facts()) == ()


@pytest.mark.parametrize(("address", "expected"), [(KAYLA, []), ("+14155550100", ["unproven"])], ids=["own", "other"])
def test_an_alert_for_staff_goes_to_staff_alone(address: str, expected: list[str]) -> None:
    assert codes("staff_alert", some_facts(story=a_story(staff=[{"address": address}]))) == expected


@pytest.mark.parametrize(
    ("visit", "body", "expected"),
    [
        ({}, "See you at 3 pm!", []),
        ({}, "See you at 15:00.", []),
        ({}, "See you today, Kayla.", []),
        ({}, "See you at 2 pm!", ["moved"]),
        ({"at": "2026-11-19T15:00:00-08:00"}, "See you at 3 pm!", ["unproven"]),
        ({"at": "2026-11-18T08:00:00-08:00"}, "See you at 8 am!", ["unproven"]),
        ({"at": "2026-11-19T01:00:00+00:00"}, "See you at 5 pm!", []),
        ({"state": "cancelled"}, "See you at 3 pm!", ["unproven"]),
        ({"booked_by": "scott"}, "See you at 3 pm!", ["unproven"]),
        ({"booked_by": "scott", "attendees": ["kayla"]}, "See you at 3 pm!", []),
    ],
    ids=[
        "twelve_hours",
        "full_hours",
        "no_time",
        "moved",
        "tomorrow",
        "over",
        "by_their_clock",
        "off",
        "his",
        "with_her",
    ],
)
def test_a_reminder_of_today_is_of_a_visit_of_theirs_today(
    visit: dict[str, object], body: str, expected: list[str]
) -> None:
    assert codes("appointment_today", booked(**visit), body) == expected


def test_a_host_that_knows_no_people_may_say_that_there_is_a_visit() -> None:
    facts = some_facts(story=a_story(appointments=[{"id": "a1", "booked_by": "scott"}]))
    assert codes("appointment_today", untold(facts)) == []
    assert codes("appointment_today", facts) == ["unproven"]


@pytest.mark.parametrize(
    ("minutes", "confirmed", "expected"),
    [(4, False, []), (6, False, ["unproven"]), (1, True, ["confirmed"])],
    ids=["just_now", "too_late", "twice"],
)
def test_an_opt_out_is_confirmed_once_and_within_five_minutes(
    minutes: int, confirmed: bool, expected: list[str]
) -> None:
    asked = OptOut("They wrote STOP.", NOON - timedelta(minutes=minutes), confirmed)
    assert codes("optout_confirmation", some_facts(opted_out={KAYLA: asked}), "You are out.") == expected


@pytest.mark.parametrize(("address", "expected"), [(KAYLA, []), (SCOTT, ["unproven"])], ids=["own", "other"])
def test_the_records_may_know_of_an_opt_out_that_we_never_heard(address: str, expected: list[str]) -> None:
    told = some_facts(story=a_story(suppressions=[{"address": address, "reason": "asked just now"}]))
    assert codes("optout_confirmation", told, "You are out.") == expected


@pytest.mark.parametrize(
    ("body", "known_from", "expected"),
    [
        ("See you at 3:00!", "person", []),
        ("See you at 4:00!", "person", ["moved"]),
        ("See you at 4:00!", "number", []),
        ("See you at 4:15!", "number", ["moved"]),
        ("See you at 4 pm!", "shop and number", ["moved"]),
    ],
    ids=["of_twelve_hours", "another", "another_zone_perhaps", "in_no_zone", "by_the_shops_clock"],
)
def test_a_time_is_compared_by_the_clock_that_is_known(body: str, known_from: str, expected: list[str]) -> None:
    visits = [{"id": "a1", "booked_by": "kayla", "at": "2026-11-18T23:00:00+00:00"}]
    story = a_story(people=PEOPLE, appointments=visits)
    facts = some_facts(story=story, clocks=(RENO,), clocks_from=known_from)
    assert codes("appointment_today", facts, body) == expected
