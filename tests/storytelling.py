"""What the jeweller's stories share: facts told over HTTP, messages of every channel, and what was found in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.conftest import House
from tests.deciding import text
from tests.handing_in import handed_in, token

KAYLA, SCOTT, HOME, SHOP = "+14155550123", "+14155550177", "+17755550101", "+14155550100"
OAK_ST = {"line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501", "country": "US"}
ELM_ST = {"line1": "5 Elm St", "city": "Reno", "region": "NV", "postal_code": "89502", "country": "US"}
Json = dict[str, Any]


def ago(**amount: float) -> str:
    """A moment before now, as facts have it."""
    return (datetime.now(UTC) - timedelta(**amount)).isoformat()


def tell(house: House, source: str = "crm", status: int = 200, **lists: list[Json]) -> Json:
    """What the CRM, or whoever the source is, says about people."""
    answer = requests.post(f"{house.url}/api/facts", json=lists, headers=token(house, source), timeout=30)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def confirm(house: House, email: str = "ana@example.com", status: int = 200, **lists: list[Json]) -> Json:
    """What a member of staff says about people."""
    answer = requests.post(f"{house.url}/api/facts", json=lists, headers=house.staff(email), timeout=30)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def couple(**more: list[Json]) -> dict[str, list[Json]]:
    """Kayla with her wishlist and Scott, who bought the ring on it; `more` lists replace these."""
    told: dict[str, list[Json]] = {
        "people": [
            {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA], "emails": ["kayla@example.com"]},
            {"id": "scott", "name": "Scott Miller", "phones": [SCOTT], "emails": ["scott@example.com"]},
        ],
        "relationships": [{"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": ago(days=20)}],
        "wishlists": [{"id": "w1", "owner": "kayla", "items": ["ring-4411", "ring-4412", "pendant-9"]}],
        "purchases": [ring()],
    }
    return told | more


def ring(**more: Any) -> Json:
    """Scott's purchase of the ring, ten days ago."""
    sale = {"id": "8812", "at": ago(days=10), "purchaser": "scott", "items": ["ring-4411"], "status": "paid"}
    return sale | {"given_at_sale": SCOTT} | more


def texted(house: House, body: str, to: str = KAYLA, purpose: str = "") -> Json:
    """A text of the CRM's through the real client, as staff see it."""
    return dict(house.message(text(house, body, to=to, purpose=purpose)))


def written(house: House, **fields: Any) -> Json:
    """A message of any channel at our own door, as staff see it."""
    return dict(house.message(str(handed_in(house, fields)["id"])))


def mail(house: House, to: str, body: str, **more: Any) -> Json:
    """An e-mail of the CRM's, as staff see it."""
    sender = {"channel": "email", "from": "shop@example.com", "subject_line": more.pop("subject_line", "News")}
    return written(house, **sender, to=to, body=body, **more)


def card(house: House, place: Json, back: str, **more: Any) -> Json:
    """A postcard of the CRM's, as staff see it."""
    content = {"front": "<p>Hello</p>", "back": f"<p>{back}</p>"}
    return written(house, channel="postcard", to=place, content=content, **more)


def stops(message: Json) -> list[str]:
    """The checks that stop a message."""
    return sorted({found["check"] for found in message["findings"] if found["verdict"] == "stop"})


def found(message: Json, check: str) -> Json:
    """What one check found."""
    return next(finding for finding in message["findings"] if finding["check"] == check)


def checks(message: Json) -> list[str]:
    """Everything that was found, by check and code."""
    return sorted(finding["key"] for finding in message["findings"])


def role(message: Json) -> str:
    """Who the recipient is."""
    return str(message["to"][0]["role"])
