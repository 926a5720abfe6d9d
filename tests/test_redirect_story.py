"""Redirect, once people are known: to whoever's business it is, never to the surprised; with their own name on it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sayso.deciding.greeting import readdressed
from tests.conftest import House
from tests.deciding import by_manager, decided, may, quiet, refused, still, text
from tests.desk_visits import enter
from tests.storytelling import HOME, KAYLA, SCOTT, ago, checks, couple, found, ring, tell, texted
from tests.walk import dispatched

__all__ = ["quiet", "still"]
SURVEY = "Hi Kayla! How was your purchase? We'd love to hear from you."
STRANGER = "+14155550188"
Json = dict[str, Any]


def people(**phones: list[str]) -> list[Json]:
    """Kayla and Scott, with these numbers."""
    names = {"kayla": "Kayla Reed", "scott": "Scott Miller", "mia": "Mia Stone"}
    return [{"id": key, "name": names[key], "phones": numbers} for key, numbers in phones.items()]


def surveyed(house: House, purpose: str = "purchase_feedback", **told: list[Json]) -> str:
    """The survey about the ring, to Kayla from whom it is a secret."""
    tell(house, **couple(**told))
    return text(house, SURVEY, to=KAYLA, purpose=purpose)


@pytest.mark.parametrize("purpose", ["purchase_feedback", ""], ids=["declared", "undeclared"])
def test_a_reviewer_sends_it_to_the_buyer_in_their_own_name(still: House, purpose: str) -> None:
    new = decided(still, surveyed(still, purpose), "redirect", 201, to=SCOTT, person="scott")
    assert new["to"][0]["role"] == "principal"  # type: ignore[index]
    assert (new["body"], new["original"]) == (SURVEY.replace("Kayla", "Scott"), SURVEY)
    assert (new["purpose"], new["subject"]) == ("purchase_feedback", "purchase/8812")
    assert "approve" in may(still, str(new["id"]))
    decided(still, str(new["id"]), "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert [(sent["To"], sent["Body"]) for sent in still.twilio.messages] == [(SCOTT, str(new["body"]))]


def test_it_stays_about_the_first_ones_matter_though_he_bought_another_thing_since(quiet: House) -> None:
    """Asked afresh, the latest purchase of his would be the watch."""
    watch = {**ring(items=["watch-1"]), "id": "9000", "at": ago(days=3)}
    sid = surveyed(quiet, purpose="", purchases=[ring(gift_for="kayla"), watch])
    assert texted(quiet, "How was your purchase?", to=SCOTT)["subject"] == "purchase/9000"
    new = decided(quiet, sid, "redirect", 201, to=SCOTT)
    assert new["subject"] == "purchase/8812"
    assert new["inferred"] == {  # type: ignore[comparison-overlap]
        "purpose": "So was the message that this one was made from.",
        "subject": "So was the message that this one was made from.",
    }


def test_it_stays_about_what_another_source_told(quiet: House) -> None:
    """The till has its own ids: the matter is carried by what it is, not by its number."""
    tell(quiet, people=people(kayla=[KAYLA], scott=[SCOTT]), relationships=couple()["relationships"])
    tell(quiet, wishlists=couple()["wishlists"])
    quiet.source("till")
    till = [{"id": "t-scott", "name": "Scott Miller", "phones": [SCOTT]}]
    tell(quiet, "till", people=till, purchases=[ring(purchaser="t-scott")])
    new = decided(quiet, text(quiet, SURVEY, to=KAYLA), "redirect", 201, to=SCOTT)
    assert new["subject"] == "purchase/8812"
    assert new["to"][0]["role"] == "principal"  # type: ignore[index]


def test_an_address_that_the_surprised_reads_is_refused_to_everybody(still: House) -> None:
    told = people(kayla=[KAYLA, HOME], scott=[SCOTT, HOME])
    sid = surveyed(still, people=told)
    assert "Kayla reads what goes to that address" in refused(still, sid, "redirect", 409, to=HOME)
    answer = by_manager(still, sid, "redirect", to=HOME)
    assert (answer.status_code, still.message(sid)["state"]) == (409, "held")


def test_it_cannot_be_turned_to_the_surprised(quiet: House) -> None:
    """A receipt that reached Scott rightly is not to be sent on to her."""
    tell(quiet, **couple())
    sid = text(quiet, "Your receipt for order 8812.", to=SCOTT, purpose="receipt")
    answer = by_manager(quiet, sid, "redirect", to=KAYLA)
    assert (answer.status_code, "surprise for Kayla" in answer.text) == (409, True)


def test_somebody_who_has_nothing_to_do_with_it_needs_a_manager(quiet: House) -> None:
    sid = surveyed(quiet, people=people(kayla=[KAYLA], scott=[SCOTT], mia=[STRANGER]))
    said = refused(quiet, sid, "redirect", 403, to=STRANGER)
    assert said == "Mia is not known in this matter; ask a manager to send it there."


def test_an_address_that_nobody_has_needs_a_manager_though_it_was_written_to(quiet: House) -> None:
    sid = surveyed(quiet)
    text(quiet, "Hello.", to=STRANGER)
    assert "Nobody that we know of" in refused(quiet, sid, "redirect", 403, to=STRANGER)
    new = by_manager(quiet, sid, "redirect", to=STRANGER)
    assert (new.status_code, new.json()["body"]) == (201, SURVEY), "nobody knows whom to greet there"
    assert new.json()["findings"], "it waits with a doubt of its own"


def test_somebody_to_whom_the_matrix_says_never_is_nobodys_to_send_to(quiet: House) -> None:
    """The receipt of a purchase that is no secret any more still shows its price."""
    tell(quiet, **couple(purchases=[ring(given_at=ago(days=1))]))
    sid = text(quiet, "Your receipt for order 8812.", to=SCOTT, purpose="receipt")
    answer = by_manager(quiet, sid, "redirect", to=KAYLA)
    assert (answer.status_code, "so it cannot go there" in answer.text) == (409, True), answer.text


def test_a_person_alone_is_enough_where_they_have_one_address_of_their_own(still: House) -> None:
    sid = surveyed(still, people=people(kayla=[KAYLA, HOME], scott=[SCOTT, HOME]))
    new = decided(still, sid, "redirect", 201, person="scott")
    assert new["to"][0]["address"] == SCOTT  # type: ignore[index]


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        pytest.param([SCOTT, STRANGER], "Scott has several addresses", id="two"),
        pytest.param([KAYLA], "Scott has no address of their own", id="none"),
    ],
)
def test_a_person_with_none_or_several_is_asked_about(quiet: House, numbers: list[str], why: str) -> None:
    sid = surveyed(quiet, people=people(kayla=[KAYLA], scott=numbers))
    assert why in refused(quiet, sid, "redirect", 400, person="scott")
    assert "cannot tell who" in refused(quiet, sid, "redirect", 400, person="nobody")


def test_undo_withdraws_the_copy_and_another_redirect_greets_again(quiet: House) -> None:
    sid = surveyed(quiet)
    first = decided(quiet, sid, "redirect", 201, to=SCOTT)
    decided(quiet, sid, "undo")
    assert quiet.message(str(first["id"]))["stop_reason"] == "withdrawn"
    assert quiet.message(sid)["body"] == SURVEY
    assert "Scott" in str(decided(quiet, sid, "redirect", 201, to=SCOTT)["body"])


@pytest.mark.parametrize(
    ("link", "held"),
    [
        ("https://shop.example/unsubscribe?t=ab12cd34", True),
        ("https://shop.example/u/aZ9kLmQ2xW8rT4vB", True),
        ("https://shop.example/r?e=kayla%40example.com", True),
        ("https://shop.example/rings-for-winter-2026", False),
        ("https://shop.example/unsubscribe", False),
    ],
    ids=["unsubscribe code", "code", "e-mail address", "page", "page for everybody"],
)
def test_a_link_made_for_the_first_does_not_go_unseen_to_the_other(quiet: House, link: str, held: bool) -> None:
    tell(quiet, **couple())
    sid = text(quiet, f"How was your purchase? {link}", to=KAYLA, purpose="purchase_feedback")
    assert not [key for key in checks(quiet.message(sid)) if key.startswith("foreign_token")], "it is her own there"
    new = decided(quiet, sid, "redirect", 201, to=SCOTT)
    assert any(key.startswith("foreign_token") for key in checks(new)) is held
    if held:
        assert (found(new, "foreign_token")["verdict"], found(new, "foreign_token")["proposal"]) == (
            "hold",
            {"kind": "edit"},
        )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Hi Kayla, your ring is ready.", "Hi Scott, your ring is ready."),
        ("Dear Kayla Reed\nYour ring", "Dear Scott Miller\nYour ring"),
        ("HI KAYLA! 20% off", "HI SCOTT! 20% off"),
        ("Oak Jewelers: Hi Kayla, Kayla's ring", "Oak Jewelers: Hi Scott, Kayla's ring"),
        ("Kayla, your ring is ready.", "Scott, your ring is ready."),
        ("Hi Kayla your ring is ready", "Hi Scott your ring is ready"),
        ("Hi Kayla and Scott, hello", "Hi Kayla and Scott, hello"),
        ("Hi Kayla Smith, hello", "Hi Kayla Smith, hello"),
        ("Hi Kaylas, hello", "Hi Kaylas, hello"),
        ("Hi Kayla-Ann, hello", "Hi Kayla-Ann, hello"),
        ("Your ring is ready, Kayla.", "Your ring is ready, Kayla."),
    ],
)  # fmt: skip
def test_a_greeting_takes_the_new_name_and_nothing_else_changes(was: str, now: str) -> None:
    assert readdressed(was, ["Kayla Reed"], "Scott Miller") == now


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        pytest.param([SCOTT, HOME], f"tel:{SCOTT}", id="a number of his own"),
        pytest.param([HOME], "the number on file is shared, so ask at the till", id="only the line at home"),
    ],
)
def test_the_call_is_to_the_buyer_and_never_to_a_line_that_she_answers(
    quiet: House, numbers: list[str], shown: str
) -> None:
    sid = surveyed(quiet, people=people(kayla=[KAYLA, HOME], scott=numbers))
    decided(quiet, sid, "phone")
    page = enter(quiet).get(f"{quiet.url}/desk/calls", timeout=10).text
    assert shown in page
    assert not [line for line in (KAYLA, HOME) if f"tel:{line}" in page]


def test_a_question_to_the_shop_never_goes_to_the_customer(still: House) -> None:
    """Answering what a card asks tells sayso a fact; nothing is written to anybody."""
    tell(still, **couple(purchases=[], relationships=[{"a": "kayla", "b": "scott", "kind": "spouse"}]))
    seen = texted(still, "Happy anniversary, Kayla and Scott!", purpose="anniversary")
    asked = [one["proposal"] for one in seen["findings"] if (one["proposal"] or {}).get("kind") == "confirm"]
    assert asked, checks(seen)
    told = {
        "relationships": [{"a": "kayla", "b": "scott", "kind": "spouse", "confirmed_at": still.clock().isoformat()}]
    }
    answer = requests.post(f"{still.url}/api/facts", json=told, headers=still.staff(), timeout=30)
    assert answer.status_code == 200, answer.text
    dispatched(still)
    assert (still.vendor.posts(), still.crm.posts()) == ([], [])
