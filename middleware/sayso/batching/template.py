"""What every piece of a run says: a text or an HTML page with {{fields}}, and the picture of a signature."""

from __future__ import annotations

import base64
import difflib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sayso.message import Json, Malformed
from sayso.message.pages import SIGNED, unescaped

FIELD = re.compile(r"\{\{\s{0,9}([^{}\n]{1,60}?)\s{0,9}\}\}")
BACK = re.compile(r"<!--\s*back\s*-->", re.I)
TITLE = re.compile(r"<title>((?:(?!</?title>).)*)</title>", re.I | re.S)
SUBJECT = re.compile(r"\A\s*subject:[ \t]*([^\n]*)\n", re.I)
PICTURES: Mapping[bytes, str] = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""The kinds of picture by how their bytes begin."""
ENDS: Mapping[str, bytes] = {"image/png": b"IEND\xaeB`\x82", "image/jpeg": b"\xff\xd9"}
"""What stands at their end, where nothing is missing; some programs write more behind it."""
MOST_TEMPLATE, MOST_PICTURE = 200_000, 100_000
SIGNATURE, CODE = "signature", "gift_code"
ALIKE: Mapping[str, str] = {
    **dict.fromkeys(("zip", "zip_code", "postcode", "postal", "plz"), "postal_code"),
    **dict.fromkeys(("state", "province", "county"), "region"),
    **dict.fromkeys(("address", "address1", "address_1", "address_line_1", "street"), "line1"),
    **dict.fromkeys(("address2", "address_2", "address_line_2", "apartment", "unit"), "line2"),
    **dict.fromkeys(("person_id", "customer_id", "customer", "crm_id"), "person"),
    **dict.fromkeys(("mobile", "telephone", "cell", "phone_number"), "phone"),
    **dict.fromkeys(("e_mail", "email_address"), "email"),
    **dict.fromkeys(("full_name", "recipient"), "name"),
    **dict.fromkeys(("gift_card", "gift_card_code"), CODE),
    **dict.fromkeys(("signer", "signature_of"), "signed_by"),
}
"""What other programs call the columns that we know."""


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of a piece by the names of our own door (`body`, `html`, or a piece's sides), not filled in yet."""

    parts: Mapping[str, str]
    subject_line: str = ""
    picture: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields, in one spelling."""
        texts = (*self.parts.values(), self.subject_line)
        return frozenset(_field(name) for text in texts for name in FIELD.findall(text))

    @property
    def bundle(self) -> bytes:
        """What the pieces share, as it is kept beside them."""
        return json.dumps({"parts": dict(self.parts), "signature": self.picture}, sort_keys=True).encode()

    def fill(self, values: Mapping[str, str], pictured: bool) -> dict[str, Json]:
        """The fields of our own door that say it to one person; `pictured` when the picture is this signer's."""
        filled = {name: _filled(text, values, name not in ("body",), pictured) for name, text in self.parts.items()}
        sides: dict[str, Json] = {name: text for name, text in filled.items() if name not in ("body", "html")}
        given: dict[str, Json] = {"content": sides} if sides else {**filled}
        line = " ".join(_filled(self.subject_line, values, False, False).split())
        return given | ({"subject_line": line} if line else {})


def read_template(text: str, channel: str, *, is_page: bool, picture: bytes | None = None) -> Template:
    """The template in a file, for a channel; Malformed says what it lacks."""
    if not text.strip() or len(text) > MOST_TEMPLATE:
        raise Malformed(400, "template", f"The template must have 1 to {MOST_TEMPLATE} characters.")
    shown = read_picture(picture) if picture is not None else ""
    if shown and not (is_page and channel in SIDES):
        raise Malformed(400, "signature", "A picture of a signature needs a card or a letter whose template is HTML.")
    if channel == "email":
        return _mail(text, is_page)
    if is_page and channel not in SIDES:
        raise Malformed(400, "template", f"The channel {channel} carries a text; give the template as .txt.")
    if not is_page:
        return Template({"body": text.strip()})
    sides = [side.strip() for side in BACK.split(text)]
    names = SIDES[channel]
    if len(sides) != len(names) or not all(sides):
        said = "two sides: put the line <!-- back --> between them" if len(names) == 2 else "one page"
        raise Malformed(400, "template", f"A {channel} has {said}.")
    return Template(dict(zip(names, sides, strict=True)), picture=shown)


SIDES: Mapping[str, tuple[str, ...]] = {"postcard": ("front", "back"), "letter": ("file",)}


def _mail(text: str, is_page: bool) -> Template:
    found = TITLE.search(text) if is_page else SUBJECT.match(text)
    line = unescaped(found[1]).strip() if found else ""
    if not line:
        said = "a <title>" if is_page else "a first line “Subject: …”"
        raise Malformed(400, "template", f"A mail needs a subject: give the template {said}.")
    rest = text if is_page or found is None else text[found.end() :]
    return Template({"html" if is_page else "body": rest.strip()}, line)


def read_picture(data: bytes) -> str:
    """A PNG or JPEG as a data: URL; Malformed for anything else."""
    kind = next((kind for magic, kind in PICTURES.items() if data.startswith(magic)), None)
    if kind is None:
        raise Malformed(400, "signature", "The signature must be a picture in PNG or JPEG.")
    if len(data) > MOST_PICTURE:
        raise Malformed(
            400, "signature", f"The signature has {len(data)} bytes, and may have {MOST_PICTURE}: scan it smaller."
        )
    if b"acTL" in data.partition(b"IDAT")[0]:
        raise Malformed(400, "signature", "The signature moves: save one picture of it.")
    if ENDS[kind] not in data:
        raise Malformed(400, "signature", "The signature is no whole picture: save it once more as PNG or JPEG.")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def folded(name: str) -> str:
    """The name of a column or a field as they are compared: "First Name" is first_name."""
    return re.sub(r"[^\w]+", "_", name.strip().casefold()).strip("_")


def _field(name: str) -> str:
    return ALIKE.get(folded(name), folded(name))


def unknown_fields(template: Template, columns: Sequence[str]) -> list[str]:
    """A sentence for every field of the template that no column of the file fills."""
    faults = []
    for name in sorted(template.fields - set(columns)):
        near = difflib.get_close_matches(name, columns, 1)
        hint = f"; did you mean {{{{{near[0]}}}}}?" if near else f" (it has {', '.join(columns)})."
        faults.append(f"The template asks for {{{{{name}}}}}, and the file has no such column{hint}")
    return faults


def _filled(text: str, values: Mapping[str, str], is_page: bool, pictured: bool) -> str:
    def value(found: re.Match[str]) -> str:
        name = _field(found[1])
        said = values.get(name, "")
        if is_page:
            said = html.escape(said)
            said = f"{SIGNED}{said}</span>" if name == SIGNATURE and pictured else said
        return said

    return FIELD.sub(value, text)
