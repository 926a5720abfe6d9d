"""The new forms and pages on the smallest phone: nothing is cut off, small, pale or covered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, Visitor
from tests.browser.test_desk_walk import PALE
from tests.browser.ways import OTHER, held, open_way, press, reword
from tests.conftest import House, MakeHouse

WAYS = ("Change the words", "Send it later", "Phone instead", "Send it to somebody else", "No more of these")
WIDTH, HEIGHT = 320, 640


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves."""
    return make_house(undo_seconds=60, start=False)


def pages(visitor: Visitor) -> list[str]:
    """A card with a diff of a very long word, a card whose finding proposes a way, and the calls."""
    boss = visitor.enter("boss@example.com", "manager")
    edited, gap, phoned = (
        held(visitor.house, text, to)
        for text, to in (("Your ring.", OTHER), ("Hi {{first_name}}.", "+12125550171"), ("Come by.", "+12125550172"))
    )
    visitor.card(edited)
    reword(boss, "https://example.com/" + "verylongword" * 30)
    visitor.card(phoned)
    press(open_way(boss, "Phone instead"), "I phone instead")
    return [f"/messages/{edited}", f"/messages/{gap}", "/calls", f"/messages/{phoned}"]


def open_all(page: Page) -> None:
    """Open every form of a page at once."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.removeAttribute('name'); d.open = true })")


def test_on_the_smallest_phone_everything_fits_and_can_be_hit(house: House, visit: Visit) -> None:
    boss = visit(house, scripts=True, width=WIDTH, height=HEIGHT)
    for path in pages(boss):
        page = boss.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path
        controls = "button, summary, nav a, fieldset label, input:not([type=radio], [type=checkbox]), textarea, .button"
        for control in page.locator(controls).all():
            box = control.bounding_box() if control.is_visible() and control.get_attribute("type") != "hidden" else None
            assert box is None or box["height"] >= 44, (path, control.evaluate("e => e.outerHTML.slice(0, 80)"))
            assert box is None or box["x"] + box["width"] <= WIDTH, (path, control.inner_text())


def test_the_bar_is_low_and_the_end_of_the_page_comes_up_above_it(house: House, visit: Visit) -> None:
    boss = visit(house, scripts=True, width=WIDTH, height=HEIGHT)
    for path in pages(boss):
        page = boss.go(path)
        if path != "/calls":
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            last, bar = page.locator("article").bounding_box(), page.locator(".bar").bounding_box()
            assert last
            assert bar
            assert bar["height"] < HEIGHT * 0.4, path
            assert last["y"] + last["height"] <= bar["y"], path


def test_an_open_form_is_reached_whole_on_a_small_phone(house: House, visit: Visit) -> None:
    message_id, boss = held(house), visit(house, width=WIDTH, height=HEIGHT)
    boss.enter("boss@example.com", "manager")
    for name in WAYS:
        page = open_way(boss.card(message_id), name)
        last = page.locator(".one[open] button").last
        last.scroll_into_view_if_needed()
        box = last.bounding_box()
        assert box
        assert box["y"] + box["height"] <= HEIGHT, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_the_new_words_stands_out_from_its_ground(house: House, visit: Visit, scheme: str) -> None:
    boss = visit(house, scripts=True)
    boss.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a parametrized literal
    for path in pages(boss):
        page = boss.go(path)
        assert page.evaluate(PALE) == [], path
        open_all(page)
        assert page.evaluate(PALE) == [], path
