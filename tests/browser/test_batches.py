"""A run of cards on a phone and at the till: signed off without a script, nothing cut off, controls large enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.batched import handed_in, pieces, states, swept
from tests.browser.conftest import Visit
from tests.conftest import House, MakeHouse


@pytest.fixture
def house(make_house: MakeHouse, tmp_path: Path) -> House:
    """A house in which nothing moves by itself, and cards leave at four."""
    (tmp_path / "sayso.toml").write_text('[policy]\nprint_cut_off = "16:00"\ntime_zone = "America/Los_Angeles"\n')
    return make_house(start=False, undo_seconds="60")


def fits(page: Page, width: int) -> None:
    """Nothing is wider than the screen, and what is pressed is high enough."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("main button:visible, main input:visible, main select:visible").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 43.99  # browsers round
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_clear_rest_of_a_run_is_signed_off_and_taken_back(house: House, visit: Visit, width: int) -> None:
    batch = handed_in(house, pieces(30, unfilled=7))
    ana = visit(house, scripts=True, width=width)
    page = ana.enter()
    fits(page, width)
    page.get_by_role("link", name="Birthday mailer: 30, 23 clear, 7 need eyes").click()
    fits(page, width)
    page.get_by_role("button", name="Sign off the 23 clear ones").click()
    swept(house)
    page.goto(f"{house.url}/desk/batches/{batch.id}")
    assert "23 signed off. Can be taken back until" in page.get_by_role("status").inner_text()
    fits(page, width)
    page.get_by_role("button", name="Take all of it back").click()
    swept(house)
    assert set(states(house, batch)) == {"held"}
    page.goto(f"{house.url}/desk/batches/{batch.id}")
    page.get_by_text("None of these is meant?").click()
    page.get_by_label("How many wait?").fill("3")
    page.get_by_role("button", name="Stop all 30 that wait").click()
    assert "Nothing was done. There are 30" in page.get_by_role("alert").inner_text()
    fits(page, width)
    page.get_by_role("link", name="All of them, one by one").click()
    fits(page, width)
    assert [text for text in ana.said if "400" not in text] == []


def test_a_page_that_looks_again_shows_the_end_without_a_script(house: House, visit: Visit) -> None:
    batch = handed_in(house, pieces(30), looked=False)
    ana = visit(house)
    ana.enter()
    page = ana.go(f"/batches/{batch.id}")
    assert "0 of 30 looked at" in page.inner_text("main")
    swept(house)
    page.get_by_role("button", name="Sign off the 30 clear ones").wait_for()
