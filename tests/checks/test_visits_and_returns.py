"""Is a word about a visit, or a glad word about a piece, still true?"""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks import appointment_time, returned_piece, sold_piece
from tests.checks.build import RENO, a_message
from tests.storied import KAYLA, a_story, days_ago, told

PEOPLE = [{"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]}]
FRIDAY = {"id": "a1", "booked_by": "kayla", "at": "2026-11-20T15:00:00-08:00"}


@pytest.mark.parametrize(
    ("body", "visit", "code"),
    [
        ("See you on Friday at 3 pm!", {}, None),
        ("See you on Friday!", {}, None),
        ("Your appointment is today at 3 pm.", {}, "day"),
        ("See you on Friday at 2 pm!", {}, "time"),
        ("See you on Friday at 3 pm!", {"state": "cancelled"}, "off"),
        ("Your appointment of today has moved to Friday, 3 pm.", {}, None),
        ("Your appointment is today at 3 pm.", {"at": "2026-11-18T15:00:00-08:00"}, None),
    ],
    ids=["true", "no_time", "not_today", "another_time", "called_off", "says_that_it_moved", "today"],
)
def test_a_reminder_is_compared_with_the_visit(body: str, visit: dict[str, Any], code: str | None) -> None:
    story = a_story(people=PEOPLE, appointments=[FRIDAY | visit], subject="appointment/a1")
    found = appointment_time.check(
        a_message(body, purpose="appointment_future"), told(story, clocks=(RENO,), clocks_from="person")
    )
    assert [one.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("purpose", "sale", "code"),
    [
        ("care_reminder", {"status": "delivered"}, None),
        ("care_reminder", {"status": "traded_in"}, "came_back"),
        ("purchase_feedback", {"status": "returned"}, "came_back"),
        ("receipt", {"status": "returned"}, None),
        ("purchase_feedback", {"at": days_ago(1)}, "too_soon"),
        ("purchase_feedback", {"at": days_ago(4)}, None),
        ("care_reminder", {"at": days_ago(1)}, None),
    ],
)
def test_a_glad_word_about_a_piece_that_came_back_waits(purpose: str, sale: dict[str, Any], code: str | None) -> None:
    bought = [{"id": "1", "purchaser": "kayla", "items": ["ring-1"], "at": days_ago(30)} | sale]
    story = a_story(people=PEOPLE, purchases=bought, subject="purchase/1")
    found = returned_piece.check(a_message(purpose=purpose), told(story))
    assert [one.code for one in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("wished", "sale", "found"),
    [
        (["ring-1"], {}, ["gone"]),
        (["ring-1"], {"status": "returned"}, []),
        (["ring-2"], {}, []),
        ([{"id": "ring-2", "state": "sold"}], {}, ["gone"]),
    ],
    ids=["bought", "came_back", "another", "marked"],
)
def test_a_list_with_a_piece_that_is_gone_waits(wished: list[Any], sale: dict[str, Any], found: list[str]) -> None:
    bought = [{"id": "1", "purchaser": "kayla", "items": ["ring-1"], "status": "paid"} | sale]
    wishes = [{"id": "w", "owner": "kayla", "items": wished}]
    story = a_story(people=PEOPLE, purchases=bought, wishlists=wishes, subject="wishlist/w")
    assert [one.code for one in sold_piece.check(a_message(purpose="wishlist_reminder"), told(story))] == found
