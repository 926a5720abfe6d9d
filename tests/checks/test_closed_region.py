"""A country that the shop has closed gets no text, through whichever door or decision."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from sayso.message import telephony
from tests.conftest import MakeHouse
from tests.walk import decide, hand_in, person

BRITISH, AMERICAN = "+447400123456", "+14155550123"


@pytest.mark.parametrize(
    ("address", "region"),
    [(BRITISH, "GB"), (AMERICAN, "US"), ("12345", ""), ("x@y.z", "")],
)
def test_the_country_of_an_address(address: str, region: str) -> None:
    assert telephony.region_of(address) == region


def test_a_closed_country_stops_our_own_door_and_a_redirect(make_house: MakeHouse) -> None:
    Path("sayso.toml").write_text('[regions.GB]\nsms = "off"\n')
    house = make_house(start=False)
    headers = {"Authorization": f"Bearer {house.source()['token']}"}
    body = {"channel": "sms", "from": AMERICAN, "body": "Your code is 123456.", "purpose": "otp"}
    for to, status in ((BRITISH, 409), ("+14155550177", 202)):
        answer = requests.post(f"{house.url}/api/messages", json=body | {"to": to}, headers=headers, timeout=10)
        assert answer.status_code == status, answer.text
    boss = person(house, "boss@example.com", "manager")
    copy = decide(house, hand_in(house), "redirect", boss, given={"to": BRITISH})
    assert [(finding.check, finding.verdict) for finding in copy.findings] == [("closed_region", "stop")]
