"""A CRM that speaks our own door: messages handed in as JSON, and what it heard back as webhooks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import requests

from tests.conftest import House
from tests.vendors import plain_http

SCOTT, SHOP = "+14155550177", "+14155550100"
PLACE = {"name": "Kayla Reed", "line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501"}
_numbers = itertools.count(1)


def sms(**more: object) -> dict[str, object]:
    """A text that no other has the words of; a field that is None is left out."""
    given = {"channel": "sms", "to": SCOTT, "from": SHOP, "body": f"Ring number {next(_numbers)} is ready."} | more
    return {name: value for name, value in given.items() if value is not None}


def email(**more: object) -> dict[str, object]:
    """An e-mail."""
    given = {"channel": "email", "to": "kayla@example.com", "from": "shop@example.com", "subject_line": "Your ring"}
    return given | {"body": f"Ring number {next(_numbers)} is ready."} | more


def card(**more: object) -> dict[str, object]:
    """A postcard."""
    content = {"front": "<p>Happy birthday</p>", "back": f"<p>Card {next(_numbers)}</p>"}
    return {"channel": "postcard", "to": PLACE, "content": content} | more


def token(house: House, source: str = "crm") -> dict[str, str]:
    """The headers of a source's token."""
    return {"Authorization": f"Bearer {house.source(source)['token']}"}


def post(
    house: House, body: object, source: str = "crm", key: str | None = None, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """One message handed in."""
    sent = token(house, source) | ({"Idempotency-Key": key} if key else {}) | dict(headers or {})
    return plain_http().post(f"{house.url}/api/messages", json=body, headers=sent, timeout=10)


def handed_in(house: House, body: object = None, source: str = "crm") -> dict[str, object]:
    """The message that was taken."""
    answer = post(house, sms() if body is None else body, source)
    assert answer.status_code == 202, answer.text
    return answer.json()


def get(house: House, path: str, headers: Mapping[str, str] | None = None) -> requests.Response:
    """One GET, as the CRM unless told otherwise."""
    return plain_http().get(house.url + path, headers=dict(headers or token(house)), timeout=10)


def found(house: House, q: str, headers: Mapping[str, str] | None = None, **more: str) -> list[object]:
    """The ids that a search finds."""
    answer = plain_http().get(
        f"{house.url}/api/messages", params={"q": q} | more, headers=dict(headers or token(house)), timeout=10
    )
    assert answer.status_code == 200, answer.text
    return [message["id"] for message in answer.json()["messages"]]
