"""A run's file: each row as what our own door would take, and what is wrong with it by its line."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sayso import endpoints
from sayso.api import drafting
from sayso.api.drafting import Place
from sayso.batching.template import ALIKE, CODE, SIGNATURE, Template, folded, unknown_fields
from sayso.message import Draft, Json, Malformed
from sayso.message.pages import with_picture
from sayso.telling import files
from sayso_providers import KEEPERS

MADE = ("name", "first_name", "signed_by", SIGNATURE)
"""The fields that a row has although it has no such column."""
OURS = frozenset((*endpoints.PLACE, CODE, "signed_by", "person", "purpose", "subject", "email", "phone"))
"""The columns that are no values of the template alone."""
VALUES = "values"
"""The field of a piece in which its values are, for whoever prints it from a template of their own."""
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]*\Z)")
TEXT = re.compile(r'\A="([^"]*)"\Z')
"""How spreadsheets write a number that is to stay a text, with its zeros in front."""
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
"""How the files begin that people give in place of a CSV: Excel's own, new and old, and PDF."""
HIDDEN = "\u2022\u2022\u2022\u2022"
"""What a gift card's code is wherever words are shown; only the card itself has it."""
MOST_ROWS = 20_000
Row = Mapping[str, str]


class Fault(NamedTuple):
    """A line that does not get in: why, and as far as it can be read for whom it is and its gift card's code."""

    line: int
    why: str
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a whole run is told: the channel, the purpose, who signs, from where it comes, and what it says."""

    channel: str
    template: Template
    purpose: str | None = None
    signed_by: str = ""
    sender: Json = None
    bundle: bytes = b""


@dataclass(slots=True)
class Seen:
    """What the rows before had that no two may have."""

    recipients: dict[tuple[str, ...], int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


def read_rows(data: bytes, encoding: str | None, order: Order) -> tuple[list[tuple[int, Row]], list[Fault]]:
    """The rows by the names of their columns, and the lines that are none; Malformed where the file is not right."""
    found, faults = _read(data, encoding)
    for _, cells in found[:1]:
        _require_apart(list(cells))
    rows: list[tuple[int, Row]] = [(line, _renamed(cells)) for line, cells in found]
    if not rows:
        raise Malformed(400, "file", "The file has no rows: a line of headings, and then one line for each person.")
    if len(rows) > MOST_ROWS:
        raise Malformed(400, "file", f"The file has {len(rows)} rows, and a run at most {MOST_ROWS}: make two of it.")
    missing = unknown_fields(order.template, list(dict.fromkeys([*rows[0][1], *MADE])))
    if missing:
        raise Malformed(400, "template", " ".join(missing))
    return rows, [Fault(line, why) for line, why in faults]


def drafts(rows: Sequence[tuple[int, Row]], order: Order, place: Place) -> Iterator[tuple[int, Draft | None, str]]:
    """Each row with the draft that it makes, or with all that is wrong with it in one sentence after another."""
    seen = Seen()
    for line, row in rows:
        draft, faults = _draft(line, row, order, place)
        if draft:
            faults = _met(line, row, draft, seen)
        yield line, None if faults else draft, " ".join(faults)


def _read(data: bytes, encoding: str | None) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """The file's lines; Malformed where all of it is wrong, or mended by an option and not by work on its lines."""
    if data.startswith(NO_TEXT) or (encoding is None and _is_binary(data)):
        raise Malformed(400, "file", "This is no CSV file: open it in the spreadsheet, and save it as “CSV UTF-8”.")
    found, faults = files.read_rows(data, encoding)
    if encoding and "utf" not in encoding.casefold() and _is_utf8(data):
        raise Malformed(400, "encoding", f"The file is in UTF-8, and not in {encoding}: leave --encoding out.")
    damaged = [fault for fault in faults if encoding is None and fault[1].startswith(files.NO_LETTERS)]
    if damaged or (faults and not found):
        line, why = (damaged or faults)[0]
        raise Malformed(400, "file", f"Nothing was taken, for in line {line} {why}")
    return found, faults


def _is_binary(data: bytes) -> bool:
    """Whether even the headings are no text; those of a file in UTF-16 are, where it says so."""
    return b"\0" in data.partition(b"\n")[0] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _is_utf8(data: bytes) -> bool:
    """Whether the letters beyond English are surely in UTF-8."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _renamed(cells: Row) -> dict[str, str]:
    """A row by the names that we know; a column that has such a name itself goes before one that is alike."""
    found = {folded(name): TEXT.sub(r"\1", cell) for name, cell in cells.items() if folded(name)}
    return {_known(name, found): cell for name, cell in found.items()}


def _known(name: str, among: Collection[str]) -> str:
    return name if ALIKE.get(name, name) in among else ALIKE[name]


def _require_apart(names: Sequence[str]) -> None:
    """Malformed where two headings are one column to us: nobody could say which of them is printed."""
    plain = [folded(name) for name in names]
    known: dict[str, str] = {}
    for name, column in zip(names, (_known(one, plain) for one in plain), strict=True):
        if column and known.setdefault(column, name) != name:
            raise Malformed(400, "header", f"The columns {known[column]!r} and {name!r} are the same; rename one.")


def _draft(line: int, row: Row, order: Order, place: Place) -> tuple[Draft | None, list[str]]:
    values = _values(row, order)
    faults = [
        f"The cell {name} begins like a formula ({cell[:12]!r}); take the sign away."
        for name, cell in row.items()
        if FORMULA.match(cell)
    ]
    faults += [f"The cell {name} has a character that nobody can see." for name in row if UNSEEN.search(row[name])]
    faults += [f"It has no {name}, and the template asks for it." for name in sorted(_gaps(values, order))]
    if not _to(values, order.channel):
        return None, [*faults, f"It has nobody to go to: the columns are {', '.join(_columns(order.channel))}."]
    country = (values.get("country") or place.policy.default_country).upper()
    if order.channel in endpoints.MAIL:
        code, wrong_code = _code(values.get("postal_code", ""), values.get("region", ""), country)
        values, faults = {**values, "postal_code": code}, [*faults, *wrong_code]
    draft, wrong = drafting.draft(_body(line, row, values, order, place), place)
    faults += [said for _, said in wrong]
    if draft is None or faults:
        return None, faults
    return _shared(draft, row, order), []


def _values(row: Row, order: Order) -> dict[str, str]:
    """Everything that a field of the template may stand for."""
    signer = row.get("signed_by") or order.signed_by
    names = " ".join(part for part in (row.get("first_name"), row.get("last_name")) if part)
    name = row.get("name") or names
    first = row.get("first_name") or name.partition(" ")[0]
    return {**row, "name": name, "first_name": first, "signed_by": signer, SIGNATURE: row.get(SIGNATURE) or signer}


def _code(code: str, region: str, country: str) -> tuple[str, list[str]]:
    """A postal code with the zeros that a spreadsheet took from it, and what is wrong with it."""
    if not code:
        return "", ["The address lacks its postal code."] if endpoints.wants_code(country) else []
    if region and (there := endpoints.with_zeros(code, region, country)):
        return there, []
    somewhere = endpoints.with_zeros(code, "", country)
    said = f"The postal code {code} is too short, for spreadsheets drop zeros in front: is it {somewhere}?"
    return code, [said] if somewhere else []


def _gaps(values: Row, order: Order) -> frozenset[str]:
    return frozenset(name for name in order.template.fields if not values.get(name))


def _body(line: int, row: Row, values: Row, order: Order, place: Place) -> dict[str, Json]:
    """The row as a request at our own door."""
    notes = {CODE: row.get(CODE), "signed_by": values["signed_by"], "line": str(line)}
    given: dict[str, Json] = {
        "channel": order.channel,
        "to": _to(values, order.channel),
        "from": order.sender,
        "purpose": row.get("purpose") or order.purpose,
        "subject": row.get("subject") or None,
        "person": row.get("person") or None,
        "metadata": {name: value for name, value in notes.items() if value},
    }
    pictured = _is_pictured(values, order)
    said = order.template.fill(values, pictured)
    sides = said.get("content")
    if pictured and isinstance(sides, dict) and place.carriers.get(order.channel) not in KEEPERS:
        said["content"] = {side: with_picture(str(page), order.template.picture) for side, page in sides.items()}
    return given | said


def _to(values: Row, channel: str) -> Json:
    if channel in endpoints.MAIL:
        return {name: values[name] for name in endpoints.PLACE if values.get(name)}
    return values.get(_columns(channel)[0]) or None


def _columns(channel: str) -> tuple[str, ...]:
    return endpoints.PLACE if channel in endpoints.MAIL else ("email",) if channel == "email" else ("phone",)


def _is_pictured(values: Row, order: Order) -> bool:
    """Whether the picture is this signer's; somebody else's name stands in letters."""
    return bool(order.template.picture) and values["signed_by"].casefold() == order.signed_by.casefold()


def _shared(draft: Draft, row: Row, order: Order) -> Draft:
    """The draft with what its vendor wants of the run; its gift card's code is not among the words that are shown."""
    content, code = draft.content, row.get(CODE)
    if code and content.seen:
        content = replace(content, seen=content.seen.replace(code, HIDDEN))
    if draft.provider not in KEEPERS:
        return replace(draft, content=content)
    values = json.dumps({name: cell for name, cell in row.items() if name not in OURS}, ensure_ascii=False)
    return replace(draft, content=replace(content, fields=(*content.fields, (VALUES, values))), part=order.bundle)


def _met(line: int, row: Row, draft: Draft, seen: Seen) -> list[str]:
    """What a row before had already."""
    code, to = row.get(CODE, "").casefold(), (draft.content.to[0].casefold(), draft.purpose or "")
    faults = []
    if to in seen.recipients:
        faults.append(f"The same person is in line {seen.recipients[to]}, for the same occasion.")
    if code and code in seen.codes:
        faults.append(f"Its gift card's code is in line {seen.codes[code]} already.")
    if not faults:
        seen.recipients[to] = line
        seen.codes |= {code: line} if code else {}
    return faults
