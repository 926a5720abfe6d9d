"""The way back: Lob's webhooks verified as Lob signs them, and told to the CRM as Lob would tell it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sayso.message import Account, Denied, Json, Malformed, Message, Outgoing, Receipt, Request, State
from sayso.message.bodies import from_json
from sayso_providers.base import Viewer
from sayso_providers.lob.kinds import KINDS, OF_CHANNEL
from sayso_providers.lob.pieces import OURS
from sayso_providers.lob.places import iso
from sayso_providers.lob.shape import STATUSES, resource

WINDOW = timedelta(minutes=5)
MILLISECONDS = 100_000_000_000
"""A timestamp from here on counts milliseconds: as seconds it would be in the year 5138."""
PASSED_ON = ("tracking_events", "expected_delivery_date", "failure_reason")
"""What of Lob's own piece is told as it is: it holds no ID and no address."""
PREFIXES = tuple(f"{kind.prefix}_" for kind in KINDS.values())


def receipts(request: Request, account: Account) -> list[Receipt]:
    """The one receipt of an event about a piece; none for an event about anything else."""
    event = _verified(request, account)
    body, kind = event.get("body"), event.get("event_type")
    name = str(kind.get("id") or "") if isinstance(kind, dict) else ""
    piece: Mapping[str, Json] = body if isinstance(body, dict) else {}
    provider_id = str(piece.get("id") or event.get("reference_id") or "")
    if not provider_id.startswith(PREFIXES) or "." not in name or not event.get("id"):
        return []
    word = name.rpartition(".")[2]
    metadata = piece.get("metadata")
    ours = metadata.get(OURS) if isinstance(metadata, dict) else None
    kept: dict[str, Json] = {"id": event["id"], "name": name, "date_created": event.get("date_created")}
    kept |= {one: piece[one] for one in PASSED_ON if piece.get(one)}
    return [
        Receipt(
            provider_id[:100],
            str(event["id"])[:200],
            STATUSES.get(word, "unknown"),
            word[:60],
            None,
            (("event", json.dumps(kept)),),
            crm_id=ours if isinstance(ours, str) else None,
        )
    ]


def restate(message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
    """The event that the CRM's webhook hears: Lob's own under our IDs, or our decision in its words."""
    if not viewer.hears_at:
        return None
    kind = OF_CHANNEL[message.channel]
    if receipt:
        kept = json.loads(dict(receipt.fields).get("event") or "{}")
        name, at = str(kept.get("name") or f"{kind.channel}.{receipt.word}"), kept.get("date_created")
        more = {one: kept[one] for one in PASSED_ON if kept.get(one)}
        shown = {**resource(message, viewer), **more}
        own = receipt.event_key
    else:
        word = {State.STOPPED: "deleted", State.FAILED: "failed"}.get(message.state)
        if word is None:
            return None
        told = replace(viewer, now=max(viewer.now, message.due_at or viewer.now))  # when it cannot be undone any more
        name, at, shown, own = f"{kind.channel}.{word}", None, resource(message, told), f"{word} {message.version}"
    event_type: Json = {"id": name, "enabled_for_test": True, "resource": kind.resource, "object": "event_type"}
    event: dict[str, Json] = {
        "id": f"evt_{hashlib.sha256(f'{message.crm_id} {own}'.encode()).hexdigest()[:20]}",
        "body": shown,
        "reference_id": message.crm_id,
        "event_type": event_type,
        "date_created": at if isinstance(at, str) else iso(viewer.now),
        "object": "event",
    }
    return Outgoing(viewer.hears_at, (), json.dumps(event))


def sign(outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
    """The event with the signature that its CRM checks: over this try's time in milliseconds and the body."""
    body, stamp = (outgoing.body or "").encode(), str(int(at.timestamp() * 1000))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Lob/webhooks",
        "Lob-Signature": _signature(secret, stamp, body),
        "Lob-Signature-Timestamp": stamp,
    }
    return headers, body


def _verified(request: Request, account: Account) -> dict[str, Json]:
    """The event, once its signature proves it and its time is ours, within five minutes; Denied otherwise."""
    stamp, given = (request.headers.get(name, "") for name in ("lob-signature-timestamp", "lob-signature"))
    good = [_signature(key, stamp, request.body) for key in account.callback_keys]
    if not any(hmac.compare_digest(one.encode(), given.encode()) for one in good):
        raise Denied("This is not signed by the vendor.")
    at = _moment(stamp)
    if at is None or request.at is None or abs(request.at - at) > WINDOW:
        raise Denied("This was signed too long ago.")
    try:
        event = from_json(request.body, once=False)
    except ValueError as error:
        raise Malformed(422, "bad_request", "The event is not JSON.") from error
    if not isinstance(event, dict):
        raise Malformed(422, "bad_request", "The event is not an object.")
    return event


def _signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _moment(stamp: str) -> datetime | None:
    """Lob counts milliseconds; older ones of its events counted seconds."""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 13:
        return None
    number = int(stamp)
    return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS else number, UTC)
