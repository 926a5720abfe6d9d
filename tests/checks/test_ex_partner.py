"""ex_partner: what belongs to a couple that is over stops, and either of them alone is still greeted."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks.ex_partner import check
from sayso.message import Embargo, Facts, Message
from tests.checks.build import a_message, seconds_for
from tests.storied import KAYLA, SCOTT, a_story, days_ago, told, untold

REBECCA, NATE = KAYLA, SCOTT
PEOPLE = [
    {"id": "rebecca", "name": "Rebecca Moss", "phones": [REBECCA]},
    {"id": "nate", "name": "Nate Moss", "phones": [NATE]},
    {"id": "tina", "name": "Tina Lind", "phones": ["+14155550166"]},
]
OVER = {"id": "c1", "a": "nate", "b": "rebecca", "kind": "ex_partner", "confirmed_at": days_ago(900)}
BOTH = {"id": "o1", "kind": "anniversary", "people": ["rebecca", "nate"], "date": "1996-11-30"}
HERS = {"id": "b1", "kind": "birthday", "people": ["rebecca"], "date": "1970-11-20"}
RING = {"id": "p1", "purchaser": "nate", "gift_for": "rebecca", "items": ["ring-1"], "status": "paid"}


def look(
    purpose: str | None,
    *,
    to: str = REBECCA,
    body: str = "Hi!",
    channel: str = "sms",
    relations: tuple[dict[str, Any], ...] = (OVER,),
    **more: Any,
) -> tuple[Message, Facts]:
    lists = {"people": PEOPLE, "occasions": [BOTH, HERS], **more}
    story = a_story(purpose=purpose, relationships=list(relations), to=[to], **lists)
    return a_message(body, purpose=purpose, channel=channel, to=(to,)), told(story)


def codes(message: Message, facts: Facts) -> list[str]:
    return [finding.code for finding in check(message, facts)]


STOPPED: dict[str, tuple[str, dict[str, Any]]] = {
    "their_day": ("couple", {"purpose": "anniversary", "subject": "occasion/o1"}),
    "their_day_undeclared": ("couple", {"purpose": "anniversary"}),
    "card_for_both": ("couple", {"purpose": "gift_card_mailer", "subject": "occasion/o1"}),
    "both_greeted": ("both_named", {"purpose": "marketing", "body": "Dear Rebecca and Nate, hello."}),
    "both_in_a_text": ("both_named", {"purpose": "order_status", "body": "The ring for Nate & Rebecca is here."}),
    "mr_and_mrs": ("both_named", {"purpose": "marketing", "body": "Dear Mr and Mrs Moss, hello."}),
    "both_on_a_card": (
        "both_named",
        {"purpose": "birthday", "channel": "postcard", "body": "Rebecca, may Nate make you a cake.", "to": REBECCA},
    ),
    "her_wishes_to_him": (
        "wishlist",
        {
            "purpose": "wishlist_hint",
            "to": NATE,
            "subject": "wishlist/w1",
            "wishlists": [{"id": "w1", "owner": "rebecca"}],
        },
    ),
    "her_birthday_to_him": ("birthday", {"purpose": "birthday", "to": NATE, "subject": "occasion/b1"}),
    "care_to_her": ("care", {"purpose": "care_reminder", "subject": "purchase/p1", "purchases": [RING]}),
    "care_to_him": ("care", {"purpose": "care_reminder", "subject": "purchase/p1", "purchases": [RING], "to": NATE}),
}


@pytest.mark.parametrize(("code", "given"), STOPPED.values(), ids=STOPPED.keys())
def test_what_belongs_to_a_couple_that_is_over_stops(code: str, given: dict[str, Any]) -> None:
    (found,) = check(*look(**given))
    assert (found.code, found.verdict, found.proposal) == (code, "stop", {"kind": "suppress"})
    assert found.reason.startswith("Nate and Rebecca are no couple any more, and this ")


@pytest.mark.parametrize(("_", "given"), STOPPED.values(), ids=STOPPED.keys())
def test_the_same_goes_out_while_they_are_together(_: str, given: dict[str, Any]) -> None:
    together = {**OVER, "kind": "spouse", "confirmed_at": days_ago(5)}
    assert codes(*look(**given, relations=(together,))) == []


GREETED: dict[str, dict[str, Any]] = {
    "her_birthday": {"purpose": "birthday", "subject": "occasion/b1", "body": "Happy birthday, Rebecca!"},
    "her_birthday_card": {
        "purpose": "gift_card_mailer",
        "subject": "occasion/b1",
        "channel": "postcard",
        "body": "Rebecca!",
    },
    "his_offer": {"purpose": "marketing", "to": NATE, "body": "Hi Nate, come and see us."},
    "her_receipt": {"purpose": "receipt", "body": "Thank you, Rebecca."},
    "her_own_ring": {
        "purpose": "care_reminder",
        "subject": "purchase/p2",
        "purchases": [{"id": "p2", "purchaser": "rebecca", "items": ["ring-2"], "status": "paid"}],
    },
}


@pytest.mark.parametrize("given", GREETED.values(), ids=GREETED.keys())
def test_either_of_them_alone_is_still_greeted(given: dict[str, Any]) -> None:
    assert codes(*look(**given)) == []


def test_who_is_married_again_has_an_anniversary_again() -> None:
    again = {"id": "c2", "a": "nate", "b": "tina", "kind": "spouse", "confirmed_at": days_ago(9)}
    day = {"id": "o2", "kind": "anniversary", "people": ["nate", "tina"], "date": "2024-11-20"}
    given = {"purpose": "anniversary", "to": NATE, "relations": (OVER, again), "occasions": [day]}
    assert codes(*look(**given, subject="occasion/o2")) == []
    assert codes(*look(**given)) == []
    assert codes(*look(**given, body="Dear Nate and Rebecca,")) == ["both_named"]
    blanks = "\n" * 9_000
    assert seconds_for(lambda: codes(*look(**given, body=f"{blanks}Dear Nate \n and Rebecca,{blanks}"))) < 2
    assert codes(*look(**given, body=f"{blanks}Dear Nate \n and Rebecca,{blanks}")) == ["both_named"]


SPOUSE = {"id": "c1x", "a": "rebecca", "b": "nate", "kind": "spouse", "source": "old crm"}
ENDS: dict[str, tuple[tuple[dict[str, Any], ...], bool]] = {
    "said_since": (({**SPOUSE, "confirmed_at": days_ago(950)}, OVER), True),
    "said_before": (({**SPOUSE, "confirmed_at": days_ago(800)}, OVER), False),
    "an_import_without_a_date": ((SPOUSE, OVER), True),
    "ended_at": (({**SPOUSE, "ended_at": days_ago(30), "confirmed_at": days_ago(5)},), True),
    "will_end": (({**SPOUSE, "ended_at": days_ago(-30), "confirmed_at": days_ago(5)},), False),
    "the_desk_said_so": (({**SPOUSE, "confirmed_at": days_ago(1)}, {**OVER, "desk": True}), True),
    "the_desk_took_it_back": (({**SPOUSE, "confirmed_at": days_ago(1), "desk": True}, {**OVER, "desk": True}), False),
    "the_desk_said_both": (
        ({**SPOUSE, "confirmed_at": days_ago(9), "desk": True}, {**OVER, "confirmed_at": days_ago(3), "desk": True}),
        True,
    ),
    "both_at_once": (({**SPOUSE, "confirmed_at": days_ago(900)}, OVER), True),
    "retracted": (({**OVER, "deleted": True},), False),
}


@pytest.mark.parametrize(("relations", "over"), ENDS.values(), ids=ENDS.keys())
def test_an_end_that_is_newer_than_the_last_word_ends_it(relations: tuple[dict[str, Any], ...], over: bool) -> None:
    assert bool(codes(*look("anniversary", subject="occasion/o1", relations=relations))) is over


BACK = {"id": "p9", "at": days_ago(700), "purchaser": "nate", "items": ["engagement-ring-7"], "status": "returned"}
RINGS: dict[str, tuple[dict[str, Any], bool]] = {
    "since": ({"confirmed_at": days_ago(20)}, True),
    "traded": ({"confirmed_at": days_ago(20), "status": "traded_in"}, True),
    "noted": ({"confirmed_at": days_ago(20), "items": ["ring-7"], "bridal": True}, True),
    "said_when": ({"returned_at": days_ago(20), "confirmed_at": days_ago(60)}, True),
    "before": ({"confirmed_at": days_ago(60)}, False),
    "no_date": ({}, False),
    "the_date_of_the_sale": ({"confirmed_at": days_ago(700)}, False),
    "kept": ({"confirmed_at": days_ago(20), "status": "delivered"}, False),
    "another_piece": ({"confirmed_at": days_ago(20), "items": ["pendant-9"]}, False),
}


@pytest.mark.parametrize(("more", "over"), RINGS.values(), ids=RINGS.keys())
def test_an_engagement_ring_that_came_back_since_ends_it(more: dict[str, Any], over: bool) -> None:
    spouse = {**SPOUSE, "confirmed_at": days_ago(50)}
    seen = look("anniversary", subject="occasion/o1", relations=(spouse,), purchases=[BACK | more])
    assert bool(codes(*seen)) is over


def test_a_ring_is_one_for_an_engagement_when_its_surprise_was() -> None:
    ring = {**BACK, "items": ["ring-7"], "confirmed_at": days_ago(20)}
    bridal = Embargo(
        "purchase/p9", frozenset(), frozenset(), frozenset(), None, "", "", bridal=True, key="purchases:p9"
    )
    given = {"subject": "occasion/o1", "relations": ({**SPOUSE, "confirmed_at": days_ago(50)},), "purchases": [ring]}
    assert codes(*look("anniversary", **given)) == []
    assert codes(*look("anniversary", **given, embargoes=[bridal])) == ["couple"]


def test_one_couple_is_one_finding_whatever_the_message_does() -> None:
    body = "Dear Rebecca and Nate, 30 years!"
    assert codes(*look("anniversary", subject="occasion/o1", body=body, channel="postcard")) == ["couple"]


def test_nobody_told_us_of_anybody() -> None:
    message, facts = look("anniversary", subject="occasion/o1")
    assert check(message, untold(facts)) == ()
