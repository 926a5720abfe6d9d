"""JSON from outside: read so that all of it can be kept, shown and sent on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from sayso.message.people import Json

DEEPEST = 100
"""How many lists and objects may stand in one another; writing JSON fails not far beyond what reading it takes."""


def from_json(raw: bytes | str, *, once: bool = True) -> Json:
    """What a body says; ValueError where it is no JSON, nested too deeply, or two readers could read it differently.

    `once` refuses a key that stands twice; what a vendor says may have one.
    """
    pairs = _once if once else None
    try:
        found: Json = json.loads(raw, object_pairs_hook=pairs, parse_constant=_no_number, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    level: list[Json] = [found]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return found
    raise ValueError("it is nested too deeply")


def _inside(value: Json) -> Iterable[Json]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key was given twice")
    return found


def _no_number(name: str) -> Json:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    if not math.isfinite(found := float(text)):
        raise ValueError("a number is too large")
    return found
