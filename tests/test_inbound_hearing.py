"""Whose CRM hears what somebody wrote, and that it hears it as it would from the vendor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from twilio.request_validator import RequestValidator

from sayso import store
from sayso.cli import flask_group
from sayso.store import tables
from tests.conftest import House, MakeHouse
from tests.relaying import allow_place
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN
from tests.walk import SHOP, hand_in, incidents, relayed, sent
from tests.writing_back import answers, hears, post, write_back, wrote

__all__ = ["still"]  # fixtures from elsewhere
OTHER, OTHER_SHOP = "+14155550177", "+14155550111"


def heard_by(house: House) -> list[str]:
    """The sources that are to hear of something somebody wrote, in order."""
    with house.store.read() as tx:
        rows = tx.connection.execute(tables.relay.select().order_by(tables.relay.c.id)).fetchall()
        found = [store.find_source(tx, source_id=row.source_id) for row in rows if row.inbound_id]
    return [source.name for source in found if source]


def test_the_crm_hears_every_field_with_our_ids_signed_with_its_token(still: House) -> None:
    given = hears(still, path="/in?shop=1")
    form = wrote("Is it ready? ¿Sí?", ProfileName="Kayla Reed", MessagingServiceSid="MG" + "a" * 32, NewField="x")
    post(still, form)
    relayed(still)
    (heard,) = still.crm.posts()
    url, signature = f"{still.crm.url}/in?shop=1", heard.headers["x-twilio-signature"]
    assert RequestValidator(given["auth_token"]).validate(url, heard.form, signature)
    ids = ("MessageSid", "SmsSid", "SmsMessageSid", "AccountSid")
    assert {name: value for name, value in heard.form.items() if name not in ids} == {
        name: value for name, value in form.items() if name not in ids
    }
    assert len({heard.form[name] for name in ids[:3]}) == 1
    assert heard.form["AccountSid"] == given["account_sid"]
    for secret in (VENDOR_SID, VENDOR_TOKEN, form["MessageSid"]):
        assert secret not in repr((heard.path, heard.headers, heard.body))


def test_a_reply_to_one_of_ours_names_it_as_the_crm_knows_it(still: House) -> None:
    hears(still)
    sid = sent(still)
    theirs = still.twilio.messages[0]["sid"]
    write_back(still, OriginalRepliedMessageSid=theirs, OriginalRepliedMessageSender=SHOP)
    write_back(still, OriginalRepliedMessageSid="SM" + "9" * 32)
    relayed(still)
    first, second = (heard.form for heard in still.crm.posts())
    assert first["OriginalRepliedMessageSid"] == sid
    assert "OriginalRepliedMessageSid" not in second


def test_the_source_that_wrote_to_them_last_from_that_number_hears_it(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    for name in ("north", "south", "west"):
        hears(house, name)
    sent(house, source="north")
    house.clock.forward(seconds=1)
    sent(house, source="south")
    house.clock.forward(seconds=1)
    hand_in(house, source="north")  # still held: nobody has read it
    sent(house, source="west", From=OTHER_SHOP)
    write_back(house, "to the one")
    write_back(house, "to the other", To=OTHER_SHOP)
    assert heard_by(house) == ["south", "west"]


def test_a_message_that_a_service_sent_counts_for_whatever_number_it_took(still: House) -> None:
    hears(still, "north")
    hears(still, "south")
    sent(still, source="north", From="MG" + "ab" * 16)
    write_back(still)
    assert heard_by(still) == ["north"]


def test_a_stranger_is_heard_by_the_only_source_that_writes_from_that_number(still: House) -> None:
    hears(still, "north")
    hears(still, "south")
    hand_in(still, source="north")
    write_back(still, From=OTHER)
    assert heard_by(still) == ["north"]
    hand_in(still, source="south")
    write_back(still, From=OTHER)
    assert (heard_by(still), incidents(still)) == (["north"], ["inbound_unclaimed"])


def test_else_the_only_source_that_hears_such_things_and_else_nobody(still: House) -> None:
    still.source("silent")
    write_back(still, "nobody listens")
    assert (heard_by(still), incidents(still)) == ([], ["inbound_unclaimed"])
    hears(still, "north")
    write_back(still)
    assert heard_by(still) == ["north"]
    hears(still, "south")
    write_back(still)
    assert heard_by(still) == ["north"]


def test_a_source_that_named_no_place_hears_nothing_and_no_other_hears_it_instead(still: House) -> None:
    hears(still, "north")
    sent(still, source="silent")
    assert write_back(still).source_id is not None
    assert (heard_by(still), incidents(still)) == ([], [])


def test_a_place_that_is_not_allowed_waits_and_goes_when_it_is(still: House) -> None:
    hears(still)
    house_url = still.crm.url
    with still.store.read() as tx:
        source = store.find_source(tx, name="crm")
    still.store.write(
        lambda tx: store.set_webhooks(tx, source, {"inbound": house_url.replace("127.0.0.1", "localhost")})
    )
    write_back(still)
    relayed(still)
    assert (still.crm.posts(), incidents(still)) == ([], ["inbound_parked"])
    still.store.write(lambda tx: store.set_webhooks(tx, source, {"inbound": house_url}))
    allow_place(still, house_url.replace("127.0.0.1", "localhost"))
    with still.store.read() as tx:
        assert store.relay_counts(tx) == {"waiting": 1}


def test_a_crm_that_is_down_hears_it_later_with_the_same_id_and_is_given_up_after_three_days(still: House) -> None:
    hears(still)
    answers(still, "", status=500)
    write_back(still)
    relayed(still)
    still.clock.forward(seconds=30)
    relayed(still)
    tokens = {heard.headers["i-twilio-idempotency-token"] for heard in still.crm.posts()}
    assert (len(still.crm.posts()), len(tokens)) == (2, 1)
    for _ in range(40):
        still.clock.offset += timedelta(hours=3)
        relayed(still)
    with still.store.read() as tx:
        assert store.relay_counts(tx) == {"dead": 1}
    assert incidents(still) == ["relay_dead"]


@pytest.mark.parametrize(
    ("url", "fine"),
    [("https://crm.example/in", True), ("ftp://crm.example", False), ("https://", False), ("crm.example/in", False)],
)
def test_the_operator_says_where_a_crm_hears(still: House, url: str, fine: bool) -> None:
    still.source()
    result = still.app.test_cli_runner().invoke(flask_group, ["source", "set", "crm", "--inbound", url])
    assert (result.exit_code == 0) is fine
    with still.store.read() as tx:
        assert store.find_source(tx, name="crm").webhooks == ({"inbound": url} if fine else {})
    assert ("sayso source allow crm https://crm.example:443" in result.output) is fine


def test_the_operator_can_end_it_again(still: House) -> None:
    hears(still)
    still.app.test_cli_runner().invoke(flask_group, ["source", "set", "crm", "--inbound", ""])
    write_back(still)
    assert heard_by(still) == []
