"""shared_endpoint and stale_place: who else reads it, and whether they still live there."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks import shared_endpoint, stale_place
from sayso.message import Cell, Facts, Finding, Purpose
from tests.checks.build import PURPOSES, a_message
from tests.storied import HOME, KAYLA, a_story, days_ago, told, untold

TWO = [
    {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]},
    {"id": "scott", "name": "Scott Hale", "phones": [KAYLA]},
]
VERDICTS = {"principal": "allow", "partner": "allow", "gift_recipient_before": "stop", "wishlist_owner": "hold"}
MATRIX = {(purpose, role): Cell(verdict, "") for purpose in ("receipt", "debt") for role, verdict in VERDICTS.items()}
LANES = {**PURPOSES, "debt": Purpose("debt", "sign_off", "debt", discloses=frozenset({"debt"}))}
POLICY = {"matrix": MATRIX, "purposes": LANES}


def look(scott: str, purpose: str = "receipt", **given: Any) -> tuple[Finding, ...]:
    story = a_story(purpose=purpose, **{"people": TWO, "roles": {"kayla": "principal", "scott": scott}, **given})
    return shared_endpoint.check(a_message(purpose=purpose, to=tuple(given.get("to", (KAYLA,)))), told(story, POLICY))


@pytest.mark.parametrize(
    ("scott", "held"),
    [
        ("principal", False),
        ("partner", False),
        ("gift_recipient_before", True),
        ("partner wishlist_owner", True),
        ("somebody_else", True),
    ],
)
def test_several_readers_matter_where_they_may_not_hear_the_same(scott: str, held: bool) -> None:
    found = look(scott)
    assert [(one.code, one.verdict) for one in found] == ([("shared", "hold")] if held else [])
    assert all(one.reason.startswith("Kayla and Scott share this number") for one in found)


def test_a_private_matter_is_for_one_reader() -> None:
    assert [one.code for one in look("partner", "debt")] == ["shared"]
    assert look("principal", "debt") == ()
    assert [one.code for one in look("partner", tells=["loss"])] == ["shared"]


def test_one_reader_shares_with_nobody() -> None:
    assert look("partner", people=TWO[:1]) == ()
    assert look("partner", to=["+14155550199"]) == ()


def test_a_crowd_is_too_many_to_look_at() -> None:
    (found,) = look("principal", crowded=True)
    assert (found.code, found.verdict) == ("crowded", "hold")
    assert found.reason.startswith("More than 2 people have this number")


def test_what_goes_at_once_is_not_held_for_it() -> None:
    assert look("gift_recipient_before", "otp", crowded=True) == ()


PLACE = {"line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501", "country": "US"}


def post(days: float | None, channel: str = "letter", purpose: str = "receipt", **more: Any) -> list[str]:
    said = {} if days is None else {"confirmed_at": days_ago(days)}
    home = {"id": "kayla", "name": "Kayla Reed", "addresses": [PLACE], **said}
    facts = told(a_story(purpose=purpose, to=[HOME], people=[home, *more.pop("others", [])]))
    message = a_message(purpose=purpose, channel=channel, to=(HOME,), **more)
    return [f"{one.code}:{one.proposal and one.proposal['id']}" for one in stale_place.check(message, facts)]


@pytest.mark.parametrize(
    ("days", "more", "found"),
    [
        (365, {}, []),
        (366, {}, ["old:kayla"]),
        (95, {"batch_id": "b"}, []),
        (96, {"batch_id": "b"}, ["old:kayla"]),
        (96, {"purpose": "gift_card_mailer", "channel": "postcard"}, ["old:kayla"]),
        (None, {}, ["unconfirmed:kayla"]),
        (999, {"channel": "sms"}, []),
    ],
)
def test_a_letter_goes_where_somebody_lately_lived(days: float | None, more: dict[str, Any], found: list[str]) -> None:
    assert post(days, **more) == found


def test_a_home_counts_as_confirmed_by_whoever_lives_there() -> None:
    other = {"id": "scott", "name": "Scott Hale", "addresses": [PLACE], "confirmed_at": days_ago(3)}
    assert post(999, others=[other]) == []
    assert post(999, others=[other | {"confirmed_at": days_ago(500)}]) == ["old:scott"]


def test_the_sentence_says_since_when_nobody_knows() -> None:
    home = {"id": "kayla", "name": "Kayla Reed", "addresses": [PLACE], "confirmed_at": days_ago(500)}
    facts = told(a_story(to=[HOME], people=[home]))
    (found,) = stale_place.check(a_message(channel="letter", to=(HOME,)), facts)
    assert found.reason == "Nobody has told us since July 2025 that Kayla lives at this address."
    assert found.proposal is not None
    assert found.proposal["question"] == "Does Kayla still live there?"


def test_nobody_told_us_of_anybody() -> None:
    facts: Facts = untold(told(a_story(to=[HOME], people=[{"id": "kayla", "addresses": [PLACE]}], crowded=True)))
    assert stale_place.check(a_message(channel="letter", to=(HOME,)), facts) == ()
    assert shared_endpoint.check(a_message(to=(HOME,)), facts) == ()
