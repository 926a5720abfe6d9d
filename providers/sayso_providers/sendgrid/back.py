"""The way back: events verified as SendGrid signs them, and told to the CRM as SendGrid would tell them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sayso.message import Account, Json, Malformed, Message, Outgoing, Receipt, Request, State
from sayso.message.bodies import from_json
from sayso_providers.base import Viewer
from sayso_providers.sendgrid.shape import OUR_ARG, STATUSES, group
from sayso_providers.sendgrid.signed import SIGNATURE, TIMESTAMP, sign_bytes, verify

REASONS: Mapping[str, str] = {
    "rejected": "Rejected by reviewer",
    "phone": "Rejected by reviewer",
    "redirected": "Rejected by reviewer",
    "suppressed": "Unsubscribed Address",
    "expired": "Expired",
    "withdrawn": "Canceled",
    "refused": "Refused",
}
"""Why a mail was dropped, as its CRM hears it."""
ENDS = frozenset({"bounce", "dropped", "blocked"})
AGENT = "SendGrid Event API"
LATEST = 100_000_000_000
"""No event happens later than this: it is the year 5138."""


def receipts(request: Request, account: Account) -> list[Receipt]:
    """The receipts of one post of events; those of mails that did not go out through us are left out."""
    verify(request, account)
    try:
        said = from_json(request.body, once=False)
    except ValueError as error:
        raise Malformed(400, "malformed", "This is no JSON.") from error
    listed = said if isinstance(said, list) else [said]
    events = [event for event in listed if isinstance(event, dict)]
    if listed is not said or len(events) != len(listed):
        raise Malformed(400, "malformed", "Events are a list of objects.")
    ours = [event for event in events if isinstance(event.get(OUR_ARG), str) and event.get("sg_message_id")]
    return [_receipt(event) for event in ours]


def restate(message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
    """The events that the CRM hears at its event URL: the vendor's own under our id, or our decision as a drop."""
    if not viewer.hears_at:
        return None
    events = [_restated(message, receipt)] if receipt else list(_decided(message, viewer.now))
    return Outgoing(viewer.hears_at, (), json.dumps(events)) if events else None


def sign(outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
    """The post with a signature that the vendor's EventWebhook class accepts, made at this moment."""
    given, stamp = dict(outgoing.fields), str(int(at.timestamp()))
    body = base64.b64decode(given["body"]) if outgoing.body is None else outgoing.body.encode()
    headers = {
        "Content-Type": given.get("content-type", "application/json"),
        "User-Agent": AGENT,
        TIMESTAMP: stamp,
        SIGNATURE: sign_bytes(secret, stamp.encode() + body),
    }
    return headers, body


def _receipt(event: dict[str, Json]) -> Receipt:
    said = {name: value for name, value in event.items() if isinstance(value, str)}
    word = said.get("event", "")[:40] or "unknown"
    word = "blocked" if (word, said.get("type")) == ("bounce", "blocked") else word
    named = said.get("sg_event_id") or hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
    return Receipt(
        provider_id=said.get("sg_message_id", "").partition(".")[0][:100],
        event_key=named[:200],
        delivery=STATUSES.get(word, "unknown"),
        word=word,
        error_code=_code(word, said),
        fields=tuple((name, json.dumps(value)) for name, value in event.items()),
        crm_id=said[OUR_ARG],
        address=said.get("email"),
        left=_group(event) if word == "group_unsubscribe" else None,
        joined=_group(event) if word == "group_resubscribe" else None,
        at=_moment(event.get("timestamp")),
    )


def _group(event: Mapping[str, Json]) -> str | None:
    """The unsubscribe group that an event is about: a number, for a CRM's own argument of that name is a text."""
    number = event.get("asm_group_id")
    return group(number) if type(number) is int else None


def _moment(stamp: Json) -> datetime | None:
    """When it happened; None for what is no time of these days."""
    return datetime.fromtimestamp(stamp, UTC) if type(stamp) is int and 0 < stamp < LATEST else None


def _code(word: str, said: Mapping[str, str]) -> str | None:
    """Why it did not arrive, or that its reader wants no more."""
    if word in ENDS:
        return (said.get("reason") if word == "dropped" else said.get("status") or said.get("reason")) or None
    return word if STATUSES.get(word) in ("complained", "unsubscribed") else None


def _restated(message: Message, receipt: Receipt) -> Json:
    """The vendor's event with our id in place of its own, without the argument that was ours."""
    event: dict[str, Json] = {name: json.loads(value) for name, value in receipt.fields if name != OUR_ARG}
    theirs = receipt.provider_id
    for name in ("sg_message_id", "smtp-id"):
        value = event.get(name)
        if isinstance(value, str) and theirs:
            event[name] = value.replace(theirs, message.crm_id)
    return event


def _decided(message: Message, now: datetime) -> Iterator[Json]:
    """One drop for everybody whom the message was for, once it was stopped or refused."""
    if message.state not in (State.STOPPED, State.FAILED):
        return
    reason = REASONS.get(message.stop_reason or "", "Rejected by reviewer")
    if message.state is State.FAILED:
        reason = f"Invalid: {message.error_code or 'refused by the mail service'}"
    given = dict(message.content.fields).get("categories")
    for address in message.content.to:
        name = hashlib.sha256(f"{message.id}|{message.version}|{address}".encode()).digest()[:16]
        yield {
            **dict(message.content.metadata),
            **({"category": json.loads(given)} if given else {}),
            "email": address,
            "timestamp": int(now.timestamp()),
            "event": "dropped",
            "reason": reason,
            "sg_event_id": base64.urlsafe_b64encode(name).decode().rstrip("="),
            "sg_message_id": f"{message.crm_id}.sayso",
        }
