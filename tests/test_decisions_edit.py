"""Edit: other words, seen by every check, signed off anew, and sent as they are; the first ones stay on record."""

from __future__ import annotations

import json

import pytest
import requests

from sayso import store
from tests.conftest import House
from tests.deciding import decided, may, refused, still, text
from tests.walk import SHOP, TO, dispatched, hand_in, look

__all__ = ["still"]
TEMPLATE = "HX" + "1" * 32


def test_the_edited_words_are_what_goes_out_once_they_are_signed_off(still: House):
    sid = text(still, "Hello {{name}}, your ring is ready.")
    before = still.message(sid)
    assert [finding["check"] for finding in before["findings"]] == ["merge_field"]
    after = decided(still, sid, "edit", body="Hello Kayla, your ring is ready.", note="no name")
    assert (after["state"], after["version"], after["edition"]) == ("held", 2, 2)
    assert (after["body"], after["original"]) == ("Hello Kayla, your ring is ready.", before["body"])
    assert after["content_hash"] != before["content_hash"]
    assert after["findings"] == []
    assert [(row["kind"], row["by"], row["note"]) for row in after["decisions"]] == [
        ("edit", "ana@example.com", "no name")
    ]
    decided(still, sid, "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert [sent["Body"] for sent in still.twilio.messages] == ["Hello Kayla, your ring is ready."]
    assert still.client().messages(sid).fetch().body == "Hello Kayla, your ring is ready."


def test_both_editions_are_kept_and_the_words_are_found_by_what_they_say_now(still: House):
    sid = text(still, "Your ring is reddy.")
    decided(still, sid, "edit", body="Your ring is ready.")
    with still.store.read() as tx:
        assert [content.body for content in store.editions(tx, look(still, sid))] == [
            "Your ring is reddy.",
            "Your ring is ready.",
        ]
    found = requests.get(f"{still.url}/api/messages", params={"q": "reddy"}, headers=still.staff(), timeout=10)
    assert found.json()["messages"] == []


def test_new_words_are_met_as_a_twin_of_the_same_words(still: House):
    sid = text(still, "Your ring is reddy.")
    decided(still, sid, "edit", body="Your ring is ready.")
    assert [f["check"] for f in still.message(text(still, "Your ring is ready."))["findings"]] == ["duplicate"]
    assert still.message(text(still, "Your ring is reddy!"))["findings"] == []


def test_an_edit_brings_findings_of_its_own(still: House):
    sid = text(still, "Your ring is ready.")
    after = decided(still, sid, "edit", body="Your {{item}} is ready.")
    assert [finding["check"] for finding in after["findings"]] == ["merge_field"]


def test_nothing_that_was_accepted_of_the_old_words_counts_for_the_new(still: House):
    sid = text(still, "Hello {{name}}.")
    decided(still, sid, "approve")
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    still.clock.forward(seconds=21)
    dispatched(still)
    assert (look(still, sid).state, len(look(still, sid).accepted)) == ("held", 1)
    decided(still, sid, "edit", body="Hello {{surname}}.")
    assert look(still, sid).accepted == frozenset()


def test_who_saw_the_old_words_cannot_approve_the_new(still: House):
    sid = text(still, "Your ring is reddy.")
    old = still.message(sid)
    decided(still, sid, "edit", body="Your ring is ready.")
    body = {"version": old["version"], "content_hash": old["content_hash"]}
    url = f"{still.url}/api/messages/{sid}/approve"
    late = requests.post(url, json=body, headers=still.staff("ben@example.com"), timeout=10)
    assert late.status_code == 409
    assert "ana@example.com decided “edit”" in late.json()["detail"]


def test_a_stop_finding_does_not_keep_a_person_from_mending_the_words(still: House):
    sid = text(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    decided(still, sid, "edit", body="Your ring is ready, Kayla.")
    assert may(still, sid) == ["edit", "redirect", "phone", "reject", "suppress"]


def test_a_repeat_of_the_crms_own_request_still_meets_the_edited_message(still: House):
    sid = text(still, "Your ring is reddy.")
    decided(still, sid, "edit", body="Your ring is ready.")
    assert text(still, "Your ring is reddy.") == sid
    assert still.message(sid)["repeats"] == 1


def test_line_breaks_that_a_form_writes_are_no_change(still: House):
    sid = text(still, "Your ring\nis ready.")
    assert refused(still, sid, "edit", 400, body="Your ring\r\nis ready.") == "Nothing was changed."


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param({}, "body, or media", id="nothing"),
        pytest.param({"body": ""}, "must be a text that is not empty", id="empty"),
        pytest.param({"body": " \n\t "}, "must be a text that is not empty", id="blank"),
        pytest.param({"body": 7}, "must be a text", id="number"),
        pytest.param({"body": None}, "must be a text", id="null"),
        pytest.param({"body": "x" * 1601}, "1601 characters; a text may have 1600", id="too long"),
        pytest.param({"body": "half \ud83d"}, "half a character", id="half a character"),
        pytest.param({"body": "Ready."}, "Nothing was changed", id="the same"),
        pytest.param({"variables": {"1": "x"}}, "Only a message made from a template", id="variables"),
        pytest.param({"media": ["https://example.com/a.png"]}, "own pictures", id="a picture more"),
        pytest.param({"text": "Hello"}, "knows no 'text'; it takes body, variables, media", id="unknown key"),
        pytest.param({"body": "Hello", "reason": "other"}, "Only reject has a reason", id="reason"),
    ],
)
def test_an_edit_that_cannot_be_says_why(house: House, given: dict[str, object], why: str):
    sid = text(house, "Ready.")
    assert why in refused(house, sid, "edit", 400, **given)


def test_a_picture_can_be_left_out_and_none_can_be_put_in(still: House):
    first, second = "https://example.com/a.png", "https://example.com/b.png"
    sid = text(still, "Two rings.", media_url=[first, second])
    assert "own pictures" in refused(still, sid, "edit", 400, media=[second, first])
    assert decided(still, sid, "edit", media=[second], body="One ring.")["media"] == [second]
    decided(still, sid, "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert [heard.body.count(b"MediaUrl=") for heard in still.vendor.posts()] == [1]
    assert still.twilio.messages[0]["MediaUrl"] == second


def test_a_picture_that_is_all_there_is_cannot_be_left_out(house: House):
    sid = hand_in(house, Body="", MediaUrl="https://example.com/a.png")
    assert "nothing left to send" in refused(house, sid, "edit", 400, media=[])


def test_of_a_template_only_the_variables_can_be_changed_and_they_are_what_goes_out(still: House):
    still.twilio.templates[TEMPLATE] = {"twilio/text": {"body": "Hello {{1}}, your {{2}} is ready."}}
    sid = hand_in(still, ContentSid=TEMPLATE, ContentVariables='{"1": "Kayla", "2": "ring"}', Body="")
    assert still.message(sid)["seen"] == "Hello Kayla, your ring is ready."
    assert "only its variables" in refused(still, sid, "edit", 400, body="Hello.")
    assert "no value '3'; it has 1, 2" in refused(still, sid, "edit", 400, variables={"3": "x"})
    assert "1 to 1600 characters" in refused(still, sid, "edit", 400, variables={"1": " "})
    assert "Nothing was changed" in refused(still, sid, "edit", 400, variables={"1": "Kayla"})
    after = decided(still, sid, "edit", variables={"1": "Rebecca"})
    assert (after["seen"], after["original"]) == (
        "Hello Rebecca, your ring is ready.",
        "Hello Kayla, your ring is ready.",
    )
    decided(still, sid, "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert json.loads(still.twilio.messages[0]["ContentVariables"]) == {"1": "Rebecca", "2": "ring"}


def test_an_edited_message_still_goes_from_and_to_where_the_crm_said(still: House):
    sid = text(still, "Reddy.")
    decided(still, sid, "edit", body="Ready.")
    decided(still, sid, "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert (still.twilio.messages[0]["To"], still.twilio.messages[0]["From"]) == (TO, SHOP)
