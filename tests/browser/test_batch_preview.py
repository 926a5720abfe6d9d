"""A card from a file on the desk in a real browser: both sides as they will look, on a phone and at the till."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.shopyear.cards import SIGNATURE
from tests.browser.conftest import Visit
from tests.card_runs import KAYLA, SOURCE, import_run, look_at_all, pieces, use_the_mail_house, written
from tests.conftest import House, MakeHouse

PAGE = """<style>body { background: #fdf6ec; font-family: Georgia, serif; text-align: center }</style>
<h1>Happy birthday, {{first_name}}!</h1><p onclick="alert(1)">{{ring}}</p><script>parent.pwned = 1</script>
<!-- back -->
<p>Your gift card: {{gift_code}}</p><p>Yours, {{signature}}</p>
"""
NASTY = KAYLA.replace("opal", '"<img src=x onerror=parent.pwned=1>"')


@pytest.fixture
def shop(make_house: MakeHouse) -> House:
    """A house whose point of sale has handed in a card with a signature."""
    use_the_mail_house()
    house = make_house(start=False)
    house.source(SOURCE)
    Path("shelby.png").write_bytes(SIGNATURE)
    import_run(house, *written(NASTY, page=PAGE), "--signed-by", "Shelby", "--signature", "shelby.png")
    look_at_all(house)
    return house


@pytest.mark.parametrize("width", [360, 1280])
def test_both_sides_are_there_with_the_signature_and_nothing_in_them_runs(
    shop: House, visit: Visit, width: int
) -> None:
    ana = visit(shop, scripts=True, width=width)
    ana.enter()
    page = ana.card(pieces(shop)[0].id)
    front, back = (page.frame_locator(f'iframe[title="{side}"]') for side in ("Front", "Back"))
    front.get_by_role("heading", name="Happy birthday, Kayla!").wait_for()
    assert front.get_by_text("<img src=x").is_visible()
    signature = back.get_by_role("img", name="Shelby")
    assert signature.evaluate("one => one.naturalWidth") == 1
    assert signature.evaluate("one => getComputedStyle(one).outlineStyle") == "none"
    assert back.get_by_text("Your gift card: ••••").is_visible()
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for frame in page.locator("iframe").all():
        box = frame.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
    assert {url for url in ana.asked if not url.startswith((f"{shop.url}/desk", "data:"))} == set()
    assert [text for text in ana.said if "sandboxed" not in text and "Content Security Policy" not in text] == []
