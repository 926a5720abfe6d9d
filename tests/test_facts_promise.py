"""The example of the public surface, word for word: all of it is stored, and the message it is about is stopped."""

from __future__ import annotations

from typing import Any

from tests.conftest import House
from tests.deciding import still
from tests.storytelling import KAYLA, SCOTT, role, stops, tell, texted, written

__all__ = ["still"]
EXAMPLE: dict[str, list[dict[str, Any]]] = {
    "people": [
        {
            "id": "kayla", "name": "Kayla Reed", "phones": ["+14155550123"], "emails": ["kayla@example.com"],
            "addresses": [
                {"line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501", "country": "US"}
            ],
            "time_zone": "America/Los_Angeles", "language": "en", "deceased": False, "bereaved_at": None,
            "confirmed_at": "2026-11-01T10:00:00Z",
        }
    ],
    "relationships": [
        {
            "a": "kayla", "b": "scott", "kind": "partner", "since": "2021-05-01", "ended_at": None,
            "confirmed_at": "2026-11-01T10:00:00Z", "source": "Shelby",
        }
    ],
    "purchases": [
        {
            "id": "8812", "at": "2026-11-12T16:20:00Z", "purchaser": "scott", "items": ["ring-4411"], "gift_for": None,
            "surprise": None, "given_at": None, "given_at_sale": "+14155550177", "status": "paid", "store": "reno",
        }
    ],
    "wishlists": [
        {"id": "w1", "owner": "kayla", "items": ["ring-4411", "ring-4412", "pendant-9"], "present": ["scott"],
         "hints_to": []}
    ],
    "appointments": [{"id": "a1", "booked_by": "scott", "attendees": [], "at": "2026-11-21T15:00:00Z"}],
    "repairs": [
        {"id": "r1", "depositor": "sarah", "owner": "sarah", "items": ["ring-77"], "state": "problem",
         "note": "stone chipped"}
    ],
    "occasions": [
        {"id": "o1", "kind": "anniversary", "people": ["rebecca", "nate"], "date": "1996-11-30",
         "confirmed_at": "2010-03-01T00:00:00Z"}
    ],
    "consents": [
        {"person": "kayla", "channel": "sms", "purpose": "marketing", "status": "granted",
         "at": "2026-01-01T00:00:00Z", "proof": "web form 12"}
    ],
    "complaints": [{"id": "c1", "person": "rebecca", "opened_at": "2026-11-13T19:36:00Z", "closed_at": None}],
    "embargoes": [
        {"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"], "until": None, "reason": "proposal",
         "set_by": "Shelby"}
    ],
    "suppressions": [
        {"address": "+15005550004", "reason": "opt-out"},
        {"person": "rebecca", "reason": "asked to be removed"},
        {"person": "kayla", "occasion": "mothers_day", "reason": "loss"},
    ],
    "staff": [{"address": "+14155550100", "name": "Shelby"}],
}  # fmt: skip


def test_the_example_is_stored_whole(still: House) -> None:
    assert tell(still, **EXAMPLE) == {"stored": 14, "refused": []}
    assert tell(still, **EXAMPLE) == {"stored": 14, "refused": []}


def test_what_it_says_is_what_is_judged(still: House) -> None:
    """Scott is nobody but an id here; the number that he left at the sale is his."""
    tell(still, **EXAMPLE)
    hers = texted(still, "How was your purchase?", to=KAYLA)
    assert (hers["purpose"], hers["subject"], role(hers)) == (
        "purchase_feedback",
        "purchase/8812",
        "gift_recipient_before",
    )
    assert stops(hers)
    his = texted(still, "How was your purchase?", to=SCOTT)
    assert (his["subject"], role(his), stops(his)) == ("purchase/8812", "principal", [])
    assert {"redirect"} == {one["proposal"]["kind"] for one in hers["findings"] if one["verdict"] == "stop"}
    assert {SCOTT} == {one["proposal"]["to"] for one in hers["findings"] if one["verdict"] == "stop"}


def test_the_same_through_our_own_door(still: House) -> None:
    """Declared or not, by subject and by the CRM's own id of the person."""
    tell(still, **EXAMPLE)
    fields = {"channel": "sms", "to": KAYLA, "from": "+14155550100", "body": "Thank you for your order 8812."}
    for more in ({}, {"person": "kayla"}, {"purpose": "receipt"}, {"purpose": "receipt", "subject": "purchase/8812"}):
        seen = written(still, **fields, **more)
        assert stops(seen), more
        fields["body"] += "."


def test_mothers_day_is_left_out_for_her_alone(still: House) -> None:
    """A suppression of one occasion."""
    tell(still, **EXAMPLE)
    seen = texted(still, "Mother's Day is near: 20% off! Reply STOP to end.", to=KAYLA, purpose="marketing")
    assert "bereaved" in stops(seen)
