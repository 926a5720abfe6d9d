"""The vendor without an API, and the signer of a card: who carries it, what may change, and who still works here."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from sayso.message import Content, Denied, Malformed, Request
from sayso_providers import REGISTRY, Change, mailhouse
from tests.card_runs import KAYLA, SOURCE, import_run, look_at_all, pieces, use_the_mail_house, written
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter
from tests.storytelling import ago, confirm, tell
from tests.test_desk_confirm import tap

PLACE = {"name": "Kayla Reed", "line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501"}
PIECE = Content(("Kayla Reed, 12 Oak St, Reno, NV 89501, US",), None, None, fields=(("to", json.dumps(PLACE)),))
WREN = {"address": "wren@hartwell.example.com", "name": "Wren Doyle"}
BY_WREN = KAYLA.replace("Shelby", "Wren")


@pytest.fixture
def shop(make_house: MakeHouse) -> House:
    """A house with no threads of its own, whose point of sale posts its cards by the mail house."""
    use_the_mail_house()
    house = make_house(start=False)
    house.source(SOURCE)
    return house


def test_it_is_there_only_for_a_source_whose_routes_name_it(shop: House, make_house: MakeHouse) -> None:
    assert "mailhouse" in shop.runtime.accounts
    assert shop.runtime.carriers(SOURCE)["postcard"] == "mailhouse"
    assert shop.runtime.carriers("another")["postcard"] == "lob"


def test_without_a_route_it_is_nobodys_account(make_house: MakeHouse) -> None:
    assert "mailhouse" not in make_house(start=False).runtime.accounts
    assert "mailhouse" in REGISTRY


def test_a_card_can_be_made_out_to_another_address() -> None:
    moved = {**PLACE, "line1": "5 Elm St"}
    revised = mailhouse.revise(PIECE, Change(to=json.dumps(moved)), "US")
    assert revised.to == ("Kayla Reed, 5 Elm St, Reno, NV 89501, US",)
    assert json.loads(dict(revised.fields)["to"])["line1"] == "5 Elm St"


@pytest.mark.parametrize(
    "change",
    [Change(body="Hi"), Change(variables={"ring": "ruby"}), Change(drop=PIECE.to), Change(to="{}"), Change(to="Reno")],
    ids=["words", "values", "its only address", "no address", "no JSON"],
)
def test_what_the_list_cannot_take_is_said(change: Change) -> None:
    with pytest.raises(Malformed):
        mailhouse.revise(PIECE, change, "US")


def test_a_card_that_comes_by_itself_is_refused_for_it_would_be_on_no_list(shop: House) -> None:
    card = {"channel": "postcard", "to": PLACE, "html": "<p>Happy birthday</p>"}
    headers = {"Authorization": f"Bearer {shop.source(SOURCE)['token']}"}
    heard = requests.post(f"{shop.url}/api/messages", json=card, headers=headers, timeout=10)
    assert (heard.status_code, heard.json()["errors"][0]["field"]) == (400, "channel")
    assert "sayso batch import" in heard.json()["detail"]


def test_nobody_calls_back_from_there() -> None:
    with pytest.raises(Denied):
        mailhouse.receipts(Request("POST", "/", "", {}, b"{}"), REGISTRY["mailhouse"])  # type: ignore[arg-type]  # never looked at


LEFT: dict[str, dict[str, Any]] = {"by a date": {"left_at": ago(days=3)}, "retracted": {"deleted": True}}


@pytest.mark.parametrize("how", LEFT)
def test_a_card_of_somebody_who_left_waits_with_that_reason(shop: House, how: str) -> None:
    tell(shop, SOURCE, staff=[WREN])
    tell(shop, SOURCE, staff=[WREN | LEFT[how]])
    assert codes(shop, BY_WREN) == ["signer_left:left"]


def test_a_card_of_somebody_who_leaves_next_month_is_fine(shop: House) -> None:
    tell(shop, SOURCE, staff=[WREN | {"left_at": ago(days=-30)}])
    assert codes(shop, BY_WREN) == []


def test_nothing_is_said_of_signers_while_nobody_said_who_works_here(shop: House) -> None:
    assert codes(shop, BY_WREN) == []


def test_a_tap_that_the_signer_is_back_ends_the_question(shop: House) -> None:
    tell(shop, SOURCE, staff=[WREN | {"left_at": ago(days=3)}])
    import_run(shop, *written(BY_WREN))
    look_at_all(shop)
    (card,) = pieces(shop)
    tap(shop, enter(shop), card.id, card.findings[0], "yes")
    assert pieces(shop)[0].findings == ()


def test_whom_the_desk_said_has_left_is_not_brought_back_by_an_older_list(shop: House) -> None:
    tell(shop, SOURCE, staff=[WREN])
    confirm(shop, source=SOURCE, staff=[WREN | {"left_at": ago(days=1)}])
    tell(shop, SOURCE, staff=[WREN | {"left_at": None}])
    assert codes(shop, BY_WREN) == ["signer_left:left"]


def codes(shop: House, line: str) -> list[str]:
    """What is found in a card with this line."""
    import_run(shop, *written(line))
    look_at_all(shop)
    return [f"{finding.check}:{finding.code}" for finding in pieces(shop)[0].findings]
