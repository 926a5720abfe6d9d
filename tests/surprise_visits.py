"""Visits to the page of surprises: a couple, a watch that was bought, and the forms of the page."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
import requests

from sayso import store
from sayso.message import Fact
from sayso.telling import taking
from tests.conftest import House, MakeHouse

KAYLA, SCOTT = "kayla@example.com", "scott@example.com"
PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": ["+12125550123"], "emails": [KAYLA]},
    {"id": "scott", "name": "Scott Hale", "phones": ["+12125550177"], "emails": [SCOTT]},
]
NORA = "nora@example.com"
LODGER = {"id": "nora", "name": "Nora Reed", "emails": [NORA]}
COUPLE = {"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": "2026-06-01T10:00:00Z"}
WATCH = {"id": "8812", "at": "2026-11-12T16:20:00Z", "purchaser": "scott", "items": ["watch-7"]}


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves, with a couple in it and a watch that was bought."""
    house = make_house(start=False)
    house.clock.fixed = datetime(2026, 11, 21, 12, tzinfo=UTC)
    told(house, {"people": PEOPLE, "relationships": [COUPLE], "purchases": [WATCH]})
    return house


def told(house: House, body: dict[str, object], source: str = "crm") -> None:
    """What a CRM hands in."""
    house.source(source)
    with house.store.read() as tx:
        found = store.find_source(tx, name=source)
    assert found
    assert taking.tell_facts(house.runtime, found, body)["refused"] == []


def facts(house: House, kind: str) -> dict[str, Fact]:
    """The facts of one list, by id."""
    with house.store.read() as tx:
        return {fact.id: fact for fact in store.list_facts(tx, kind, 99)}


def page(house: House, browser: requests.Session) -> str:
    """The page of surprises, as it is read."""
    return html.unescape(browser.get(f"{house.url}/desk/surprises", timeout=10).text)


def csrf(house: House, browser: requests.Session) -> str:
    """What every form carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', page(house, browser))
    assert found
    return found[1]


def post(house: House, browser: requests.Session, path: str = "", **typed: str) -> requests.Response:
    """A form of that page, a second later."""
    house.clock.forward(seconds=1)
    data = {"csrf": csrf(house, browser), **typed}
    return browser.post(f"{house.url}/desk/surprises{path}", data=data, timeout=10)


def opened(house: House, browser: requests.Session, **typed: str) -> requests.Response:
    """The till's question, answered for the watch and Kayla, or as a test says."""
    return post(house, browser, **{"kind": "purchase", "id": "8812", "whom": "Kayla Reed", **typed})


def answer(house: House, browser: requests.Session, fact: Fact, name: str, **typed: str) -> requests.Response:
    """One of the buttons beside a surprise."""
    return post(house, browser, f"/{fact.key}/{name}", **typed)


def embargo(subject: str = "purchase/8812", **more: object) -> dict[str, object]:
    """A surprise that a till noted."""
    return {"embargoes": [{"id": "e1", "subject": subject, "hide_from": ["kayla"], **more}]}
