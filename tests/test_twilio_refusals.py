"""What Twilio would refuse is refused at once, with its code; what it would take is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from sayso import store
from tests.conftest import House
from tests.standing import (
    OTHER,
    PICTURES,
    PLAIN,
    SERVICE,
    SHOP,
    TEMPLATE,
    TO,
    assert_message,
    assert_twilio_error,
    call,
    count_rows,
)
from tests.standing_alone import alone
from tests.vendors import VENDOR_SID, VENDOR_TOKEN

__all__ = ["alone"]  # fixtures from elsewhere

LATER = "2999-01-01T00:00:00Z"
TIMED = {"MessagingServiceSid": SERVICE, "ScheduleType": "fixed"}
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no_to": ({"To": None}, 21604),
    "blank_to": ({"To": "  "}, 21604),
    "to_is_a_word": ({"To": "Kayla"}, 21211),
    "to_is_short": ({"To": "+1415"}, 21211),
    "to_is_long": ({"To": "+1415555012345678"}, 21211),
    "to_has_letters": ({"To": "+1800FLOWERS"}, 21211),
    "to_has_an_extension": ({"To": "+14155550123 ext. 5"}, 21211),
    "to_is_two_numbers": ({"To": f"{TO},{OTHER}"}, 21211),
    "to_is_two_numbers_with_a_slash": ({"To": f"{TO}/x{OTHER}"}, 21211),
    "to_hides_in_words": ({"To": f"call {TO}"}, 21211),
    "to_has_a_nul": ({"To": f"{TO}\0"}, 21211),
    "to_is_a_short_code": ({"To": "55512"}, 21211),
    "to_of_another_channel": ({"To": f"fax:{TO}"}, 21211),
    "no_from": ({"From": None}, 21603),
    "from_is_long": ({"From": "The Ringlet Shop of Reno"}, 21212),
    "from_is_no_number": ({"From": "+12"}, 21212),
    "from_on_whatsapp_is_a_word": ({"To": f"whatsapp:{TO}", "From": "whatsapp:Ringlet"}, 21212),
    "from_is_to": ({"From": TO}, 21266),
    "channels_differ": ({"To": f"whatsapp:{TO}"}, 21910),
    "no_words": ({"Body": None}, 21602),
    "empty_words": ({"Body": ""}, 21602),
    "too_many_words": ({"Body": "a" * 1601}, 21617),
    "service_of_another_kind": ({"MessagingServiceSid": "IS" + "ab" * 16}, 21701),
    "template_of_another_kind": ({"ContentSid": "HX12"}, 21655),
    "template_values_are_no_json": ({"ContentSid": TEMPLATE, "ContentVariables": "{1: a"}, 21656),
    "template_values_are_a_list": ({"ContentSid": TEMPLATE, "ContentVariables": "[]"}, 21656),
    "template_values_are_deep": ({"ContentSid": TEMPLATE, "ContentVariables": "[" * 100_000}, 21656),
    "callback_without_a_scheme": ({"StatusCallback": "crm.example/hook"}, 21609),
    "callback_of_another_scheme": ({"StatusCallback": "ftp://crm.example/hook"}, 21609),
    "callback_with_a_line_break": ({"StatusCallback": "https://crm.example/\r\nX: y"}, 21609),
    "callback_with_a_port_too_high": ({"StatusCallback": "https://crm.example:99999/"}, 21609),
    "callback_with_half_an_address": ({"StatusCallback": "https://[::1/"}, 21609),
    "callback_with_a_long_host": ({"StatusCallback": f"https://{'a.' * 200}example/"}, 21609),
    "picture_is_no_url": ({"MediaUrl": "ring.jpg"}, 21620),
    "one_picture_of_two_is_no_url": ({"MediaUrl": [PICTURES[0], "ring.jpg"]}, 21620),
    "eleven_pictures": ({"MediaUrl": PICTURES * 5 + PICTURES[:1]}, 21623),
    "timed_without_a_type": ({"MessagingServiceSid": SERVICE, "SendAt": LATER}, 35114),
    "timed_without_a_service": ({"ScheduleType": "fixed", "SendAt": LATER}, 35118),
    "timed_without_a_time": (TIMED, 35111),
    "timed_for_no_time": (TIMED | {"SendAt": "tomorrow"}, 35114),
    "timed_before_the_first_year": (TIMED | {"SendAt": "0001-01-01T00:00:00+23:59"}, 35114),
    "timed_too_late": (TIMED | {"SendAt": LATER}, 35115),
    "timed_too_early": (TIMED | {"SendAt": datetime.now(UTC).isoformat()}, 35115),
    "valid_for_no_time": ({"ValidityPeriod": "0"}, 21624),
    "valid_for_too_long": ({"ValidityPeriod": "36001"}, 21624),
    "valid_for_a_word": ({"ValidityPeriod": "an hour"}, 21624),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_what_twilio_would_refuse_is_refused_at_once_with_its_code(
    alone: House, changes: dict[str, Any], code: int
) -> None:
    before = count_rows(alone)

    answer = call(alone, "POST", data=PLAIN | changes)

    assert_twilio_error(answer, 400, code)
    assert count_rows(alone) == before


TAKEN = {
    "dashes": {"To": "+1-415-555-0123"},
    "national": {"To": "(415) 555-0123"},
    "from_a_phones_address_book": {"To": "\u202a+1 415 555 0123\u202c"},
    "wide_digits": {"To": "\uff0b14155550123"},
    "callback_with_a_password": {"StatusCallback": "https://user:word@crm.example/hook"},
    "callback_with_a_fragment": {"StatusCallback": "https://crm.example/hook#rc=2"},
    "empty_fields": {"MessagingServiceSid": "", "SendAt": "", "ValidityPeriod": "", "StatusCallback": ""},
    "unknown_field": {"FutureField": "x"},
}


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN)
def test_what_twilio_would_take_is_taken(alone: House, changes: dict[str, str]) -> None:
    answer = call(alone, "POST", data=PLAIN | changes)

    assert answer.status_code == 201, answer.text
    assert_message(answer.json())
    assert answer.json()["to"] == TO


def test_a_send_at_without_a_zone_is_utc(alone: House) -> None:
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)

    answer = call(alone, "POST", data=PLAIN | TIMED | {"SendAt": at.replace(tzinfo=None).isoformat()})

    assert answer.json()["status"] == "scheduled"
    assert datetime.fromisoformat(str(alone.message(answer.json()["sid"])["send_at"])) == at


def wrong(house: House) -> dict[str, dict[str, Any]]:
    """Every way of not being who one says."""
    mine, other = house.source()["twilio"], house.source("other")["twilio"]
    sid, token = mine["account_sid"], mine["auth_token"]
    return {
        "wrong_token": {"auth": (sid, "0" * 32)},
        "unknown_account": {"auth": ("AC" + "0" * 32, token), "sid": "AC" + "0" * 32},
        "missing": {"auth": None},
        "another_sources_path": {"sid": other["account_sid"]},
        "another_sources_token": {"auth": (sid, other["auth_token"])},
        "no_token": {"auth": (sid, "")},
        "no_login": {"auth": ("", f"{sid}:{token}")},
        "the_vendors_own": {"auth": (VENDOR_SID, VENDOR_TOKEN), "sid": VENDOR_SID},
        "our_api_token": {"auth": None, "headers": {"Authorization": f"Bearer {house.source()['token']}"}},
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_is_not_who_it_says_hears_the_same_whatever_was_wrong(alone: House, method: str) -> None:
    data = PLAIN if method == "POST" else None
    before = count_rows(alone)

    answers = {name: call(alone, method, data=data, **more) for name, more in wrong(alone).items()}

    for answer in answers.values():
        assert_twilio_error(answer, 401, 20003)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert len({answer.content for answer in answers.values()}) == 1
    assert count_rows(alone) == before


def test_the_client_hears_twilios_code_for_a_wrong_token(alone: House) -> None:
    client = Client(alone.source()["twilio"]["account_sid"], "0" * 32)
    client.api.base_url = alone.url

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=TO, from_=SHOP, body="Hello")

    assert (refused.value.code, refused.value.status) == (20003, 401)


NOT_THERE = {
    "calls": ("GET", "/Calls.json", 404, 20404),
    "making_a_call": ("POST", "/Calls.json", 404, 20404),
    "one_number": ("GET", "/IncomingPhoneNumbers/PN" + "0" * 32 + ".json", 404, 20404),
    "unknown_message": ("GET", "/Messages/SM" + "0" * 32 + ".json", 404, 20404),
    "canceling_an_unknown_message": ("POST", "/Messages/SM" + "0" * 32 + ".json", 404, 20404),
    "a_sid_of_another_kind": ("GET", "/Messages/CA" + "0" * 32 + ".json", 404, 20404),
    "media": ("GET", "/Messages/SM" + "0" * 32 + "/Media.json", 404, 20404),
    "deleting_a_list": ("DELETE", "/Messages.json", 405, 20004),
    "putting_a_message": ("PUT", "/Messages.json", 405, 20004),
    "options": ("OPTIONS", "/Messages.json", 405, 20004),
    "renaming_the_account": ("POST", ".json", 405, 20004),
    "buying_a_number": ("POST", "/IncomingPhoneNumbers.json", 405, 20004),
}


@pytest.mark.parametrize(("method", "path", "status", "code"), NOT_THERE.values(), ids=NOT_THERE)
def test_what_is_not_offered_is_twilios_own_404_or_405_and_the_vendor_hears_nothing(
    alone: House, method: str, path: str, status: int, code: int
) -> None:
    heard = len(alone.vendor.heard)

    answer = call(alone, method, path, data={"Status": "canceled"} if method == "POST" else None)

    assert_twilio_error(answer, status, code)
    assert len(alone.vendor.heard) == heard


def test_a_number_that_opted_out_is_refused_as_twilio_does_and_the_row_is_kept(alone: House) -> None:
    gone = "+14155550199"
    alone.store.write(lambda tx: store.suppress(tx, gone, "STOP", origin="test"))
    before = count_rows(alone)

    with pytest.raises(TwilioRestException) as refused:
        alone.client().messages.create(to=gone, from_=SHOP, body="Hello")

    assert (refused.value.code, refused.value.status) == (21610, 400)
    assert count_rows(alone) == before + 1
    kept = alone.client().messages.list(to=gone)[0]
    assert (kept.status, kept.error_code) == ("failed", 21610)
    assert alone.message(kept.sid)["stop_reason"] == "suppressed"


def test_a_finding_in_the_at_once_lane_is_told_at_once(alone: House) -> None:
    with pytest.raises(TwilioRestException) as refused:
        alone.client(path="/for/otp").messages.create(to=TO, from_=SHOP, body="Half off all rings today!")

    assert (refused.value.code, refused.value.status) == (21612, 400)
    assert "offer" in refused.value.msg
