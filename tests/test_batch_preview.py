"""What staff see of a card from a file before they say yes: both sides, the signature in its place, and no code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from sayso.shopyear.cards import SIGNATURE
from tests.card_runs import KAYLA, SCOTT, SOURCE, import_run, look_at_all, pieces, use_the_mail_house, written
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter

SIGNED = ("--signed-by", "Shelby", "--signature", "shelby.png")
BY_ANA = SCOTT.replace("Shelby", "Ana <b>&</b> Mo")


@pytest.fixture
def shop(make_house: MakeHouse) -> House:
    """A house with no threads of its own, whose point of sale posts its cards by the mail house."""
    use_the_mail_house()
    house = make_house(start=False)
    house.source(SOURCE)
    Path("shelby.png").write_bytes(SIGNATURE)
    return house


def taken(shop: House, *words: str, channel: str = "postcard") -> None:
    """A run of those words, looked at."""
    import_run(shop, *(channel if word == "postcard" else word for word in words))
    look_at_all(shop)


def side(shop: House, browser: requests.Session, name: str, n: int = 0) -> requests.Response:
    """One side of a piece, as the frame on its card asks for it."""
    return browser.get(f"{shop.url}/desk/messages/{pieces(shop)[n].id}/piece/{name}", timeout=10)


def card(shop: House, browser: requests.Session) -> str:
    """The first piece's card."""
    return browser.get(f"{shop.url}/desk/messages/{pieces(shop)[0].id}", timeout=10).text


def test_a_card_from_a_file_shows_both_sides_with_this_persons_values(shop: House) -> None:
    taken(shop, *written(KAYLA, SCOTT), *SIGNED)
    ana = enter(shop)
    assert re.findall(r'<iframe src="[^"]*/piece/(\w+)" sandbox', card(shop, ana)) == ["front", "back"]
    assert "<h1>Happy birthday, Kayla!</h1>" in side(shop, ana, "front").text
    assert "<h1>Happy birthday, Scott!</h1>" in side(shop, ana, "front", 1).text
    assert "Your ruby ring." in side(shop, ana, "back", 1).text


def test_the_signature_stands_in_its_place_and_only_where_it_is_theirs(shop: House) -> None:
    taken(shop, *written(KAYLA, BY_ANA), *SIGNED)
    ana = enter(shop)
    assert '<img alt="Shelby" src="data:image/png;base64,' in side(shop, ana, "back").text
    other = side(shop, ana, "back", 1).text
    assert "data:image" not in other
    assert "Ana &lt;b&gt;&amp;&lt;/b&gt; Mo" in other


def test_a_side_runs_nothing_and_what_a_value_has_of_html_is_shown(shop: House) -> None:
    taken(shop, *written(KAYLA.replace("opal", "<script>1</script>")), *SIGNED)
    shown = side(shop, enter(shop), "back")
    assert "&lt;script&gt;1&lt;/script&gt;" in shown.text
    assert "<script" not in shown.text
    rules = [rule.strip() for rule in shown.headers["Content-Security-Policy"].split(";")]
    assert {"sandbox", "default-src 'none'", "img-src data:"} <= set(rules)


def test_no_side_shows_the_code_of_a_gift_card(shop: House) -> None:
    page = "<p>Code{{gift_code}}</p><!-- back --><a href='https://x.example/{{gift_code}}'>{{name}}</a>{{signature}}"
    taken(shop, *written(KAYLA.replace("GC-1", "G&C=1"), page=page), *SIGNED)
    ana = enter(shop)
    front, back = side(shop, ana, "front").text, side(shop, ana, "back").text
    assert "<p>Code••••</p>" in front
    assert "x.example/••••" in back
    assert "C=1" not in card(shop, ana)
    assert "data:image/png;base64," in back


def test_a_code_does_not_spoil_the_picture_that_has_its_letters(shop: House) -> None:
    taken(shop, *written(KAYLA.replace("GC-1", "iVBO")), *SIGNED)
    assert "base64,iVBORw0KGgo" in side(shop, enter(shop), "back").text


def test_a_letter_has_one_page(shop: House) -> None:
    Path("from.json").write_text('{"name": "Hartwell", "line1": "1 Main St", "city": "Reno"}', "utf-8")
    words = written(KAYLA, page="<p>Dear {{first_name}},</p>{{signature}}")
    taken(shop, *words, *SIGNED, "--from", "from.json", channel="letter")
    ana = enter(shop)
    assert re.findall(r'title="([^"]*)" loading', card(shop, ana)) == ["The letter"]
    assert "Dear Kayla" in side(shop, ana, "file").text


def test_a_piece_of_a_text_alone_shows_its_words(shop: House) -> None:
    Path("card.txt").write_text("Happy birthday, {{first_name}}!", "utf-8")
    taken(shop, *(word.replace(".html", ".txt") for word in written(KAYLA)))
    ana = enter(shop)
    page = card(shop, ana)
    assert "Happy birthday, Kayla!" in page
    assert "<iframe" not in page
    assert side(shop, ana, "front").status_code == 404


def test_who_is_not_signed_in_sees_no_side(shop: House) -> None:
    taken(shop, *written(KAYLA), *SIGNED)
    answer = side(shop, requests.Session(), "front")
    assert "Kayla" not in answer.text
