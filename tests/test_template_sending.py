"""What goes out is what was signed off: the words of a template are compared once more before they are sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import walk
from tests.conftest import House, MakeHouse
from tests.templated import GIVEN, NAME, SILENT, asked, fall_silent, hand_in, keys, rewrite, with_template


@pytest.fixture
def quiet_house(make_house: MakeHouse) -> House:
    """A house whose vendor keeps a template."""
    return with_template(make_house)


def test_what_was_approved_goes_as_the_crm_asked(quiet_house: House) -> None:
    sid = hand_in(quiet_house)
    walk.decide(quiet_house, sid, "approve")
    quiet_house.clock.forward(seconds=6)
    walk.dispatched(quiet_house)
    assert walk.look(quiet_house, sid).state == "sent"
    sent = quiet_house.twilio.messages[0]
    assert (sent["ContentSid"], sent["ContentVariables"], asked(quiet_house)) == (NAME, GIVEN, 2)


def test_words_that_changed_after_the_approval_are_shown_again(quiet_house: House) -> None:
    sid = hand_in(quiet_house)
    walk.decide(quiet_house, sid, "approve")
    rewrite(quiet_house, "Hi {{1}}, your {{2}} is late.")
    walk.dispatched(quiet_house)
    held = walk.look(quiet_house, sid)
    assert (held.state, held.content.seen, held.edition) == ("held", "Hi Kayla, your ring is late.", 2)
    assert keys(held) == ["template_words:changed"]
    assert "read the new ones" in held.findings[0].reason
    assert quiet_house.twilio.messages == []
    walk.decide(quiet_house, sid, "approve")
    walk.dispatched(quiet_house)
    assert walk.look(quiet_house, sid).state == "sent"


def test_words_that_changed_twice_are_shown_twice(quiet_house: House) -> None:
    sid = hand_in(quiet_house)
    for body in ("Once, {{1}}", "Twice, {{1}}"):
        walk.decide(quiet_house, sid, "approve")
        rewrite(quiet_house, body)
        walk.dispatched(quiet_house)
        assert walk.look(quiet_house, sid).state == "held"
    assert quiet_house.twilio.messages == []


def test_an_edit_while_the_vendor_is_asked_is_not_undone_by_its_answer(quiet_house: House) -> None:
    sid, ana = hand_in(quiet_house), walk.person(quiet_house)
    walk.decide(quiet_house, sid, "approve", ana)
    rewrite(quiet_house, "Hi {{1}}, your {{2}} is late.")

    def edit() -> None:
        quiet_house.twilio.before = lambda: None
        walk.decide(quiet_house, sid, "undo", ana)
        walk.decide(quiet_house, sid, "edit", ana, given={"variables": {"1": "Kayla", "2": "watch"}})
        walk.decide(quiet_house, sid, "approve", ana)

    quiet_house.twilio.before = edit
    walk.dispatched(quiet_house)
    held = walk.look(quiet_house, sid)
    assert (held.state, held.content.seen) == ("held", "Hi Kayla, your watch is late.")


def break_content_only(house: House) -> None:
    """The vendor takes messages, and does not answer about its templates."""
    whole = house.twilio.answer
    house.vendor.answer = lambda heard: SILENT if heard.path.startswith("/v1/") else whole(heard)


def drop_template(house: House) -> None:
    """The vendor keeps this template no more."""
    house.twilio.templates.clear()


@pytest.mark.parametrize(
    ("cause", "code", "waits"), [(break_content_only, "silent", 4), (drop_template, "gone", 0)], ids=["silent", "gone"]
)
def test_words_that_cannot_be_compared_wait_and_then_ask_a_person(
    quiet_house: House, cause: Callable[[House], None], code: str, waits: int
) -> None:
    sid = hand_in(quiet_house)
    walk.decide(quiet_house, sid, "approve")
    cause(quiet_house)
    quiet_house.clock.forward(seconds=6)
    for _ in range(waits):
        walk.dispatched(quiet_house)
        assert walk.look(quiet_house, sid).state == "cleared"
        quiet_house.clock.forward(seconds=60)
    walk.dispatched(quiet_house)
    held = walk.look(quiet_house, sid)
    assert (held.state, keys(held), quiet_house.twilio.messages) == ("held", [f"template_words:{code}"], [])
    walk.decide(quiet_house, sid, "approve")
    walk.dispatched(quiet_house)
    assert walk.look(quiet_house, sid).state == "sent"


def test_words_that_come_back_in_time_need_no_person(quiet_house: House) -> None:
    sid = hand_in(quiet_house)
    walk.decide(quiet_house, sid, "approve")
    quiet_house.twilio.fault = SILENT
    quiet_house.clock.forward(seconds=6)
    walk.dispatched(quiet_house)
    quiet_house.twilio.fault = None
    quiet_house.clock.forward(seconds=11)
    walk.dispatched(quiet_house)
    assert walk.look(quiet_house, sid).state == "sent"


def test_who_approves_unseen_words_lets_them_go(quiet_house: House) -> None:
    fall_silent(quiet_house)
    sid = hand_in(quiet_house)
    walk.decide(quiet_house, sid, "approve")
    quiet_house.twilio.fault = None
    walk.dispatched(quiet_house)
    assert walk.look(quiet_house, sid).state == "sent"
