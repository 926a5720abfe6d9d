"""The row and the page of a burst on small phones: nothing is cut off, and the number is typed without a script."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.ways import held
from tests.conftest import House, MakeHouse

NUMBERS = [f"+1212555010{n}" for n in range(1, 7)]


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves, and six texts are three too many."""
    made = make_house(undo_seconds=60, start=False, burst_brake="3/600")
    for n, to in enumerate(NUMBERS):
        held(made, f"Hi, ring {n} from your wishlist is back in our window. Come by and see it.", to)
    return made


@pytest.mark.parametrize("width", [320, 360])
def test_a_burst_is_opened_from_the_list_and_stopped_by_its_number(house: House, visit: Visit, width: int) -> None:
    ana = visit(house, width=width)
    page = ana.enter()
    assert page.get_by_role("heading", level=1).inner_text() == "6 waiting"
    page.get_by_role("link", name="3 texts from crm").click()
    field, button = page.get_by_label("How many are they?"), page.get_by_role("button", name="Do not send any of them")
    for control in (field, button):
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= width
    field.fill("2")
    button.click()
    assert "Nothing was stopped" in page.get_by_role("alert").inner_text()
    page.get_by_label("How many are they?").fill("3")
    page.get_by_role("button", name="Do not send any of them").click()
    assert page.get_by_role("status").inner_text() == "3 of 3 are stopped."
    page.get_by_text("What was stopped just now").click()
    page.locator("details a").first.click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("link", name="Waiting", exact=True).click()
    assert page.get_by_role("link", name="1 text from crm").is_visible()


def test_the_pages_of_a_burst_fit_the_smallest_phone(house: House, visit: Visit) -> None:
    ana = visit(house, scripts=True, width=320)
    page = ana.enter()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="3 texts from crm").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
