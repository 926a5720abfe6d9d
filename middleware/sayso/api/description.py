"""The OpenAPI document of our own door: for whoever has a token here, for it says how this house is built."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from sayso.access import callers
from sayso.api.manners import Reader, guarded
from sayso.doors import runtime
from sayso.message import Json


@callers("source or staff")
@guarded
def describe(reader: Reader) -> Json:
    """OpenAPI 3.1, with the address at which this sayso is reached."""
    return _document() | {"servers": [{"url": runtime().public_url}]}


@cache
def _document() -> dict[str, Json]:
    found: dict[str, Json] = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))
    return found
