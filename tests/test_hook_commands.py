"""`sayso hooks` and `sayso facts import --map`: what a pasted body or a till's export becomes, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sayso import store
from tests.commands import ran, said
from tests.conftest import House
from tests.hooked import KEY_OF_SHOPIFY, PAYLOADS, payload
from tests.standing import count_rows
from tests.stillness import still

__all__ = ["still"]  # fixtures from elsewhere
CUSTOMERS, SALES = PAYLOADS / "edge-customers.csv", PAYLOADS / "edge-sales.csv"


def known(house: House, kind: str) -> dict[str, Any]:
    """What is stored of one list, by its id."""
    with house.store.read() as tx:
        return {fact.id: fact for fact in store.list_facts(tx, kind, 99)}


def test_trying_shows_the_message_with_its_key_and_stores_nothing(still: House) -> None:
    shown = ran(still, "hooks", "try", "zapier", PAYLOADS / "zapier.json").output
    assert "  to             (415) 555-0177\n" in shown
    assert "  (key)          zapier:deal-8812-ready\n" in shown
    assert shown.endswith("1 made, 0 wrong. Nothing was stored.\n")
    assert count_rows(still) == 0


def test_trying_says_what_is_wrong_and_where_it_was_looked_for(still: House) -> None:
    Path("body.json").write_text('{"channel": "sms", "phone": "+14155550177", "body": "Hi"}')
    shown = ran(still, "hooks", "try", "zapier", "body.json", status=1).output
    assert "  wrong: The channel sms needs to. It is looked for at `to || " in shown
    assert "The body has channel, phone, body." in shown


def test_trying_prints_for_programs(still: House) -> None:
    tried = said(still, "hooks", "try", "shopify-orders", PAYLOADS / "shopify-orders.json")
    assert [(one["list"], one["faults"]) for one in tried["made"]] == [("people", []), ("purchases", [])]
    assert tried["made"][1]["values"]["status"] == "paid"


def test_trying_a_body_that_is_none_or_a_preset_that_is_none_is_one_line(still: House) -> None:
    Path("body.json").write_text("{")
    Path("list.json").write_text("[]")
    for words, mend in (
        (("zapier", "body.json"), "body.json is not JSON"),
        (("zapier", "list.json"), "finds nothing in this"),
        (("zapper", "list.json"), "did you mean zapier?"),
    ):
        assert mend in ran(still, "hooks", "try", *words, status=1).output


def test_every_preset_is_listed(still: House) -> None:
    listed = {one["preset"]: one["makes"] for one in said(still, "hooks", "list")}
    assert (listed["zapier"], listed["edge-csv"], len(listed)) == ("messages", "facts", 9)


def test_a_tills_customers_become_people_couples_and_occasions(still: House) -> None:
    still.source()
    done = said(still, "facts", "import", CUSTOMERS, "--map", "edge-csv", status=1)
    assert done["stored"] == 10
    (refused,) = done["refused"]
    assert (refused["line"], refused["list"], refused["id"]) == (4, "occasions", "001-00021/birthday")
    people = known(still, "people")
    assert {one.text("name") for one in people.values()} == {
        "Nate Holt", "Rebecca Holt", "Scott Miller", "Kayla Reed", "Ana Ortiz"
    }  # fmt: skip
    assert people["001-00012"].endpoints[0] == "+14155550181"
    kinds = {fact.text("kind") for fact in known(still, "relationships").values()}
    assert kinds == {"spouse", "partner"}
    anniversary = known(still, "occasions")["001-00012/anniversary"]
    assert (anniversary.text("date"), len(anniversary.people("people"))) == ("1996-11-30", 2)


def test_the_lines_of_a_sale_are_one_purchase(still: House) -> None:
    still.source()
    done = said(still, "facts", "import", SALES, "--map", "edge-csv")
    assert done == {"stored": 2, "refused": []}
    sales = known(still, "purchases")
    assert [item["id"] for item in sales["R-8812"].get("items")] == ["ring-4411", "cloth-1"]
    assert (sales["R-8812"].text("at"), sales["R-8899"].text("status")) == ("2026-11-12", "returned")


def test_a_dry_run_says_the_same_and_stores_nothing(still: House) -> None:
    still.source()
    shown = ran(still, "facts", "import", CUSTOMERS, "--map", "edge-csv", "--dry-run", status=1)
    assert "Would be stored: 10. Refused: 1." in shown.output
    assert "line 4: date must be a day" in shown.output
    assert known(still, "people") == {}


def test_a_page_of_contacts_is_imported_as_json(still: House) -> None:
    still.source()
    assert (
        said(still, "facts", "import", PAYLOADS / "hubspot-contacts.json", "--map", "hubspot-contacts")["stored"] == 2
    )


def test_lines_and_headings_that_tell_nothing_are_named(still: House) -> None:
    still.source()
    Path("some.csv").write_text("Customer #,First,Last\n1,Ana,Ortiz\n2,,\n3,Kay\n")
    done = said(still, "facts", "import", "some.csv", "--map", "edge-csv", status=1)
    assert (done["stored"], [one["line"] for one in done["refused"]]) == (1, [3, 4])
    assert "finds nothing in this" in done["refused"][0]["why"]
    Path("other.csv").write_text("Kunde;Vorname\n1;Ana\n")
    shown = ran(still, "facts", "import", "other.csv", "--map", "edge-csv", status=1).output
    assert "No heading of this file (Kunde, Vorname) is one that the preset edge-csv knows: customer, first" in shown


def test_a_preset_of_messages_maps_no_facts(still: House) -> None:
    still.source()
    shown = ran(still, "facts", "import", SALES, "--map", "zapier", status=1).output
    assert "The preset zapier makes messages, and no facts." in shown


def test_shopifys_key_is_kept_once_and_never_shown(still: House) -> None:
    still.source()
    done = ran(still, "hooks", "secret", "crm", "--shopify", KEY_OF_SHOPIFY)
    assert KEY_OF_SHOPIFY not in done.output
    with still.store.read() as tx:
        source = store.find_source(tx, name="crm")
        assert source
        assert store.newest_credential(tx, source.id, "shopify") == (None, KEY_OF_SHOPIFY)
    assert "kept already" in ran(still, "hooks", "secret", "crm", "--shopify", KEY_OF_SHOPIFY, status=1).output
    assert "There is no source 'x'" in ran(still, "hooks", "secret", "x", "--shopify", "y", status=1).output


def test_the_samples_of_the_other_presets_are_there() -> None:
    assert payload("hubspot-contact-workflow.json")["vid"] == 51
