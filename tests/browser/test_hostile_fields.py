"""What staff themselves type, or a hostile CRM fills a template with, is read as words wherever it is shown again."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from sayso import intake, store
from sayso.message import Content, Draft
from tests.browser.conftest import Visit, Visitor
from tests.browser.test_hostile_words import HOSTILE
from tests.browser.ways import BUYER, SHOP, held, look, open_way, press, reword
from tests.conftest import House, MakeHouse


def chunks(most: int) -> list[str]:
    """The hostile words, several to a text, as many as fit."""
    found = [""]
    for text in HOSTILE:
        if len(found[-1]) + len(text) >= most:
            found.append("")
        found[-1] = f"{found[-1]} {text}".strip()
    return found


@pytest.fixture
def boss(make_house: MakeHouse, visit: Visit) -> Visitor:
    """A manager with a browser that runs scripts, at a house where nothing leaves."""
    visitor = visit(make_house(undo_seconds=60, start=False), scripts=True, width=1280)
    visitor.page.on("dialog", lambda dialog: (visitor.said.append(dialog.message), dialog.dismiss()))
    visitor.enter("boss@example.com", "manager")
    return visitor


def harmless(visitor: Visitor) -> None:
    """Nothing ran, nothing was fetched from elsewhere, and nothing was built from what was typed."""
    forbidden = "script, iframe, img, object, embed, svg, base, style, [style], [onerror], [onload], [formaction]"
    assert visitor.page.locator(forbidden).count() == 0
    assert [said for said in visitor.said if "status of 4" not in said] == []
    assert [url for url in visitor.asked if not url.startswith((f"{visitor.house.url}/desk", "data:,"))] == []


def seen(page: Page, selector: str) -> str:
    """What a place of the page says, hidden characters by their code points."""
    return (page.locator(selector).first.text_content() or "").replace("hidden character ", "")


def test_words_that_were_changed(boss: Visitor) -> None:
    for number, text in enumerate(chunks(1500)):
        message_id = held(boss.house, to=f"+1212555{number:04}")
        page = reword(boss.card(message_id), text)
        assert seen(page, ".bubble") == text.replace("\u200b", "U+200B")
        assert text.replace("\u200b", "U+200B").split()[-1] in seen(page, ".diff")
        expect(open_way(page, "Change the words").get_by_label("The words")).to_have_value(text)
        harmless(boss)


def test_the_note_of_a_call(boss: Visitor) -> None:
    for number, text in enumerate(chunks(1900)):
        message_id = held(boss.house, to=f"+1212555{number:04}")
        page = press(open_way(boss.card(message_id), "Phone instead"), "I phone instead")
        call = page.locator(f"[id='{message_id}']")
        call.locator("summary").click()
        call.get_by_label("Voicemail").check()
        call.get_by_label("A note for colleagues").fill(text)
        call.get_by_role("button", name="Keep this").click()
        assert text.replace("\u200b", "⟨U+200B⟩") in seen(page, f"[id='{message_id}'] blockquote")
        boss.card(message_id)
        harmless(boss)


def test_an_address_and_a_person_that_come_back(boss: Visitor) -> None:
    message_id = held(boss.house)
    for text in chunks(190):
        page = open_way(boss.card(message_id), "Send it to somebody else")
        page.get_by_label("To which number?").fill(text)
        page.get_by_label("Who is that").fill(text)
        press(page, "Make the new message")
        expect(page.get_by_label("To which number?")).to_have_value(text)
        expect(page.get_by_label("Who is that")).to_have_value(text)
        harmless(boss)
    assert look(boss.house, message_id).state == "held"


def test_what_a_template_is_filled_with(boss: Visitor) -> None:
    filled = {f"{n} {text}": text for n, text in enumerate(HOSTILE)}
    message_id = _from_template(boss.house, filled)
    page = open_way(boss.card(message_id), "Change the words")
    assert {field.get_attribute("name"): field.input_value() for field in page.locator("[name^=var_]").all()} == {
        f"var_{name}": text for name, text in filled.items()
    }
    assert page.locator("textarea[name=body]").count() == 0
    harmless(boss)


def test_what_is_searched_for(boss: Visitor) -> None:
    for text in chunks(190):
        page = boss.go("/history")
        page.get_by_label("Find by").fill(text)
        press(page, "Find")
        expect(page.get_by_label("Find by")).to_have_value(" ".join(text.split()))
        harmless(boss)


def _from_template(house: House, filled: dict[str, str]) -> str:
    """The id of a message whose words lie at its vendor, filled with these."""
    fields = (("ContentSid", "HX1"), ("ContentVariables", json.dumps(filled)))
    content = Content(to=(BUYER,), sender=SHOP, body=None, fields=fields, template="HX1")
    house.source()
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    return intake.take(house.runtime, source, Draft("sms", "twilio", f"SM{1:032}", content)).id
