"""Delay until the surprise is over, or the appointment: a yes for then, and never one to telling too early."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import House
from tests.deciding import decided, may, quiet, refused, still, text
from tests.storytelling import KAYLA, SCOTT, ago, checks, couple, mail, ring, stops, tell
from tests.walk import dispatched, look

__all__ = ["quiet", "still"]
Json = dict[str, Any]


def ahead(house: House, **span: float) -> str:
    """A moment to come, as people write it."""
    return (house.clock() + timedelta(**span)).isoformat()


def pendant(**more: Any) -> Json:
    """Scott's purchase of a pendant for Kayla, which is a secret for some days."""
    return ring(items=["pendant-9"], **more)


def surprise(house: House, until: str | None, **more: Any) -> list[Json]:
    """The till's word on how long the pendant is a secret."""
    return [{"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"], "until": until, **more}]


def stopped(house: House, until: str | None, body: str = "How was your purchase?", **more: Any) -> str:
    """A survey about the pendant to Kayla, which the surprise stops."""
    tell(house, **couple(purchases=[pendant()]), embargoes=surprise(house, until, **more))
    sid = text(house, body, to=KAYLA, purpose="purchase_feedback")
    assert stops(house.message(sid)), checks(house.message(sid))
    return sid


def test_a_survey_may_wait_until_the_surprise_is_over(still: House) -> None:
    """It goes by the facts of then: she has been given it, so a person looks once more at what she may hear."""
    until = ahead(still, days=3)
    sid = stopped(still, until)
    assert "delay" in may(still, sid)
    assert "approve" not in may(still, sid)
    answer = decided(still, sid, "delay", until="embargo_end")
    assert answer["state"] == "cleared"
    assert look(still, sid).due_at == datetime.fromisoformat(until)
    assert look(still, sid).accepted == frozenset(), "nobody has said yes to telling her"
    still.clock.forward(days=2, hours=23)
    dispatched(still)
    assert (still.vendor.posts(), look(still, sid).state) == ([], "cleared")
    still.clock.forward(hours=2)
    dispatched(still)
    assert not [key for key in checks(still.message(sid)) if key.startswith("embargo")]


@pytest.mark.parametrize(("longer", "state"), [(False, "sent"), (True, "held")], ids=["over", "made longer"])
def test_a_word_on_a_list_goes_once_the_surprise_in_it_is_over(still: House, longer: bool, state: str) -> None:
    """The hold is waited out, not accepted: a surprise that was made longer is found again."""
    given = {"person": "kayla", "channel": "sms", "status": "granted", "at": ago(days=9), "proof": "form"}
    tell(still, **couple(purchases=[pendant()], consents=[given]), embargoes=surprise(still, ahead(still, days=3)))
    body = "Still dreaming? Your wishlist is here. Reply STOP to opt out."
    sid = text(still, body, to=KAYLA, purpose="wishlist_reminder")
    assert "embargo:wishlist:purchase/8812" in checks(still.message(sid))
    decided(still, sid, "delay", until="embargo_end")
    if longer:
        tell(still, embargoes=surprise(still, ahead(still, days=9)))
    still.clock.forward(days=3, hours=1)
    dispatched(still)
    assert look(still, sid).state == state, checks(still.message(sid))
    assert len(still.vendor.posts()) == (0 if longer else 1)


def test_a_surprise_that_was_made_longer_holds_it_again(still: House) -> None:
    sid = stopped(still, ahead(still, days=3))
    decided(still, sid, "delay", until="embargo_end")
    tell(still, embargoes=surprise(still, ahead(still, days=9)))
    still.clock.forward(days=3, hours=1)
    dispatched(still)
    assert (still.vendor.posts(), look(still, sid).state) == ([], "held")
    assert "embargo" in stops(still.message(sid))
    assert "approve" not in may(still, sid)


def test_a_day_before_the_end_is_refused_and_one_after_it_is_taken(quiet: House) -> None:
    sid = stopped(quiet, ahead(quiet, days=3))
    said = refused(quiet, sid, "delay", 409, until=ahead(quiet, days=2))
    assert "The surprise is over at" in said
    assert "it cannot go before" in said
    assert "cannot go before" in refused(quiet, sid, "delay", 409, until="next_allowed")
    decided(quiet, sid, "delay", until=ahead(quiet, days=4))


@pytest.mark.parametrize("bridal", [False, True], ids=["no day", "a ring that asks on its day"])
def test_a_surprise_without_an_end_has_none_to_wait_for(quiet: House, bridal: bool) -> None:
    sale = ring() if bridal else pendant()
    until = ahead(quiet, days=3) if bridal else None
    reason = "engagement" if bridal else "a present"
    tell(quiet, **couple(purchases=[sale]), embargoes=surprise(quiet, until, reason=reason))
    sid = text(quiet, "How was your purchase?", to=KAYLA, purpose="purchase_feedback")
    assert "delay" not in may(quiet, sid)
    assert refused(quiet, sid, "delay", 409, until="embargo_end")


def test_a_hold_about_a_surprise_without_an_end_says_who_ends_it(quiet: House) -> None:
    tell(quiet, **couple())
    sid = text(quiet, "Your wishlist is here.", to=KAYLA, purpose="wishlist_reminder")
    said = refused(quiet, sid, "delay", 409, until="embargo_end")
    assert "ends when somebody says that it was given" in said


def test_the_end_of_a_surprise_may_come_too_late(quiet: House) -> None:
    sid = stopped(quiet, ahead(quiet, days=30))
    assert "worth sending only until" in refused(quiet, sid, "delay", 409, until="embargo_end")


def test_another_stop_beside_it_is_no_secret_and_keeps_the_delay_away(quiet: House) -> None:
    sid = stopped(quiet, ahead(quiet, days=3))
    tell(quiet, suppressions=[{"address": KAYLA, "reason": "asked for no more"}])
    assert "suppressed_address" in stops(quiet.message(sid))
    assert "delay" not in may(quiet, sid)
    assert "cannot be approved" in refused(quiet, sid, "delay", 409, until="embargo_end")


def test_a_survey_about_a_visit_waits_until_the_visit_is_over(still: House) -> None:
    begins = still.clock() + timedelta(hours=5)
    visit = {"id": "a1", "booked_by": "scott", "at": begins.isoformat(), "state": "booked"}
    tell(still, **couple(appointments=[visit], purchases=[], wishlists=[]))
    sid = mail(still, "scott@example.com", "How was it?", purpose="purchase_feedback", subject="appointment/a1")["id"]
    decided(still, sid, "delay", until="subject_done")
    assert look(still, sid).due_at == begins + timedelta(hours=1)


def test_when_a_purchase_is_done_nobody_knows(quiet: House) -> None:
    tell(quiet, **couple(wishlists=[]))
    sid = text(quiet, "How was your purchase?", to=SCOTT, purpose="purchase_feedback")
    assert "when this matter is done" in refused(quiet, sid, "delay", 409, until="subject_done")


def test_a_visit_that_is_over_is_nothing_to_wait_for(quiet: House) -> None:
    visit = {"id": "a1", "booked_by": "scott", "at": ago(hours=3), "state": "booked"}
    tell(quiet, **couple(appointments=[visit], purchases=[], wishlists=[]))
    sid = text(quiet, "Thank you for your visit!", to=SCOTT, purpose="appointment_future")
    assert "over already" in refused(quiet, sid, "delay", 409, until="subject_done")
