"""From the JSON of our own door to a draft: every field read, all that is wrong with them said at once."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sayso import endpoints
from sayso.api import reading
from sayso.api.reading import MAIL, Written
from sayso.carriers import CARRIERS
from sayso.message import Content, Draft, Json, Malformed, Policy
from sayso.message.pages import readable
from sayso_providers import Vendor

KNOWN = (
    *("channel", "to", "from", "body", "subject_line", "html", "content", "media", "purpose", "subject", "person"),
    *("callback_url", "send_at", "expires_at", "metadata"),
)
CARRIES: Mapping[str, tuple[str, ...]] = {
    "sms": ("body", "content"),
    "mms": ("media", "body", "content"),
    "whatsapp": ("body", "content", "media"),
    "email": ("body", "html", "content", "subject_line"),
    **dict.fromkeys(sorted(MAIL), ("body", "html", "content")),
}
"""What a channel can carry; the rest of the words belongs to other channels."""
NOTHING = Written()
LATE, FURTHEST = timedelta(seconds=30), timedelta(days=366)
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What the readers go by: the moment, the policy, the vendors, and who carries a channel for this source."""

    now: datetime
    policy: Policy
    providers: Mapping[str, Vendor]
    carriers: Mapping[str, str] = field(default_factory=lambda: CARRIERS)


@dataclass(frozen=True, slots=True)
class Read:
    """The fields as their readers gave them; an endpoint is its line, and for the post its JSON."""

    channel: str
    to: tuple[str, str]
    sender: tuple[str | None, str] = (None, "")
    body: str | None = None
    subject_line: str | None = None
    html: str | None = None
    content: Written = NOTHING
    media: tuple[str, ...] = ()
    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    callback_url: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    metadata: tuple[tuple[str, str], ...] = ()


def draft(body: Mapping[str, Json], place: Place) -> tuple[Draft | None, list[Fault]]:
    """The draft, or every field that is not right with what to mend."""
    faults = [(name, _unknown(name)) for name in body if name not in KNOWN]
    given = {name: value for name, value in body.items() if name in KNOWN and value is not None}
    channel = given.get("channel")
    if not isinstance(channel, str) or channel not in place.carriers:
        return None, [*faults, ("channel", f"channel must be one of {', '.join(place.carriers)}.")]
    found: dict[str, object] = {}
    for name, read in _readers(channel, place).items():
        try:
            found |= {name: read(given[name])} if name in given else {}
        except Malformed as bad:
            faults.append((str(bad.code), str(bad)))
    faults += _misplaced(channel, given) + _missing(channel, given) + _times(found, place.now)
    if faults:
        return None, faults
    sender = {"sender": found.pop("from")} if "from" in found else {}
    try:
        return _build(Read(channel, **found, **sender), place), []  # type: ignore[arg-type]  # each reader gives its field's type
    except Malformed as bad:
        return None, [(str(bad.code), str(bad))]


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), KNOWN, 1)
    return f"There is no field {name[:40]!r} here" + (f"; did you mean {near[0]}?" if near else ".")


def _readers(channel: str, place: Place) -> dict[str, Callable[[Json], object]]:
    country, read = place.policy.default_country, reading

    def purpose(raw: Json) -> str:
        if not isinstance(raw, str) or raw not in place.policy.purposes:
            raise Malformed(400, "purpose", "There is no such purpose: see the list at /api/purposes.")
        return raw

    return {
        "to": lambda raw: _endpoint("to", channel, raw, country),
        "from": lambda raw: _endpoint("from", channel, raw, country),
        "body": lambda raw: read.words("body", raw),
        "subject_line": lambda raw: read.line("subject_line", raw, 998),
        "html": lambda raw: read.words("html", raw),
        "content": lambda raw: read.content(channel, raw),
        "media": lambda raw: read.media("media", raw),
        "purpose": purpose,
        "subject": lambda raw: read.subject("subject", raw),
        "person": lambda raw: read.line("person", raw),
        "callback_url": lambda raw: read.url("callback_url", raw),
        "send_at": lambda raw: read.moment("send_at", raw),
        "expires_at": lambda raw: read.moment("expires_at", raw),
        "metadata": lambda raw: read.metadata("metadata", raw),
    }


def _endpoint(field: str, channel: str, raw: Json, country: str) -> tuple[str, str]:
    """An endpoint as it is shown, and for the post as JSON beside it; a text's sender is its vendor's to judge."""
    if channel in MAIL:
        return endpoints.place(field, raw, country)
    if channel == "email":
        return endpoints.email(field, raw), ""
    if isinstance(raw, str) and channel == "whatsapp":
        raw = raw.strip().removeprefix("whatsapp:")
    if field == "from":
        return reading.line(field, raw, 60), ""
    return endpoints.phone(field, raw, country), ""


def _misplaced(channel: str, given: Mapping[str, Json]) -> list[Fault]:
    others = ("body", "subject_line", "html", "content", "media")
    wrong = [name for name in others if name in given and name not in CARRIES[channel]]
    hint = {"media": "; use the channel mms"} if channel == "sms" else {}
    return [(name, f"The channel {channel} carries no {name}{hint.get(name, '')}.") for name in wrong]


def _missing(channel: str, given: Mapping[str, Json]) -> list[Fault]:
    needed = ["to"] if channel in ("postcard", "self_mailer") else ["to", "from"]
    if channel == "email" and "content" not in given:
        needed.append("subject_line")
    if channel == "mms":
        needed.append("media")
    found = [(name, f"The channel {channel} needs {name}.") for name in needed if name not in given]
    ways = [name for name in CARRIES[channel] if name != "subject_line" and given.get(name)]
    if not ways and channel != "mms":
        found.append(("body", f"There is nothing to send: the channel {channel} needs {_any(channel)}."))
    if channel in MAIL and len(ways) > 1:
        found.append((ways[1], "A printed piece is one of body, html and content, and not several."))
    return found


def _any(channel: str) -> str:
    return " or ".join(name for name in CARRIES[channel] if name != "subject_line")


def _times(found: Mapping[str, object], now: datetime) -> list[Fault]:
    send_at, expires_at = found.get("send_at"), found.get("expires_at")
    faults = []
    if isinstance(send_at, datetime) and send_at < now - LATE:
        faults.append(("send_at", "send_at is in the past."))
    if isinstance(expires_at, datetime) and expires_at <= now:
        faults.append(("expires_at", "expires_at is in the past."))
    for name, at in (("send_at", send_at), ("expires_at", expires_at)):
        if isinstance(at, datetime) and at > now + FURTHEST:
            faults.append((name, f"{name} is more than {FURTHEST.days} days ahead."))
    if isinstance(send_at, datetime) and isinstance(expires_at, datetime) and expires_at <= send_at:
        faults.append(("expires_at", "expires_at must be later than send_at."))
    return faults


def _build(read: Read, place: Place) -> Draft:
    vendor, content = place.carriers[read.channel], _content(read)
    provider = place.providers.get(vendor)
    if provider:
        content = provider.compose(content, read.channel, place.policy.default_country)
    return Draft(
        channel=read.channel,
        provider=vendor,
        crm_id=f"msg_{secrets.token_hex(16)}",
        content=content,
        purpose=read.purpose,
        subject=read.subject,
        person=read.person,
        send_at=read.send_at,
        expires_at=read.expires_at,
        door="api",
        batch=dict(read.metadata).get("batch", "").strip()[:100] or None,
    )


def _content(read: Read) -> Content:
    """The words as the checks and the desk read them, and in `fields` what else the vendor is to be told."""
    seen = readable(read.html) if read.html else read.content.seen
    fields = {
        "to": read.to[1],
        "from": read.sender[1],
        "subject_line": read.subject_line,
        "html": seen if read.body else None,
        "content": read.content.parts,
        "variables": read.content.values,
    }
    return Content(
        to=(read.to[0],),
        sender=read.sender[0],
        body=read.body,
        media=read.media,
        fields=tuple((name, value) for name, value in fields.items() if value),
        callback_url=read.callback_url,
        template=read.content.template,
        seen=None if read.body or read.content.template else seen,
        subject_line=read.subject_line,
        html=read.html,
        metadata=read.metadata,
    )
