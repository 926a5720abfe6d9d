"""From a yes to the piece at Lob: once, as the CRM asked for it, and canceled for as long as Lob cancels."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from sayso import store
from tests import walk
from tests.fake_lob import problem
from tests.lob_house import SHOP, TO, Printing, piece, still_lob
from tests.test_lob_door import PDF, assert_lob_error, brackets

__all__ = ["still_lob"]  # a fixture from elsewhere


def released(press: Printing, **more: Any) -> str:
    """The id of a piece that somebody let go."""
    made = press.create(**more)
    walk.decide(press.house, made["id"], "approve")
    walk.dispatched(press.house)
    return str(made["id"])


def test_nothing_is_asked_of_lob_while_a_piece_waits(still_lob: Printing) -> None:
    still_lob.create()
    walk.dispatched(still_lob.house)
    assert still_lob.lob.asked == []


def test_what_goes_is_what_the_crm_asked_for_and_our_id(still_lob: Printing) -> None:
    given = piece(size="6x9", description="Birthday", metadata={"run": "May"}, send_date=None, **{"from": SHOP})
    made = still_lob.call("POST", "/postcards", json=given).json()
    walk.decide(still_lob.house, made["id"], "approve")
    walk.dispatched(still_lob.house)
    (sent,) = still_lob.lob.pieces
    us = {"address_country": "US"}
    given |= {"to": TO | us, "from": SHOP | us, "metadata": {"run": "May", "sayso_id": made["id"]}}
    assert sent["asked"] == given
    assert sent["key"] == walk.look(still_lob.house, made["id"]).id
    assert walk.look(still_lob.house, made["id"]).provider_id == sent["id"]
    assert still_lob.call("GET", f"/postcards/{made['id']}").json()["metadata"] == {"run": "May"}


def test_twenty_notes_leave_no_room_for_ours(still_lob: Printing) -> None:
    notes = {f"n{n}": "x" for n in range(20)}
    released(still_lob, metadata=notes)
    assert still_lob.lob.pieces[0]["asked"]["metadata"] == notes


def test_files_go_as_parts_and_are_stored_once_for_the_whole_run(still_lob: Printing) -> None:
    for n in range(3):
        given = brackets(piece(front=None, metadata={"batch": "May"}, to=TO | {"name": f"Person {n}"}))
        answer = still_lob.call("POST", "/postcards", data=given, files={"front": ("art.pdf", PDF, "application/pdf")})
        assert answer.status_code == 200, answer.text
        walk.decide(still_lob.house, answer.json()["id"], "approve")
    walk.dispatched(still_lob.house)
    assert len(still_lob.lob.pieces) == 3
    for sent in still_lob.lob.pieces:
        assert sent["kind"].startswith("multipart/form-data; boundary=")
        assert b'name="front"; filename="art.pdf"\r\nContent-Type: application/pdf\r\n\r\n' + PDF in sent["body"]
        assert re.search(rb'name="to\[name\]"\r\n\r\nPerson \d\r\n', sent["body"])
        assert b'name="merge_variables"\r\n\r\n{"name": "Kayla"}' in sent["body"]
    with still_lob.house.store.read() as tx:
        assert tx.connection.execute(text("SELECT count(*) FROM sayso_part")).scalar() == 1
        assert tx.connection.execute(text("SELECT count(DISTINCT batch_id) FROM sayso_message")).scalar() == 1


def test_long_html_is_stored_once_and_goes_as_it_came(still_lob: Printing) -> None:
    art = f"<p>{'Fine gold. ' * 500}{{{{name}}}}</p>"
    first = released(still_lob, front=art, to=TO | {"name": "One"})
    second = released(still_lob, front=art, to=TO | {"name": "Two"})
    assert [sent["asked"]["front"] for sent in still_lob.lob.pieces] == [art, art]
    assert "Fine gold. Kayla" in walk.look(still_lob.house, first).content.words
    parts = {walk.look(still_lob.house, one).content.part for one in (first, second)}
    assert len(parts) == 1
    assert None not in parts


def test_a_lost_answer_is_asked_for_again_and_nothing_is_printed_twice(still_lob: Printing) -> None:
    still_lob.lob.lose_answers = 1
    one = released(still_lob)
    assert len(still_lob.lob.pieces) == 1
    assert [heard.method for heard in still_lob.lob.asked] == ["POST", "POST"]
    assert walk.look(still_lob.house, one).state == "sent"


def test_two_lost_answers_leave_it_to_a_person_whose_yes_prints_it_no_second_time(still_lob: Printing) -> None:
    still_lob.lob.lose_answers = 2
    one = released(still_lob)
    assert walk.look(still_lob.house, one).state == "unconfirmed"
    walk.decide(still_lob.house, one, "approve")
    walk.dispatched(still_lob.house)
    assert walk.look(still_lob.house, one).state == "sent"
    assert len(still_lob.lob.pieces) == 1


def test_a_no_to_the_second_try_says_nothing_of_the_first(still_lob: Printing) -> None:
    still_lob.lob.lose_answers, still_lob.lob.then = 1, problem(409, "conflict")
    assert walk.look(still_lob.house, released(still_lob)).state == "unconfirmed"


OUTCOMES = {
    "refused": (problem(422, "invalid"), "failed", "invalid"),
    "no envelope": ((404, {}, b"<html>"), "cleared", None),
    "our key": (problem(401, "invalid_api_key"), "cleared", None),
    "too many": (problem(429, "rate_limit_exceeded"), "cleared", None),
    "their fault": (problem(500, "internal_server_error"), "unconfirmed", None),
    "a torn 200": ((200, {}, b"{"), "unconfirmed", None),
}


@pytest.mark.parametrize("what", OUTCOMES)
def test_what_lob_answers_decides_where_a_piece_is(still_lob: Printing, what: str) -> None:
    still_lob.lob.fault, state, code = OUTCOMES[what]
    message = walk.look(still_lob.house, released(still_lob))
    assert (message.state, message.error_code) == (state, code)


def test_what_lob_refused_has_failed_for_its_crm(still_lob: Printing) -> None:
    still_lob.lob.fault = problem(422, "invalid", "no such template")
    shown = still_lob.call("GET", f"/postcards/{released(still_lob)}").json()
    assert shown["status"] == "failed"
    assert "deleted" not in shown


def test_a_piece_that_waits_is_canceled_any_time_and_never_goes(still_lob: Printing) -> None:
    made = still_lob.create()
    still_lob.house.clock.forward(hours=30)
    answer = still_lob.call("DELETE", f"/postcards/{made['id']}")
    assert (answer.status_code, answer.json()) == (200, {"id": made["id"], "deleted": True})
    assert still_lob.call("DELETE", f"/postcards/{made['id']}").json()["deleted"] is True
    assert still_lob.call("GET", f"/postcards/{made['id']}").json()["deleted"] is True
    walk.dispatched(still_lob.house)
    assert still_lob.lob.asked == []


def test_an_approved_piece_is_canceled_before_it_goes(still_lob: Printing) -> None:
    made = still_lob.create()
    walk.decide(still_lob.house, made["id"], "approve")
    assert still_lob.call("DELETE", f"/postcards/{made['id']}").json()["deleted"] is True
    walk.dispatched(still_lob.house)
    assert still_lob.lob.pieces == []


def test_a_piece_that_lob_has_is_canceled_there(still_lob: Printing) -> None:
    one = released(still_lob)
    for _ in range(2):
        assert still_lob.call("DELETE", f"/postcards/{one}").json() == {"id": one, "deleted": True}
    assert still_lob.lob.deleted == [still_lob.lob.pieces[0]["id"]]
    assert still_lob.call("GET", f"/postcards/{one}").json()["deleted"] is True
    with still_lob.house.store.read() as tx:
        trail = store.read_trail(tx, walk.look(still_lob.house, one).id)
    assert [(row.actor, row.event) for row in trail][-1:] == [("crm", "recalled")]


def test_a_cancel_that_is_too_late_for_lob_is_not_deletable(still_lob: Printing) -> None:
    one = released(still_lob)
    still_lob.lob.late = True
    assert_lob_error(still_lob.call("DELETE", f"/postcards/{one}"), 422, "not_deletable")
    assert "deleted" not in still_lob.call("GET", f"/postcards/{one}").json()


def test_a_cancel_that_lob_does_not_answer_is_no_cancel(still_lob: Printing) -> None:
    one = released(still_lob)
    still_lob.lob.fault = (0, {}, b"")
    assert_lob_error(still_lob.call("DELETE", f"/postcards/{one}"), 503, "service_unavailable")
    assert "deleted" not in still_lob.call("GET", f"/postcards/{one}").json()


def test_the_words_of_templates_are_seen_and_what_goes_is_the_template(still_lob: Printing) -> None:
    still_lob.lob.templates = {"tmpl_a": "<h1>Dear {{name}}</h1>", "tmpl_b": "<p>Come by, {{ name }} {{{sign}}}</p>"}
    made = still_lob.create(front="tmpl_a", back="tmpl_b", merge_variables={"name": "Kayla", "sign": "<b>Jo</b>"})
    content = walk.look(still_lob.house, made["id"]).content
    assert (content.words, content.template) == ("Dear Kayla\nCome by, Kayla Jo", "tmpl_a tmpl_b")
    assert (made["front_template_id"], made["back_template_id"]) == ("tmpl_a", "tmpl_b")
    walk.decide(still_lob.house, made["id"], "approve")
    walk.dispatched(still_lob.house)
    assert still_lob.lob.pieces[0]["asked"]["front"] == "tmpl_a"


def test_a_template_that_was_changed_after_the_yes_waits_again(still_lob: Printing) -> None:
    still_lob.lob.templates = {"tmpl_a": "<h1>Dear {{name}}</h1>"}
    made = still_lob.create(front="tmpl_a")
    walk.decide(still_lob.house, made["id"], "approve")
    still_lob.lob.templates = {"tmpl_a": "<h1>Dearest {{name}}</h1>"}
    still_lob.house.clock.forward(seconds=90)
    walk.dispatched(still_lob.house)
    message = walk.look(still_lob.house, made["id"])
    assert message.state == "held"
    assert "Dearest Kayla" in message.content.words
    assert still_lob.lob.pieces == []


@pytest.mark.parametrize("front", ["tmpl_gone", "https://shop.example/front.pdf"])
def test_words_that_nobody_has_seen_are_held_even_in_a_lane_that_clears_itself(still_lob: Printing, front: str) -> None:
    message = walk.look(still_lob.house, still_lob.create(front=front)["id"])
    assert message.state == "held"
    assert "unseen_words" in {finding.check for finding in message.findings}


def test_a_place_for_which_there_is_no_value_is_found(still_lob: Printing) -> None:
    message = walk.look(still_lob.house, still_lob.create(merge_variables=None)["id"])
    assert "{{name}}" in message.content.words
    assert "merge_field:unfilled" in {f"{finding.check}:{finding.code}" for finding in message.findings}
    filled = walk.look(still_lob.house, still_lob.create()["id"])
    assert "merge_field" not in {finding.check for finding in filled.findings}


def test_the_code_on_a_piece_is_read_with_its_words(still_lob: Printing) -> None:
    code = {"position": "relative", "redirect_url": "https://shop.example/spring", "width": 1}
    made = still_lob.create(qr_code=code)
    assert "https://shop.example/spring" in walk.look(still_lob.house, made["id"]).content.words
