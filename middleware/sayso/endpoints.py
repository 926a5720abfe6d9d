"""Endpoints at our own door: a number in E.164, an e-mail address, or a place for the post."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sayso.message import Json, Malformed, telephony

PLACE = ("name", "line1", "line2", "city", "region", "postal_code", "country")
NEEDED = ("name", "line1", "city")
LONGEST_LINE = 100


def phone(field: str, raw: Json, country: str) -> str:
    """The number of a field in E.164; Malformed for anything else."""
    found = telephony.e164(raw, country) if isinstance(raw, str) else None
    if found is None:
        raise Malformed(400, field, f"{field} must be a telephone number, best as +14155550123.")
    return found


def email(field: str, raw: Json) -> str:
    """The e-mail address of a field, in its usual spelling; a sender may have a name before it."""
    from email_validator import EmailNotValidError, validate_email  # heavy: it brings a resolver that we do not ask

    if not isinstance(raw, str):
        raise Malformed(400, field, f"{field} must be an e-mail address.")
    try:
        found = validate_email(raw, check_deliverability=False, allow_display_name=field == "from")
    except EmailNotValidError as error:
        raise Malformed(400, field, f"{field} is not an e-mail address: {error}") from error
    return f"{found.display_name} <{found.normalized}>" if found.display_name else found.normalized


def place(field: str, raw: Json, country: str) -> tuple[str, str]:
    """An address object on one line, and as JSON for the mail house."""
    if not isinstance(raw, dict):
        raise Malformed(400, field, f"{field} must be an address: an object with {', '.join(PLACE)}.")
    for name, value in raw.items():
        if name not in PLACE:
            raise Malformed(400, field, f"An address has no {name[:40]!r}; it has {', '.join(PLACE)}.")
        if value is not None and not _is_line(value):
            raise Malformed(400, field, f"{field}.{name} must be a line of at most {LONGEST_LINE} characters.")
    given = {name: str(raw[name]).strip() for name in PLACE if raw.get(name)}
    missing = [f"{field}.{name}" for name in NEEDED if not given.get(name)]
    if missing:
        raise Malformed(400, field, f"The address lacks {' and '.join(missing)}.")
    given["country"] = given.get("country", country).upper()
    if not re.fullmatch("[A-Z]{2}", given["country"]):
        raise Malformed(400, field, f"{field}.country must be two letters, such as US.")
    return _one_line(given), json.dumps(given)


def _is_line(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_LINE and value.isprintable()


def _one_line(given: Mapping[str, str]) -> str:
    """As people write it on one line; a colon would look like a channel's name before an endpoint."""
    region = " ".join(given[name] for name in ("region", "postal_code") if name in given)
    parts = [given["name"], given["line1"], given.get("line2", ""), given["city"], region, given["country"]]
    return ", ".join(part for part in parts if part).replace(":", " ")
