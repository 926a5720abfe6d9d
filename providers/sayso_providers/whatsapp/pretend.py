"""A WhatsApp that is not there, for test mode: it answers as WhatsApp would, and signs what it posts."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping

from sayso.message import Account, Answer, Json, Message, Request
from sayso_providers.base.plain import read_object
from sayso_providers.whatsapp.shape import VERSION, text_at

WORDS: Mapping[str, tuple[str, str]] = {
    "sent": ("sent", ""),
    "delivered": ("delivered", ""),
    "bounced": ("failed", "131026"),
    "failed": ("failed", "131000"),
}
"""Our words for a delivery, as WhatsApp words them in a status, each with its error code."""
SEND = re.compile(rf"https://[^/]+/{VERSION}/[^/]+/messages")


def account(derived: Callable[[str], str]) -> Account:
    """The keys of the account that is not there; `derived` makes text of ours that nobody outside can guess."""
    keys = (derived("app secret")[:32],)
    return Account("whatsapp", "whatsapp", "https://whatsapp.invalid", "100000000000001", derived("token"), keys)


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """What WhatsApp would answer: it takes every message; its id follows from ours, so nothing is remembered."""
    if method != "POST" or not SEND.fullmatch(url):
        return _json(400, {"error": {"message": "Unsupported request", "type": "GraphMethodException", "code": 100}})
    ours = text_at(read_object(body), "biz_opaque_callback_data")
    taken: Json = {"id": f"wamid.{hashlib.sha256(ours.encode()).hexdigest()[:40]}", "message_status": "accepted"}
    return _json(200, {"messaging_product": "whatsapp", "messages": [taken]})


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """The signed post in which WhatsApp would say what became of a message."""
    word, code = WORDS[delivery]
    at = str(int(message.sent_at.timestamp())) if message.sent_at else "0"
    status: dict[str, Json] = {"id": message.provider_id, "status": word, "timestamp": at}
    status |= {"recipient_id": message.content.to[0].lstrip("+"), "biz_opaque_callback_data": message.id}
    status |= {"errors": [{"code": int(code), "title": "Test mode"}]} if code else {}
    value: Json = {"metadata": {"phone_number_id": held.user}, "statuses": [status]}
    entry: Json = [{"id": "0", "changes": [{"field": "messages", "value": value}]}]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
    signature = hmac.new(held.callback_keys[0].encode(), body, hashlib.sha256).hexdigest()
    return Request("POST", "", "", {"x-hub-signature-256": f"sha256={signature}"}, body, url)


def _json(status: int, body: dict[str, Json]) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
