"""The matrix as a card reads it: the strictest verdict behind an address, what would be told, and the kind way out."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.recipient_role import check
from sayso.message import Finding
from sayso.policing import policy_of
from sayso_config import load
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, told, untold

MATRIX = policy_of(load({}))
WHOLE = {"purposes": MATRIX.purposes, "matrix": MATRIX.matrix, "knows": MATRIX.knows}
PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]},
    {"id": "scott", "name": "Scott Miller", "phones": [SCOTT]},
]
SALE = [{"id": "8812", "purchaser": "scott", "items": ["ring-4411"]}]
TOLD = frozenset({"purchase", "item"})


def found(purpose: str = "purchase_feedback", to: str = KAYLA, **story: Any) -> tuple[Finding, ...]:
    """What the check says of a text about Scott's purchase."""
    known: dict[str, Any] = {"people": PEOPLE, "purchases": SALE, "subject": "purchase/8812", "tells": TOLD}
    return check(a_message(purpose=purpose, to=(to,)), told(a_story(to=(to,), **known | story), WHOLE))


@pytest.mark.parametrize(
    ("purpose", "role", "verdict"),
    [
        ("purchase_feedback", "principal", None),
        ("purchase_feedback", "partner", "stop"),
        ("purchase_feedback", "gift_recipient_after", "hold"),
        ("purchase_feedback", "unknown", "hold"),
        ("order_status", "household_member", "hold"),
        ("receipt", "staff", None),
        ("care_reminder", "gift_recipient_after", None),
        ("safety_legal_notice", "ex_partner", "hold"),
        ("auto_reply", "partner", None),
    ],
)
def test_the_cell_of_purpose_and_role_decides(purpose: str, role: str, verdict: str | None) -> None:
    tells = MATRIX.purposes[purpose].discloses
    assert [one.verdict for one in found(purpose, roles={"kayla": role}, tells=tells)] == ([verdict] if verdict else [])


def test_the_strictest_of_several_roles_counts() -> None:
    (one,) = found("order_status", roles={"kayla": "household_member wishlist_owner"})
    assert (one.code, one.verdict) == ("wishlist_owner", "stop")


def test_the_worst_of_everybody_behind_an_address_counts() -> None:
    both = [PEOPLE[0], PEOPLE[1] | {"phones": [KAYLA, SCOTT]}]
    (one,) = found(people=both, roles={"kayla": "partner", "scott": "principal"})
    assert (one.code, one.verdict) == ("partner", "stop")


def test_it_says_what_would_be_told_to_whom() -> None:
    wishes = [{"id": "w", "owner": "kayla", "items": ["ring-4411"]}]
    (one,) = found(roles={"kayla": "wishlist_owner"}, wishlists=wishes)
    assert one.reason == "Would tell Kayla that someone bought ring 4411 from their wishlist."


def test_it_proposes_the_one_whose_business_it_is() -> None:
    (one,) = found(roles={"kayla": "partner"})
    assert one.proposal == {"kind": "redirect", "person": "scott", "name": "Scott Miller", "to": SCOTT}


def test_it_proposes_no_endpoint_that_she_shares() -> None:
    both = [PEOPLE[0], PEOPLE[1] | {"phones": [KAYLA]}]
    (one,) = found(people=both, roles={"kayla": "partner", "scott": "principal"})
    assert one.proposal == {"kind": "reject"}


def test_a_letter_that_cannot_go_there_becomes_a_call() -> None:
    message = a_message(purpose="purchase_feedback", channel="email", to=("kayla@example.com",))
    mailed = [PEOPLE[0] | {"emails": ["kayla@example.com"]}, PEOPLE[1]]
    story = a_story(
        to=("kayla@example.com",), people=mailed, purchases=SALE, subject="purchase/8812", roles={"kayla": "partner"}
    )
    (one,) = check(message, told(story, WHOLE))
    assert one.proposal is not None
    assert (one.proposal["kind"], one.proposal["to"]) == ("phone", SCOTT)


def test_words_that_tell_more_than_the_purpose_are_held() -> None:
    assert found("auto_reply", roles={"kayla": "partner"}, tells=()) == ()
    (one,) = found("auto_reply", roles={"kayla": "partner"}, tells={"purchase"})
    assert (one.code, one.verdict) == ("tells_more", "hold")


def test_without_a_subject_a_purpose_that_needs_one_waits() -> None:
    (one,) = found(subject=None)
    assert (one.code, one.verdict) == ("no_subject", "hold")
    assert found("marketing", subject=None, tells=(), roles={"kayla": "principal"}) == ()


def test_a_subject_that_nobody_told_us_of_holds_where_a_stranger_would_stop() -> None:
    (one,) = found("care_reminder", subject="purchase/404", roles={"kayla": "unknown"})
    assert one.verdict == "hold"


def test_bad_news_for_the_right_person_is_said_elsewhere() -> None:
    jobs = [{"id": "r", "depositor": "kayla"}]
    assert found("repair_problem", repairs=jobs, subject="repair/r", tells=()) == ()


def test_while_nobody_was_told_of_it_says_nothing() -> None:
    story = a_story(people=PEOPLE, purchases=SALE, subject="purchase/8812", roles={"kayla": "partner"})
    assert check(a_message(), untold(told(story, WHOLE))) == ()


def test_a_shop_of_its_own_mind() -> None:
    from sayso.message import Cell

    story = a_story(people=PEOPLE, purchases=SALE, subject="purchase/8812", roles={"kayla": "gift_recipient_after"})
    own = WHOLE | {"shop_matrix": {("reno", "purchase_feedback", "gift_recipient_after"): Cell("stop", "Never.")}}
    message = a_message(purpose="purchase_feedback", store="reno")
    assert [one.verdict for one in check(message, told(story, own))] == ["stop"]
    assert [one.verdict for one in check(a_message(store="elko"), told(story, own))] == ["hold"]


def test_the_day_of_a_couple_that_was_is_not_turned_to_the_other_half() -> None:
    day = [{"id": "o", "kind": "anniversary", "people": ["scott"]}]
    known = {"occasions": day, "subject": "occasion/o", "tells": {"relationship", "date"}}
    (one,) = found("anniversary", roles={"kayla": "ex_partner"}, **known)
    assert (one.verdict, one.proposal) == ("stop", {"kind": "suppress"})
