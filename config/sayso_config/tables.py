"""The data files: how one is read line by line, and how a line that is none is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import TypeVar

from pydantic import ValidationError

from sayso_config.settings import SettingsError, complaints

Row = TypeVar("Row")
Cells = dict[str, str]


def shipped_text(name: str) -> str:
    """A data file as sayso ships it."""
    return files("sayso_config").joinpath(name).read_text("utf-8")


def read(name: str, text: str, columns: Iterable[str], make: Callable[[Cells, list[Row]], Row]) -> tuple[Row, ...]:
    """The rows that `make` makes of the cells and the rows before; else a SettingsError that names every bad line."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    expected = tuple(columns)
    rows: list[Row] = []
    problems: list[str] = []
    try:
        for cells in reader:
            said = _problems(cells, expected, rows, make)
            problems += [f"{name} line {reader.line_num}: {problem}" for problem in said]
    except csv.Error as error:
        problems.append(f"{name} line {reader.line_num + 1}: is not CSV: {error}")
    if problems:
        raise SettingsError(tuple(problems))
    return tuple(rows)


def _problems(
    cells: Cells, columns: tuple[str, ...], rows: list[Row], make: Callable[[Cells, list[Row]], Row]
) -> list[str]:
    """What is wrong with a line; the row of one that is right is added to the others."""
    if set(cells) != set(columns) or None in cells.values():
        return [f"must have these cells: {', '.join(columns)}"]
    try:
        rows.append(make(cells, rows))
    except ValidationError as error:
        return [f"{loc[0]} {said}" for loc, _, said in complaints(error)]
    except ValueError as error:
        return [str(error)]
    return []
