"""`sayso report`: what would have waited in shadow mode, and how often people overturn what a check found."""

from __future__ import annotations

from typing import Any

import pytest

from sayso import reporting
from sayso.reporting import Tally
from tests.commands import ran, said
from tests.conftest import House, MakeHouse
from tests.deciding import decided, text
from tests.storytelling import KAYLA, SCOTT, couple, ring, tell, texted
from tests.walk import dispatched

HOW = "How was your purchase?"
MERGE = "Dear {{name}}, ring number %d is ready."


@pytest.fixture
def quick(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself, and a decision can be taken back."""
    return make_house(start=False, undo_seconds="20")


def found(house: House, n: int = 0) -> str:
    """The CRM's id of a message in which one check, merge_field, finds something."""
    return text(house, MERGE % n, purpose="order_status")


def check(house: House, name: str = "merge_field") -> Any:
    """What the report says of one check."""
    return {one["check"]: one for one in said(house, "report")["checks"]}.get(name)


def test_it_counts_what_would_have_been_held_and_stopped(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, mode="shadow", database_url=database_url)
    tell(house, **couple(purchases=[ring(surprise=True)]))
    stopped = texted(house, HOW, to=KAYLA, purpose="purchase_feedback")
    held = texted(house, MERGE % 1, to=SCOTT, purpose="order_status")
    texted(house, "Your ring is ready.", to=SCOTT, purpose="order_status")
    dispatched(house)
    report = said(house, "report")["shadow"]
    assert (report["of"], report["stopped"], report["held"], report["sign_off"]) == (3, 1, 1, 1)
    assert {one["id"]: one["verdict"] for one in report["messages"]} == {stopped["id"]: "stopped", held["id"]: "held"}
    assert report["by_check"]["embargo"] == [stopped["id"]]
    assert report["by_check"]["merge_field"] == [held["id"]]
    printed = ran(house, "report").stdout
    assert "would have held 1 of 3, stopped 1" in printed
    assert f"{stopped['id']} stopped: Would tell Kayla" in printed


def test_what_came_before_is_not_in_it(make_house: MakeHouse) -> None:
    house = make_house(start=False, mode="shadow")
    text(house, HOW)
    house.clock.forward(days=8)
    assert said(house, "report", "--since", "1w")["shadow"]["of"] == 0
    assert said(house, "report", "--since", "9d")["shadow"]["of"] == 1


def test_messages_of_mode_enforce_are_no_shadow(quick: House) -> None:
    found(quick)
    assert said(quick, "report")["shadow"]["of"] == 0
    assert "nothing went through in shadow mode" in ran(quick, "report").stdout


def test_a_message_that_goes_as_it_was_overturns_its_check(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    for n, kind in enumerate(("approve", "approve", "reject", "phone")):
        decided(house, found(house, n), kind, **({"reason": "other"} if kind == "reject" else {}))
    seen = check(house)
    assert (seen["seen"], seen["overturned"], seen["relax"]) == (4, 2, False)
    assert seen["decisions"] == {"approve": 2, "reject": 1, "phone": 1}
    assert "merge_field: seen 4, overturned 2 (50 %)" in ran(house, "report").stdout


def test_an_approval_after_an_edit_is_no_overturn(quick: House) -> None:
    sid = found(quick)
    decided(quick, sid, "edit", body="Dear Kayla, your ring is ready.")
    decided(quick, sid, "approve")
    assert check(quick)["decisions"] == {"edit": 1}


def test_an_edit_that_mends_nothing_counts_once(quick: House) -> None:
    sid = found(quick)
    decided(quick, sid, "edit", body="Dear {{name}}, your ring is here.")
    decided(quick, sid, "approve")
    assert check(quick)["decisions"] == {"edit": 1}


def test_a_decision_that_was_taken_back_does_not_count(quick: House) -> None:
    sid = found(quick)
    decided(quick, sid, "approve")
    decided(quick, sid, "undo")
    decided(quick, sid, "reject", reason="other")
    assert check(quick)["decisions"] == {"reject": 1}


def test_a_redirect_counts_with_what_was_found_in_the_first_message(quick: House) -> None:
    sid = found(quick)
    text(quick, to=SCOTT)
    decided(quick, sid, "redirect", 201, to=SCOTT)
    assert check(quick)["decisions"] == {"redirect": 1}


def test_a_message_with_nothing_found_counts_for_no_check(quick: House) -> None:
    decided(quick, text(quick, purpose="order_status"), "approve")
    assert said(quick, "report")["checks"] == []
    assert "Nobody has decided on a finding." in ran(quick, "report").stdout


def test_a_night_that_is_waited_out_is_not_overturned(make_house: MakeHouse) -> None:
    house = make_house(start=False, quiet_hours="00:00-23:58")
    decided(house, text(house, purpose="order_status"), "approve")
    assert check(house, "quiet_hours")["overturned"] == 0


def test_decisions_over_a_page_are_all_counted(quick: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "PAGE", 2)
    for n in range(5):
        decided(quick, found(quick, n), "approve")
    assert check(quick)["seen"] == 5


@pytest.mark.parametrize(
    ("check_name", "approved", "others", "relax"),
    [
        pytest.param("first_contact", 200, 4, True, id="98.04 % of 204"),
        pytest.param("first_contact", 196, 4, False, id="98 % of 200"),
        pytest.param("first_contact", 199, 0, False, id="too few"),
        pytest.param("consent", 300, 0, False, id="the law"),
    ],
)
def test_a_check_that_is_nearly_always_overturned_is_to_be_relaxed(
    check_name: str, approved: int, others: int, relax: bool
) -> None:
    assert Tally(check_name, {"approve": approved, "reject": others}).asks_too_often is relax
