"""Events from SendGrid and our own: who is believed, what counts, and what the CRM hears of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sendgrid import EventWebhook

from sayso import store
from tests.conftest import MakeHouse
from tests.fake_sendgrid import SIGNATURE, TIMESTAMP, EventKey
from tests.mailing import KAYLA, SCOTT, Post, mailing, post
from tests.vendors import plain_http
from tests.walk import decide, dispatched, incidents, relayed, swept

__all__ = ["post"]  # a fixture from elsewhere

BOTH = {"to": [{"email": KAYLA}], "cc": [{"email": SCOTT}]}


def gone(post: Post, **more: object) -> tuple[str, dict[str, Any]]:
    """A mail that SendGrid took: our id, and what it took."""
    crm_id = post.sent(**more)
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    return crm_id, post.sendgrid.mails[-1]


def heard(post: Post) -> list[dict[str, Any]]:
    """The events that the CRM heard."""
    relayed(post.house)
    return [event for one in post.house.crm.posts() for event in json.loads(one.body)]


def is_suppressed(post: Post, address: str) -> bool:
    """Whether nothing goes to an address any more."""
    with post.house.store.read() as tx:
        return bool(store.suppressions(tx, [address]))


WORDS = {
    "processed": ({}, "sent"),
    "deferred": ({"response": "450 busy", "attempt": "2"}, "deferred"),
    "delivered": ({"response": "250 OK"}, "delivered"),
    "bounce": ({"status": "5.1.1", "reason": "550 unknown", "type": "bounce"}, "bounced"),
    "dropped": ({"reason": "Bounced Address", "status": "5.0.0"}, "rejected"),
    "spamreport": ({}, "complained"),
    "unsubscribe": ({}, "unsubscribed"),
    "group_unsubscribe": ({"asm_group_id": 7}, "unsubscribed"),
    "open": ({"useragent": "x"}, "sent"),
    "click": ({"url": "https://a.example"}, "sent"),
    "group_resubscribe": ({"asm_group_id": 7}, "sent"),
    "future": ({}, "sent"),
}


@pytest.mark.parametrize("word", WORDS)
def test_every_event_counts_for_what_it_is_and_reaches_the_crm_under_our_id(post: Post, word: str) -> None:
    post.hears()
    more, delivery = WORDS[word]
    crm_id, taken = gone(post, custom_args={"order": "8812"}, categories=["rings"])
    event = post.sendgrid.event(taken, word, **more)
    assert post.tell(event).status_code == 204
    assert post.look(crm_id).delivery == delivery
    (told,) = heard(post)
    assert told.pop("sg_message_id") == str(event.pop("sg_message_id")).replace(taken["id"], crm_id)
    assert told.pop("smtp-id") == str(event.pop("smtp-id")).replace(taken["id"], crm_id)
    event.pop("sayso_message")
    assert told == event
    assert told["order"] == "8812"
    wants_no_more = word in ("spamreport", "unsubscribe", "group_unsubscribe")
    assert is_suppressed(post, KAYLA) is wants_no_more


@pytest.mark.parametrize(("reason", "stops"), [("Unsubscribed Address", True), ("Invalid", False)])
def test_a_drop_stops_an_address_only_for_whoever_wants_no_more(post: Post, reason: str, stops: bool) -> None:
    _, taken = gone(post)
    post.tell(post.sendgrid.event(taken, "dropped", reason=reason))
    assert is_suppressed(post, KAYLA) is stops


def test_an_event_is_stored_and_told_once_however_often_it_comes(post: Post) -> None:
    post.hears()
    crm_id, taken = gone(post)
    event = post.sendgrid.event(taken, "delivered")
    for _ in range(2):
        assert post.tell(event, event).status_code == 204
    with post.house.store.read() as tx:
        assert len(store.read_receipts(tx, post.look(crm_id).id)) == 1
    assert len(heard(post)) == 1


def test_what_another_signed_or_was_signed_long_ago_is_refused_and_not_stored(post: Post) -> None:
    crm_id, taken = gone(post)
    event = post.sendgrid.event(taken, "delivered")
    for answer in (post.tell(event, key=EventKey()), post.tell(event, ago=301), post.tell(event, ago=-301)):
        assert answer.status_code == 403
        assert set(answer.json()) == {"errors"}
    body, headers = json.dumps([event]).encode(), {"Content-Type": "application/json"}
    url, at = f"{post.house.url}/callbacks/sendgrid", post.house.clock().timestamp()
    signed = post.sendgrid.key.signed(body, at)
    changed = signed | {TIMESTAMP: str(int(at) + 1)}
    for more in (
        {},
        {SIGNATURE: signed[SIGNATURE]},
        {TIMESTAMP: signed[TIMESTAMP]},
        changed,
        signed | {SIGNATURE: "?"},
    ):
        assert plain_http().post(url, data=body, headers=headers | more, timeout=10).status_code == 403
    assert plain_http().post(url, data=body + b" ", headers=headers | signed, timeout=10).status_code == 403
    with post.house.store.read() as tx:
        assert store.read_receipts(tx, post.look(crm_id).id) == ()
    assert post.tell(event, ago=290).status_code == 204


def test_two_keys_are_believed_while_they_are_rotated(make_house: MakeHouse) -> None:
    other = EventKey()
    block = mailing(make_house, start=False)
    with mailing(make_house, start=False, sendgrid_event_public_key=f"{other.public}, {block.fake.key.public}") as post:
        _, taken = gone(post)
        for key in (other, block.fake.key):
            assert post.tell(post.sendgrid.event(taken, "open"), key=key).status_code == 204
        assert post.tell(post.sendgrid.event(taken, "open")).status_code == 403


def test_without_a_key_no_event_is_believed(make_house: MakeHouse) -> None:
    with mailing(make_house, start=False, sendgrid_event_public_key="") as post:
        _, taken = gone(post)
        assert post.tell(post.sendgrid.event(taken, "open")).status_code == 403


def test_mails_that_did_not_go_through_us_are_none_of_our_business(post: Post) -> None:
    _, taken = gone(post)
    event = post.sendgrid.event(taken, "bounce")
    del event["sayso_message"]
    assert post.tell(event).status_code == 204
    assert incidents(post.house) == []


def test_a_bounce_of_one_of_several_does_not_mark_the_whole_as_failed(post: Post) -> None:
    post.hears()
    crm_id, taken = gone(post, personalizations=[BOTH])
    bounce = post.sendgrid.event(taken, "bounce", email=SCOTT, status="5.1.1", reason="550")
    post.tell(post.sendgrid.event(taken, "processed"), bounce)
    assert post.look(crm_id).delivery == "sent"
    assert incidents(post.house, crm_id) == ["recipient_failed"]
    assert [one["event"] for one in heard(post)] == ["processed", "bounce"]


def test_an_unsubscribe_of_one_of_several_stops_that_address_alone(post: Post) -> None:
    _, taken = gone(post, personalizations=[BOTH])
    post.tell(post.sendgrid.event(taken, "unsubscribe", email=SCOTT))
    assert (is_suppressed(post, KAYLA), is_suppressed(post, SCOTT)) == (False, True)


def test_an_event_settles_a_mail_whose_answer_was_lost(post: Post) -> None:
    post.sendgrid.lose_answers = True
    crm_id, taken = gone(post)
    assert post.look(crm_id).state == "unconfirmed"
    post.tell(post.sendgrid.event(taken, "processed"))
    message = post.look(crm_id)
    assert (message.state, message.provider_id) == ("sent", taken["id"])


def test_a_no_is_told_as_a_drop_to_everybody_it_was_for(post: Post) -> None:
    post.hears()
    crm_id = post.sent(personalizations=[BOTH], custom_args={"order": "8812"}, categories=["rings"])
    decide(post.house, crm_id, "reject", reason="wrong_person")
    told = heard(post)
    assert [one["email"] for one in told] == [KAYLA, SCOTT]
    for one in told:
        assert (one["event"], one["reason"], one["order"]) == ("dropped", "Rejected by reviewer", "8812")
        assert (one["category"], str(one["sg_message_id"]).split(".")[0]) == (["rings"], crm_id)
    assert len({one["sg_event_id"] for one in told}) == 2


def test_what_nobody_signed_off_in_time_is_told_as_expired(post: Post) -> None:
    post.hears()
    at = int(post.house.clock().timestamp()) + 3600
    post.sent(send_at=at)
    post.house.clock.forward(hours=2)
    swept(post.house)
    (told,) = heard(post)
    assert (told["event"], told["reason"]) == ("dropped", "Expired")


def test_a_relay_is_signed_anew_at_every_try_and_the_vendors_class_believes_it(post: Post) -> None:
    post.hears()
    _, taken = gone(post)
    post.house.crm.answer = lambda heard: (500, {}, b"")
    post.tell(post.sendgrid.event(taken, "delivered"))
    relayed(post.house)
    post.house.clock.forward(hours=1)
    relayed(post.house)
    first, second = post.house.crm.posts()
    verifier = EventWebhook(post.house.source()["sendgrid"]["event_public_key"])
    assert first.body == second.body
    for one in (first, second):
        stamp, signature = (one.headers[name.lower()] for name in (TIMESTAMP, SIGNATURE))
        assert verifier.verify_signature(one.body.decode(), signature, stamp)
    assert int(second.headers[TIMESTAMP.lower()]) - int(first.headers[TIMESTAMP.lower()]) >= 3600


def test_a_crm_that_named_no_place_hears_nothing(post: Post) -> None:
    crm_id = post.sent()
    decide(post.house, crm_id, "reject", reason="other")
    assert heard(post) == []
