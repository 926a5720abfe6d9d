"""What a CRM answers to what somebody wrote: each message of it waits for a person, once, and none goes by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from twilio.twiml.messaging_response import MessagingResponse

from sayso import failpoint, relay, store
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.walk import SHOP, TO, dispatched, incidents, look, relayed
from tests.writing_back import answered, answers, hears, listed, write_back

__all__ = ["still"]  # fixtures from elsewhere
OTHER = "+14155550177"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    "<Response><Message>&b;</Message></Response>"
)


def test_an_answer_becomes_a_held_message_to_the_writer(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    (shown,) = answered(house, "<Message>We are open until six &amp; on Sunday.</Message>")
    assert (shown["state"], shown["purpose"], shown["channel"], shown["source"]) == ("held", "auto_reply", "sms", "crm")
    assert (shown["to"][0]["address"], shown["from"]) == (TO, SHOP)
    assert shown["body"] == "We are open until six & on Sunday."
    dispatched(house)
    assert house.twilio.messages == []
    house.decide(shown["crm_id"], "approve")
    dispatched(house)
    (went,) = house.twilio.messages
    assert (went["To"], went["From"], went["Body"]) == (TO, SHOP, "We are open until six & on Sunday.")
    fetched = house.client().messages(shown["crm_id"]).fetch()
    assert (fetched.direction, fetched.body) == ("outbound-reply", went["Body"])


def test_it_remembers_what_it_answers(still: House) -> None:
    hears(still)
    said = MessagingResponse()
    said.message("Hello")
    answers(still, str(said))
    reply = write_back(still, "Hi")
    relayed(still)
    (shown,) = listed(still)
    message = look(still, shown["crm_id"])
    assert (message.parent_id, message.door, message.crm_id.startswith("SM")) == (reply.id, "twilio", True)


@pytest.mark.parametrize(
    ("twiml", "bodies"),
    [
        ("<Message><Body>One</Body></Message><Message><Body>Two</Body></Message>", ["One", "Two"]),
        ("<Message><Body>With a </Body><Body>second part</Body></Message>", ["With a second part"]),
        ("<Message><!-- no --><Body><![CDATA[<b> & ]]></Body></Message>", ["<b> & "]),
        ("<Message>\n  Loose words\n</Message>", ["Loose words"]),
        ("<Sms>The old verb</Sms>", ["The old verb"]),
        ("<Message>Stays</Message><Redirect>https://evil.example</Redirect><Dial>911</Dial>", ["Stays"]),
        ("<Message>¿Qué tal? 💍</Message>", ["¿Qué tal? 💍"]),
        ("", []),
        ("<Message/>", []),
        ("<Redirect/>", []),
    ],
    ids=[
        "several",
        "two-bodies",
        "cdata",
        "loose",
        "sms",
        "other-verbs",
        "letters",
        "nothing",
        "empty",
        "redirect-only",
    ],
)
def test_every_way_to_say_it(still: House, twiml: str, bodies: list[str]) -> None:
    found = answered(still, twiml)
    assert sorted(shown["body"] for shown in found) == sorted(bodies)
    assert {shown["state"] for shown in found} <= {"held"}


def test_pictures_a_callback_and_another_sender_are_kept(still: House) -> None:
    twiml = (
        '<Message from="+14155550111" action="/status?x=1"><Body>Look</Body>'
        "<Media>https://shop.example/a.jpg</Media><Media> https://shop.example/b.jpg </Media></Message>"
    )
    (shown,) = answered(still, twiml)
    message = look(still, shown["crm_id"])
    assert message.content.media == ("https://shop.example/a.jpg", "https://shop.example/b.jpg")
    assert (message.channel, message.content.sender, message.crm_id[:2]) == ("mms", "+14155550111", "MM")
    assert message.content.callback_url == f"{still.crm.url}/status?x=1"
    still.decide(shown["crm_id"], "reject")
    relayed(still)
    assert (still.crm.posts()[-1].path, still.crm.posts()[-1].form["MessageStatus"]) == ("/status?x=1", "canceled")


def test_whatsapp_is_answered_by_whatsapp(still: House) -> None:
    (shown,) = answered(still, "<Message>Hello</Message>", From=f"whatsapp:{TO}", To=f"whatsapp:{SHOP}")
    assert (shown["channel"], shown["to"][0]["address"], shown["from"]) == (
        "whatsapp",
        f"whatsapp:{TO}",
        f"whatsapp:{SHOP}",
    )


def test_a_message_to_somebody_else_is_held_and_is_no_answer(still: House) -> None:
    still.source(purpose="staff_alert")
    (shown,) = answered(still, f'<Message to="{OTHER}">Kayla asks for you</Message>')
    assert (shown["state"], shown["to"][0]["address"], shown["purpose"]) == ("held", OTHER, "staff_alert")


def test_plain_words_are_a_message_as_they_are_at_the_vendor(still: House) -> None:
    hears(still)
    answers(still, "We are open.", "text/plain; charset=utf-8")
    write_back(still)
    relayed(still)
    assert [shown["body"] for shown in listed(still)] == ["We are open."]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (BOMB, "text/xml"),
        (
            '<!DOCTYPE Response SYSTEM "https://evil.example/x.dtd"><Response><Message>x</Message></Response>',
            "text/xml",
        ),
        ("<Response><Message>never ends", "text/xml"),
        ("<html><body>It works!</body></html>", "text/html"),
        ('{"ok": true}', "application/json"),
        (b"\xff\xfe<\x00R\x00", "text/xml"),
        ("<Response><Message>" + "a" * 1601 + "</Message></Response>", "text/xml"),
        ('<Response><Message to="nobody">x</Message></Response>', "text/xml"),
        ('<Response><Message statusCallback="http://[">x</Message></Response>', "text/xml"),
        ("<Response>" + "<a>" * 15000 + "</Response>", "text/xml"),
    ],
    ids=["bomb", "dtd", "torso", "page", "json", "utf-16", "too-long", "nobody", "no-url", "deep"],
)
def test_what_cannot_be_read_sends_nothing_and_is_told_to_staff_once(
    still: House, said: str | bytes, kind: str
) -> None:
    hears(still)
    answers(still, said, kind)
    write_back(still)
    relayed(still)
    assert (listed(still), incidents(still)) == ([], ["answer_left_out"])
    with still.store.read() as tx:
        assert store.relay_counts(tx) == {"done": 1}


def test_an_empty_answer_is_nothing_to_tell(still: House) -> None:
    hears(still)
    for said, kind in ((b"", ""), (b"  ", "text/html"), (b"<Response/>", "application/xml"), (b"", "text/plain")):
        answers(still, said, kind)
        write_back(still)
    relayed(still)
    assert (listed(still), incidents(still)) == ([], [])


def test_hundreds_of_messages_are_cut_off(still: House) -> None:
    found = answered(still, "<Message>x</Message>" * 300)
    assert (len(found), incidents(still)) == (20, ["answer_left_out"])


def test_a_crm_that_is_asked_again_is_answered_for_once(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    hears(house)
    answers(house, "<Response><Message>Once</Message></Response>")
    write_back(house)
    failpoint.arm("after_relay_send:raise", 0)
    try:
        relayed(house)  # the CRM has answered, and we died before we kept it
    finally:
        failpoint.disarm()
    assert listed(house) == []
    for _ in range(3):
        house.clock.forward(minutes=1)
        relayed(house)
    assert (len(house.crm.posts()), [shown["body"] for shown in listed(house)]) == (2, ["Once"])
    with house.store.read() as tx:
        (row,) = tx.connection.exec_driver_sql("SELECT id FROM sayso_inbound").fetchall()
        assert store.was_answered(tx, row[0])


def test_two_who_ask_at_once_leave_one_answer(still: House) -> None:
    """The lease of the first ran out while it waited for the CRM, so a second one asked, too."""
    hears(still)

    def answer(heard: object) -> tuple[int, dict[str, str], bytes]:
        if len(still.crm.heard) == 1:
            still.clock.forward(seconds=30)
            relay.run_due(still.runtime)
        return 200, {"Content-Type": "text/xml"}, b"<Response><Message>Once</Message></Response>"

    still.crm.answer = answer
    write_back(still)
    relayed(still)
    assert (len(still.crm.heard), [shown["body"] for shown in listed(still)]) == (2, ["Once"])


def test_all_checks_look_at_it_and_a_policy_that_clears_by_itself_does_not_count(make_house: MakeHouse) -> None:
    Path("sayso.toml").write_text("[purposes.auto_reply]\nauto_clear = true\n")
    house = make_house(start=False)
    found = answered(house, "<Message>Hi {{first_name}}</Message><Message>All is well.</Message>")
    by_body = {shown["body"]: shown for shown in found}
    assert by_body["Hi {{first_name}}"]["findings"][0]["check"] == "merge_field"
    assert {shown["state"] for shown in found} == {"held"}


def test_an_answer_to_a_stop_waits_with_the_reason(still: House) -> None:
    (shown,) = answered(still, "<Message>You are unsubscribed.</Message>", "STOP")
    assert (shown["state"], shown["findings"][0]["key"]) == ("held", "suppressed_address:opted_out:0")


def test_an_answer_to_somebody_whom_the_shop_must_not_write_to_is_stopped_and_the_crm_hears_so(still: House) -> None:
    still.store.write(lambda tx: store.suppress(tx, TO, "the family asked", origin="host"))
    (shown,) = answered(still, '<Message statusCallback="/status">Hello</Message>')
    relayed(still)
    assert (shown["state"], shown["stop_reason"]) == ("stopped", "suppressed")
    assert still.crm.posts()[-1].form["MessageStatus"] == "failed"


def test_what_the_host_cannot_say_is_held_with_a_word(still: House) -> None:
    still.app.extensions["sayso"].hooks.facts = lambda message: 1 / 0
    (shown,) = answered(still, "<Message>Hello</Message>")
    assert (shown["state"], shown["findings"][-1]["key"]) == ("held", "facts:missing:")
