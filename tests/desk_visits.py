"""Visits to the desk without a browser: invites, people who came in, cards and their forms."""

from __future__ import annotations

import html
import re

import requests

from sayso import access, store
from tests.conftest import House

PASSWORD = "four words do well"
SHOP, BUYER, OTHER = "+12125550100", "+12125550177", "+12125550178"


def invited(house: House, email: str, role: str = "reviewer", stores: tuple[str, ...] | None = None) -> str:
    """The address of a fresh invite."""
    token = house.store.write(lambda tx: access.invite(tx, store.add_staff(tx, email, role, stores).id))
    return f"{house.url}/desk/invite/{token}"


def enter(
    house: House, email: str = "ana@example.com", role: str = "reviewer", stores: tuple[str, ...] | None = None
) -> requests.Session:
    """A browser's worth of cookies of somebody who has just chosen a password."""
    browser = requests.Session()
    answer = browser.post(invited(house, email, role, stores), data={"password": PASSWORD}, timeout=10)
    assert answer.status_code == 200, answer.text
    return browser


def held(house: House, body: str = "Your ring is ready.", to: str = BUYER, source: str = "crm", **more: str) -> str:
    """The id of a message that waits."""
    client = house.client(source) if not more else (house.source(source, **more), house.client(source))[1]
    return str(house.message(client.messages.create(to=to, from_=SHOP, body=body).sid)["id"])


def form_of(house: House, browser: requests.Session, message_id: str) -> dict[str, str]:
    """What the card's own forms carry."""
    page = browser.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return {name: html.unescape(value) for name, value in found.items()}


def state(house: House, message_id: str) -> tuple[str, int]:
    """Where a message is, and its version."""
    with house.store.read() as tx:
        message = store.get(tx, message_id)
    assert message
    return message.state, message.version
