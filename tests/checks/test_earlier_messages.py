"""contact_cap, first_contact, burst_brake and rejected_twin: what came before says whether this one should."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sayso.checks import burst_brake, contact_cap, first_contact, rejected_twin
from sayso.message import Limits
from tests.checks.build import NOON, a_message, some_facts
from tests.storied import KAYLA, a_contact, a_story, told, untold


def capped(purpose: str | None, *before: Any, **given: Any) -> list[str]:
    return [one.code for one in contact_cap.check(a_message(purpose=purpose), some_facts(contacts=before, **given))]


SOLD = (a_contact("marketing", 1), a_contact("wishlist_reminder", 2))
WROTE = tuple(a_contact("receipt", days) for days in (1, 2, 3, 4))


def test_two_offers_a_week_are_enough() -> None:
    assert capped("marketing", *SOLD) == ["marketing"]
    assert capped("marketing", SOLD[0]) == []
    assert capped("receipt", *SOLD) == []


def test_four_messages_a_week_are_enough() -> None:
    assert capped("receipt", *WROTE) == ["messages"]
    assert capped(None, *WROTE) == ["messages"]
    assert capped("receipt", *WROTE[:3]) == []
    assert capped("marketing", *SOLD, *WROTE) == ["marketing"]


@pytest.mark.parametrize("purpose", ["otp", "appointment_today", "safety_legal_notice", "auto_reply", "repair_problem"])
def test_what_cannot_wait_is_not_counted_against(purpose: str) -> None:
    assert capped(purpose, *WROTE) == []


@pytest.mark.parametrize(
    "more",
    [
        {"state": "stopped"},
        {"state": "held"},
        {"state": "failed"},
        {"purpose": "otp"},
        {"at": NOON - timedelta(days=7)},
    ],
    ids=str,
)
def test_only_what_reached_them_this_week_counts(more: dict[str, Any]) -> None:
    assert capped("receipt", *WROTE[:3], replace(WROTE[3], **more)) == []


def test_its_own_earlier_self_does_not_count() -> None:
    own = replace(WROTE[3], message_id=a_message().id)
    assert capped("receipt", *WROTE[:3], own) == []


def test_it_may_go_when_the_first_of_them_is_a_week_old_and_not_at_night() -> None:
    (found,) = contact_cap.check(a_message(purpose="marketing"), some_facts(contacts=SOLD))
    assert found.reason == "2 marketing messages to them went out or are about to, in 7 days; this one can wait."
    assert found.proposal == {"kind": "delay", "until": (NOON + timedelta(days=5)).isoformat()}
    late = replace(SOLD[1], at=NOON - timedelta(days=2, hours=8))  # two in the morning in Reno
    (found,) = contact_cap.check(a_message(purpose="marketing"), some_facts(contacts=(SOLD[0], late)))
    assert found.proposal == {"kind": "delay", "until": "2026-11-23T16:00:00+00:00"}


def test_the_cap_is_the_policy_s() -> None:
    limits = {"limits": Limits(marketing_cap=1, contact_cap=9, cap_days=2)}
    assert capped("marketing", SOLD[0], policy=limits) == ["marketing"]
    assert capped("marketing", SOLD[1], policy=limits) == []
    assert capped("receipt", *WROTE, policy=limits) == []


def stranger(purpose: str | None = "receipt", *before: Any, **given: Any) -> list[str]:
    facts = told(a_story(purpose=purpose, **given), contacts=before)
    assert first_contact.check(a_message(purpose=purpose), untold(facts)) == ()
    return [one.code for one in first_contact.check(a_message(purpose=purpose), facts)]


def test_an_address_that_nobody_knows_and_nothing_went_to_holds() -> None:
    assert stranger() == ["stranger"]
    assert stranger(None) == ["stranger"]
    assert stranger("receipt", a_contact("otp", 30)) == []
    assert stranger("receipt", a_contact("otp", 30, state="stopped")) == ["stranger"]
    assert stranger(people=[{"id": "kayla", "phones": [KAYLA]}]) == []


@pytest.mark.parametrize("purpose", ["otp", "appointment_today", "auto_reply"])
def test_a_code_and_an_answer_may_be_the_first(purpose: str) -> None:
    assert stranger(purpose) == []


@pytest.mark.parametrize(
    ("burst", "brake", "purpose", "held"),
    [
        (201, (200, 60), "marketing", True),
        (200, (200, 60), "marketing", False),
        (201, (200, 60), None, True),
        (9999, None, "marketing", False),
        (9999, (200, 60), "otp", False),
    ],
)
def test_far_more_than_usual_is_held(burst: int, brake: Any, purpose: str | None, held: bool) -> None:
    facts = some_facts({"burst_brake": brake}, burst=burst)
    assert bool(burst_brake.check(a_message(purpose=purpose), facts)) is held


def test_a_burst_is_one_finding_for_all_of_it() -> None:
    messages = [a_message(f"Hi {n}", id=f"m{n}", purpose=None) for n in range(3)]
    found = [
        burst_brake.check(message, some_facts({"burst_brake": (2, 60.0)}, burst=burst))
        for message, burst in zip(messages, (3, 4, 99), strict=True)
    ]
    assert len(set(found)) == 1
    assert [(one.key, one.verdict) for one in found[0]] == [("burst_brake:burst:crm", "hold")]


NO = {"state": "stopped", "subject": "purchase/8812", "stop_reason": "rejected:wrong_person"}


def twin(
    *before: Any, purpose: str | None = "receipt", subject: str | None = "purchase/8812", **given: Any
) -> list[str]:
    message = a_message(purpose=purpose, subject=subject, **given)
    facts = told(a_story(), contacts=before)
    assert rejected_twin.check(message, untold(facts)) == ()
    return [one.code for one in rejected_twin.check(message, facts)]


@pytest.mark.parametrize("why", ["rejected:wrong_person", "rejected:not_wanted", "suppressed", "phone", "redirected"])
def test_what_a_colleague_stopped_is_not_sent_in_another_way(why: str) -> None:
    assert twin(a_contact("receipt", 3, **(NO | {"stop_reason": why}))) == [why.rpartition(":")[2]]


@pytest.mark.parametrize("why", ["rejected", "rejected:wrong_time", "rejected:other", "expired", ""])
def test_what_was_stopped_for_another_reason_may_come_again(why: str) -> None:
    assert twin(a_contact("receipt", 3, **(NO | {"stop_reason": why}))) == []


@pytest.mark.parametrize(("days", "held"), [(13.9, True), (14, False)])
def test_a_no_holds_its_twin_for_two_weeks(days: float, held: bool) -> None:
    assert bool(twin(a_contact("receipt", days, **NO))) is held


def test_a_twin_has_the_same_purpose_and_subject() -> None:
    no = a_contact("receipt", 3, **NO)
    assert twin(no, purpose="order_status") == []
    assert twin(no, subject="purchase/9") == []
    assert twin(no, subject=None) == []
    assert twin(no, parent_id=no.message_id) == []
    assert twin(replace(no, purpose="", subject=""), purpose=None, subject=None) == ["wrong_person"]


def test_the_newest_no_speaks() -> None:
    old, new = a_contact("receipt", 9, **NO), a_contact("receipt", 2, **(NO | {"stop_reason": "phone"}))
    (found,) = rejected_twin.check(
        a_message(purpose="receipt", subject="purchase/8812"), told(a_story(), contacts=(old, new))
    )
    assert found.reason == "A colleague chose 2 days ago to phone about this instead."
