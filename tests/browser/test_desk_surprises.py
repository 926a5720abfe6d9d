"""Surprises and one-tap answers in a browser without scripts: a person finds, opens, answers and ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sayso import store
from sayso.message import Finding, Json
from sayso.store import Screening, Tx
from sayso.telling import taking
from tests.browser.conftest import Visit, Visitor
from tests.browser.ways import held, press
from tests.conftest import House, MakeHouse

WIDTHS = (320, 360, 1280)
PEOPLE: list[Json] = [
    {"id": "kayla", "name": "Kayla Reed", "phones": ["+12125550123"], "emails": ["kayla@example.com"]},
    {"id": "scott", "name": "Scott Hale", "phones": ["+12125550177"]},
]


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves, with a ring whose day is over and a watch that was bought."""
    house = make_house(start=False)
    house.clock.fixed = datetime(2026, 11, 21, 12, tzinfo=UTC)
    house.source("crm")
    over = (house.clock() - timedelta(days=2)).isoformat()
    sales: list[Json] = [
        {"id": "4411", "purchaser": "scott", "items": ["engagement-ring-4411"]},
        {"id": "8812", "purchaser": "scott", "items": ["watch-7"]},
    ]
    embargo: Json = {
        "id": "e1", "subject": "purchase/4411", "hide_from": ["kayla"], "until": over, "reason": "he will ask her",
        "set_by": "Shelby",
    }  # fmt: skip
    couple: Json = {"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": "2012-03-01T00:00:00Z"}
    body: dict[str, Json] = {"people": PEOPLE, "relationships": [couple], "purchases": sales, "embargoes": [embargo]}
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    assert taking.tell_facts(house.runtime, source, body)["refused"] == []
    return house


def doubted(house: House) -> str:
    """The id of a message of which a finding asks something, and another proposes to write to somebody else."""
    message_id = held(house)

    def find(tx: Tx) -> None:
        message, [couple] = store.get(tx, message_id), store.list_facts(tx, "relationships", 9)
        assert message
        ask: dict[str, Json] = {
            "kind": "confirm",
            "fact": couple.key,
            "list": "relationships",
            "question": "Still together?",
        }
        instead: dict[str, Json] = {"kind": "redirect", "person": "scott", "name": "Scott Hale", "to": "+12125550178"}
        row: Json = {
            "address": "+12125550177", "person": "kayla", "name": "Kayla Reed", "role": "gift_recipient_before",
            "evidence": "Ring 4411 is on her wishlist, crm, 3 days ago.", "others": ["Nate Reed"],
        }  # fmt: skip
        purpose: Json = {"name": "survey", "inferred": True, "how": "it asks how it was."}
        findings = (
            Finding(
                "a", "tells", "Would tell Kayla that someone bought ring 4411 from her wishlist.", proposal=instead
            ),
            Finding("merge_field", "b", "Nobody has said since 2012 that Kayla and Scott are together.", proposal=ask),
        )
        reading: Json = {"to": [row], "purpose": purpose, "tells": ["purchase", "item"]}
        store.screened(tx, message, Screening("policy", findings, {"reading": reading}))

    house.store.write(find)
    return message_id


def later(visitor: Visitor, button: str) -> None:
    """Press a button, a second later."""
    visitor.house.clock.forward(seconds=1)
    press(visitor.page, button)


def test_a_clerk_answers_opens_and_ends_surprises_without_scripts(house: House, visit: Visit) -> None:
    ana = visit(house)
    page = ana.enter()
    page.get_by_role("link", name="Surprises").click()
    assert "Has it been given?" in page.content()
    later(ana, "Not yet, keep 30 more days")
    assert "It is kept for 30 more days." in page.get_by_role("status").inner_text()
    page.get_by_label("Its number").fill("8812")
    page.get_by_label("For whom?").fill("Kayla Reed")
    page.get_by_label("Why?").fill("her birthday")
    later(ana, "Keep it a surprise")
    watch = page.get_by_role("listitem").filter(has_text="Purchase 8812")
    assert "Kept from Kayla Reed until somebody says so." in watch.inner_text()
    watch.locator("summary").click()
    house.clock.forward(seconds=1)
    watch.get_by_role("button", name="It is no surprise any more").click()
    assert "Purchase 8812" not in page.content()
    assert ana.said == []


def test_a_question_on_a_card_is_answered_with_one_tap(house: House, visit: Visit) -> None:
    message_id, ana = doubted(house), visit(house)
    ana.enter()
    page = ana.card(message_id)
    later(ana, "Still together")
    assert "That reason is gone" in page.get_by_role("status").inner_text()
    assert page.get_by_role("button", name="Still together").count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_on_every_screen_it_fits_and_can_be_hit(house: House, visit: Visit, width: int) -> None:
    message_id, ana = doubted(house), visit(house, scripts=True, width=width, height=700)
    ana.enter()
    for path in ("/surprises", f"/messages/{message_id}"):
        page = ana.go(path)
        for opened in (False, True):
            if opened:
                page.evaluate(
                    "document.querySelectorAll('details').forEach(d => { d.removeAttribute('name'); d.open = true })"
                )
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            controls = "button, summary, nav a, fieldset label, select, input:not([type=radio], [type=checkbox])"
            for control in page.locator(controls).all():
                box = control.bounding_box() if control.is_visible() else None
                assert box is None or box["height"] >= 44, (path, control.evaluate("e => e.outerHTML.slice(0, 80)"))
                assert box is None or box["x"] + box["width"] <= width, (path, control.inner_text())
