"""A house whose vendor keeps one template, for tests of the words that are not in the message itself."""

from __future__ import annotations

import json

import requests

from sayso.message import Message
from tests import walk
from tests.conftest import House, MakeHouse

NAME = "HX" + "ab" * 16
GIVEN = json.dumps({"1": "Kayla", "2": "ring"})
SILENT = (500, {}, b"out of order")


def with_template(make_house: MakeHouse, **settings: str) -> House:
    """A house whose steps a test takes itself."""
    here = make_house(start=False, **settings)
    here.twilio.templates[NAME] = {"twilio/text": {"body": "Hi {{1}}, your {{2}} is ready."}}
    return here


def hand_in(house: House, *, template: str = NAME, variables: str = GIVEN, **more: str) -> str:
    """The id of a message that names a template."""
    return walk.hand_in(house, ContentSid=template, ContentVariables=variables, **{"Body": "", **more})


def refused(house: House, *, purpose: str, variables: str = "", **more: str) -> int:
    """The vendor's code that the CRM hears of a message in the at-once lane."""
    given = house.source()["twilio"]
    url = f"{house.url}/for/{purpose}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
    form = {"To": walk.TO, "From": walk.SHOP, "ContentSid": NAME, "ContentVariables": variables, **more}
    answer = requests.post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=10)
    return int(answer.json()["code"])


def keys(message: Message) -> list[str]:
    """Which checks found what."""
    return [f"{finding.check}:{finding.code}" for finding in message.findings]


def asked(house: House) -> int:
    """How often the vendor was asked for words."""
    return sum(heard.path.startswith("/v1/Content/") for heard in house.vendor.heard)


def rewrite(house: House, body: str) -> None:
    """Somebody changes the template at the vendor."""
    house.twilio.templates[NAME] = {"twilio/text": {"body": body}}
    house.clock.forward(seconds=6)


def fall_silent(house: House) -> None:
    """From now on the vendor answers nothing that can be read."""
    house.twilio.fault = SILENT
    house.clock.forward(seconds=61)
