"""Decisions over HTTP by staff, on messages that the real Twilio client handed in; nothing moves by itself."""

from __future__ import annotations

import itertools

import pytest
import requests

from tests.conftest import House, MakeHouse
from tests.walk import SHOP, TO, relayed

UNDO = 20
Crm = list[tuple[str, str]]
_numbers = itertools.count(1)


@pytest.fixture
def quiet(make_house: MakeHouse) -> House:
    """The same on SQLite alone, for what no database can make a difference to."""
    return make_house(start=False, undo_seconds=str(UNDO))


@pytest.fixture
def still(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database in which nothing moves by itself, and decisions can be undone for twenty seconds."""
    return make_house(start=False, undo_seconds=str(UNDO), database_url=database_url)


def text(house: House, body: str = "", *, to: str = TO, purpose: str = "", source: str = "crm", **more: object) -> str:
    """The CRM's id of a text; it hears of it at its own address."""
    client = house.client(source, f"/for/{purpose}" if purpose else "")
    body = body or f"Ring number {next(_numbers)} is ready."
    heard_at = {"status_callback": f"{house.crm.url}/heard"}
    return str(client.messages.create(**{"to": to, "from_": SHOP, "body": body, **heard_at, **more}).sid)  # type: ignore[arg-type]


def decided(house: House, sid: str, kind: str, status: int = 200, **more: object) -> dict[str, object]:
    """What the API answers to a decision on the message as it is now."""
    answer = house.decide(sid, kind, **more)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def by_manager(house: House, sid: str, kind: str, **more: object) -> requests.Response:
    """What a manager is answered."""
    shown, headers = house.message(sid), house.staff("max@example.com", "manager")
    body = {"version": shown["version"], "content_hash": shown["content_hash"], **more}
    return requests.post(f"{house.url}/api/messages/{sid}/{kind}", json=body, headers=headers, timeout=10)


def refused(house: House, sid: str, kind: str, status: int, **more: object) -> str:
    """Why the API refuses a decision; the message is as it was before."""
    before = house.message(sid)
    answer = house.decide(sid, kind, **more)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert house.message(sid) == before
    return str(answer.json()["detail"])


def may(house: House, sid: str, email: str = "ana@example.com") -> list[str]:
    """What this person may decide now."""
    headers = house.staff(email)
    shown = requests.get(f"{house.url}/api/messages/{sid}", headers=headers, timeout=10)
    return list(shown.json()["may"])


def told(house: House) -> Crm:
    """Of which message the CRM has heard what, in order."""
    relayed(house)
    return [(heard.form["MessageSid"], heard.form["MessageStatus"]) for heard in house.crm.posts()]


def told_only_after_the_window(house: House, sid: str, word: str) -> None:
    """The CRM hears nothing of a decision just made while it can be undone, and this word then."""
    assert told(house) == []
    house.clock.forward(seconds=UNDO - 1)
    assert told(house) == []
    assert house.client().messages(sid).fetch().status == "queued"
    house.clock.forward(seconds=2)
    assert told(house) == [(sid, word)]
    assert house.client().messages(sid).fetch().status == word
