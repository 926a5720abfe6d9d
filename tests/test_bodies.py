"""JSON from outside: what could not be kept, shown or sent on is refused as no JSON."""

from __future__ import annotations

import json

import pytest

from sayso.message.bodies import DEEPEST, from_json


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


BAD = {
    "cut": "[1",
    "NaN": '{"a": NaN}',
    "Infinity": "[Infinity]",
    "-Infinity": "[-Infinity]",
    "a number without end": "[1e999]",
    "a key twice": '{"a": 1, "b": {"c": 1, "c": 2}}',
    "one too deep": nested(DEEPEST + 1),
    "objects too deep": '{"a": ' * 200 + "1" + "}" * 200,
    "deeper than can be read": nested(100_000),
    "5000 digits": "9" * 5000,
    "bytes of no letters": b'"\xff"',
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_what_is_no_clear_json_is_refused(raw: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what a caller catches
        from_json(raw)


@pytest.mark.parametrize("raw", ["1", '"a"', "null", '{"a": [1.5, true, {"b": []}]}', nested(DEEPEST)])
def test_json_is_read_as_it_is(raw: str) -> None:
    assert from_json(raw) == json.loads(raw)


def test_a_vendor_may_say_a_key_twice() -> None:
    assert from_json('{"a": 1, "a": 2}', once=False) == {"a": 2}
