"""The artwork of a piece: where each side's words are, what they say once filled in, and the files of a request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape

from sayso.message import Content, Json, Message, Unknown
from sayso.message.pages import readable
from sayso_providers.base import Side, Template, gaps
from sayso_providers.lob.forms import File
from sayso_providers.lob.kinds import OF_SIDES, invalid

LONGEST_HTML, LARGEST_FILE, LARGE = 10_000, 5_000_000, 1000
TEMPLATE = re.compile("tmpl_[a-zA-Z0-9]{1,60}")
LINK = re.compile(r"https?://[^\s<>\"]{1,500}", re.I)
GAP = re.compile(r"\{\{\{\s*([\w.$-]{1,100})\s*\}\}\}|\{\{\s*([\w.$-]{1,100})\s*\}\}")
INLINE = "html in the request"
"""The name of HTML that came in the request itself and is kept beside it, once for all pieces that have it."""
KINDS_OF_FILE: Mapping[bytes, str] = {
    b"%PDF": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


def checked(side: str, value: Json, sent: File | None) -> str:
    """One side as its field says it: HTML, a template's ID, a link, or the name of a file; Malformed otherwise."""
    if sent is not None:
        if len(sent.data) > LARGEST_FILE:
            raise invalid(f"{side} is larger than 5 MB.", "file_size_exceeds_limit")
        if not sent.data:
            raise invalid(f"{side} is an empty file.", "invalid_file")
        return f"file:{sent.name}"[:200]
    if value is None or value == "":
        raise invalid(f"{side} is required.")
    if not isinstance(value, str):
        raise invalid(f"{side} must be HTML, the ID of a template, a URL or a file.")
    if "<" in value:
        if len(value) > LONGEST_HTML:
            raise invalid(f"{side} has at most {LONGEST_HTML} characters; send a file, or use a template.")
        return value
    if TEMPLATE.fullmatch(value) or LINK.fullmatch(value):
        return value
    raise invalid(f"{side} must be HTML, the ID of a template, a URL or a file.", "invalid_file")


def pack(sides: Mapping[str, str], files: Mapping[str, File]) -> tuple[dict[str, str], bytes | None]:
    """The sides, and apart from them what is large: files, and long HTML where no side is a template's."""
    kept = {side: files[side] for side in sides if side in files}
    if not any(TEMPLATE.fullmatch(value) for value in sides.values()):
        long = {side: value for side, value in sides.items() if side not in kept and len(value) > LARGE}
        kept |= {side: File(INLINE, "text/html", value.encode()) for side, value in long.items()}
        sides = {**sides, **dict.fromkeys(long, f"file:{INLINE}")}
    if not kept:
        return dict(sides), None
    head = json.dumps([[side, one.name, one.kind, len(one.data)] for side, one in kept.items()])
    return dict(sides), b"\n".join([head.encode(), b"".join(one.data for one in kept.values())])


def unpack(part: bytes | None) -> dict[str, File]:
    """The files that `pack` put together."""
    head, _, rest = (part or b"[]").partition(b"\n")
    found, at = {}, 0
    for side, name, kind, size in json.loads(head):
        found[side] = File(name, kind, rest[at : at + size])
        at += size
    return found


def read_texts(sides: Mapping[str, str], files: Mapping[str, File]) -> tuple[dict[str, str], str | None]:
    """The HTML of the sides that can be read now, and what of the words lies elsewhere, in order; None for nothing.

    Elsewhere are templates, links, and files that are no HTML; a file beside a template is kept apart from its words.
    """
    templated = any(TEMPLATE.fullmatch(value) for value in sides.values())
    texts: dict[str, str] = {}
    elsewhere = []
    for side, value in sides.items():
        sent = files.get(side)
        if sent and kind_of(sent) == "text/html" and not templated:
            texts[side] = sent.data.decode("utf-8", "replace")
        elif sent or "<" not in value:
            elsewhere.append(f"file:{side}" if sent else value)
        else:
            texts[side] = value
    return texts, " ".join(elsewhere) or None


def is_unreadable(elsewhere: str) -> bool:
    """Whether some of the words lie where nobody can read them for us: in a file, or behind a link."""
    return any(not TEMPLATE.fullmatch(one) for one in elsewhere.split())


def words(texts: Mapping[str, str], variables: Mapping[str, Json]) -> str:
    """What somebody would read on the sides whose HTML we have, each with its values."""
    return "\n".join(filter(None, (readable(fill(html, variables)) for html in texts.values() if "<" in html)))


def fill(html: str, variables: Mapping[str, Json]) -> str:
    """HTML with the values in their places; a place for which there is none, and any logic, stays as it is written.

    TooLong where the values would make it a million characters longer.
    """
    known: Json = dict(variables)

    def value(gap: re.Match[str]) -> str:
        found = known
        for step in (gap[1] or gap[2]).split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if not isinstance(found, str | int | float) or found == "":
            return gap[0]
        text = str(found).lower() if isinstance(found, bool) else str(found)
        return text if gap[1] else escape(text)

    return gaps.filled(GAP, html, value)


def variables(content: Content) -> dict[str, Json]:
    """The values that a piece is filled with."""
    found = json.loads(dict(content.fields).get("merge_variables") or "{}")
    return found if isinstance(found, dict) else {}


def side_values(content: Content) -> dict[str, str]:
    """The sides of a piece as its fields have them, in their order."""
    given = dict(content.fields)
    kind = next((OF_SIDES[side] for side in given if side in OF_SIDES), None)
    return {side: given[side] for side in kind.sides if side in given} if kind else {}


def fill_template(template: Template, content: Content) -> str:
    """What somebody would read on the whole piece: the templates' words in their places, with this piece's values."""
    texts = iter(template.texts)
    sides = side_values(content)
    whole = {side: next(texts, "") if TEMPLATE.fullmatch(value) else value for side, value in sides.items()}
    try:
        return words(whole, variables(content)) + qr_link(content)
    except gaps.TooLong as error:  # so nobody can say what would be read
        raise Unknown(str(error)) from error


def qr_link(content: Content) -> str:
    """Where the printed code of a piece leads."""
    asked = json.loads(dict(content.fields).get("request") or "{}")
    code = asked.get("qr_code")
    return f"\n(QR code: {code['redirect_url']})" if isinstance(code, dict) and code.get("redirect_url") else ""


def sides(message: Message, found: Template | None) -> Sequence[Side]:
    """Every side of a piece as a person may look at it; what lies where we do not look has its place alone."""
    texts, files = iter(found.texts if found else ()), unpack(message.part)
    given, values = side_values(message.content), variables(message.content)
    return [_side(side, value, files.get(side), next(texts, None) if TEMPLATE.fullmatch(value) else None, values)
            for side, value in given.items()]  # fmt: skip


def _side(side: str, value: str, sent: File | None, text: str | None, values: Mapping[str, Json]) -> Side:
    kind = kind_of(sent) if sent else "text/html"
    if sent and kind != "text/html":
        return Side(side, kind, sent.data, sent.name)
    html = sent.data.decode("utf-8", "replace") if sent else text if text is not None else value
    if "<" not in html:
        return Side(side, "", b"", value)
    try:
        return Side(side, "text/html", fill(html, values).encode())
    except gaps.TooLong:
        return Side(side, "", b"", value)


def kind_of(sent: File) -> str:
    """What a file is, by how it begins; anything unknown is read as HTML only where it says so itself."""
    known = next((kind for start, kind in KINDS_OF_FILE.items() if sent.data.startswith(start)), None)
    says_html = sent.kind.startswith("text/html") or sent.name.lower().endswith((".html", ".htm"))
    return known or ("text/html" if says_html else "application/octet-stream")
