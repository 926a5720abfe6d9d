"""Batches on the desk: one row of the list, exceptions first on the page, and forms that are guarded."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from sayso import carrying, store
from tests.batched import (
    MORNING,
    forms,
    handed_in,
    lines,
    messages_of,
    pieces,
    press,
    read,
    send,
    signing_of,
    states,
    swept,
)
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter
from tests.walk import decide, person


@pytest.fixture
def house(make_house: MakeHouse, tmp_path: Path) -> House:
    """A house in which nothing moves by itself, with two shops whose cards leave at four: in reno two approve."""
    zone = 'time_zone = "America/Los_Angeles"\n'
    toml = f'[policy]\nprint_cut_off = "16:00"\n[stores.reno]\napprovers = 2\n{zone}[stores.oak]\n{zone}'
    (tmp_path / "sayso.toml").write_text(toml)
    made = make_house(start=False, undo_seconds="20")
    made.clock.fixed = MORNING
    return made


def cards(page: str) -> list[str]:
    """The ids of all cards that a page leads to, in its order."""
    return re.findall(r'href="/desk/messages/(\w+)"', page)


def test_a_batch_is_one_row_and_what_needs_eyes_is_reached_through_it(house: House) -> None:
    batch = handed_in(house, pieces(30, unfilled=2))
    page = read(house, enter(house))
    assert "Birthday mailer: 30, 28 clear, 2 need eyes" in page
    assert lines(page) == []
    assert "<h1>30 waiting</h1>" in page
    assert re.findall(r'href="/desk/batches/(\w+)"', page) == [batch.id]


def test_three_of_a_batch_are_lines_as_any_other(house: House) -> None:
    handed_in(house, pieces(3, unfilled=1))
    page = read(house, enter(house))
    assert len(lines(page)) == 3
    assert "/desk/batches/0" not in page


def test_a_run_that_may_go_keeps_its_row_until_it_has_gone(house: House) -> None:
    batch, ana = handed_in(house, pieces(30), store="oak"), enter(house)
    press(house, ana, batch, "approve", count="30")
    swept(house)
    page = read(house, ana)
    assert "Birthday mailer: 30, 30 may go" in page
    assert "Can be taken back until Mon 23 Nov, 16:00<" in page
    assert "Nothing waits" in page


def test_the_page_begins_with_the_exceptions_each_question_once(house: House) -> None:
    drafts = pieces(30, unfilled=8)
    blank = [replace(draft, content=replace(draft.content, body="   ")) for draft in drafts[:1]]
    batch = handed_in(house, [*blank, *drafts[1:]])
    page = read(house, enter(house), f"/batches/{batch.id}")
    asked = re.findall(r"· (\d+) like this", page)
    assert asked == ["8"]
    assert "9 need eyes" in page
    assert "And 3 more in" in page
    assert page.index("need eyes</h2>") < page.index("The clear rest")
    assert "The first, one from the middle, the last" in page


def test_while_it_is_looked_at_the_page_says_how_far_and_looks_again(house: House) -> None:
    batch, ana = handed_in(house, pieces(60), looked=False), enter(house)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "0 of 60 looked at" in page
    assert '<meta http-equiv="refresh" content="3">' in page
    assert forms(page).keys() == {"sign-out"}
    swept(house)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "looked at" not in page
    assert "refresh" not in page
    assert {"approve", "reject"} <= forms(page).keys()


def test_a_run_that_is_to_have_more_pieces_is_still_coming_in(house: House) -> None:
    house.source("crm")
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    name = "Birthday mailer"
    house.store.write(lambda tx: store.add_batch(tx, source.id, name, "postcard", ref=name, total=50))
    batch, ana = handed_in(house, pieces(10)), enter(house)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "10 of 50 looked at" in page
    assert "approve" not in forms(page)
    settled = read(house, ana, f"/batches/{batch.id}?now=1")
    assert "refresh" not in settled
    assert "approve" in forms(settled)


def test_the_clear_rest_is_signed_off_by_its_number_and_taken_back(house: House) -> None:
    batch, ana = handed_in(house, pieces(30, unfilled=3), store="oak"), enter(house)
    answer = press(house, ana, batch, "approve", count=" 27 ")
    assert (answer.status_code, answer.url) == (200, f"{house.url}/desk/batches/{batch.id}")
    assert "0 of 27 done" in answer.text
    swept(house)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "27 signed off. Can be taken back until Mon 23 Nov, 16:00." in page
    press(house, ana, batch, "back")
    swept(house)
    assert set(states(house, batch)) == {"held"}
    assert "27 taken back." in read(house, ana, f"/batches/{batch.id}")


def test_another_number_is_asked_for_again_and_signs_nothing(house: House) -> None:
    batch, ana = handed_in(house, pieces(30)), enter(house)
    answer = press(house, ana, batch, "approve", count="29")
    assert answer.status_code == 400
    assert "Nothing was done. There are 30: please type that." in answer.text
    assert "approve" in forms(answer.text)
    swept(house)
    assert set(states(house, batch)) == {"held"}


def test_a_page_that_is_out_of_date_signs_nothing_and_shows_how_it_is(house: House) -> None:
    batch, ana = handed_in(house, pieces(30)), enter(house)
    form = forms(read(house, ana, f"/batches/{batch.id}"))["approve"]
    decide(house, messages_of(house, batch)[0].id, "reject", person(house, "ben@example.com"), reason="other")
    answer = send(house, ana, form, count="30")
    assert answer.status_code == 409
    assert "Some of these changed while you looked" in answer.text
    assert "29 clear" in answer.text
    swept(house)
    assert "cleared" not in states(house, batch)


def test_where_two_approve_the_second_is_asked_on_the_same_page(house: House) -> None:
    batch = handed_in(house, pieces(30), store="reno")
    ana, ben = enter(house), enter(house, "ben@example.com")
    answer = press(house, ana, batch, "approve", count="30")
    assert "30 wait for a second look" in answer.text
    assert "Somebody else must say yes to these, too." in answer.text
    form = forms(read(house, ben, f"/batches/{batch.id}"))["agree"]
    assert send(house, ana, form, count="30", csrf=forms(answer.text)["drop"]["csrf"]).status_code == 403
    assert send(house, ben, form, count="3").status_code == 400
    assert send(house, ben, form, count="30").status_code == 200
    swept(house)
    page = read(house, ben, f"/batches/{batch.id}")
    assert "30 signed off. Can be taken back until Mon 23 Nov, 16:00." in page
    assert "By ana@example.com and you" in page


def test_what_was_not_taken_is_listed_with_why(house: House) -> None:
    batch, ana = handed_in(house, pieces(30)), enter(house)
    press(house, ana, batch, "approve", count="30")
    gone = messages_of(house, batch)[4]
    decide(house, gone.id, "reject", person(house, "ben@example.com"), reason="other")
    swept(house)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "29 signed off, 1 changed since." in page
    assert "changed since; it is stopped now" in page
    assert gone.id in cards(page)


def test_while_it_runs_the_page_says_how_far(house: House) -> None:
    batch, ana = handed_in(house, pieces(80)), enter(house)
    press(house, ana, batch, "approve", count="80")
    carrying.run_due(house.runtime)
    page = read(house, ana, f"/batches/{batch.id}")
    assert "50 of 80 done" in page
    assert '<meta http-equiv="refresh" content="3">' in page


def test_all_of_it_is_stopped_by_its_number(house: House) -> None:
    batch, ana = handed_in(house, pieces(30, unfilled=3)), enter(house)
    assert press(house, ana, batch, "reject", count="27", reason="wrong_time").status_code == 400
    press(house, ana, batch, "reject", count="30", reason="wrong_time")
    swept(house)
    assert set(states(house, batch)) == {"stopped"}
    assert "30 stopped" in read(house, ana, f"/batches/{batch.id}")


def test_who_may_only_look_has_no_forms_and_no_file(house: House) -> None:
    batch, ana, vic = handed_in(house, pieces(30)), enter(house), enter(house, "vic@example.com", "viewer")
    page = read(house, vic, f"/batches/{batch.id}")
    assert forms(page).keys() == {"sign-out"}
    assert "You may look; a reviewer decides." in page
    form = forms(read(house, ana, f"/batches/{batch.id}"))["approve"]
    mine = {**form, "csrf": forms(page)["sign-out"]["csrf"]}
    assert send(house, vic, mine, count="30").status_code == 403
    read(house, vic, f"/batches/{batch.id}/not-sent.csv", 403)
    swept(house)
    assert set(states(house, batch)) == {"held"}


def test_staff_of_another_shop_find_no_such_run(house: House) -> None:
    batch, ana = handed_in(house, pieces(30), store="reno"), enter(house)
    ben = enter(house, "ben@example.com", stores=("vegas",))
    assert "Birthday mailer" not in read(house, ben)
    assert "Birthday mailer" not in read(house, ben, "/batches")
    assert "Birthday mailer" in read(house, ana, "/batches")
    for rest in ("", "/pieces", "/not-sent", "/not-sent.csv"):
        read(house, ben, f"/batches/{batch.id}{rest}", 404)


def test_whoever_is_surprised_by_a_piece_finds_one_less(house: House) -> None:
    batch = handed_in(house, pieces(30))
    secret = messages_of(house, batch)[7]
    house.store.write(lambda tx: store.hide(tx, secret.id, ["kayla@example.com"]))
    kayla = enter(house, "kayla@example.com")
    assert "Birthday mailer: 29, 29 clear, 0 need eyes" in read(house, kayla)
    page = read(house, kayla, f"/batches/{batch.id}")
    assert "30" not in re.findall(r"\d+", re.sub(r"<[^>]*>", "", page).replace("Nov", ""))
    assert secret.id not in cards(read(house, kayla, f"/batches/{batch.id}/pieces"))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"digest": "0" * 63}, id="digest"),
        pytest.param({"at": "yesterday"}, id="moment"),
        pytest.param({"at": "2026-11-23T18:00:00"}, id="moment-without-zone"),
        pytest.param({"upto": "x"}, id="last"),
        pytest.param({"kind": "suppress"}, id="kind"),
    ],
)
def test_a_form_that_is_not_whole_decides_nothing(house: House, changed: dict[str, str]) -> None:
    batch, ana = handed_in(house, pieces(30)), enter(house)
    assert press(house, ana, batch, "approve", count="30", **changed).status_code == 400
    assert press(house, ana, batch, "approve", count="30", csrf="theirs").status_code == 403
    swept(house)
    assert set(states(house, batch)) == {"held"}


@pytest.mark.parametrize("path", ["0" * 26, "x", f"{'0' * 26}/{'0' * 26}/agree", "b%00"])
def test_what_is_not_there_is_a_page_that_says_so(house: House, path: str) -> None:
    answer = enter(house).post(f"{house.url}/desk/batches/{path}", timeout=10)
    assert answer.status_code in (403, 404)


def test_the_address_of_a_form_that_is_opened_again_shows_the_run(house: House) -> None:
    batch, ana = handed_in(house, pieces(30)), enter(house)
    press(house, ana, batch, "approve", count="30")
    answer = ana.get(f"{house.url}/desk/batches/{batch.id}/{signing_of(house, batch).id}/back", timeout=10)
    assert answer.url == f"{house.url}/desk/batches/{batch.id}"


def test_all_pieces_are_paged_with_the_exceptions_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.desk.batches.PAGE", 4)
    batch, ana = handed_in(house, pieces(10, unfilled=2)), enter(house)
    doubted = {message.id for message in messages_of(house, batch) if message.findings}
    found, path = [], f"/batches/{batch.id}/pieces"
    while path:
        page = read(house, ana, path)
        found += lines(page)
        more = re.findall(r'href="/desk(/batches/\w+/pieces\?[^"]*)"', page)
        path = more[0] if more else ""
    assert (len(found), len(set(found)), set(found[:2])) == (10, 10, doubted)
    assert len(lines(read(house, ana, f"/batches/{batch.id}/pieces?kind=eyes"))) == 2


def test_a_page_needs_somebody_who_is_signed_in(house: House) -> None:
    batch = handed_in(house, pieces(5))
    answer = requests.get(f"{house.url}/desk/batches/{batch.id}", timeout=10)
    assert "/desk/sign-in" in answer.url
