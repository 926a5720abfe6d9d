"""Step 4: an attempt is stored before the vendor hears anything, and it hears what the CRM sent."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from sayso import store
from tests.conftest import House
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, wait_for
from tests.walk import SHOP, TO, approved, decide, dispatched, look

__all__ = ["still"]  # fixtures from elsewhere


def test_the_attempt_is_committed_before_the_vendor_hears_anything(still: House):
    sid, seen = approved(still), []

    def look_inside() -> None:
        with still.store.read() as tx:
            message = store.get(tx, sid)
            seen.append((message.state, [attempt.outcome for attempt in store.read_attempts(tx, message.id)]))

    still.twilio.before = look_inside
    dispatched(still)
    assert seen == [("sending", [None])]


def test_no_database_connection_is_held_while_the_vendor_is_called(still: House):
    approved(still)
    seen: list[int] = []
    still.twilio.before = lambda: seen.append(still.store.engine.pool.checkedout())
    dispatched(still)
    assert seen == [0]


def test_the_vendor_calls_back_at_an_address_that_only_this_attempt_has(still: House):
    for _ in range(3):
        approved(still)
    dispatched(still)
    paths = [urlsplit(message["StatusCallback"]).path.split("/") for message in still.twilio.messages]
    assert all(path[1:3] == ["callbacks", "twilio"] and len(path[3]) >= 22 for path in paths)
    assert len({path[3] for path in paths}) == 3
    assert all(message["StatusCallback"].startswith(still.url) for message in still.twilio.messages)


def test_every_attempt_at_the_same_message_has_its_own_token(still: House):
    sid = approved(still)
    still.twilio.fault = (429, {}, b"{}")
    dispatched(still)
    still.clock.forward(minutes=10)
    dispatched(still)
    first, second = still.vendor.posts()
    assert first.form["StatusCallback"] != second.form["StatusCallback"]
    assert look(still, sid).tries == 2


def test_what_the_crm_sent_arrives_unchanged_but_for_its_callback(still: House):
    asked = {
        "To": TO,
        "From": SHOP,
        "Body": "Ünïcode & = + % ring 💍\nis ready.",
        "StatusCallback": still.crm.url + "/cb",
        "MaxPrice": "0.05",
        "SmartEncoded": "false",
        "FutureThing": "à la carte",
        "Empty": "",
    }
    approved(still, **asked)
    dispatched(still)
    heard = still.vendor.posts()[0].form
    assert {name for name in asked | heard if asked.get(name) != heard.get(name)} == {"StatusCallback"}


def test_repeated_fields_arrive_as_often_and_in_the_order_they_were_sent(still: House):
    links = ["https://shop.example/a.jpg", "https://shop.example/b.jpg"]
    sent = still.client().messages.create(to=TO, from_=SHOP, body="Two views.", media_url=links)
    decide(still, sent.sid, "approve")
    dispatched(still)
    pairs = parse_qsl(still.vendor.posts()[0].body.decode())
    assert [value for name, value in pairs if name == "MediaUrl"] == links


def test_our_own_keys_go_to_the_vendor_and_the_issued_ones_never_leave(still: House):
    approved(still)
    dispatched(still)
    heard, issued = still.vendor.posts()[0], still.source()["twilio"]
    assert still.twilio.messages, "the fake vendor takes nothing but the real credentials"
    assert VENDOR_SID in heard.path
    everything = repr(heard)
    assert issued["account_sid"] not in everything
    assert issued["auth_token"] not in everything
    assert VENDOR_TOKEN not in heard.body.decode()


def test_a_running_house_sends_what_was_approved_without_being_asked(house: House):
    sid = approved(house)
    wait_for(lambda: look(house, sid).state == "sent")
