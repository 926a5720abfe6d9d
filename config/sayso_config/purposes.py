"""What messages are for: the rows of purposes.csv, with what the settings change in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from sayso_config import tables, values
from sayso_config.settings import Lane, OnExpiry, PurposeCells, PurposeTable, Settings


@dataclass(frozen=True, slots=True)
class PurposeRow:
    """A purpose: whose business, how it waits, what it tells; `valid_for` is None for moments in words."""

    name: str
    principal_is: str
    lane: Lane
    sign_off_within: str
    valid_for: int | None
    valid_for_text: str
    on_expiry: OnExpiry
    discloses: frozenset[str]
    sentence: str
    auto_clear: bool = False


def purposes(settings: Settings) -> tuple[PurposeRow, ...]:
    """Every purpose in the order of purposes.csv, with the settings' `[purposes.<name>]` applied."""
    return tuple(_override(row, settings.purposes.get(row.name)) for row in shipped_purposes())


@cache
def shipped_purposes() -> tuple[PurposeRow, ...]:
    """The purposes as sayso ships them."""
    return read_purposes(tables.shipped_text("purposes.csv"))


def read_purposes(text: str) -> tuple[PurposeRow, ...]:
    """The rows of a purposes.csv, or a SettingsError that names every line which is not one."""
    return tables.read("purposes.csv", text, ("name", *PurposeCells.model_fields, "sentence"), _row)


def _row(cells: tables.Cells, before: list[PurposeRow]) -> PurposeRow:
    name, sentence = cells["name"], cells["sentence"]
    if not re.fullmatch("[a-z_]+", name) or name in {row.name for row in before}:
        raise ValueError("name must be one lower-case word that no other line has")
    if not sentence.endswith("."):
        raise ValueError("sentence must be a sentence with its full stop")
    said = PurposeCells.model_validate({key: cells[key] for key in PurposeCells.model_fields})
    return PurposeRow(
        name=name,
        principal_is=said.principal_is,
        lane=said.lane,
        sign_off_within=said.sign_off_within,
        valid_for=values.seconds(said.valid_for),
        valid_for_text=said.valid_for,
        on_expiry=said.on_expiry,
        discloses=said.discloses,
        sentence=sentence,
    )


def _override(row: PurposeRow, table: PurposeTable | None) -> PurposeRow:
    if table is None:
        return row
    changed = {key: getattr(table, key) for key in ("auto_clear", *PurposeCells.model_fields)}
    text = changed.pop("valid_for") or row.valid_for_text
    kept = {key: value for key, value in changed.items() if value is not None}
    return replace(row, **kept, valid_for=values.seconds(text), valid_for_text=text)
