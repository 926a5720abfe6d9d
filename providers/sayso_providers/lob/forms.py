"""What a Lob client sends, whichever way it wrote it: JSON, a form with brackets, JSON inside a form, or with files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from urllib.parse import parse_qsl

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from sayso.message import Json, Malformed, Request
from sayso.message.bodies import from_json
from sayso_providers.lob.kinds import invalid

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_FIELDS, DEEPEST = 1000, 3
OBJECTS = frozenset({"to", "from", "merge_variables", "metadata", "qr_code", "return_address"})
"""The fields that hand-written clients send as JSON inside a form."""
FLAGS = frozenset({"color", "double_sided", "fsc", "return_envelope"})
NUMBERS = frozenset({"perforated_page"})
NAME = re.compile(r"([^\[\]]{1,100})((?:\[[^\[\]]{0,100}\])*)")
TORN = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half a character, as JSON can write one: it cannot be stored."""
DAMAGED = "\ufffd"
"""What stands in a form's text where its bytes are no UTF-8."""


@dataclass(frozen=True, slots=True)
class File:
    """One uploaded file."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of a request, as JSON would have them, and its files."""

    fields: Mapping[str, Json]
    files: Mapping[str, File] = field(default_factory=dict)


def read(request: Request) -> Asked:
    """The request's fields and files; Malformed when it can be read in no way, or in two."""
    mime, options = parse_options_header(request.headers.get("content-type", FORM))
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Malformed(415, "bad_request", "Send the request without a Content-Encoding.")
    if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Malformed(415, "bad_request", "Send the request in UTF-8.")
    if mime == PARTS:
        return _multipart(request.body, options)
    if mime == FORM or not request.body:
        return Asked(_typed(nested(pairs(request.body))))
    if mime == "application/json" or mime.endswith("+json"):
        return Asked(_typed(_object(request.body)))
    raise Malformed(415, "bad_request", f"Send {FORM}, {PARTS} or application/json.")


def pairs(raw: bytes | str) -> list[tuple[str, str]]:
    """The pairs of a form or a query."""
    text = raw if isinstance(raw, str) else raw.decode("latin-1")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise invalid(f"The request is no form in UTF-8 of at most {MOST_FIELDS} fields.", "bad_request") from error


def nested(given: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """The fields of a form whose names have brackets: `to[name]`, `cards[]`, `cards[0]`."""
    found: dict[str, Json] = {}
    for name, value in given:
        match = NAME.fullmatch(name)
        if not match:
            raise invalid(f"{name[:60]!r} is no name of a field.")
        path = [match[1], *re.findall(r"\[([^\]]*)\]", match[2])]
        if len(path) > DEEPEST:
            raise invalid(f"{name[:60]!r} goes too deep.")
        _put(found, path, value)
    return {name: _listed(value) for name, value in found.items()}


def _put(found: dict[str, Json], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = found.setdefault(step, {})
        if not isinstance(inner, dict):
            raise invalid(f"{step[:60]!r} was given in two ways.")
        found = inner
    name = path[-1] if path[-1] or len(path) == 1 else str(len(found))  # `cards[]`
    if name in found:
        raise invalid(f"{'.'.join(path)[:60]!r} was given more than once.")
    found[name] = value


def _listed(value: Json) -> Json:
    """A list where every name is a number, as `cards[0]` writes one."""
    if isinstance(value, dict):
        inner = {name: _listed(one) for name, one in value.items()}
        return list(inner.values()) if inner and all(name.isdecimal() for name in inner) else inner
    return value


def _typed(given: Mapping[str, Json]) -> dict[str, Json]:
    """The fields as JSON has them, where a form can only write text, and some write text in JSON as well."""
    return {name: _one(name, value) for name, value in given.items()}


def _one(name: str, value: Json) -> Json:
    if not isinstance(value, str):
        return value
    if name in OBJECTS and value.lstrip().startswith("{"):
        return _object(value.encode(), name)
    if name in FLAGS and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return int(value) if name in NUMBERS and re.fullmatch("[0-9]{1,4}", value) else value


def _multipart(body: bytes, options: Mapping[str, str]) -> Asked:
    parser = FormDataParser(stream_factory=_in_memory, max_form_parts=MOST_FIELDS, silent=False)
    try:
        _, form, sent = parser.parse(BytesIO(body), PARTS, len(body), dict(options))
    except Exception as error:  # the library says in several ways that it cannot read this
        raise invalid("The request is not multipart/form-data that can be read.", "bad_request") from error
    if any(DAMAGED in f"{name}{value}" for name, value in form.items(multi=True)):
        raise invalid("A part of the request is not in UTF-8.", "bad_request")
    files: dict[str, File] = {}
    for name, one in sent.items(multi=True):
        if name in files or name in form:
            raise invalid(f"{name[:60]!r} was given more than once.")
        files[name] = File(one.filename or name, one.mimetype or "", one.read())
    return Asked(_typed(nested(form.items(multi=True))), files)


def _in_memory(*_: object, **__: object) -> IO[bytes]:
    """No part of a piece lies on a disk unsealed."""
    return BytesIO()


def _object(raw: bytes, name: str = "The request") -> dict[str, Json]:
    found = parsed(raw, name)
    if not isinstance(found, dict):
        raise invalid(f"{name} must be an object.", "bad_request")
    return found


def parsed(raw: bytes, name: str) -> Json:
    """The JSON that something is written in; Malformed when it is none."""
    try:
        text = raw.decode()
        found = from_json(text)
        if TORN.search(raw):
            json.dumps(found, ensure_ascii=False).encode()  # UnicodeEncodeError, where it is half a character
    except (ValueError, RecursionError) as error:
        raise invalid(f"{name} is not JSON that can be read: {error}"[:200], "bad_request") from error
    return found
