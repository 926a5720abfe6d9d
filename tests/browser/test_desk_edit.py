"""Other words, as a person writes them on a phone with scripts off: seen word by word, and signed off anew."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.ways import BUYER, SHOP, held, look, open_way, press, reword
from tests.conftest import House, MakeHouse
from tests.vendors import wait_for


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which a decision can be taken back for a minute."""
    return make_house(undo_seconds=60)


def test_changed_words_are_shown_word_by_word_and_go_out_after_a_second_yes(
    make_house: MakeHouse, visit: Visit
) -> None:
    house = make_house()
    message_id, ana = held(house, "Hi {{first_name}}, your ring is ready."), visit(house)
    ana.enter()
    page = reword(ana.card(message_id), "Hi Kayla, your ring is ready.\nShelby")
    expect(page.get_by_role("status")).to_contain_text("needs a yes again")
    expect(page.locator(".bubble").first).to_have_text("Hi Kayla, your ring is ready.\nShelby")
    assert house.vendor.posts() == []
    expect(page.locator(".diff del")).to_have_text("removed: {{first_name}}, (end)")
    expect(page.locator(".diff ins").first).to_have_text("added: Kayla, (end)")
    page.locator("summary", has_text="Show the original").click()
    expect(page.locator(".original")).to_have_text("Hi {{first_name}}, your ring is ready.")
    expect(page.locator(".happened")).to_contain_text("You changed the words.")
    press(page, "Send it")
    wait_for(lambda: look(house, message_id).state == "sent")
    assert [sent["Body"] for sent in house.twilio.messages] == ["Hi Kayla, your ring is ready.\nShelby"]


def test_a_proposal_to_mend_the_words_is_the_main_button(house: House, visit: Visit) -> None:
    message_id, ana = held(house, "Hi {{first_name}}."), visit(house)
    ana.enter()
    page = ana.card(message_id)
    expect(page.locator(".bar > .main > summary")).to_have_text("Change the words")
    expect(page.locator(".suggest")).to_have_text("We suggest: change the words.")


def test_characters_that_nobody_sees_are_taken_out_with_a_tick(house: House, visit: Visit) -> None:
    message_id, ana = held(house, "Your ri\u200bng is ready."), visit(house)
    ana.enter()
    page = open_way(ana.card(message_id), "Change the words")
    expect(page.get_by_label("Take out what nobody sees (1 hidden character)")).to_be_checked()
    press(page, "Keep these words")
    expect(page.get_by_role("status")).to_contain_text("The words are changed.")
    assert look(house, message_id).content.body == "Your ring is ready."
    expect(page.locator(".diff del")).to_contain_text("U+200B")


def test_of_a_template_only_what_fills_it_is_changed(house: House, visit: Visit) -> None:
    template, ana = "HX" + "1" * 32, visit(house)
    house.twilio.templates[template] = {"twilio/text": {"body": "Hello {{1}}, your {{2}} is ready."}}
    filled = '{"1": "Kayla", "2": "ring"}'
    sid = house.client().messages.create(to=BUYER, from_=SHOP, content_sid=template, content_variables=filled).sid
    ana.enter()
    page = open_way(ana.card(str(house.message(str(sid))["id"])), "Change the words")
    expect(page.locator(".bubble").first).to_have_text("Hello Kayla, your ring is ready.")
    expect(page.get_by_label("The words")).to_have_count(0)
    page.get_by_label("Fills “1”").fill("Rebecca")
    press(page, "Keep these words")
    expect(page.locator(".bubble").first).to_have_text("Hello Rebecca, your ring is ready.")
    expect(page.locator(".diff ins")).to_have_text("added: Rebecca, (end)")
    press(page, "Send it")
    house.clock.forward(minutes=2)
    house.runtime.dispatch_bell.ring()
    wait_for(lambda: len(house.twilio.messages) == 1)
    assert json.loads(house.twilio.messages[0]["ContentVariables"]) == {"1": "Rebecca", "2": "ring"}


def test_a_picture_is_left_out_with_a_tick(house: House, visit: Visit) -> None:
    links, ana = [f"https://example.com/{name}.jpg" for name in ("ring", "shop")], visit(house)
    sid = house.client().messages.create(to=BUYER, from_=SHOP, body="Your ring.", media_url=links).sid
    message_id = str(house.message(str(sid))["id"])
    ana.enter()
    page = open_way(ana.card(message_id), "Change the words")
    page.get_by_label(f"With the picture {links[0]}").uncheck()
    press(page, "Keep these words")
    expect(page.get_by_role("status")).to_contain_text("The words are changed.")
    assert look(house, message_id).content.media == (links[1],)


def test_who_comes_second_finds_the_words_they_wrote(house: House, visit: Visit) -> None:
    message_id, ana, ben = held(house), visit(house), visit(house)
    ana.enter()
    ben.enter("ben@example.com")
    ben.card(message_id)
    reword(ana.card(message_id), "Your ring is polished.")
    page = reword(ben.page, "Your ring is ready, Kayla.")
    expect(page.get_by_role("alert")).to_contain_text("It changed while you were looking")
    expect(page.get_by_role("alert")).to_contain_text("ana@example.com changed the words.")
    expect(page.locator(".bubble").first).to_have_text("Your ring is polished.")
    expect(page.get_by_label("The words")).to_have_value("Your ring is ready, Kayla.")
    press(page, "Keep these words")
    assert look(house, message_id).content.body == "Your ring is ready, Kayla."


def test_a_change_from_right_to_left_reads_from_the_right(house: House, visit: Visit) -> None:
    message_id, ana = held(house, "שלום רבקה, הטבעת מוכנה"), visit(house, scripts=True)
    ana.enter()
    page = reword(ana.card(message_id), "שלום שרה, הטבעת 4411 מוכנה")
    assert page.locator(".diff").evaluate("e => getComputedStyle(e).direction") == "rtl"
    gone, came = page.locator(".diff del").bounding_box(), page.locator(".diff ins").first.bounding_box()
    assert gone
    assert came
    assert gone["x"] > came["x"]
