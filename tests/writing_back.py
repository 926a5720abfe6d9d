"""People who write back: signed as the vendor signs, and a CRM that hears it and may answer."""

from __future__ import annotations

import itertools
from typing import Any

import requests
from twilio.request_validator import RequestValidator

from sayso import store
from sayso.store import Reply, tables
from tests.conftest import House
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, plain_http
from tests.walk import SHOP, TO, relayed

_number = itertools.count(1)


def wrote(text: str = "Hello", **more: str) -> dict[str, str]:
    """What Twilio posts of one incoming message; keywords change or add fields."""
    sid = f"SM{next(_number):032x}"
    ids = dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid)
    form = {"AccountSid": VENDOR_SID, "From": TO, "To": SHOP, "Body": text, "NumMedia": "0", "NumSegments": "1"}
    place = {"FromCity": "RENO", "FromState": "NV", "FromCountry": "US", "ApiVersion": "2010-04-01"}
    return {**ids, **form, **place, **more}


def post(house: House, form: Any, *, key: str = VENDOR_TOKEN, path: str = "/inbound/twilio") -> requests.Response:
    """One signed POST to our inbound address."""
    url = house.url + path
    headers = {"X-Twilio-Signature": RequestValidator(key).compute_signature(url, form)}
    return plain_http().post(url, data=form, headers=headers, timeout=10)


def write_back(house: House, text: str = "Hello", **more: str) -> Reply:
    """What somebody wrote, as it is stored."""
    form = wrote(text, **more)
    answer = post(house, form)
    assert answer.status_code == 200, answer.text
    with house.store.read() as tx:
        found = store.reply_of_event(tx, "twilio", form["MessageSid"])
    assert found
    return found


def hears(house: House, name: str = "crm", path: str = "/in") -> dict[str, str]:
    """A source that hears what people write; its credentials at Twilio's door."""
    given = house.source(name)["twilio"]

    def keep(tx: store.Tx) -> None:
        source = store.find_source(tx, name=name)
        assert source
        store.set_webhooks(tx, source, {"inbound": house.crm.url + path})

    house.store.write(keep)
    return given


def answers(house: House, body: bytes | str, kind: str = "text/xml", status: int = 200) -> None:
    """What the CRM says from now on."""
    said = body.encode() if isinstance(body, str) else body
    house.crm.answer = lambda heard: (status, {"Content-Type": kind} if kind else {}, said)


def answered(house: House, twiml: str, text: str = "Are you open?", **more: str) -> list[dict[str, Any]]:
    """The messages that came of a CRM's answer, newest first."""
    hears(house)
    answers(house, f"<?xml version='1.0' encoding='UTF-8'?><Response>{twiml}</Response>")
    write_back(house, text, **more)
    relayed(house)
    return listed(house)


def listed(house: House) -> list[dict[str, Any]]:
    """Every message, newest first, as our API shows it."""
    shown = requests.get(f"{house.url}/api/messages", headers=house.staff(), timeout=10).json()["messages"]
    return list(shown)


def stored(house: House) -> list[Reply]:
    """Everything that people wrote."""
    with house.store.read() as tx:
        ids = [row.id for row in tx.connection.execute(tables.inbound.select().order_by(tables.inbound.c.id))]
        return [reply for reply_id in ids if (reply := store.find_reply(tx, reply_id))]


def why_suppressed(house: House, address: str = TO, purpose: str = "") -> list[str]:
    """Who asked that nothing goes to an address."""
    with house.store.read() as tx:
        return [found.origin for found in store.suppressions(tx, [address], purpose)]
