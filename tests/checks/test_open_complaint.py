"""open_complaint and bad_news: who waits for us to put something right hears a voice first."""

from __future__ import annotations

from typing import Any

import pytest

from sayso.checks import bad_news, open_complaint
from sayso.message import Facts, Message
from tests.checks.build import a_message
from tests.storied import KAYLA, SCOTT, a_story, days_ago, told, untold

REBECCA = {"id": "rebecca", "name": "Rebecca Moss", "phones": [KAYLA]}
SARAH = {"id": "sarah", "name": "Sarah Lind", "phones": [SCOTT]}
COMPLAINT = {"id": "c1", "person": "rebecca", "opened_at": "2026-11-13T19:36:00Z", "closed_at": None}
REPAIR = {"id": "r1", "depositor": "rebecca", "owner": "rebecca", "state": "problem", "note": "stone chipped"}


def look(purpose: str | None = "marketing", **given: Any) -> tuple[Message, Facts]:
    story = a_story(purpose=purpose, people=[REBECCA, SARAH], **given)
    return a_message(purpose=purpose, to=tuple(given.get("to", (KAYLA,)))), told(story)


@pytest.mark.parametrize("purpose", ["marketing", "receipt", "birthday", "purchase_feedback", None])
def test_an_open_complaint_holds_what_is_not_about_it(purpose: str | None) -> None:
    (found,) = open_complaint.check(*look(purpose, complaints=[COMPLAINT]))
    assert (found.verdict, found.proposal) == ("hold", {"kind": "phone"})
    assert found.reason == "Rebecca has an open complaint since 13 November; please settle that first, best by phone."


OTHERS = ("safety_legal_notice", "otp", "appointment_today", "auto_reply", "complaint_followup", "repair_problem")


@pytest.mark.parametrize("purpose", OTHERS)
def test_what_cannot_wait_and_what_is_about_it_goes_on(purpose: str) -> None:
    assert open_complaint.check(*look(purpose, complaints=[COMPLAINT], repairs=[REPAIR])) == ()


@pytest.mark.parametrize(
    ("more", "held"),
    [
        ({"closed_at": "2026-11-14T00:00:00Z"}, False),
        ({"closed_at": "2027-01-01T00:00:00Z"}, True),
        ({"person": "sarah"}, False),
        ({"deleted": True}, False),
        ({"opened_at": None}, True),
    ],
)
def test_only_an_open_one_of_whoever_reads_it_counts(more: dict[str, Any], held: bool) -> None:
    assert bool(open_complaint.check(*look(complaints=[COMPLAINT | more]))) is held


def test_a_repair_that_went_wrong_counts_as_a_complaint() -> None:
    (found,) = open_complaint.check(*look(repairs=[REPAIR]))
    assert "Rebecca\u2019s repair" in found.reason
    assert "stone chipped" in found.evidence
    assert open_complaint.check(*look(repairs=[REPAIR | {"state": "ready"}])) == ()
    assert open_complaint.check(*look(repairs=[REPAIR | {"depositor": "sarah"}])) == ()


def test_everything_that_is_open_is_one_finding() -> None:
    second = COMPLAINT | {"id": "c2"}
    (found,) = open_complaint.check(*look(complaints=[COMPLAINT, second], repairs=[REPAIR]))
    assert found.evidence.count("said by") == 3


@pytest.mark.parametrize(
    ("purpose", "given"),
    [
        ("repair_problem", {"subject": "repair/r1", "repairs": [REPAIR]}),
        ("complaint_followup", {"subject": "complaint/c1", "complaints": [COMPLAINT]}),
    ],
)
def test_bad_news_for_the_right_person_is_better_phoned(purpose: str, given: dict[str, Any]) -> None:
    (found,) = bad_news.check(*look(purpose, **given))
    assert (found.verdict, found.proposal) == ("hold", {"kind": "phone"})
    assert "Rebecca" in found.reason
    assert bad_news.check(*look(purpose, to=[SCOTT], **given)) == ()
    assert bad_news.check(*look("repair_ready", **given)) == ()


def test_nobody_told_us_of_anybody() -> None:
    message, facts = look(complaints=[COMPLAINT | {"opened_at": days_ago(3)}])
    assert open_complaint.check(message, untold(facts)) == ()
    message, facts = look("repair_problem", subject="repair/r1", repairs=[REPAIR])
    assert bad_news.check(message, untold(facts)) == ()
