"""What one field of our own door may hold: each reader gives the value as we keep it, or says what to mend."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sayso.message import Json, Malformed
from sayso.message.pages import readable

MAIL = frozenset({"letter", "postcard", "self_mailer"})
PARTS: Mapping[str, tuple[str, ...]] = {
    "letter": ("file",),
    "postcard": ("front", "back"),
    "self_mailer": ("inside", "outside"),
}
SUBJECT = re.compile(r"[a-z][a-z_]{0,39}/[^\s/\x00-\x1f\x7f]{1,150}")
ELSEWHERE = re.compile(r"https?://\S+|tmpl_\w+")
MOST_MEDIA, MOST_PAIRS, LONGEST_NAME, LONGEST_VALUE, LONGEST_URL = 10, 50, 40, 500, 2000


@dataclass(frozen=True, slots=True)
class Written:
    """The `content` of a request: a template of the vendor with its values, or the parts of a printed piece."""

    template: str | None = None
    values: str | None = None
    parts: str | None = None
    seen: str | None = None


def line(field: str, raw: Json, most: int = 200) -> str:
    """A text on one line."""
    if not isinstance(raw, str) or not raw.strip() or len(raw) > most or not raw.isprintable():
        raise Malformed(400, field, f"{field} must be a text on one line, of at most {most} characters.")
    return raw.strip()


def words(field: str, raw: Json) -> str:
    """A text as it was written."""
    if not isinstance(raw, str):
        raise Malformed(400, field, f"{field} must be a text.")
    return raw


def subject(field: str, raw: Json) -> str:
    """What the message is about, as kind/id."""
    if not isinstance(raw, str) or not SUBJECT.fullmatch(raw):
        raise Malformed(
            400,
            field,
            "subject says what the message is about as kind/id, such as purchase/8812; did you mean subject_line?",
        )
    return raw


def url(field: str, raw: Json) -> str:
    """A URL that somebody could call."""
    try:
        parts = urlsplit(raw if isinstance(raw, str) else "")
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not isinstance(raw, str) or not fine or len(raw) > LONGEST_URL or re.search(r"[\x00-\x20\x7f]", raw):
        raise Malformed(400, field, f"{field} must be a URL with http or https and a host.")
    return raw


def media(field: str, raw: Json) -> tuple[str, ...]:
    """The URLs of pictures."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_MEDIA:
        raise Malformed(400, field, f"media must be a list of 1 to {MOST_MEDIA} URLs.")
    return tuple(url(f"media[{index}]", item) for index, item in enumerate(raw))


def moment(field: str, raw: Json) -> datetime:
    """A moment from ISO 8601 with its zone."""
    try:
        at = datetime.fromisoformat(raw if isinstance(raw, str) else "")
        if at.tzinfo:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Malformed(400, field, f"{field} must be a time in ISO 8601 with its zone, such as 2026-12-24T15:00:00Z.")


def metadata(field: str, raw: Json) -> tuple[tuple[str, str], ...]:
    """The CRM's own notes: names and texts, one level deep."""
    fine = isinstance(raw, dict) and len(raw) <= MOST_PAIRS
    if not isinstance(raw, dict) or not fine:
        raise Malformed(400, field, f"metadata must be an object of at most {MOST_PAIRS} names, each with a text.")
    for name, value in raw.items():
        if not 1 <= len(name) <= LONGEST_NAME or not isinstance(value, str) or len(value) > LONGEST_VALUE:
            most = f"a name has at most {LONGEST_NAME} characters, and its value is a text of at most {LONGEST_VALUE}"
            raise Malformed(400, field, f"metadata.{name[:LONGEST_NAME]} cannot be kept: {most}.")
    return tuple((name, str(value)) for name, value in raw.items())


def content(channel: str, raw: Json) -> Written:
    """A template of the vendor with its values; for mail the parts, each as HTML, a URL or a template of the vendor."""
    known = PARTS.get(channel, ("template", "variables"))
    if not isinstance(raw, dict) or not set(raw) <= set(known):
        raise Malformed(400, "content", f"content must be an object with {' and '.join(known)}.")
    if channel in MAIL:
        if not all(isinstance(raw.get(part), str) and raw[part] for part in known):
            raise Malformed(400, "content", f"content needs {' and '.join(known)}, each a text: HTML or a URL.")
        elsewhere = [str(raw[part]) for part in known if ELSEWHERE.fullmatch(str(raw[part]))]
        if elsewhere:
            return Written(template=elsewhere[0], parts=json.dumps(raw))
        return Written(parts=json.dumps(raw), seen="\n".join(readable(str(raw[part])) for part in known))
    template, values = raw.get("template"), raw.get("variables")
    if not isinstance(template, str) or not re.fullmatch(r"[\x21-\x7e]{1,520}", template):
        raise Malformed(400, "content", "content.template must be the id of a template at the vendor.")
    if values is not None and not (isinstance(values, dict) and all(isinstance(v, str) for v in values.values())):
        raise Malformed(400, "content", "content.variables must be an object of texts.")
    return Written(template=template, values=json.dumps(values) if values else None)
