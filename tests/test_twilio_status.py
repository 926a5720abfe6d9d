"""What a CRM sees of what becomes of its messages: Twilio's statuses and codes, by fetch, list and callback."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from sayso import store
from sayso.store import Staff
from sayso_config import SettingsError, load
from tests.conftest import House, MakeHouse
from tests.standing import SHOP, TO, assert_twilio_error, call
from tests.stillness import still
from tests.vendor_log import refuses
from tests.walk import approved, decide, dispatched, hand_in, person, relayed, sent, told, withdraw

__all__ = ["still"]  # fixtures from elsewhere

TOML = '[sources.crm]\nrejected = "failed"\n[regions.FR]\nsms = "off"\n[regions.DE]\nsms = "on"\n'
FRANCE, GERMANY, GUADELOUPE = "+33612345678", "+4915112345678", "+590690123456"
DECISIONS: dict[str, dict[str, Any]] = {
    "reject": {},
    "phone": {},
    "redirect": {"to": "+14155550188"},
    "suppress": {"scope": "all"},
}


@pytest.fixture
def strict(make_house: MakeHouse, tmp_path: Any) -> House:
    """A house whose CRM hears of a reject as a failure, and which sends no texts to France."""
    (tmp_path / "sayso.toml").write_text(TOML)
    return make_house(start=False)


def by_manager(house: House) -> Staff:
    """Somebody who may decide everything."""
    return person(house, "max@example.com", "manager")


def seen(house: House, sid: str) -> tuple[str, int | None, str | None]:
    """What fetch says, and the list too."""
    fetched = house.client().messages(sid).fetch()
    (listed,) = [found for found in house.client().messages.list() if found.sid == sid]
    assert (listed.status, listed.error_code) == (fetched.status, fetched.error_code)
    return fetched.status, fetched.error_code, fetched.error_message


@pytest.mark.parametrize(("kind", "given"), DECISIONS.items(), ids=DECISIONS)
def test_a_decision_against_a_message_shows_as_canceled(still: House, kind: str, given: dict[str, Any]) -> None:
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    decide(still, sid, kind, by_manager(still), given=given)
    still.clock.forward(seconds=1)
    relayed(still)

    assert seen(still, sid) == ("canceled", None, None)
    assert told(still) == ["canceled"]
    assert "ErrorCode" not in still.crm.posts()[0].form


@pytest.mark.parametrize(("kind", "given"), DECISIONS.items(), ids=DECISIONS)
def test_a_crm_that_ignores_canceled_sees_a_decision_as_filtered(
    strict: House, kind: str, given: dict[str, Any]
) -> None:
    sid = hand_in(strict, StatusCallback=strict.crm.url + "/cb")
    decide(strict, sid, kind, by_manager(strict), given=given)
    strict.clock.forward(seconds=1)
    relayed(strict)

    assert seen(strict, sid) == ("failed", 30007, "Message filtered")
    assert [(post.form["MessageStatus"], post.form["ErrorCode"]) for post in strict.crm.posts()] == [
        ("failed", "30007")
    ]


def test_the_option_is_one_sources_alone_and_not_for_its_own_cancel(strict: House) -> None:
    mine, other = hand_in(strict), hand_in(strict, "other")
    withdraw(strict, mine)
    decide(strict, other, "reject")
    strict.clock.forward(seconds=1)

    assert seen(strict, mine) == ("canceled", None, None)
    assert strict.client("other").messages(other).fetch().status == "canceled"


def test_a_filtered_message_keeps_its_first_status_until_it_cannot_be_undone(
    make_house: MakeHouse, tmp_path: Any
) -> None:
    (tmp_path / "sayso.toml").write_text(TOML)
    house = make_house(start=False, undo_seconds="20")
    sid = hand_in(house, StatusCallback=house.crm.url + "/cb")
    decide(house, sid, "reject")

    assert seen(house, sid) == ("queued", None, None)
    house.clock.forward(seconds=21)
    relayed(house)
    assert seen(house, sid)[:2] == ("failed", 30007)
    assert told(house) == ["failed"]


def test_who_was_opted_out_at_the_door_failed_with_21610_and_cannot_be_canceled(still: House) -> None:
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="inbound"))
    assert_twilio_error(call(still, "POST", data={"To": TO, "From": SHOP, "Body": "Hello"}), 400, 21610)
    sid = still.client().messages.list()[0].sid

    assert seen(still, sid)[:2] == ("failed", 21610)
    assert_twilio_error(withdraw(still, sid), 409, 30409)
    assert seen(still, sid)[:2] == ("failed", 21610)


def test_what_staff_edited_is_what_the_crm_reads(still: House) -> None:
    sid = hand_in(still, Body="Your ring is reddy.")
    decide(still, sid, "edit", given={"body": "Your ring is ready. " * 10})

    fetched = still.client().messages(sid).fetch()

    assert (fetched.body, fetched.num_segments, fetched.status) == ("Your ring is ready. " * 10, "2", "queued")


@pytest.mark.parametrize("code", [21408, 21610, 21614, 30007])
def test_what_the_vendor_refuses_at_release_has_failed_with_its_code(still: House, code: int) -> None:
    sid = approved(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.fault = refuses(400, code, "no")
    dispatched(still)
    relayed(still)

    status, error_code, text = seen(still, sid)
    assert (status, error_code, bool(text)) == ("failed", code, True)
    assert still.crm.posts()[0].form["ErrorCode"] == str(code)


def test_what_was_not_delivered_has_the_vendors_code_and_its_meaning(still: House) -> None:
    sid = sent(still)
    still.twilio.call_back(still.twilio.messages[-1], "undelivered", ErrorCode="30003")

    assert seen(still, sid) == ("undelivered", 30003, "Unreachable destination handset")


@pytest.mark.parametrize("to", [FRANCE, "+33 6 12 34 56 78", f"rcs:{FRANCE}"])
def test_a_number_of_a_closed_region_is_refused_at_once(strict: House, to: str) -> None:
    with pytest.raises(TwilioRestException) as no:
        strict.client().messages.create(to=to, from_=SHOP, body="Bonjour")

    assert (no.value.status, no.value.code) == (400, 21408)
    assert strict.client().messages.list() == []


@pytest.mark.parametrize("to", [TO, GERMANY, GUADELOUPE])
def test_other_regions_stay_open(strict: House, to: str) -> None:
    assert strict.client().messages.create(to=to, from_=SHOP, body="Hello").status == "queued"


def test_a_closed_region_gets_no_texts_but_whatsapp(strict: House) -> None:
    made = strict.client().messages.create(to=f"whatsapp:{FRANCE}", from_=f"whatsapp:{SHOP}", body="Bonjour")

    assert made.status == "queued"


@pytest.mark.parametrize("said", ['"of"', "false", "0"])
def test_a_region_that_is_neither_on_nor_off_is_refused_at_the_start(tmp_path: Any, said: str) -> None:
    (tmp_path / "sayso.toml").write_text(f"[regions.FR]\nsms = {said}\n")

    with pytest.raises(SettingsError, match=r"line 2: .* sms must be 'on' or 'off'"):
        load({}, file=tmp_path / "sayso.toml")


def test_a_canceled_message_is_canceled_again_and_another_sources_does_not_exist(still: House) -> None:
    sid, foreign = hand_in(still), hand_in(still, "other")
    decide(still, sid, "reject")
    still.clock.forward(seconds=1)

    assert withdraw(still, sid).json()["status"] == withdraw(still, sid).json()["status"] == "canceled"
    assert_twilio_error(withdraw(still, foreign), 404, 20404)
    assert_twilio_error(call(still, "PUT", f"/Messages/{sid}.json"), 405, 20004)
    assert_twilio_error(call(still, "OPTIONS", f"/Messages/{sid}.json"), 405, 20004)
