"""Values of the wrong kind in a mapped body: a number that is an id is one, anything else is named, nothing is lost."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from flask.cli import ScriptInfo

from sayso.cli import flask_group
from tests.commands import ran
from tests.conftest import House
from tests.hooked import made, payload, post_raw
from tests.standing import count_rows
from tests.stillness import still

__all__ = ["still"]  # fixtures from elsewhere

ODD: dict[str, Any] = {
    "null": None,
    "zero": 0,
    "number": 8812,
    "whole": 8812.0,
    "huge": 10**200,
    "rounded": 1e22,
    "yes": True,
    "list": ["a", 7],
    "object": {"a": {"b": [1]}},
    "torn": "Hi \ud83d",
    "long": "x" * 900_000,
    "blank": "  ",
    "nul": "a\0b",
}
TEXT = {"channel": "sms", "to": "+14155550177", "from": "+14155550100", "body": "Your ring is ready."}


def sent(house: House, preset: str, body: Any) -> requests.Response:
    """The answer to a body with whatever JSON-like there is in it."""
    headers = {"Authorization": f"Bearer {house.source()['token']}", "Content-Type": "application/json"}
    return post_raw(house, preset, json.dumps(body).encode(), headers)


def tried(house: House, preset: str, body: Any, wrong: int = 0) -> str:
    """What the dry run says, which ends with 1 where something is wrong."""
    Path("body.json").write_text(json.dumps(body), "utf-8")
    shown = ran(house, "hooks", "try", preset, "body.json", status=wrong).output
    assert f"1 made, {wrong} wrong. Nothing was stored." in shown
    return shown


KEYS = {
    "null": None,
    "blank": None,
    "zero": "zapier:0",
    "number": "zapier:8812",
    "whole": "zapier:8812",
    "huge": f"zapier:{10**200}",
    "nul": "zapier:a%00b",
}
"""What becomes of a key; all others are refused."""


@pytest.mark.parametrize("odd", ODD)
def test_a_key_is_kept_or_refused_and_never_left_out(still: House, odd: str) -> None:
    answer = sent(still, "zapier", TEXT | {"key": ODD[odd]})
    shown = tried(still, "zapier", TEXT | {"key": ODD[odd]}, wrong=int(odd not in KEYS))
    if odd in KEYS:
        assert (answer.status_code, answer.json()["idempotency_key"]) == (202, KEYS[odd])
    else:
        assert (answer.status_code, count_rows(still)) == (400, 0)
        (error,) = answer.json()["errors"]
        assert (error["field"], "`item.key`" in error["detail"]) == ("key", True)
        assert error["detail"] in shown


@pytest.mark.parametrize(
    "raw", ["NaN", "-Infinity", "1e999", "[" * 200 + "]" * 200], ids=["nan", "less", "endless", "deep"]
)
def test_what_no_json_can_say_is_no_body(still: House, raw: str) -> None:
    body = json.dumps(TEXT | {"note": "?"}).replace('"?"', raw)
    answer = post_raw(still, "zapier", body.encode(), {"Authorization": f"Bearer {still.source()['token']}"})
    assert (answer.status_code, count_rows(still)) == (400, 0)
    assert "is not JSON" in answer.json()["detail"]
    Path("body.json").write_text(body, "utf-8")
    assert "is not JSON" in ran(still, "hooks", "try", "zapier", "body.json", status=1).output


def test_a_header_stands_for_a_key_that_is_none(still: House) -> None:
    headers = {"Authorization": f"Bearer {still.source()['token']}", "Idempotency-Key": "mine"}
    answer = post_raw(still, "zapier", json.dumps(TEXT | {"key": ["a"]}).encode(), headers)
    assert (answer.status_code, answer.json()["idempotency_key"]) == (202, "mine")


def test_a_key_that_cannot_be_worked_out_is_named(still: House) -> None:
    """A number among texts, which made two messages of one before."""
    table = '[presets.own]\nlike = "zapier"\nkey = "join(\'/\', [item.id, item.step])"\n'
    assert made_with(table, {"id": 7, "step": "a"} | TEXT) == "key"


def made_with(table: str, body: dict[str, Any]) -> str:
    """The field that went wrong in a preset of one's own."""
    Path("sayso.toml").write_text(table, "utf-8")
    (one,) = made("own", body)
    assert one.key is None
    ((field, why),) = one.faults
    assert "cannot be worked out at `join(" in why
    return field


FIELDS = (
    *("channel", "to", "from", "body", "subject_line", "html", "content", "media", "purpose", "subject", "person"),
    *("callback_url", "send_at", "expires_at", "metadata"),
)
SAYS_NOTHING = {"null", "blank"}
TAKEN = {
    "from": {"number", "whole"},
    "person": {"zero", "number", "whole"},
    "body": {"nul"},
}
"""Which odd values of a field are taken; of the others none but those that say nothing."""


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_the_wrong_kind_is_named_and_nothing_is_stored(still: House, field: str) -> None:
    for odd, value in ODD.items():
        before = count_rows(still)
        body = TEXT | {"body": f"Your ring is ready, {odd}."} | {field: value}
        answer = sent(still, "zapier", body)
        needed = field in ("channel", "to", "from", "body")
        taken = odd in TAKEN.get(field, set()) or (odd in SAYS_NOTHING and not needed)
        assert (answer.status_code, count_rows(still) - before) == ((202, 1) if taken else (400, 0)), (odd, answer.text)
        if not taken:
            fields = [error["field"] for error in answer.json()["errors"]]
            assert field in {name.partition(".")[0].partition("[")[0] for name in fields}, (odd, answer.text)
            assert len(answer.content) < 5000
        tried(still, "zapier", body, wrong=int(not taken))


def test_ids_that_are_numbers_and_numbers_in_notes_are_kept_as_texts(still: House) -> None:
    body = TEXT | {"to": 4155550177, "person": 5107, "metadata": {"deal": 8812, "step": 2.0}}
    shown = sent(still, "zapier", body).json()
    assert shown["to"] == [{"address": "+14155550177", "person": "5107", "role": None, "evidence": None}]
    assert shown["metadata"] == {"deal": "8812", "step": "2"}


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, the whole of a list or an object among them."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield (*path, name)
        yield from leaves(value, (*path, name))


def with_value(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value in one place."""
    found = copy.deepcopy(body)
    node = found
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return found


FACTS = ("shopify-orders.json", "hubspot-contacts.json", "hubspot-contact-workflow.json")


@pytest.mark.parametrize("odd", ["number", "rounded", "yes", "list", "torn"])
@pytest.mark.parametrize("name", FACTS)
def test_each_fact_of_an_odd_body_is_stored_or_refused_by_name(still: House, name: str, odd: str) -> None:
    body, preset = payload(name), "shopify-orders" if name.startswith("shopify") else "hubspot-contacts"
    for path in leaves(body):
        answer = sent(still, preset, with_value(body, path, ODD[odd]))
        assert answer.status_code in (200, 207, 400), (path, answer.text)
        if answer.status_code == 400:
            assert "finds nothing" in answer.json()["detail"] or "does not fit" in answer.json()["detail"], answer.text
            continue
        said = answer.json()
        assert (answer.status_code == 200) is (said["refused"] == [])
        assert said["stored"] + len(said["refused"]) > 0
        assert all(one["why"] for one in said["refused"])


CELLS = {"huge": "9" * 400, "rounded": "1e22", "nan": "NaN", "nul": "a\0b", "long": "x" * 1_000_000, "list": "[1]"}


@pytest.mark.parametrize("odd", CELLS)
def test_a_till_with_an_odd_cell_loses_no_other_line(still: House, odd: str) -> None:
    still.source()
    names = ("Customer #", "First", "Last", "Cell", "Email", "Birthday", "Zip", "Address")
    for n in range(len(names)):
        cells = [["7", "Ana", "Ortiz", "+14155550170", "ana@example.com", "11/30/1990", "89501", "1 Main St"][m]
                 if m != n else CELLS[odd] for m in range(len(names))]  # fmt: skip
        Path("till.csv").write_text("\n".join([",".join(names), ",".join(cells), "8,Nate,Holt,,,,,"]), "utf-8")
        found = json.loads(CliRunner().invoke(
            flask_group, ["facts", "import", "till.csv", "--map", "edge-csv", "--dry-run", "--json"],
            obj=ScriptInfo(create_app=lambda: still.app),
        ).stdout)  # fmt: skip
        assert all(one["line"] == 2 and one["why"] for one in found["refused"]), found
        assert found["stored"] >= 1
