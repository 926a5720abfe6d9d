"""Files of facts: JSON as the API takes it, or one list as CSV; what cannot be read is named by its line."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sayso.message import LISTS, Json, Malformed
from sayso.message.bodies import from_json
from sayso.telling import fields as f
from sayso.telling.lists import IN_LISTS, META

MOST_JOINED = 20
"""A cell of more lines than this is a quote that somebody forgot to close."""
WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}
MANY = frozenset({f.phones, f.emails, f.idents, f.items})
SEPARATOR = re.compile('"?sep=([,;\\t])"?', re.I)
"""A first line in which Excel says what stands between two cells."""
DAMAGED = "\ufffd"
NO_LETTERS = "it has bytes that are no letters in"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: a body as the API takes it, the line of each item, and the lines that cannot be read."""

    body: dict[str, Json]
    lines: dict[tuple[str, int], int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_json(data: bytes, encoding: str | None) -> Sheet:
    """The body in a JSON file; Malformed where it is none, with the line."""
    text = _decoded(data, encoding)
    if DAMAGED in text:
        line = text[: text.index(DAMAGED)].count("\n") + 1
        raise Malformed(400, "json", f"line {line}: {_not_in(encoding)}")
    try:
        body = from_json(text, once=False)
    except json.JSONDecodeError as error:
        raise Malformed(400, "json", f"line {error.lineno}: it is not JSON: {error.msg}") from error
    except ValueError as error:
        raise Malformed(400, "json", f"The file is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Malformed(400, "json", 'The file must be an object of lists: {"people": [...]}.')
    return Sheet(body)


def read_csv(data: bytes, name: str, encoding: str | None) -> Sheet:
    """The list in a CSV file: its name says which, or a column `list`; Malformed where the header is not right."""
    rows, first, comma = _opened(data, encoding)
    if DAMAGED in rows[first]:
        raise Malformed(400, "header", f"line {first + 1}: {_not_in(encoding)}")
    listed, found = _list_of(name), dict[str, list[Json]]()
    header = _header(rows[first], comma, listed)
    lines: dict[tuple[str, int], int] = {}
    faults: list[tuple[int, str]] = []
    apart = re.compile(r"\|" if comma == ";" else r"[;|]")
    for line, cells in _records(rows, first + 1, comma, len(header), _not_in(encoding)):
        if isinstance(cells, str):
            faults.append((line, cells))
            continue
        given = dict(zip(header, cells, strict=True))
        kind = given.pop("list", "").strip().lower() or listed
        if kind not in LISTS:
            close = f.near(kind, LISTS) or f"; there are {', '.join(LISTS)}."
            faults.append((line, f"There is no list {f.shown(kind)}{close}"))
            continue
        items = found.setdefault(kind, [])
        lines[kind, len(items)] = line
        items.append(_item(kind, given, apart))
    return Sheet(dict(found), lines, faults)


def read_rows(data: bytes, encoding: str | None) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """Any CSV file's lines by its own headings, each with its number, and the lines that cannot be read."""
    rows, first, comma = _opened(data, encoding)
    header = _names(rows[first], comma)
    if twice := _twice(header):
        raise Malformed(400, "header", f"line {first + 1}: the header has {f.shown(twice)} twice.")
    found: list[tuple[int, dict[str, str]]] = []
    faults: list[tuple[int, str]] = []
    for line, cells in _records(rows, first + 1, comma, len(header), _not_in(encoding)):
        if isinstance(cells, str):
            faults.append((line, cells))
        else:
            found.append((line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name}))
    return found, faults


def _opened(data: bytes, encoding: str | None) -> tuple[list[str], int, str]:
    """The lines of a CSV file, the number of its heading, and what stands between two cells."""
    rows = _decoded(data, encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((n for n, row in enumerate(rows) if row.strip()), 0)
    if (told := SEPARATOR.fullmatch(rows[first])) and first + 1 < len(rows):
        return rows, first + 1, told[1]
    return rows, first, max(",;\t", key=lambda mark: len(_names(rows[first], mark)))


def _names(row: str, comma: str) -> list[str]:
    """The headings in a line; none in one that cannot be read."""
    try:
        return [name.strip() for name in next(csv.reader([row], delimiter=comma), [])]
    except csv.Error:
        return []


def _twice(names: Sequence[str]) -> str | None:
    return next((name for name in names if name and names.count(name) > 1), None)


def _decoded(data: bytes, encoding: str | None) -> str:
    """The text of a file, with DAMAGED for bytes that are none in its encoding."""
    if encoding is None:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if wide else "utf-8-sig"
    try:
        return data.decode(encoding, errors="replace")
    except (LookupError, ValueError) as error:
        raise Malformed(400, "encoding", f"There is no encoding {encoding!r}; try utf-8 or cp1252.") from error


def _not_in(encoding: str | None) -> str:
    hint = "" if encoding else "; if it came from an old Excel, give --encoding cp1252"
    return f"{NO_LETTERS} {encoding or 'UTF-8'}{hint}."


def _list_of(name: str) -> str:
    """The list that a file is named after: people.csv, people-2026.csv."""
    word = re.match(r"[a-z]*", name.rpartition("/")[2].lower())
    return word[0] if word and word[0] in LISTS else ""


def _header(row: str, comma: str, listed: str) -> list[str]:
    names = _names(row, comma)
    if not any(names):
        raise Malformed(400, "header", "line 1: the file has no header: names of fields, such as id,name,phones.")
    if twice := _twice(names):
        raise Malformed(400, "header", f"line 1: the header has {f.shown(twice)} twice.")
    if not listed and "list" not in names:
        raise Malformed(400, "header", "Name the file after its list, as people.csv, or give it a column `list`.")
    known = {*IN_LISTS[listed].fields, *META, "list", "address"} if listed else set(names)
    for name in names:
        if name.partition(".")[0] not in known and (close := f.near(name, known)):
            raise Malformed(400, "header", f"line 1: there is no field {f.shown(name)} in {listed}{close}")
    return names


def _records(
    rows: Sequence[str], start: int, comma: str, width: int, damage: str
) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line that it begins in; a sentence for one that cannot be read."""
    n = start
    while n < len(rows):
        if not rows[n].strip():
            n += 1
            continue
        found, used = _record(rows[n : n + MOST_JOINED], comma, width)
        if any(DAMAGED in row for row in rows[n : n + used]):
            found = damage
        yield n + 1, found
        n += used


def _record(rows: Sequence[str], comma: str, width: int) -> tuple[list[str] | str, int]:
    """The cells of the record that begins here and how many lines it takes; a broken one takes one line."""
    for used in range(1, len(rows) + 1):
        try:
            cells = next(csv.reader([f"{row}\n" for row in rows[:used]], delimiter=comma, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):  # an open quote may close on the next line
                continue
            return "a quote opens or closes where it should not, or a cell is too long.", 1
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) != width:
            return f"it has {len(cells)} columns, and the header {width}.", 1
        return cells, used
    return "a quote opens and never closes.", 1


def _item(kind: str, given: Mapping[str, str], apart: re.Pattern[str]) -> Json:
    """A line as an item: an empty cell says nothing, `null` clears."""
    found: dict[str, Json] = {}
    nested: dict[str, dict[str, Json]] = {}
    for name, cell in given.items():
        text = cell.strip()
        if not name or not text:
            continue
        outer, dot, inner = name.partition(".")
        if dot:
            nested.setdefault(outer, {})[inner] = text
        else:
            found[name] = _value(kind, name, text, apart)
    for outer, values in nested.items():
        many = "addresses" in IN_LISTS[kind].fields and outer in ("address", "addresses")
        found["addresses" if many else outer] = [values] if many else values
    return found


def _value(kind: str, name: str, text: str, apart: re.Pattern[str]) -> Json:
    reader = IN_LISTS[kind].fields.get(name) or META.get(name)
    if text.lower() == "null":
        return None
    if reader is f.flag:
        return WORDS.get(text.lower(), text)
    if reader in MANY or (reader is f.ident_or_more and apart.search(text)):
        return [part.strip() for part in apart.split(text) if part.strip()]
    return text
