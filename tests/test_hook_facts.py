"""The presets of facts: what an order, a contact or a till's export tells, and what becomes of what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.handing_in import handed_in, sms, token
from tests.hooked import facts, hook, payload
from tests.stillness import still
from tests.vendors import plain_http

__all__ = ["still"]  # fixtures from elsewhere


def order(**more: Any) -> dict[str, Any]:
    """Shopify's order with something changed."""
    found: dict[str, Any] = payload("shopify-orders.json")
    return found | more


def purchase(**more: Any) -> dict[str, Any]:
    """The purchase that an order is."""
    (found,) = facts("shopify-orders", order(**more))["purchases"]
    return dict(found)


def test_an_order_tells_its_buyer_with_their_own_endpoints_only() -> None:
    (person,) = facts("shopify-orders", order())["people"]
    assert (person["id"], person["name"]) == (7012345678901, "Scott Miller")
    assert (person["emails"], person["phones"]) == (["scott.miller@example.com"], ["+14155550177"])
    assert [one["line1"] for one in person["addresses"]] == ["7 Pine Ave"]
    assert "Oak" not in json.dumps(person)


def test_an_order_is_a_purchase_with_its_pieces_and_what_hints_at_a_gift() -> None:
    found = purchase()
    assert (found["purchaser"], found["status"], found["gift"]) == (7012345678901, "paid", True)
    assert [item["id"] for item in found["items"]] == ["ring-4411", "44001234567891"]
    assert found["ship_to"] == {"name": "Kayla Reed"}
    assert found["gift_note"] == "For twenty years of you"
    assert "gift_for" not in found
    assert "surprise" not in found


def attributes(*pairs: tuple[str, object]) -> dict[str, object]:
    return {"note_attributes": [{"name": name, "value": value} for name, value in pairs]}


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        pytest.param({"financial_status": "refunded"}, "status", "refunded", id="refunded"),
        pytest.param({"financial_status": "voided"}, "status", "refunded", id="voided"),
        pytest.param({"cancelled_at": "2026-11-13T09:00:00-05:00"}, "status", "refunded", id="cancelled"),
        pytest.param({"financial_status": "partially_refunded"}, "status", "paid", id="partly-refunded"),
        pytest.param({"financial_status": "pending"}, "status", None, id="not-paid-yet"),
        pytest.param({"financial_status": None}, "status", None, id="no-status"),
        pytest.param(attributes(("gift", "no")), "gift", False, id="no-gift"),
        pytest.param(attributes(("Gift wrap", "Gold paper")), "gift", True, id="any-word-that-is-no-no"),
        pytest.param(attributes(("Delivery", "Monday")), "gift", None, id="nothing-said-of-a-gift"),
        pytest.param(attributes(("Surprise", "yes")), "surprise", True, id="surprise"),
        pytest.param(attributes(("surprise", "No")), "surprise", False, id="no-surprise-is-an-answer"),
        pytest.param({"note": ""}, "note", None, id="no-note"),
        pytest.param({"shipping_address": None}, "ship_to", None, id="nothing-shipped"),
        pytest.param({"customer": None}, "purchaser", None, id="no-account"),
    ],
)
def test_what_an_order_says(more: dict[str, object], field: str, value: object) -> None:
    assert purchase(**more).get(field) == value


def test_an_older_word_on_an_order_does_not_undo_a_newer_one(still: House) -> None:
    later = order(note="Call him at work.", updated_at="2026-11-15T09:00:00-05:00")
    for body in (later, order()):
        answer = hook(still, "shopify-orders", body)
        assert (answer.status_code, answer.json()) == (200, {"stored": 2, "refused": []})
    with still.store.read() as tx:
        (known,) = store.list_facts(tx, "purchases", 9)
    assert known.text("note") == "Call him at work."


def test_a_gift_that_is_shipped_to_a_partner_is_kept_from_them(still: House) -> None:
    people = {
        "people": [{"id": "kayla", "name": "Kayla Reed", "phones": ["+14155550123"]}],
        "relationships": [{"a": "kayla", "b": "7012345678901", "kind": "partner", "confirmed_at": "2026-11-01"}],
    }
    told = plain_http().post(f"{still.url}/api/facts", json=people, headers=token(still), timeout=10)
    assert told.status_code == 200, told.text
    assert hook(still, "shopify-orders", order()).status_code == 200
    words = "Your halo ring has been shipped."
    shown = handed_in(
        still, sms(to="+14155550123", body=words, purpose="order_status", subject="purchase/5678901234567")
    )
    assert shown["state"] in ("held", "stopped")
    assert "embargo" in {finding["check"] for finding in still.message(str(shown["id"]))["findings"]}


def test_a_contact_is_read_in_each_shape_that_hubspot_has() -> None:
    page, one = facts("hubspot-contacts", payload("hubspot-contacts.json")), payload("hubspot-contact-workflow.json")
    assert [person["name"] for person in page["people"]] == ["Scott Miller", "Kayla Reed"]
    assert page["people"][0]["emails"] == ["scott.miller@example.com"]
    assert "consents" not in page
    whole = facts("hubspot-contacts", one)
    (person,) = whole["people"]
    assert person["emails"] == ["scott.miller@example.com", "scott@work.example.com", "s.miller@example.com"]
    assert (person["id"], person["phones"], person["addresses"][0]["country"]) == ("51", ["+14155550177"], "US")
    assert whole["occasions"] == [{"id": "51/birthday", "kind": "birthday", "people": ["51"], "date": "1988-11-30"}]
    assert whole["consents"][0] | {"proof": ""} == {
        "person": "51",
        "channel": "email",
        "status": "withdrawn",
        "proof": "",
    }


def test_a_contact_whose_country_is_a_word_keeps_all_but_the_address() -> None:
    body = {"id": "7", "properties": {"firstname": "Ana", "address": "1 Rue X", "city": "Paris", "country": "France"}}
    assert facts("hubspot-contacts", body)["people"] == [{"id": "7", "name": "Ana"}]


def test_what_is_refused_is_named_with_where_it_was_looked_for(still: House) -> None:
    page = payload("hubspot-contacts.json")
    page["results"][1]["properties"]["email"] = "kayla at example"
    answer = hook(still, "hubspot-contacts", page)
    assert (answer.status_code, answer.json()["stored"]) == (207, 1)
    (refused,) = answer.json()["refused"]
    assert (refused["list"], refused["index"], refused["id"]) == ("people", 1, "52")
    assert refused["why"].startswith("emails[0] is not an e-mail address")
    assert "It is looked for at `[email, parts(hs_additional_emails, ';')][] | [?@]`." in refused["why"]


def test_a_body_that_is_something_else_is_refused_with_what_was_looked_for(still: House) -> None:
    answer = hook(still, "shopify-orders", {"id": 1, "title": "A product"})
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(
        "it looks at `[@][?customer.id]` and `[@][?line_items]`. The body has id, title."
    )


def test_what_cannot_be_worked_out_is_refused_and_the_rest_is_stored(make_house: MakeHouse) -> None:
    preset = """
        [[presets.loyalty.facts]]
        list = "people"
        each = "members"
        fields = {id = "number", name = "join(' ', [first, last])"}
    """
    Path("sayso.toml").write_text(preset, "utf-8")
    house = make_house(start=False)
    members = [{"number": 1, "first": "Ana"}, {"number": 2, "first": "Nate", "last": "Holt"}]
    answer = hook(house, "loyalty", {"members": members})
    assert (answer.status_code, answer.json()["stored"]) == (207, 1)
    (refused,) = answer.json()["refused"]
    assert (refused["list"], refused["id"]) == ("people", "1")
    assert refused["why"].startswith("name cannot be worked out: In function join()")
