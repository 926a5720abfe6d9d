"""consent: marketing goes to those who said yes themselves, as the place where they live asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.consent import check
from sayso.message import Finding
from tests.checks.build import a_message
from tests.storied import KAYLA, a_story, days_ago, told, untold

REGIONS = {
    "*": {"consent": "granted letter=soft"},
    "US": {"consent": "granted email=soft"},
    "US-*": {"consent": "granted email=soft"},
    "CA": {"consent": "casl"},
    "GB": {"consent": "soft"},
    "NZ": {"consent": "none"},
}
BRITISH, CANADIAN, FRENCH, KIWI = "+447400123456", "+14165550123", "+33612345678", "+64211234567"
YES = {"id": "y", "person": "kayla", "channel": "sms", "purpose": "marketing", "status": "granted", "at": days_ago(300)}
BOUGHT = {"id": "p", "purchaser": "kayla", "items": ["ring-1"], "status": "paid", "at": days_ago(700)}


def look(to: str = KAYLA, channel: str = "sms", purpose: str = "marketing", **lists: Any) -> list[Finding]:
    person = {"id": "kayla", "name": "Kayla Reed", "emails" if "@" in to else "phones": [to]} | lists.pop("person", {})
    story = a_story(to=[to], purpose=purpose, people=[person, *lists.pop("others", [])], **lists)
    return list(check(a_message(purpose=purpose, to=(to,), channel=channel), told(story, {"regions": REGIONS})))


def seen(*given: Any, **lists: Any) -> list[tuple[str, str]]:
    return [(finding.code, finding.verdict) for finding in look(*given, **lists)]


MISSING, REVOKED = [("missing", "stop")], [("revoked", "stop")]


def test_without_a_yes_marketing_stops() -> None:
    (found,) = look()
    assert (found.code, found.verdict) == ("missing", "stop")
    assert found.reason == "We have no yes to marketing from Kayla; only they can give it."
    assert seen(consents=[YES]) == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"channel": "email"}, MISSING),
        ({"purpose": "receipt"}, MISSING),
        ({"person": "scott"}, MISSING),
        ({"status": "pending"}, MISSING),
        ({"at": days_ago(-3)}, MISSING),
        ({"deleted": True}, MISSING),
        ({"channel": "mms"}, []),
        ({"channel": "", "purpose": ""}, []),
        ({"at": None}, []),
        ({"at": None, "confirmed_at": days_ago(-3)}, MISSING),
        ({"status": "revoked"}, REVOKED),
        ({"status": "objected", "at": None}, REVOKED),
    ],
    ids=str,
)
def test_a_yes_is_for_a_person_a_channel_and_a_purpose(more: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert seen(consents=[YES | more]) == found


@pytest.mark.parametrize(
    ("yes", "no", "found"),
    [(300, 20, REVOKED), (20, 300, []), (300, None, REVOKED), (None, 300, REVOKED), (9, 9, REVOKED)],
)
def test_the_newest_word_counts_and_a_no_without_a_date_is_the_newest(
    yes: int | None, no: int | None, found: list[tuple[str, str]]
) -> None:
    given = [YES | {"at": yes and days_ago(yes)}, YES | {"id": "n", "status": "revoked", "at": no and days_ago(no)}]
    assert seen(consents=given) == found


REGIONAL: dict[str, tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = {
    "us_text": (KAYLA, "sms", {"purchases": [BOUGHT]}, MISSING),
    "us_mail_of_a_buyer": ("k@example.com", "email", {"purchases": [BOUGHT], "person": {"country": "US"}}, []),
    "uk_buyer": (BRITISH, "sms", {"purchases": [BOUGHT]}, []),
    "uk_stranger": (BRITISH, "sms", {}, MISSING),
    "uk_quote": (BRITISH, "sms", {"purchases": [BOUGHT | {"status": "quote"}]}, MISSING),
    "uk_gift": (BRITISH, "sms", {"purchases": [BOUGHT | {"purchaser": "scott", "gift_for": "kayla"}]}, MISSING),
    "canada_within_two_years": (CANADIAN, "sms", {"purchases": [BOUGHT]}, []),
    "canada_after_two_years": (CANADIAN, "sms", {"purchases": [BOUGHT | {"at": days_ago(731)}]}, MISSING),
    "canada_stranger": (CANADIAN, "sms", {}, MISSING),
    "canada_yes": (CANADIAN, "sms", {"consents": [YES]}, []),
    "nobody_asks": (KIWI, "sms", {}, []),
    "unlisted": (FRENCH, "sms", {"purchases": [BOUGHT]}, [("missing", "hold")]),
    "unlisted_yes": (FRENCH, "sms", {"consents": [YES]}, []),
    "no_place": ("k@example.com", "email", {"purchases": [BOUGHT]}, [("missing", "hold")]),
}


@pytest.mark.parametrize(("to", "channel", "lists", "found"), REGIONAL.values(), ids=REGIONAL.keys())
def test_what_counts_as_a_yes_depends_on_where_they_live(
    to: str, channel: str, lists: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    person = dict(lists.pop("person", {})) if "person" in lists else {}
    home = {"addresses": [{"country": person["country"], "region": "NV"}]} if person else {}
    assert seen(to, channel, person=home, **lists) == found


def test_everybody_behind_a_shared_address_is_asked() -> None:
    other = {"id": "scott", "name": "Scott Hale", "phones": [KAYLA]}
    (found,) = look(consents=[YES], others=[other])
    assert (found.code, "Scott" in found.reason, "Kayla" in found.reason) == ("missing", True, False)
    assert seen(consents=[YES, YES | {"id": "z", "person": "scott"}], others=[other]) == []
    assert seen(consents=[YES, YES | {"id": "z", "person": "scott", "status": "revoked"}], others=[other]) == REVOKED


def test_a_home_abroad_asks_for_what_both_places_ask() -> None:
    home = {"addresses": [{"country": "FR"}]}
    assert seen(BRITISH, purchases=[BOUGHT], person=home) == [("missing", "hold")]


@pytest.mark.parametrize("purpose", ["receipt", "birthday", "appointment_future", "otp"])
def test_what_sells_nothing_needs_no_yes(purpose: str) -> None:
    assert seen(purpose=purpose, consents=[YES | {"status": "revoked"}]) == []


def test_a_wishlist_mail_needs_no_yes_but_minds_a_no() -> None:
    assert seen(purpose="wishlist_reminder") == []
    assert seen(purpose="wishlist_reminder", consents=[YES | {"status": "revoked"}]) == REVOKED


def test_nobody_told_us_of_anybody() -> None:
    facts = told(a_story(people=[{"id": "kayla", "phones": [KAYLA]}]), {"regions": REGIONS})
    assert check(a_message(purpose="marketing"), facts) != ()
    assert check(a_message(purpose="marketing"), untold(facts)) == ()
