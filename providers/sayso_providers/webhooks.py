"""The face of our own door: what its CRM hears is a Standard Webhook, in our own words."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from sayso.message import DELIVERY_RANK, Answer, Draft, Inbound, Json, Message, Outgoing, Receipt, State
from sayso_providers.base import Viewer

# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-22)
PREFIX = "whsec_"
TOLD = frozenset({State.SENT, State.FAILED, State.STOPPED})
NO_NEWS = frozenset({"unknown", "queued", "sent"})
"""Deliveries that say no more than that the vendor took it, which is told as `message.sent`."""
SAME = (
    *("id", "crm_id", "idempotency_key", "channel", "state", "stop_reason", "version", "purpose", "subject", "person"),
    *("delivery", "error_code", "provider_id"),
)
TIMES = ("created_at", "updated_at", "send_at", "sent_at")


def restate(message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
    """A delivery that rose, or where our own decision left the message; None when there is nothing new to tell."""
    url = message.content.callback_url or viewer.hears_at
    if not url:
        return None
    what, news = str(message.state), _data(message)
    if receipt:
        rose = DELIVERY_RANK[receipt.delivery] > DELIVERY_RANK.get(message.delivery or "", -1)
        if receipt.delivery in NO_NEWS or not rose:
            return None
        what = receipt.delivery
        news |= {"delivery": receipt.delivery, "error_code": receipt.error_code}
    elif message.state not in TOLD:
        return None
    body = {"type": f"message.{what}", "timestamp": _iso(viewer.now), "data": news}
    return Outgoing(url, (), json.dumps(body))


def retell(inbound: Inbound, viewer: Viewer, url: str, our_url: str, replied_to: str | None) -> Outgoing:
    """What somebody wrote, with our id of it and, where it answers a message, the CRM's of that."""
    said: dict[str, Json] = {
        "id": inbound.crm_id,
        "channel": inbound.channel,
        "from": inbound.sender,
        "to": inbound.to,
        "text": inbound.text,
        "type": dict(inbound.fields).get("type"),
        "replied_to": replied_to,
    }
    return Outgoing(url, (), json.dumps({"type": "inbound.received", "timestamp": _iso(viewer.now), "data": said}))


def replies(answer: Answer, inbound: Inbound, viewer: Viewer, url: str) -> tuple[list[Draft], list[str]]:
    """Nothing: a CRM of our own door writes back by handing in a message."""
    return [], []


def sign(outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
    """The body with `webhook-id`, the same at every try, and the signature over id, time of this try and body.

    `secret` may be several, a space between them, while they are changed: there is a signature by each then.
    """
    body, stamp = (outgoing.body or "").encode(), str(int(at.timestamp()))
    signed = f"{event_id}.{stamp}.".encode() + body
    signatures = (hmac.digest(_key(one), signed, hashlib.sha256) for one in secret.split())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "sayso",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signatures),
    }
    return headers, body


def _data(message: Message) -> dict[str, Json]:
    """What a CRM needs to know its message again, and where it is now; no words, no endpoint."""
    return {
        **{name: getattr(message, name) for name in SAME},
        **{name: _iso(getattr(message, name)) for name in TIMES},
        "metadata": dict(message.content.metadata),
    }


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret of a webhook is whsec_ and base64") from error


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
