"""One day in the shop, for the demo: a surprise, a marriage that is over, a chipped diamond, a code at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.message import Json

SHOP, KAYLA, SCOTT, REBECCA, NATE, SARAH = (f"+14155550{tail}" for tail in (100, 123, 177, 141, 142, 162))
PEOPLE: Mapping[str, str] = {KAYLA: "Kayla", SCOTT: "Scott", REBECCA: "Rebecca", NATE: "Nate", SARAH: "Sarah"}


@dataclass(frozen=True, slots=True)
class Text:
    """What the CRM texts, to whom, and what it says that it is for (empty: it says nothing)."""

    to: str
    body: str
    purpose: str = ""


TEXTS: Mapping[str, Text] = {
    "feedback": Text(KAYLA, "Hi Kayla! How was your purchase?"),
    "ready": Text(SCOTT, "Scott, the ring from your order 8812 is ready to be picked up."),
    "anniversary": Text(REBECCA, "Happy anniversary, Rebecca and Nate! Here's to many more.", "anniversary"),
    "chipped": Text(SARAH, "Sarah, the diamond of your ring chipped on our bench. Please ring us.", "repair_problem"),
    "link": Text(SCOTT, "Scott, your order 8812 is waiting: see smith-jew\u0435llers.com"),
    "code": Text(SCOTT, "Your code is 482913.", "otp"),
}


def facts(now: datetime) -> dict[str, list[Json]]:
    """What the shop knows of them this morning, as its CRM hands it in."""

    def ago(days: int) -> str:
        return (now - timedelta(days=days)).isoformat()

    people: list[Json] = [
        {"id": name.lower(), "name": f"{name} {last}", "phones": [number]}
        for (number, name), last in zip(PEOPLE.items(), ("Reed", "Miller", "Charles", "Charles", "Lane"), strict=True)
    ]
    sale: dict[str, Json] = {
        "id": "8812",
        "at": ago(10),
        "purchaser": "scott",
        "given_at_sale": SCOTT,
        "status": "paid",
    }
    wedding: dict[str, Json] = {"id": "o1", "kind": "anniversary", "confirmed_at": ago(5000)}
    on = f"1996-{now:%m-%d}" if now.day < 29 else f"1996-{now:%m}-28"
    return {
        "people": people,
        "relationships": [
            {"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": ago(20), "source": "Shelby"},
            {"a": "rebecca", "b": "nate", "kind": "spouse", "confirmed_at": ago(5000), "ended_at": ago(700)},
        ],
        "wishlists": [{"id": "w1", "owner": "kayla", "items": ["ring-4411", "pendant-9"]}],
        "purchases": [{**sale, "items": ["ring-4411"]}],
        "repairs": [{"id": "r1", "depositor": "sarah", "owner": "sarah", "items": ["ring-77"], "state": "problem"}],
        "occasions": [{**wedding, "people": ["rebecca", "nate"], "date": on}],
        "staff": [{"address": SHOP, "name": "the shop"}],
    }
