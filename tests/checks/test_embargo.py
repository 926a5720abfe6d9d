"""A surprise is kept on every channel and in every kind of message; what has nothing to do with it passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sayso.checks.embargo import check
from sayso.message import Embargo, Finding, Named
from tests.checks.build import NOON, a_message
from tests.storied import KAYLA, SCOTT, a_story, days_ago, fact_key, told

PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]},
    {"id": "scott", "name": "Scott Miller", "phones": [SCOTT]},
]
RING = {"id": "8812", "purchaser": "scott", "items": ["ring-4411"], "at": days_ago(5)}
HERS = {"id": "9000", "purchaser": "kayla", "items": ["earrings-7"], "at": days_ago(3)}
SECRET = Embargo(
    subject="purchase/8812", items=frozenset({"ring-4411"}), hidden_from=frozenset({"kayla"}),
    owners=frozenset({"scott"}), until=None, reason="it is on their wishlist", set_by="crm",
    key=fact_key("purchases", "8812"),
)  # fmt: skip
TELLS = frozenset({"purchase", "item"})


def found(body: str = "Hello", purpose: str = "receipt", to: str = KAYLA, **more: Any) -> tuple[Finding, ...]:
    """What the check says; `inferred` subjects are sure or not."""
    sure = more.pop("sure", None)
    lists = {"people": PEOPLE, "purchases": [RING, HERS], "embargoes": [SECRET], "tells": TELLS}
    story = a_story(to=(to,), **lists | more)  # type: ignore[arg-type]  # lists and the rest
    if sure is not None and story.subject:
        story = replace(story, subject=Named(story.subject.name, True, "", sure))
    return check(a_message(body, purpose=purpose, to=(to,)), told(story))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"subject": "purchase/8812"}, "surprise"),
        ({"body": "Your ring-4411 is here"}, "surprise"),
        ({"body": "About ring 4411", "purpose": "marketing", "tells": ()}, "surprise"),
        ({}, "perhaps"),
        ({"subject": "purchase/9000"}, None),
        ({"subject": "purchase/9000", "sure": True}, None),
        ({"subject": "purchase/9000", "sure": False}, None),
        ({"tells": ()}, None),
        ({"purpose": "otp"}, None),
        ({"to": SCOTT, "subject": "purchase/8812"}, None),
    ],
    ids=["named", "in_the_words", "in_an_offer", "cannot_tell", "her_own", "surely_her_own", "her_own_and_newer",
         "tells_nothing", "a_code", "the_buyer"],
)  # fmt: skip
def test_what_gives_it_away(more: dict[str, Any], code: str | None) -> None:
    assert [one.code for one in found(**more)] == ([code] if code else [])


def test_her_own_older_purchase_may_not_be_what_it_is_about() -> None:
    older = [RING, HERS | {"at": days_ago(30)}]
    (one,) = found(subject="purchase/9000", sure=False, purchases=older)
    assert (one.code, one.verdict) == ("perhaps", "hold")


def test_a_list_with_or_without_the_piece_waits() -> None:
    wishes = [{"id": "w", "owner": "kayla", "items": ["ring-4411-size-6", "pendant-9"]}]
    (one,) = found(purpose="wishlist_reminder", wishlists=wishes, subject="wishlist/w")
    assert (one.code, one.verdict, one.proposal) == ("wishlist", "hold", {"kind": "delay", "until": "embargo_end"})
    others = [{"id": "w", "owner": "kayla", "items": ["pendant-9"]}]
    assert found(purpose="wishlist_reminder", wishlists=others, subject="wishlist/w") == ()


def test_everybody_behind_the_address_is_asked() -> None:
    home = [PEOPLE[0] | {"phones": [SCOTT]}, PEOPLE[1]]
    assert [one.verdict for one in found(to=SCOTT, people=home, subject="purchase/8812")] == ["stop"]


def test_it_proposes_the_buyers_own_number_and_no_shared_one() -> None:
    (one,) = found(subject="purchase/8812")
    assert one.proposal == {"kind": "redirect", "person": "scott", "name": "Scott Miller", "to": SCOTT}
    shared = [PEOPLE[0] | {"phones": [KAYLA, SCOTT]}, PEOPLE[1]]
    (one,) = found(subject="purchase/8812", people=shared)
    assert one.proposal == {"kind": "delay", "until": "embargo_end"}


def test_its_day_is_over_and_only_a_person_ends_it() -> None:
    late = replace(SECRET, until=NOON - timedelta(days=1), bridal=True, asks=True)
    (one,) = found(subject="purchase/8812", embargoes=[late])
    assert "ask whether it was given" in one.evidence


def test_another_piece_of_the_same_name_in_another_hand_is_not_it() -> None:
    mine = [RING, HERS | {"items": ["ring-4411"]}]
    assert found(subject="purchase/9000", purchases=mine) == ()
