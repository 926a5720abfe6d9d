"""From the fields of a create request to the piece as we keep it, every field checked as Lob checks it."""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sayso.message import Content, Draft, Json
from sayso_providers.base import Viewer, gaps
from sayso_providers.base.names import by_letters, meant
from sayso_providers.lob import artwork, places
from sayso_providers.lob.forms import FLAGS, Asked, File
from sayso_providers.lob.kinds import Kind, invalid

LETTERS = string.ascii_lowercase + string.digits
FURTHEST = timedelta(days=180)
LONGEST_TEXT, MOST_PAIRS, LONGEST_NAME, LONGEST_VALUE, LONGEST_VALUES = 255, 20, 40, 500, 25_000
OURS = "sayso_id"
"""The name under which a piece carries our id at Lob, so that its webhooks find their way back."""
APART = ("to", "from", "merge_variables", "metadata", "send_date")
# https://github.com/lob/lob-openapi, spec 1.22.0: the fields of a request, and those of its qr_code (read 2026-11-22)
KNOWN = by_letters(
    "to from front back file outside inside address_placement billing_group_id cards color custom_envelope description "
    "double_sided extra_service fsc mail_type merge_variables metadata perforated_page print_speed qr_code "
    "return_envelope send_date size use_type bottom left logo pages position redirect_url right style top width".split()
)
SUBJECT = re.compile(r"[a-z][a-z_]{0,39}/[^\s/\x00-\x1f\x7f]{1,150}")
PERSON = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
PURPOSE = re.compile("[a-z][a-z_]{0,99}")


def draft(kind: Kind, asked: Asked, viewer: Viewer) -> Draft:
    """The piece that is asked for; Malformed with Lob's own code for whatever is wrong with it."""
    given = {name: value for name, value in asked.fields.items() if value is not None}
    _require_names(given)
    _require(kind, given)
    to, sender = _address("to", given["to"], viewer), None
    if given.get("from"):
        sender = _address("from", given["from"], viewer)
    sides = {side: artwork.checked(side, given.get(side), asked.files.get(side)) for side in kind.sides}
    variables, metadata = _variables(given.get("merge_variables")), metadata_of(given.get("metadata"))
    send_at = _moment(given.get("send_date"), viewer.now)
    rest = {name: value for name, value in given.items() if name not in APART and name not in kind.sides}
    kept, part = artwork.pack(sides, _own_files(kind, asked))
    texts, elsewhere = artwork.read_texts(sides, asked.files)
    content = build(to, sender, sides=kept, variables=variables, rest=rest)
    known = _words(texts, variables) + artwork.qr_link(content)
    return Draft(
        channel=kind.channel,
        provider="lob",
        crm_id=f"{kind.prefix}_{suffix()}",
        content=worded(content, known, elsewhere, metadata),
        purpose=_said(metadata, "purpose", PURPOSE),
        subject=_said(metadata, "subject", SUBJECT),
        person=_said(metadata, "person", PERSON),
        send_at=send_at,
        expires_at=send_at,
        part=part,
        batch=(metadata.get("batch") or "")[:200] or None,
    )


def build(
    to: places.Address,
    sender: places.Address | None,
    *,
    sides: Mapping[str, str],
    variables: Mapping[str, Json],
    rest: Mapping[str, Json],
) -> Content:
    """A piece's endpoints and request; its words are still to be read."""
    fields = {
        "to": json.dumps(places.place(to)),
        "to_address": json.dumps(to),
        "from_address": json.dumps(sender) if sender else "",
        **sides,
        "merge_variables": json.dumps(variables) if variables else "",
        "request": json.dumps(rest) if rest else "",
    }
    return Content(
        to=(places.line(to),),
        sender=places.line(sender) if sender else None,
        body=None,
        fields=tuple((name, value) for name, value in fields.items() if value),
    )


def worded(content: Content, known: str, elsewhere: str | None, metadata: Mapping[str, str]) -> Content:
    """The content with its words: those that we read, or where the others lie."""
    pairs = tuple(metadata.items())
    if elsewhere is None:
        return replace(content, seen=known.strip(), metadata=pairs)
    beside = known.strip() if artwork.is_unreadable(elsewhere) else ""  # else the template's words come with these
    return replace(content, body=beside or None, template=elsewhere, metadata=pairs)


def suffix() -> str:
    """Sixteen letters and digits, as Lob's own clients check the ID in an answer's link."""
    return "".join(secrets.choice(LETTERS) for _ in range(16))


def _words(texts: Mapping[str, str], variables: Mapping[str, Json]) -> str:
    try:
        return artwork.words(texts, variables)
    except gaps.TooLong as error:
        raise invalid(str(error)) from error


def _require_names(given: Mapping[str, Json]) -> None:
    """Lob might read `Front` beside `front`, or `to[name]` in JSON, and nobody here has seen it."""
    code = given.get("qr_code")
    for name in (*given, *(code if isinstance(code, dict) else ())):
        if (its := meant(name.partition("[")[0], KNOWN)) != name and its in KNOWN.values():
            raise invalid(f"{name[:60]!r} is written {its!r}.")


def _require(kind: Kind, given: Mapping[str, Json]) -> None:
    for name in kind.needs:
        if given.get(name) in (None, ""):
            raise invalid(f"{name} is required.")
    for name, choices in kind.choices.items():
        if name in given and given[name] not in (*choices, ""):
            raise invalid(f"{name} must be one of {', '.join(choices)}.")
    _require_shapes(given)
    text = given.get("description")
    if text is not None and (not isinstance(text, str) or len(text) > LONGEST_TEXT):
        raise invalid(f"description must be a text of at most {LONGEST_TEXT} characters.")


def _require_shapes(given: Mapping[str, Json]) -> None:
    """What is no text, or must be one: it is shown again, and the clients check it there."""
    for name in sorted(FLAGS & given.keys()):
        if not isinstance(given[name], bool) and given[name] != "":
            raise invalid(f"{name} must be true or false.")
    code = given.get("qr_code") or {}
    if not isinstance(code, dict) or not isinstance(code.get("redirect_url", ""), str):
        raise invalid("qr_code must be an object whose redirect_url is a text.")
    if not isinstance(given.get("billing_group_id", ""), str):
        raise invalid("billing_group_id must be a text.")


def _address(field: str, raw: Json, viewer: Viewer) -> dict[str, Json]:
    """An address given inline, or the CRM's own of that ID."""
    if not isinstance(raw, str):
        return places.read(field, raw)
    found = viewer.known_address(raw)
    if found is None:
        raise invalid(f"{field}: there is no address {raw[:60]!r} here.", "not_found")
    return {name: value for name, value in found.items() if name not in ("description", "metadata")}


def _own_files(kind: Kind, asked: Asked) -> dict[str, File]:
    """The files of the piece's sides; another one would be lost on the way to Lob, so it is refused."""
    for name in asked.files:
        if name not in kind.sides:
            raise invalid(f"{name[:60]} cannot be a file; only {' and '.join(kind.sides)} can.")
    return dict(asked.files)


def _variables(raw: Json) -> dict[str, Json]:
    if raw in (None, "", [], {}):
        return {}
    if not isinstance(raw, dict) or len(json.dumps(raw)) > LONGEST_VALUES:
        raise invalid(f"merge_variables must be an object of at most {LONGEST_VALUES} characters.")
    spaced = [name for name in raw if re.search(r"\s", name)]
    if spaced:
        raise invalid(f"The merge variable {spaced[0][:60]!r} has a space in its name.", "merge_variable_whitespace")
    return raw


def metadata_of(raw: Json) -> dict[str, str]:
    """The CRM's own notes, as Lob limits them."""
    if raw in (None, "", [], {}):
        return {}
    if not isinstance(raw, dict) or len(raw) > MOST_PAIRS:
        raise invalid(f"metadata must be an object of at most {MOST_PAIRS} names, each with a text.")
    for name, value in raw.items():
        fine = isinstance(value, str | int | float) and not re.search(r'["\\]', f"{name}{value}")
        if not fine or not 1 <= len(name) <= LONGEST_NAME or len(str(value)) > LONGEST_VALUE:
            most = f"at most {LONGEST_NAME} and {LONGEST_VALUE} characters, without quotation marks and backslashes"
            raise invalid(f"metadata.{name[:LONGEST_NAME]} cannot be kept: a name and its text have {most}.")
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in raw.items()}


def _moment(raw: Json, now: datetime) -> datetime | None:
    if raw in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(raw if isinstance(raw, str) else "")
        moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid("send_date must be a date, or a time in ISO 8601.") from error
    if not now < moment <= now + FURTHEST:
        raise invalid(f"send_date must be later than now, and at most {FURTHEST.days} days ahead.")
    return moment


def _said(metadata: Mapping[str, str], name: str, form: re.Pattern[str]) -> str | None:
    """What the CRM's free field says, where it says it in our form; the word may well mean something else to it."""
    value = metadata.get(name, "")
    return value if form.fullmatch(value) else None
