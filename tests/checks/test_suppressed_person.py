"""suppressed_person: who asked for no more gets no more, at whatever address, and by whatever name."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.suppressed_person import check
from sayso.message import Facts, Finding
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, told, untold

PEOPLE = [
    {"id": "rebecca", "name": "Rebecca Moss", "phones": [KAYLA]},
    {"id": "nate", "name": "Nate Moss", "phones": [SCOTT]},
]
ASKED = {"id": "s1", "person": "rebecca", "reason": "asked to be removed"}


def facts_of(*asked: dict[str, Any], purpose: str | None, facts: dict[str, Any], **given: Any) -> Facts:
    return told(a_story(purpose=purpose, **{"people": PEOPLE, "suppressions": list(asked), **given}), **facts)


def look(*asked: dict[str, Any], purpose: str | None = "receipt", channel: str = "sms", **given: Any) -> list[Finding]:
    facts = facts_of(*asked, purpose=purpose, facts=given.pop("facts", {}), **given)
    message = a_message(purpose=purpose, channel=channel, to=tuple(given.get("to", (KAYLA,))))
    return list(check(message, facts))


def seen(*asked: dict[str, Any], **given: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.verdict) for finding in look(*asked, **given)]


LISTED = [("listed", "stop")]


@pytest.mark.parametrize("purpose", ["receipt", "marketing", "birthday", None])
def test_who_asked_for_no_more_gets_no_more(purpose: str | None) -> None:
    (found,) = look(ASKED, purpose=purpose)
    assert (found.code, found.verdict, found.proposal) == ("listed", "stop", {"kind": "reject"})
    assert found.reason == "Rebecca asked for no more of this."
    assert "asked to be removed" in found.evidence


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("otp", []),
        ("optout_confirmation", []),
        ("safety_legal_notice", [("asked", "hold")]),
        ("auto_reply", [("asked", "hold")]),
        ("appointment_today", LISTED),
    ],
)
def test_a_code_passes_and_a_warning_is_looked_at(purpose: str, found: list[tuple[str, str]]) -> None:
    assert seen(ASKED, purpose=purpose) == found


SCOPES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "this_purpose": ({"purpose": "receipt"}, LISTED),
    "another_purpose": ({"purpose": "marketing"}, []),
    "several": ({"purposes": ["marketing", "receipt"]}, LISTED),
    "this_channel": ({"channel": "sms"}, LISTED),
    "another_channel": ({"channel": "email"}, []),
    "an_occasion": ({"occasion": "mothers_day"}, []),
    "retracted": ({"deleted": True}, []),
    "another_person": ({"person": "nate"}, []),
}


@pytest.mark.parametrize(("more", "found"), SCOPES.values(), ids=SCOPES.keys())
def test_a_suppression_reaches_as_far_as_it_says(more: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert seen(ASKED | more) == found


def test_an_address_may_ask_for_itself() -> None:
    by_address = {"id": "s2", "address": KAYLA, "reason": "opt-out"}
    assert seen(by_address) == LISTED
    assert seen(by_address, to=[SCOTT]) == []
    assert look(by_address, people=[])[0].reason == "Whoever has this address asked for no more of this."


def test_what_the_list_of_addresses_stops_already_is_not_said_twice() -> None:
    by_address = {"id": "s2", "address": KAYLA, "reason": "opt-out"}
    assert seen(by_address, facts={"suppressed": {"(415) 555-0123": "opt-out"}}) == []


def test_a_card_for_a_couple_stops_when_either_of_them_asked() -> None:
    day = {"id": "o1", "kind": "anniversary", "people": ["rebecca", "nate"], "date": "1996-11-30"}
    given = {"to": [SCOTT], "subject": "occasion/o1", "occasions": [day]}
    assert seen(ASKED, purpose="anniversary", **given) == LISTED
    assert seen(ASKED, purpose="birthday", **given) == []


def test_two_suppressions_are_one_finding() -> None:
    assert seen(ASKED, ASKED | {"id": "s3"}, {"id": "s2", "address": KAYLA}) == LISTED


def test_nobody_told_us_of_anybody() -> None:
    assert check(a_message(), untold(facts_of(ASKED, purpose="receipt", facts={}))) == ()
