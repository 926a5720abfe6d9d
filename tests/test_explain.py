"""`sayso explain`: what each check said of a message and why, of a stored one and of one that is only tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso import explaining, screening
from tests.commands import ran, said
from tests.conftest import House, MakeHouse
from tests.handing_in import SHOP
from tests.standing import count_rows
from tests.storytelling import KAYLA, couple, ring, tell, texted

HOW = "How was your purchase?"
BODY = {"channel": "sms", "to": KAYLA, "from": SHOP, "body": HOW, "purpose": "purchase_feedback"}


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself, and whose CRM told of a surprise."""
    made = make_house(start=False)
    tell(made, **couple(purchases=[ring(surprise=True)]))
    return made


def body(tmp_path: Path, **more: object) -> Path:
    """A file with a message as POST /api/messages takes it."""
    file = tmp_path / "message.json"
    file.write_text(json.dumps({name: value for name, value in (BODY | more).items() if value is not None}))
    return file


def test_every_check_says_something_or_nothing(house: House) -> None:
    printed = ran(house, "explain", texted(house, HOW, purpose="purchase_feedback")["id"]).stdout
    names = [line.split(":")[0].strip() for line in printed.splitlines() if line.startswith("  ")]
    assert [name for name in names if name in explaining.CHECKS] == list(dict.fromkeys(explaining.CHECKS))
    assert len(explaining.CHECKS) == len(screening.CHECKS)
    assert "  duplicate: nothing" in printed
    assert "  embargo: stop. Would tell Kayla that someone bought ring 4411" in printed


def test_the_reading_comes_with_how_we_know(house: House) -> None:
    printed = ran(house, "explain", texted(house, HOW)["id"]).stdout
    assert "Purpose: purchase_feedback. " in printed
    assert "Subject: purchase/8812. " in printed
    assert "Kayla Reed, gift_recipient_before. It is a surprise for Kayla Reed" in printed


def test_the_cell_that_decided_comes_with_its_line(house: House) -> None:
    printed = ran(house, "explain", texted(house, HOW, purpose="purchase_feedback")["id"]).stdout
    assert "purchase_feedback for gift_recipient_before: stop." in printed
    assert "[roles.csv, purchase_feedback,gift_recipient_before]" in printed


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('[purposes.marketing]\ngift_recipient_before = "stop"\n', "[purposes.marketing] gift_recipient_before"),
        (
            '[stores.reno.purposes.marketing]\ngift_recipient_before = "stop"\n',
            "[stores.reno.purposes.marketing] gift_recipient_before",
        ),
    ],
    ids=["all shops", "one shop"],
)
def test_a_cell_that_the_shop_changed_comes_with_its_own_line(make_house: MakeHouse, toml: str, line: str) -> None:
    Path("sayso.toml").write_text(toml)
    house = make_house(start=False)
    house.source("crm", store="reno")
    tell(house, **couple(purchases=[ring(surprise=True)]))
    printed = ran(house, "explain", texted(house, "New rings are in.", purpose="marketing")["id"]).stdout
    assert "marketing for gift_recipient_before: stop. The shop's own settings say" in printed
    assert f"[sayso.toml, {line}]" in printed


def test_another_policy_since_is_said(house: House) -> None:
    message = texted(house, HOW)
    assert explaining.OTHER_POLICY not in ran(house, "explain", message["id"]).stdout
    Path("sayso.toml").write_text('[purposes.marketing]\npartner = "stop"\n')
    house.app.extensions["sayso"].policy._looked = 0.0
    assert explaining.OTHER_POLICY in ran(house, "explain", message["id"]).stdout


def test_for_a_program_it_is_the_message_of_the_api(house: House) -> None:
    message = texted(house, HOW)
    shown = said(house, "explain", message["crm_id"])
    assert shown | {"may": message["may"]} == message


def test_a_file_is_screened_and_not_stored(house: House, tmp_path: Path) -> None:
    printed = ran(house, "explain", body(tmp_path)).stdout
    assert "Not stored: only tried." in printed
    assert "  embargo: stop. Would tell Kayla that someone bought ring 4411" in printed
    assert count_rows(house) == 0


def test_a_file_is_for_a_program_what_the_api_would_say(house: House, tmp_path: Path) -> None:
    shown = said(house, "explain", body(tmp_path))
    stored = texted(house, HOW, purpose="purchase_feedback")
    same = ("state", "purpose", "subject", "to", "findings", "channel", "body", "source", "would")
    assert {name: shown[name] for name in same} == {name: stored[name] for name in same}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param("{", "is not JSON", id="no JSON"),
        pytest.param("[]", "must be a JSON object", id="a list"),
        pytest.param('{"channel": "sms", "subject": "Hi"}', "did you mean subject_line?", id="a wrong field"),
    ],
)
def test_a_file_that_is_no_message_is_refused(house: House, tmp_path: Path, words: str, why: str) -> None:
    (tmp_path / "message.json").write_text(words)
    assert why in ran(house, "explain", tmp_path / "message.json", status=1).stderr


def test_a_file_that_is_not_there_is_refused(house: House) -> None:
    assert "none.json: No such file" in ran(house, "explain", "none.json", status=1).stderr


def test_with_several_crms_one_must_be_named(house: House, tmp_path: Path) -> None:
    house.source("pos", store="reno")
    assert "there are: crm, pos" in ran(house, "explain", body(tmp_path), status=1).stderr
    assert said(house, "explain", body(tmp_path), "--source", "pos")["store"] == "reno"


def test_a_message_that_is_not_there_is_refused(house: House) -> None:
    assert "There is no message" in ran(house, "explain", "01ARZ3NDEKTSV4RRFFQ69G5FAV", status=1).stderr
