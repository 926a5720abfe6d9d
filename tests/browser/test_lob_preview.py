"""A piece on its card in a real browser: it looks as it will, nothing in it runs, and nothing is fetched for it."""

from __future__ import annotations

import pytest

from tests import walk
from tests.browser.conftest import Visit
from tests.handing_in import handed_in
from tests.lob_house import Printing, still_lob
from tests.vendors import serve

__all__ = ["still_lob"]  # a fixture from elsewhere

NASTY = """<html><head>
<meta charset="utf-8"><meta http-equiv="refresh" content="0;url={evil}/refresh"><base href="{evil}/">
<link rel="stylesheet" href="{evil}/a.css"><link rel="preconnect" href="{evil}"><link rel="prefetch" href="{evil}/p">
<link rel="icon" href="{evil}/i.png"><script src="{evil}/a.js"></script><script>parent.pwned = 1; alert(1)</script>
<style>@import "{evil}/b.css"; @font-face {{ font-family: x; src: url({evil}/x.woff) }}
body {{ background: url({evil}/bg.png); font-family: x; width: 1800px }} h1 {{ color: rgb(1, 2, 3) }}</style></head>
<body onload="alert(2)"><h1>Dear {{{{name}}}}</h1><img src="{evil}/a.png" alt="Your ring" onerror="alert(3)">
<img src="data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==" width="40" height="40">
<iframe src="{evil}/frame"></iframe><object data="{evil}/o"></object><embed src="{evil}/e">
<video src="{evil}/v" autoplay></video>
<svg onload="alert(4)"><image href="{evil}/s.png"/></svg><audio src="{evil}/u"></audio>
<input autofocus onfocus="alert(5)">
<form action="{evil}/form" target="_top"><button>Win</button></form>
<a href="{evil}/link" target="_top" ping="{evil}/ping">Shop</a><a href="{evil}/inside">Here</a></body></html>"""


def test_nothing_runs_and_nothing_is_fetched(still_lob: Printing, visit: Visit) -> None:
    popped: list[str] = []
    with serve(lambda heard: (200, {"Content-Type": "text/html"}, b"gotcha")) as evil:
        made = still_lob.create(front=NASTY.format(evil=evil.url))
        one = walk.look(still_lob.house, made["id"]).id
        ana = visit(still_lob.house, scripts=True)
        ana.page.on("dialog", lambda dialog: (popped.append(dialog.message), dialog.dismiss()))
        ana.enter()
        page = ana.card(one)
        frame = page.frame_locator('iframe[title="Front"]')
        heading = frame.get_by_role("heading", name="Dear Kayla")
        heading.wait_for()
        assert heading.evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
        frame.get_by_role("button", name="Win").click(force=True)
        frame.get_by_role("link", name="Shop").click(force=True)
        frame.get_by_role("link", name="Here").click(force=True)
        page.wait_for_timeout(500)
        assert popped == []
        assert page.evaluate("window.pwned") is None
        assert page.url == f"{still_lob.house.url}/desk/messages/{one}"
        assert evil.heard == []
        addresses = {url for url in ana.asked if not url.startswith((f"{still_lob.house.url}/desk", "data:"))}
        assert {url for url in addresses if not url.startswith(evil.url)} == set()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_wide_piece_scrolls_in_its_frame_and_not_the_page(still_lob: Printing, visit: Visit, width: int) -> None:
    wide = "<div style='width:1800px;background:gold'>Happy birthday</div>"
    one = walk.look(still_lob.house, still_lob.create(front=wide)["id"]).id
    ana = visit(still_lob.house, scripts=True, width=width)
    ana.enter()
    page = ana.card(one)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("iframe").count() == 2
    assert page.frame_locator('iframe[title="Front"]').get_by_text("Happy birthday").is_visible()


def test_a_frame_shows_its_side_without_scripts_too(still_lob: Printing, visit: Visit) -> None:
    one = walk.look(still_lob.house, still_lob.create()["id"]).id
    ana = visit(still_lob.house)
    ana.enter()
    page = ana.card(one)
    assert page.frame_locator('iframe[title="Back"]').get_by_text("for Kayla").is_visible()
    assert ana.said == []


def test_a_designed_mail_is_shown_in_the_same_frame(still_lob: Printing, visit: Visit) -> None:
    mail = {"channel": "email", "to": "kayla@example.com", "from": "shop@example.com", "subject_line": "Your ring"}
    made = handed_in(still_lob.house, mail | {"html": "<h1>Ready</h1><script>alert(1)</script>"})
    ana = visit(still_lob.house, scripts=True)
    ana.enter()
    page = ana.card(str(made["id"]))
    assert page.frame_locator('iframe[title="As it is designed"]').get_by_role("heading", name="Ready").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
