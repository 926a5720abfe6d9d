"""A file that is not in our shape: its rows or its JSON as a preset maps them, each with the line it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sayso.mapping import Preset, folded, making
from sayso.mapping.making import Made
from sayso.message import Json, Malformed
from sayso.message.bodies import from_json
from sayso.telling import files

ROWS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a preset makes of a file: each thing with its line (0: of no line) and its body; what cannot be read."""

    made: list[tuple[int, Json, Made]]
    faults: list[tuple[int, str]]


def read(preset: Preset, file: Path, encoding: str | None) -> Mapped:
    """What a preset makes of a file: each row of a CSV file for itself, JSON as one body."""
    data = file.read_bytes()
    if file.suffix.lower() in ROWS:
        return _read_rows(preset, data, encoding)
    try:
        body = from_json(data.decode(encoding or "utf-8-sig"))
    except (ValueError, LookupError) as error:
        raise Malformed(400, "json", f"{file.name} is not JSON: {error}; a file of rows must end in .csv.") from error
    return Mapped([(0, body, one) for one in making.make(preset, body)], [])


def _read_rows(preset: Preset, data: bytes, encoding: str | None) -> Mapped:
    rows, faults = files.read_rows(data, encoding)
    if rows and preset.columns and not any(folded(name) in preset.columns for name in rows[0][1]):
        known = ", ".join(dict.fromkeys(preset.columns.values()))
        said = f"No heading of this file ({', '.join(rows[0][1])}) is one that the preset {preset.name} knows"
        raise Malformed(400, "header", f"{said}: {known}. Name yours in [presets.NAME.columns], docs/crm/own.md.")
    made: list[tuple[int, Json, Made]] = []
    for line, cells in rows:
        row: Json = {preset.columns.get(folded(name), name): cell for name, cell in cells.items() if cell}
        try:
            made += [(line, row, one) for one in making.make(preset, row)]
        except Malformed as bad:
            faults.append((line, str(bad)))
    return Mapped(made, sorted(faults))
