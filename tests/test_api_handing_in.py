"""POST /api/messages: what is taken, as what it is kept, and what the vendor gets of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sayso import store
from tests.conftest import House
from tests.handing_in import PLACE, SCOTT, SHOP, card, email, get, handed_in, post, sms, token
from tests.stillness import still
from tests.walk import decide, dispatched, look, person, relayed, relays, swept

__all__ = ["still"]  # fixtures from elsewhere
SERVICE, TEMPLATE = "MG" + "ab" * 16, "HX" + "cd" * 16


def test_a_text_is_taken_whole_and_where_it_can_be_read_is_said(still: House) -> None:
    given = sms(
        purpose="repair_ready",
        subject="repair/r1",
        person="sarah",
        metadata={"order": "8812"},
        callback_url=still.crm.url,
    )
    answer = post(still, given)
    taken = answer.json()
    assert (answer.status_code, taken["state"], taken["source"]) == (202, "held", "crm")
    assert {name: taken[name] for name in given if name != "to"} == {n: v for n, v in given.items() if n != "to"}
    assert taken["to"] == [{"address": SCOTT, "person": "sarah", "role": None, "evidence": None}]
    assert get(still, answer.headers["Location"]).json() == taken
    assert get(still, f"/api/messages/{taken['crm_id']}").json() == taken


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("to", ["+14155550177", "(415) 555-0177", "415.555.0177", " +1 415 555 0177"])
def test_a_number_is_kept_in_e164_however_it_is_written(still: House, channel: str, to: str) -> None:
    taken = handed_in(still, sms(channel=channel, to=to))
    assert taken["to"][0]["address"].removeprefix("whatsapp:") == SCOTT


SENT = (
    ({}, {"To": SCOTT, "From": SHOP, "Body": "Hi"}),
    ({"from": SERVICE}, {"To": SCOTT, "MessagingServiceSid": SERVICE, "Body": "Hi"}),
    ({"from": "Ringlet"}, {"To": SCOTT, "From": "Ringlet", "Body": "Hi"}),
    (
        {"channel": "mms", "media": ["https://shop.example/ring.jpg"]},
        {"To": SCOTT, "From": SHOP, "Body": "Hi", "MediaUrl": "https://shop.example/ring.jpg"},
    ),
    (
        {"channel": "whatsapp", "to": "whatsapp:+14155550177"},
        {"To": f"whatsapp:{SCOTT}", "From": f"whatsapp:{SHOP}", "Body": "Hi"},
    ),
    (
        {"body": None, "content": {"template": TEMPLATE, "variables": {"1": "Scott"}}},
        {"To": SCOTT, "From": SHOP, "ContentSid": TEMPLATE, "ContentVariables": '{"1": "Scott"}'},
    ),
)


@pytest.mark.parametrize(("more", "expected"), SENT, ids=["number", "service", "name", "mms", "whatsapp", "template"])
def test_the_vendor_gets_what_was_handed_in_and_nothing_of_ours(still: House, more: dict, expected: dict) -> None:
    taken = handed_in(still, sms(**{"body": "Hi", "metadata": {"order": "8812"}, "subject": "purchase/8812"} | more))
    decide(still, taken["id"], "approve")
    dispatched(still)
    got = still.twilio.messages[-1]
    assert {name: value for name, value in got.items() if name not in ("sid", "StatusCallback")} == expected


@pytest.mark.parametrize("channel", ["email", "letter", "postcard", "self_mailer"])
def test_what_no_vendor_carries_yet_waits_and_once_signed_off_still_waits(still: House, channel: str) -> None:
    body = {
        "email": email(html="<p>Your ring is ready</p>"),
        "letter": {"channel": "letter", "to": PLACE, "from": PLACE, "html": "<p>Your ring is ready</p>"},
        "postcard": card(),
        "self_mailer": card(channel="self_mailer", content={"inside": "<p>a</p>", "outside": "<p>b</p>"}),
    }[channel]
    taken = handed_in(still, body)
    decide(still, taken["id"], "approve")
    dispatched(still)
    swept(still)
    assert look(still, taken["id"]).state == "cleared"
    assert get(still, "/api/messages", still.staff()).json()["messages"][0]["state"] == "cleared"


def test_a_letter_keeps_its_address_on_a_line_and_whole(still: House) -> None:
    taken = handed_in(still, {"channel": "letter", "to": PLACE, "from": PLACE, "body": "Dear Kayla"})
    assert taken["to"][0]["address"] == "Kayla Reed, 12 Oak St, Reno, NV 89501, US"
    assert '"postal_code": "89501"' in dict(look(still, taken["id"]).content.fields)["to"]


def test_the_words_of_html_are_what_staff_read(still: House) -> None:
    picture = "<img src='https://shop.example/x.jpg' alt='ring'>"
    page = f"<style>p{{}}</style><p>Your <b>ring</b> is <a href='https://shop.example/r'>here</a></p>{picture}"
    taken = handed_in(still, email(body=None, html=page))
    assert taken["seen"] == "Your ring is here (https://shop.example/r)\nring (https://shop.example/x.jpg)"
    assert taken["html"] == page


def test_the_words_of_a_card_are_those_of_its_parts_and_another_card_is_no_duplicate(still: House) -> None:
    cards = [card(content={"front": "<p>Happy</p>", "back": f"<p>Card {n}</p>"}) for n in (1, 2)]
    first, second = (handed_in(still, one) for one in cards)
    assert (first["seen"], first["content"]) == ("Happy\nCard 1", cards[0]["content"])
    assert second["findings"] == []


def test_words_that_lie_at_the_vendor_are_held(still: House) -> None:
    taken = handed_in(still, email(body=None, content={"template": "d-123"}))
    assert [finding["check"] for finding in taken["findings"]] == ["unseen_words"]


def test_a_source_with_a_purpose_needs_none_in_the_body_and_another_goes_before_it(still: House) -> None:
    still.source("marketing", purpose="anniversary")
    assert handed_in(still, sms(), "marketing")["purpose"] == "anniversary"
    assert handed_in(still, sms(purpose="repair_ready"), "marketing")["purpose"] == "repair_ready"


def test_a_set_moment_is_waited_for_and_its_worth_counts_from_then(still: House) -> None:
    at = still.clock() + timedelta(days=20)
    taken = handed_in(still, sms(send_at=at.isoformat()))
    assert datetime.fromisoformat(taken["send_at"]) == at
    assert datetime.fromisoformat(taken["hold_expires_at"]) > at
    decide(still, taken["id"], "approve")
    dispatched(still)
    assert still.twilio.messages == []
    still.clock.forward(days=20, seconds=1)
    dispatched(still)
    assert len(still.twilio.messages) == 1


def test_what_is_not_worth_sending_any_more_expires(still: House) -> None:
    taken = handed_in(still, sms(expires_at=(still.clock() + timedelta(hours=1)).isoformat()))
    still.clock.forward(hours=2)
    swept(still)
    assert (look(still, taken["id"]).state, look(still, taken["id"]).stop_reason) == ("stopped", "expired")


def test_a_suppressed_number_is_409_and_the_row_is_kept(still: House) -> None:
    still.store.write(lambda tx: store.suppress(tx, SCOTT, "They wrote STOP.", origin="test"))
    answer = post(still, sms())
    said = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert "must not be written to" in said["detail"]
    assert "They wrote STOP" not in answer.text
    assert (said["message"]["state"], said["message"]["stop_reason"]) == ("stopped", "suppressed")
    assert look(still, said["message"]["id"]).state == "stopped"


def test_the_at_once_lane_takes_what_is_clean_and_refuses_what_is_not(still: House) -> None:
    code = sms(purpose="otp", body="Your code is 482913.")
    assert handed_in(still, code)["state"] == "cleared"
    answer = post(still, sms(purpose="otp", body="Hi {{first_name}}"))
    assert (answer.status_code, answer.json()["message"]["stop_reason"]) == (409, "refused")
    assert answer.json()["message"]["findings"][0]["reason"] in answer.json()["detail"]


def test_a_place_that_may_not_be_called_parks_the_relay_and_not_the_message(still: House) -> None:
    taken = handed_in(still, sms(callback_url="https://elsewhere.example/heard"))
    decide(still, taken["id"], "reject")
    still.clock.forward(seconds=1)
    relayed(still)
    assert [relay.state for relay in relays(still, taken["id"])] == ["parked"]


def test_facts_that_fail_leave_it_received_and_it_is_screened_later(still: House) -> None:
    still.app.extensions["sayso"].hooks.facts = lambda message: 1 / 0
    taken = handed_in(still)
    assert taken["state"] == "received"
    still.app.extensions["sayso"].hooks.facts = lambda message: {}
    still.clock.forward(seconds=3)
    swept(still)
    assert look(still, taken["id"]).state == "held"


def test_staff_hand_in_nothing(still: House) -> None:
    assert post(still, sms(), headers=still.staff()).status_code == 403


def test_the_same_request_without_a_key_meets_the_message_while_it_waits(still: House) -> None:
    body = sms(metadata={"a": "1", "b": "2"})
    first = handed_in(still, body)
    again = handed_in(still, dict(reversed(body.items())))
    assert (again["id"], again["repeats"]) == (first["id"], 1)
    assert handed_in(still, body | {"metadata": {"a": "1"}})["id"] != first["id"]
    decide(still, first["id"], "reject", person(still))
    assert handed_in(still, body)["id"] != first["id"]


def test_another_source_never_meets_it(still: House) -> None:
    body = sms()
    assert handed_in(still, body)["id"] != handed_in(still, body, "other")["id"]
    assert token(still) != token(still, "other")


def test_what_another_source_sent_in_the_same_words_is_for_staff_alone(still: House) -> None:
    code = {"body": "Your code is 4829", "purpose": "otp"}
    sid = handed_in(still, sms(**code))["id"]
    still.source("marketing")
    guess = handed_in(still, sms(body=code["body"], purpose="anniversary"), "marketing")
    still.source("till")
    again = handed_in(still, sms(**code), "till")
    assert "duplicate" not in {finding["check"] for finding in guess["findings"]}
    assert (again["state"], again["findings"]) == ("cleared", [])
    shown = get(still, f"/api/messages/{guess['id']}", still.staff()).json()["findings"]
    assert sid in str(next(one for one in shown if one["key"] == "duplicate:elsewhere:waiting"))
