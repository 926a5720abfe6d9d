"""A Lob that is not there, for test mode: it answers as Lob would, and its webhooks are signed as Lob's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sayso.message import Account, Answer, Malformed, Message, Request
from sayso_providers.lob.kinds import KINDS, OF_CHANNEL
from sayso_providers.lob.places import iso
from sayso_providers.lob.shape import answer, error

WORDS: Mapping[str, tuple[str, str]] = {
    "sent": ("mailed", ""),
    "delivered": ("delivered", ""),
    "bounced": ("returned_to_sender", ""),
    "failed": ("failed", ""),
}
"""Our words for a delivery, as Lob words them in an event; it has none for others."""
PATH = re.compile(r"https://[^/]+/v1/(?P<resource>[a-z_]+)(?:/(?P<id>[A-Za-z0-9_]+))?(?:\?.*)?")


def account(derived: Callable[[str], str]) -> Account:
    """The keys of the account that is not there; `derived` makes text of ours that nobody outside can guess."""
    return Account("lob", "lob", "https://lob.invalid", "", f"test_{derived('key')[:35]}", (derived("webhook")[:40],))


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """What Lob would answer: it takes every piece, cancels it again, and shows templates to who asks."""
    found = PATH.fullmatch(url)
    resource, one = (found["resource"], found["id"] or "") if found else ("", "")
    if method == "POST" and resource in KINDS:
        made = f"{KINDS[resource].prefix}_{hashlib.sha256(body).hexdigest()[:16]}"
        return answer(200, {"id": made, "status": "processed", "object": KINDS[resource].channel})
    if method == "DELETE" and resource in KINDS:
        return answer(200, {"id": one, "deleted": True})
    if method == "GET" and resource == "templates":
        html = f"<p>Test mode of sayso: here are the words of {one}, for {{{{name}}}}.</p>"
        return answer(200, {"id": one, "published_version": {"html": html}})
    if method == "GET" and resource == "addresses":
        return answer(200, {"data": [], "object": "list", "count": 0})
    return error(Malformed(404, "unrecognized_endpoint", "There is no such endpoint."))


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """The signed event by which Lob would say at `url` what became of a piece."""
    kind, now = OF_CHANNEL[message.channel], message.sent_at or message.updated_at
    name = f"{kind.channel}.{WORDS[delivery][0]}"
    event = {
        "id": f"evt_{hashlib.sha256(f'{message.id} {name}'.encode()).hexdigest()[:20]}",
        "body": {"id": message.provider_id or "", "object": kind.channel},
        "reference_id": message.provider_id or "",
        "event_type": {"id": name, "enabled_for_test": True, "resource": kind.resource, "object": "event_type"},
        "date_created": iso(now),
        "object": "event",
    }
    at = datetime.now(UTC)
    body, stamp = json.dumps(event).encode(), str(int(at.timestamp() * 1000))
    signature = hmac.new(held.callback_keys[0].encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"lob-signature": signature, "lob-signature-timestamp": stamp, "content-type": "application/json"}
    return Request("POST", "", "", headers, body, url, at)
