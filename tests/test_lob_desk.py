"""What staff see of a piece before they say yes: every side as it will look, and nobody else sees it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sayso import store
from sayso.message import Malformed
from tests import walk
from tests.desk_visits import enter
from tests.handing_in import PLACE, handed_in, post
from tests.lob_house import Printing, piece, still_lob
from tests.storytelling import tell
from tests.test_lob_door import PDF, brackets

__all__ = ["still_lob"]  # a fixture from elsewhere

PNG = b"\x89PNG\r\n\x1a\nan invented picture"


def own_id(press: Printing, made: dict[str, Any]) -> str:
    """Our id of a piece."""
    return walk.look(press.house, made["id"]).id


def look(press: Printing, browser: requests.Session, message_id: str, side: str) -> requests.Response:
    """One side, as the frame on the card asks for it."""
    return browser.get(f"{press.house.url}/desk/messages/{message_id}/piece/{side}", timeout=10)


def card(press: Printing, browser: requests.Session, message_id: str) -> str:
    """The card."""
    answer = browser.get(f"{press.house.url}/desk/messages/{message_id}", timeout=10)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("path", "sides"),
    [
        ("/postcards", {"front": "Happy birthday", "back": "for Kayla"}),
        ("/letters", {"file": "for Kayla"}),
        ("/self_mailers", {"outside": "For you", "inside": "for Kayla"}),
    ],
    ids=["postcard", "letter", "self mailer"],
)
def test_a_card_shows_every_side_filled_in(still_lob: Printing, path: str, sides: dict[str, str]) -> None:
    one, ana = own_id(still_lob, still_lob.create(path)), enter(still_lob.house)
    page = card(still_lob, ana, one)
    for side, words in sides.items():
        assert f'<iframe src="/desk/messages/{one}/piece/{side}" sandbox title=' in page
        assert words in look(still_lob, ana, one, side).text


def test_a_side_can_do_nothing_and_ask_for_nothing(still_lob: Printing) -> None:
    one, ana = own_id(still_lob, still_lob.create()), enter(still_lob.house)
    policy = look(still_lob, ana, one, "front").headers["Content-Security-Policy"]
    rules = [rule.strip() for rule in policy.split(";")]
    assert {"sandbox", "default-src 'none'", "img-src data:", "form-action 'none'", "base-uri 'none'"} <= set(rules)
    assert "frame-ancestors 'self'" in rules
    assert "script" not in policy
    on_card = ana.get(f"{still_lob.house.url}/desk/messages/{one}", timeout=10).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in on_card
    assert "frame-src 'self'" in on_card


def test_tags_that_ask_before_anybody_reads_are_none(still_lob: Printing) -> None:
    front = (
        '<LINK rel=preconnect href=//x.example><li<meta>nk rel=dns-prefetch href=//x.example><base href="//x.example">'
    )
    one, ana = own_id(still_lob, still_lob.create(front=front)), enter(still_lob.house)
    shown = look(still_lob, ana, one, "front").text.lower()
    assert not any(f"<{tag}" in shown for tag in ("link", "meta", "base"))


def test_a_template_that_its_values_make_too_long_is_not_read_and_has_its_place_alone(still_lob: Printing) -> None:
    still_lob.lob.templates = {"tmpl_a": "<p>{{a}}" * 100}
    made = still_lob.create(front="tmpl_a", merge_variables={"a": "x" * 20_000})
    one, ana = own_id(still_lob, made), enter(still_lob.house)
    kept = walk.look(still_lob.house, made["id"])
    assert (kept.content.seen, "unseen_words" in {finding.check for finding in kept.findings}) == (None, True)
    assert "tmpl_a" in card(still_lob, ana, one)
    assert look(still_lob, ana, one, "front").status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "kind", "way"),
    [
        (PDF, "art.pdf", "application/pdf", "attachment"),
        (PNG, "art.png", "image/png", "inline"),
        (b"MZ", "art.pdf", "application/octet-stream", "attachment"),
        (b"<svg onload=alert(1)>", "art.svg", "application/octet-stream", "attachment"),
    ],
    ids=["pdf", "png", "no pdf", "svg"],
)
def test_a_file_is_what_it_begins_like(still_lob: Printing, data: bytes, name: str, kind: str, way: str) -> None:
    given = brackets(piece(front=None))
    made = still_lob.call("POST", "/postcards", data=given, files={"front": (name, data, "image/png")}).json()
    one, ana = own_id(still_lob, made), enter(still_lob.house)
    answer = look(still_lob, ana, one, "front")
    assert (answer.headers["Content-Type"], answer.content) == (kind, data)
    assert answer.headers["Content-Disposition"].startswith(f"{way};")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "/piece/front" in card(still_lob, ana, one)


def test_a_side_that_lies_elsewhere_is_said_and_not_fetched(still_lob: Printing) -> None:
    one = own_id(still_lob, still_lob.create(front="https://shop.example/front.pdf"))
    ana = enter(still_lob.house)
    assert "It lies elsewhere: <bdi>https://shop.example/front.pdf</bdi>" in card(still_lob, ana, one)
    assert look(still_lob, ana, one, "front").status_code == 404


def test_the_words_of_a_template_are_shown_filled_in(still_lob: Printing) -> None:
    still_lob.lob.templates = {"tmpl_a": "<h1>Dear {{name}}</h1>"}
    one, ana = own_id(still_lob, still_lob.create(front="tmpl_a")), enter(still_lob.house)
    assert "<h1>Dear Kayla</h1>" in look(still_lob, ana, one, "front").text


def test_nobody_sees_a_side_who_does_not_see_the_message(still_lob: Printing) -> None:
    one = own_id(still_lob, still_lob.create())
    still_lob.house.store.write(lambda tx: store.hide(tx, one, ["kayla@example.com"]))
    kayla, ana = enter(still_lob.house, "kayla@example.com"), enter(still_lob.house)
    assert look(still_lob, kayla, one, "front").status_code == 404
    assert look(still_lob, ana, one, "front").status_code == 200
    stranger = look(still_lob, requests.Session(), one, "front")
    assert "Happy birthday" not in stranger.text


@pytest.mark.parametrize("side", ["inside", "request", "..", "to_address"])
def test_there_is_no_other_side(still_lob: Printing, side: str) -> None:
    one, ana = own_id(still_lob, still_lob.create()), enter(still_lob.house)
    assert look(still_lob, ana, one, side).status_code == 404


def test_a_designed_mail_is_shown_the_same_way(still_lob: Printing) -> None:
    mail = {"channel": "email", "to": "kayla@example.com", "from": "shop@example.com", "subject_line": "Your ring"}
    made = handed_in(still_lob.house, mail | {"html": "<h1>Ready</h1>"})
    ana = enter(still_lob.house)
    assert "/piece/mail" in card(still_lob, ana, str(made["id"]))
    assert "<h1>Ready</h1>" in look(still_lob, ana, str(made["id"]), "mail").text


def test_a_text_has_no_sides(still_lob: Printing) -> None:
    one = str(handed_in(still_lob.house)["id"])
    ana = enter(still_lob.house)
    assert 'class="piece"' not in card(still_lob, ana, one)


def by_api(press: Printing, **more: Any) -> str:
    """A card that came in at our own door."""
    body = {"channel": "postcard", "to": PLACE, "body": "Happy birthday, Kayla.\nYour jeweller"} | more
    return str(handed_in(press.house, {name: value for name, value in body.items() if value is not None})["id"])


def test_words_at_our_own_door_become_a_side_and_can_be_changed(still_lob: Printing) -> None:
    one = by_api(still_lob)
    walk.decide(still_lob.house, one, "edit", given={"body": "Happy birthday, Kayla & Jo."})
    walk.decide(still_lob.house, one, "approve")
    walk.dispatched(still_lob.house)
    (sent,) = still_lob.lob.pieces
    assert "Happy birthday, Kayla &amp; Jo.<" in sent["asked"]["front"]
    assert sent["asked"]["to"]["address_line1"] == "12 Oak St"
    assert sent["asked"]["back"] == "<html><body></body></html>"


def test_designed_sides_at_our_own_door_are_shown_and_cannot_be_reworded(still_lob: Printing) -> None:
    content = {"front": "<h1>Hello</h1>", "back": "<p>Come by</p>"}
    one = by_api(still_lob, body=None, content=content)
    assert still_lob.house.message(one)["content"] == content
    answer = still_lob.house.decide(one, "edit", body="x")
    assert answer.status_code == 400
    assert "designed in the CRM" in answer.text


def test_an_address_that_lob_cannot_reach_is_refused_at_our_own_door_in_our_words(still_lob: Printing) -> None:
    body = {"channel": "postcard", "to": PLACE | {"postal_code": "10001"}, "body": "x"}
    answer = post(still_lob.house, body)
    assert answer.status_code == 400
    assert "there is no 10001 in NV" in answer.text


def test_a_letter_at_our_own_door_needs_who_sends_it(still_lob: Printing) -> None:
    one = by_api(still_lob, channel="letter", **{"from": PLACE | {"name": "Smith & Sons"}})
    walk.decide(still_lob.house, one, "approve")
    walk.dispatched(still_lob.house)
    (sent,) = still_lob.lob.pieces
    assert (sent["asked"]["from"]["name"], sent["asked"]["color"]) == ("Smith & Sons", False)


HOME = {name: value for name, value in PLACE.items() if name != "name"} | {"line1": "9 Elm St"}


def test_a_piece_is_sent_to_somebody_elses_home_as_people_write_it(still_lob: Printing) -> None:
    made = still_lob.create()
    new = walk.decide(
        still_lob.house,
        made["id"],
        "redirect",
        walk.person(still_lob.house, "max@example.com", "manager"),
        given={"to": "Jo Reed, 9 Elm St, Reno, NV 89501"},
    )
    assert new.content.to == ("Jo Reed, 9 Elm St, Reno, NV 89501, US",)
    assert new.crm_id.startswith("psc_")
    walk.decide(still_lob.house, new.id, "approve")
    walk.dispatched(still_lob.house)
    (sent,) = still_lob.lob.pieces
    assert (sent["asked"]["to"]["name"], sent["asked"]["to"]["address_line1"]) == ("Jo Reed", "9 Elm St")
    still_lob.house.clock.forward(minutes=1)
    assert still_lob.call("GET", f"/postcards/{made['id']}").json()["deleted"] is True
    assert still_lob.call("GET", "/postcards").json()["count"] == 1


def test_a_piece_is_sent_to_the_home_of_somebody_we_know(still_lob: Printing) -> None:
    kayla = {"id": "kayla", "name": "Kayla Reed", "addresses": [{k: v for k, v in PLACE.items() if k != "name"}]}
    people = [kayla, {"id": "jo", "name": "Jo Reed", "addresses": [HOME]}]
    sale = {"id": "8812", "purchaser": "jo", "items": ["ring-1"], "at": "2026-11-12T16:20:00Z"}
    tell(still_lob.house, people=people, purchases=[sale])
    made = still_lob.create(metadata={"subject": "purchase/8812", "purpose": "purchase_feedback"})
    new = walk.decide(
        still_lob.house,
        made["id"],
        "redirect",
        walk.person(still_lob.house, "max@example.com", "manager"),
        given={"person": "jo"},
    )
    assert new.content.to == ("Jo Reed, 9 Elm St, Reno, NV 89501, US",)


@pytest.mark.parametrize("to", ["Jo", "+14155550123", "Jo, 9 Elm St, Reno", "Jo Reed, 9 Elm St, Reno, NV 10001"])
def test_what_is_no_address_for_the_post_is_said_plainly(still_lob: Printing, to: str) -> None:
    made = still_lob.create()
    max_ = walk.person(still_lob.house, "max@example.com", "manager")
    with pytest.raises(Malformed, match=r"Give the whole address|there is no 10001 in NV"):
        walk.decide(still_lob.house, made["id"], "redirect", max_, given={"to": to})


def test_the_values_of_a_template_can_be_changed(still_lob: Printing) -> None:
    still_lob.lob.templates = {"tmpl_a": "<h1>Dear {{name}}</h1>"}
    made = still_lob.create("/letters", file="tmpl_a", merge_variables={"name": "Kayle"})
    walk.decide(still_lob.house, made["id"], "edit", given={"variables": {"name": "Kayla"}})
    assert walk.look(still_lob.house, made["id"]).content.words == "Dear Kayla"
    walk.decide(still_lob.house, made["id"], "approve")
    walk.dispatched(still_lob.house)
    assert still_lob.lob.pieces[0]["asked"]["merge_variables"] == {"name": "Kayla"}
