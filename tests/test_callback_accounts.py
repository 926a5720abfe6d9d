"""Step 5, with several accounts at a vendor: one account's key speaks of what went by that account, and of no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from sqlalchemy import update
from twilio.request_validator import RequestValidator

from sayso import store
from sayso.message import Message, Receipt, State
from sayso.store import tables
from tests import fake_lob, whatsapp_world
from tests.conftest import House, MakeHouse
from tests.fake_lob import LOB_KEY, LOB_SECRET
from tests.fake_sendgrid import API_KEY, EventKey
from tests.stillness import count_receipts
from tests.stored import keep
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, plain_http
from tests.walk import incidents, look, swept
from tests.whatsapp_world import APP_SECRET, PHONE_ID, TOKEN, bag

EAST_SID, EAST_TOKEN, EAST_SECRET, EAST_PHONE = "AC" + "0e" * 16, "cd" * 16, "e5" * 16, "200"
OURS, EASTS = EventKey(), EventKey()
TOML = f"""
[accounts.east_twilio]
provider = "twilio"
account_sid = "{EAST_SID}"
auth_token = "{EAST_TOKEN}"

[accounts.east_sendgrid]
provider = "sendgrid"
api_key = "SG.second"
event_public_key = "{EASTS.public}"

[accounts.twin_sendgrid]
provider = "sendgrid"
api_key = "SG.third"
event_public_key = ["{OURS.public}", "{EASTS.public}"]

[accounts.east_lob]
provider = "lob"
api_key = "test_second"
webhook_secret = "{EAST_SECRET}"

[accounts.east_whatsapp]
provider = "whatsapp"
phone_id = "{EAST_PHONE}"
token = "second"
app_secret = "{EAST_SECRET}"
"""
Says = Callable[[House, Message, bool], requests.Response]


@pytest.fixture
def house(make_house: MakeHouse, database_url: str) -> House:
    """A house with two accounts at every vendor, and a third at SendGrid that has the keys of both."""
    Path("sayso.toml").write_text(TOML, "utf-8")
    sendgrid = {"sendgrid_api_key": API_KEY, "sendgrid_event_public_key": OURS.public}
    lob = {"lob_api_key": LOB_KEY, "lob_webhook_secret": LOB_SECRET}
    whatsapp = {"whatsapp_token": TOKEN, "whatsapp_phone_id": PHONE_ID, "whatsapp_app_secret": APP_SECRET}
    return make_house(start=False, database_url=database_url, **sendgrid, **lob, **whatsapp)


def by_twilio(house: House, message: Message, east: bool) -> requests.Response:
    """Twilio calls back, for one of our accounts."""
    sid, token = (EAST_SID, EAST_TOKEN) if east else (VENDOR_SID, VENDOR_TOKEN)
    url = f"{house.url}/callbacks/twilio"
    form = {"MessageSid": message.provider_id or "", "MessageStatus": "delivered", "AccountSid": sid}
    signed = {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}
    return plain_http().post(url, data=form, headers=signed, timeout=10)


def by_sendgrid(house: House, message: Message, east: bool) -> requests.Response:
    """SendGrid posts an event."""
    event = {"event": "delivered", "sg_event_id": f"e{east}", "sg_message_id": message.provider_id}
    body = json.dumps([event | {"sayso_message": message.id, "email": "kayla@example.com"}]).encode()
    signed = (EASTS if east else OURS).signed(body, house.clock().timestamp())
    return plain_http().post(f"{house.url}/callbacks/sendgrid", data=body, headers=signed, timeout=10)


def by_lob(house: House, message: Message, east: bool) -> requests.Response:
    """Lob posts an event."""
    piece = {"id": message.provider_id, "object": "postcard", "asked": {"metadata": {"sayso_id": message.id}}}
    body = fake_lob.FakeLob().event(piece, "delivered")
    secret = EAST_SECRET if east else LOB_SECRET
    return fake_lob.post(house.url, body, fake_lob.signed(body, secret=secret, at=house.clock().timestamp()))


def by_whatsapp(house: House, message: Message, east: bool) -> requests.Response:
    """Meta posts a status."""
    said = {"id": message.provider_id, "status": "delivered", "timestamp": "1763800000"}
    status = said | {"biz_opaque_callback_data": message.id}
    phone, key = (EAST_PHONE, EAST_SECRET) if east else (PHONE_ID, APP_SECRET)
    return whatsapp_world.post(house, bag(phone, statuses=[status]), key)


VENDORS: dict[str, tuple[str, str, Says]] = {
    "twilio": ("sms", "SM" + "4" * 32, by_twilio),
    "sendgrid": ("email", "w" * 22, by_sendgrid),
    "lob": ("postcard", "psc_" + "4" * 16, by_lob),
    "whatsapp": ("whatsapp", "wamid.4", by_whatsapp),
}


def gone(house: House, vendor: str, account: str | None) -> Message:
    """A message that a vendor took from one of our accounts."""
    channel, name, _ = VENDORS[vendor]
    more = {"provider": vendor, "door": vendor, "channel": channel, "account": account, "provider_id": name}
    return house.store.write(lambda tx: keep(tx, State.SENT, **more))


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_account_s_key_speaks_of_what_went_by_it_and_of_no_other(house: House, vendor: str) -> None:
    message, says = gone(house, vendor, vendor), VENDORS[vendor][2]
    for _ in range(2):
        assert says(house, message, True).status_code in (200, 204)
    assert (look(house, message.id).delivery, count_receipts(house)) == (None, 0)
    assert incidents(house, message.id) == ["foreign_callback"]
    assert says(house, message, False).status_code in (200, 204)
    assert (look(house, message.id).delivery, count_receipts(house)) == ("delivered", 1)


def test_what_went_before_there_were_several_accounts_went_by_the_first(house: House) -> None:
    message = gone(house, "twilio", None)
    by_twilio(house, message, True)
    assert look(house, message.id).delivery is None
    by_twilio(house, message, False)
    assert look(house, message.id).delivery == "delivered"


@pytest.mark.parametrize("east", [False, True], ids=["the one key", "the other"])
def test_a_key_that_two_accounts_share_speaks_of_both(house: House, east: bool) -> None:
    message = gone(house, "sendgrid", "twin_sendgrid")
    by_sendgrid(house, message, east)
    assert (look(house, message.id).delivery, incidents(house)) == ("delivered", [])


def waiting_for_its_id(house: House) -> Message:
    """A message of the first account whose vendor id is not known yet."""
    return house.store.write(lambda tx: keep(tx, State.UNCONFIRMED, account="twilio"))


def named(house: House, message: Message, name: str) -> None:
    """The vendor's answer is stored, and the sweep looks."""
    moved = {"provider_id": name, "sent_at": house.clock()}
    house.store.write(lambda tx: store.move(tx, message, State.SENT, "callback", changes=moved))
    swept(house)


def test_an_orphan_is_adopted_where_its_account_is_the_message_s(house: House) -> None:
    message = waiting_for_its_id(house)
    by_twilio(house, replace(message, provider_id="SM9"), False)
    assert (count_receipts(house), incidents(house)) == (1, ["orphan_callback"])
    named(house, message, "SM9")
    assert look(house, message.id).delivery == "delivered"


def test_an_orphan_of_another_account_is_dropped_and_takes_no_real_one_s_place(house: House) -> None:
    message = waiting_for_its_id(house)
    by_twilio(house, replace(message, provider_id="SM9"), True)
    named(house, message, "SM9")
    assert (look(house, message.id).delivery, count_receipts(house)) == (None, 0)
    assert incidents(house, message.id) == ["foreign_callback"]
    by_twilio(house, look(house, message.id), False)
    assert look(house, message.id).delivery == "delivered"


def test_an_orphan_that_an_earlier_release_stored_is_adopted(house: House) -> None:
    message = waiting_for_its_id(house)

    def store_as_then(tx: store.Tx) -> None:
        store.add_receipt(tx, "twilio", Receipt("SM9", "SM9:delivered", "delivered", "delivered"), None, None)
        sealed = tx.seal.seal(b'[["MessageSid", "SM9"]]', "receipt|twilio|SM9:delivered")
        tx.connection.execute(update(tables.receipt).values(sealed=sealed))

    house.store.write(store_as_then)
    named(house, message, "SM9")
    assert look(house, message.id).delivery == "delivered"
    with house.store.read() as tx:
        ((kept, _),) = store.read_receipts(tx, message.id)
    assert kept.fields == (("MessageSid", "SM9"),)
