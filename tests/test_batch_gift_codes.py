"""A gift card's code is on one card at most: noticed across a shop's runs, and unused only while no card has it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from sayso import store
from tests.card_runs import (
    KAYLA,
    NAME,
    SCOTT,
    SOURCE,
    import_run,
    look_at_all,
    pieces,
    send_all,
    use_the_mail_house,
    written,
)
from tests.commands import said
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter

NATE = "Nate Charles,98 Oak St,Reno,NV,89501,opal,GC-1,Shelby"
LATER = "January"


@pytest.fixture
def shop(make_house: MakeHouse, database_url: str) -> House:
    """A house whose point of sale handed in two cards, of which nothing has left."""
    use_the_mail_house()
    house = make_house(start=False, database_url=database_url)
    house.source(SOURCE)
    import_run(house, *written(KAYLA, SCOTT))
    look_at_all(house)
    return house


def decide(shop: House, n: int, kind: str, **more: str) -> None:
    """One decision on a card of the first run, and what follows from it."""
    assert shop.decide(pieces(shop)[n].crm_id, kind, **more).status_code == 200
    send_all(shop)


def later(shop: House, *lines: str, status: int = 1) -> Any:
    """What is said of the next month's run."""
    return import_run(shop, *written(*lines, file="later.csv"), name=LATER, status=status)


@pytest.mark.parametrize("spelled", ["GC-1", "gc-1"])
def test_a_code_that_waits_on_a_card_of_another_run_is_not_taken(shop: House, spelled: str) -> None:
    (left_out,) = later(shop, NATE.replace("GC-1", spelled))["left_out"]
    assert left_out["line"] == 2
    where = "on a card of the run “Birthday mailer” already (line 2), and that card was not stopped."
    assert left_out["why"] == f"Its gift card's code is {where}"


def test_a_code_that_went_out_is_not_taken_and_the_other_lines_are(shop: House) -> None:
    decide(shop, 0, "approve")
    done = later(shop, NATE, KAYLA.replace("GC-1", "GC-8"))
    assert ([one["line"] for one in done["left_out"]], done["taken"]) == ([2], 1)


def test_the_code_of_a_card_that_was_stopped_can_be_given_again(shop: House) -> None:
    decide(shop, 0, "reject", reason="wrong_person")
    assert later(shop, NATE, status=0)["taken"] == 1


def test_another_shops_codes_are_none_of_this_ones(shop: House) -> None:
    shop.source("other")
    with shop.store.read() as tx:
        other, mine = store.find_source(tx, name="other"), store.find_source(tx, name=SOURCE)
        assert other
        assert mine
        assert store.carried(tx, other.id, "gift_code", ["GC-1"]) == {}
        assert set(store.carried(tx, mine.id, "gift_code", ["GC-1", "GC-7"])) == {"gc-1"}


def test_the_same_file_again_does_not_meet_its_own_codes(shop: House) -> None:
    done = import_run(shop, *written(KAYLA, SCOTT))
    assert (done["taken"], done["before"], done["left_out"]) == (0, 2, [])


def test_a_code_that_another_card_has_is_not_called_unused(shop: House) -> None:
    decide(shop, 0, "reject", reason="wrong_person")
    decide(shop, 1, "reject", reason="wrong_person")
    later(shop, NATE, status=0)
    missing = {one["line"]: one.get("unused_gift_code") for one in said(shop, "batch", "report", NAME)["missing"]}
    assert missing == {2: None, 3: "GC-2"}
    batch = pieces(shop)[0].batch_id
    taken = enter(shop).get(f"{shop.url}/desk/batches/{batch}/not-sent.csv", timeout=10).content.decode("utf-8-sig")
    assert sorted(row["unused_gift_code"] for row in csv.DictReader(io.StringIO(taken))) == ["", "GC-2"]
    page = enter(shop, "mia@example.com").get(f"{shop.url}/desk/batches/{batch}/not-sent", timeout=10).text
    assert "GC-2" in page
    assert "GC-1" not in page


def test_a_line_left_out_for_its_code_does_not_call_that_code_unused(shop: House) -> None:
    later(shop, NATE, SCOTT.replace("GC-2", "GC-8"), NATE.replace("GC-1", "GC-8").replace("Nate", "Ned"))
    missing = said(shop, "batch", "report", LATER)["missing"]
    left_out = {one["line"]: one.get("unused_gift_code") for one in missing if one["where"] == "did not get in"}
    assert left_out == {2: None, 4: None}
