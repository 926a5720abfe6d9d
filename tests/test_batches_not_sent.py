"""Who got none of a run: listed with why, the code that is free again, and a file that is safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from sayso import store
from sayso.desk import not_sent
from sayso.message import State
from tests.batched import handed_in, lines, messages_of, pieces, plain, read
from tests.conftest import House
from tests.desk_visits import enter
from tests.walk import decide, person

__all__ = ["plain"]  # a fixture from elsewhere


def test_who_got_none_is_listed_with_why_and_the_code_that_is_free_again(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(6)), enter(plain)
    first, second, third, *_ = messages_of(plain, batch)
    decide(plain, first.id, "reject", person(plain), reason="other")

    def came_back(tx: store.Tx) -> None:
        cleared = store.move(tx, second, State.CLEARED, "reviewer")
        sent = store.move(tx, store.move(tx, cleared, State.SENDING, "dispatch"), State.SENT, "dispatch")
        store.raise_delivery(tx, sent, "bounced", "returned", None)

    plain.store.write(came_back)
    page = read(plain, ana, f"/batches/{batch.id}/not-sent")
    assert sorted(lines(page)) == sorted([first.id, second.id])
    assert "Somebody said no." in page
    assert "It went out, but came back." in page
    codes = dict(first.content.metadata)["gift_code"]
    assert re.findall(r"Gift code not used: <strong>([^<]*)", page) == [codes]
    assert third.id not in page


def test_the_file_of_who_got_none_is_safe_in_a_spreadsheet_and_its_taking_is_noted(plain: House) -> None:
    drafts = pieces(5)
    risky = replace(
        drafts[0], person="=HYPERLINK(1)", content=replace(drafts[0].content, metadata=(("gift_code", "@1"),))
    )
    batch, ana = handed_in(plain, [risky, *drafts[1:]]), enter(plain)
    for message in messages_of(plain, batch):
        decide(plain, message.id, "reject", person(plain), reason="other")
    answer = ana.get(f"{plain.url}/desk/batches/{batch.id}/not-sent.csv", timeout=10)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 5
    [found] = [row for row in rows if row["crm_id"] == risky.crm_id]
    assert (found["person"], found["unused_gift_code"], found["name"]) == ("'=HYPERLINK(1)", "'@1", "Guest 0")
    assert "Somebody said no." in found["why"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_would_be_a_formula_is_a_text(cell: str) -> None:
    assert not_sent.safe(cell) == f"'{cell}"
    assert not_sent.safe("Kayla = 1") == "Kayla = 1"
