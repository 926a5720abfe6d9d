"""The words of a template are seen at intake, by people and by checks, or the message waits unseen."""

from __future__ import annotations

import json
import time

import pytest

from tests import walk
from tests.conftest import House, MakeHouse
from tests.templated import NAME, SILENT, asked, fall_silent, hand_in, keys, refused, rewrite, with_template
from tests.vendors import VENDOR_SID


@pytest.fixture
def quiet_house(make_house: MakeHouse) -> House:
    """A house whose vendor keeps a template."""
    return with_template(make_house)


def test_words_are_seen_at_intake_with_their_values(quiet_house: House) -> None:
    shown = quiet_house.message(hand_in(quiet_house))
    assert shown["seen"] == "Hi Kayla, your ring is ready."
    assert shown["template"] == NAME
    assert shown["findings"] == []
    assert quiet_house.vendor.heard[0].method == "GET"


def test_a_run_of_texts_asks_once_a_minute(quiet_house: House) -> None:
    for name in ("Ana", "Bo", "Cy"):
        hand_in(quiet_house, variables=json.dumps({"1": name, "2": "ring"}))
    assert asked(quiet_house) == 1
    quiet_house.clock.forward(seconds=61)
    hand_in(quiet_house)
    assert asked(quiet_house) == 2


@pytest.mark.parametrize(
    ("types", "finding"),
    [
        ({"twilio/text": {"body": "Hi {{1}}, {{3}}"}}, "merge_field:unfilled"),
        ({"twilio/text": {"body": "See https://bit.ly/x"}}, "link_lint:shortener"),
        ({"twilio/card": {"title": "Hi", "actions": [{"url": "https://bit.ly/x"}]}}, "link_lint:shortener"),
        ({"twilio/card": {"title": "Hi", "subtitle": "zero\u200bwidth"}}, "hidden_character:hidden"),
        ({"whatsapp/card": {"body": "Hi", "footer": "DRAFT: no"}}, "blank_text:trial"),
        ({"twilio/text": {"body": "\u2800"}}, "blank_text:empty"),
    ],
    ids=["gap", "link", "button", "hidden", "footer", "blank"],
)  # fmt: skip
def test_checks_read_every_text_of_a_template(quiet_house: House, types: dict[str, object], finding: str) -> None:
    quiet_house.twilio.templates[NAME] = types
    assert finding in keys(walk.look(quiet_house, hand_in(quiet_house)))


@pytest.mark.parametrize(
    "variables", ["", '{"1": "Kayla"}', '{"1": "Kayla", "2": ""}', '{"1": "Kayla", "2": "ring", "2": "sale"}']
)
def test_a_value_that_is_missing_empty_or_given_twice_is_a_finding(quiet_house: House, variables: str) -> None:
    message = walk.look(quiet_house, hand_in(quiet_house, variables=variables))
    assert "{{2}}" in (message.content.seen or "")
    assert "merge_field:unfilled" in keys(message)


def test_the_codes_of_a_whatsapp_template_may_go_at_once_and_offers_may_not(quiet_house: House) -> None:
    buttons = [{"type": "COPY_CODE", "copy_code_text": "Copy Code"}]
    quiet_house.twilio.templates[NAME] = {
        "whatsapp/authentication": {"code_expiration_minutes": 10, "actions": buttons}
    }
    code = walk.look(quiet_house, hand_in(quiet_house, purpose="otp", variables='{"1": "493201"}'))
    assert code.content.seen == (
        "493201 is your verification code.\nFor your security, do not share this code.\n"
        "This code expires in 10 minutes.\nCopy Code"
    )
    assert (code.state, keys(code)) == ("cleared", [])
    rewrite(quiet_house, "{{1}} is your code. 20% off today!")
    quiet_house.clock.forward(seconds=61)
    assert refused(quiet_house, purpose="otp", variables='{"1": "493202"}') == 21612


def test_unseen_words_go_in_no_lane(quiet_house: House) -> None:
    fall_silent(quiet_house)
    held = walk.look(quiet_house, hand_in(quiet_house))
    assert (held.state, held.content.seen, keys(held)) == ("held", None, ["unseen_words:unseen"])
    assert refused(quiet_house, purpose="otp", variables='{"1": "493201"}') == 21612


def test_words_of_its_own_beside_a_template_go_in_no_lane(quiet_house: House) -> None:
    quiet_house.twilio.templates[NAME] = {"twilio/text": {"body": "Come to our party."}}
    given = {"Body": "Your code is 493201.", "variables": ""}
    assert keys(walk.look(quiet_house, hand_in(quiet_house, **given))) == ["unseen_words:two_texts"]
    assert refused(quiet_house, purpose="otp", **given) == 21612


FAULTS = {"silent": SILENT, "lost": (0, {}, b""), "unreadable": (200, {}, b"[" * 100_000)}
NOBODY_TO_ASK: dict[str, dict[str, str]] = {
    "no_account": {"twilio_account_sid": "", "twilio_auth_token": ""},
    "test_mode": {"mode": "test"},
}


@pytest.mark.parametrize("cause", ["silent", "unknown", "lost", "unreadable", *NOBODY_TO_ASK])
def test_intake_goes_on_without_the_words(make_house: MakeHouse, cause: str) -> None:
    house = make_house(start=False, **NOBODY_TO_ASK.get(cause, {}))
    house.twilio.fault = FAULTS.get(cause)
    message = walk.look(house, hand_in(house))
    assert (message.state, keys(message)) == ("held", ["unseen_words:unseen"])
    assert asked(house) == int(cause not in NOBODY_TO_ASK)


def test_a_vendor_that_hangs_costs_two_seconds_once(make_house: MakeHouse) -> None:
    house = make_house(start=False, vendor_timeout="20")
    house.twilio.before = lambda: time.sleep(15)
    started = time.monotonic()
    hand_in(house)
    hand_in(house, template="HX" + "cd" * 16)
    assert time.monotonic() - started < 12
    assert asked(house) == 1


def test_a_repeat_meets_the_same_message_when_only_one_of_them_was_seen(quiet_house: House) -> None:
    fall_silent(quiet_house)
    first = hand_in(quiet_house)
    quiet_house.twilio.fault = None
    quiet_house.clock.forward(seconds=6)
    assert hand_in(quiet_house) == first
    assert walk.look(quiet_house, first).repeats == 1


def test_two_texts_of_one_template_with_other_values_are_no_twins(quiet_house: House) -> None:
    hand_in(quiet_house)
    assert keys(walk.look(quiet_house, hand_in(quiet_house, variables='{"1": "Kayla", "2": "watch"}'))) == []
    plain = walk.hand_in(quiet_house, Body="Hi Kayla, your ring is ready.")
    assert keys(walk.look(quiet_house, plain)) == ["duplicate:twin"]


def test_words_that_could_not_be_seen_are_asked_for_again(quiet_house: House) -> None:
    fall_silent(quiet_house)
    sid = hand_in(quiet_house)
    quiet_house.clock.forward(seconds=61)
    walk.swept(quiet_house)
    assert walk.look(quiet_house, sid).version == 1
    quiet_house.twilio.fault = None
    quiet_house.clock.forward(seconds=61)
    walk.swept(quiet_house)
    found = walk.look(quiet_house, sid)
    assert (found.state, found.version, found.edition) == ("held", 2, 2)
    assert (found.content.seen, keys(found)) == ("Hi Kayla, your ring is ready.", [])


def test_after_an_hour_nobody_asks_any_more(quiet_house: House) -> None:
    fall_silent(quiet_house)
    sid = hand_in(quiet_house)
    quiet_house.clock.forward(seconds=3700)
    walk.swept(quiet_house)
    before = asked(quiet_house)
    quiet_house.twilio.fault = None
    quiet_house.clock.forward(seconds=3700)
    walk.swept(quiet_house)
    assert (asked(quiet_house), walk.look(quiet_house, sid).content.seen) == (before, None)


def test_the_vendors_key_goes_to_the_vendor_alone(quiet_house: House) -> None:
    shown = json.dumps(quiet_house.message(hand_in(quiet_house)))
    assert quiet_house.vendor.heard[0].headers["authorization"].startswith("Basic ")
    assert VENDOR_SID not in shown
