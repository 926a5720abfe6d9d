"""A fake SendGrid: a real HTTP server's answers, which remembers the mails it took and can sign events about them."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from collections.abc import Callable
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.vendors import Heard, plain_http

API_KEY = "SG." + "v" * 22 + "." + "k" * 43
SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
Said = tuple[int, dict[str, str], bytes]


class EventKey:
    """A key pair of SendGrid's signed webhooks."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> str:
        """As SendGrid shows it: base64 without PEM lines."""
        der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def signed(self, body: bytes, at: float) -> dict[str, str]:
        """The headers of a post of these bytes at that moment."""
        stamp = str(int(at))
        signature = self.private.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: stamp}


class FakeSendGrid:
    """What SendGrid's API does with a mail-send: checks the key, gives an id, and knows templates."""

    def __init__(self) -> None:
        self.key = EventKey()
        self.mails: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.templates: dict[str, dict[str, object]] = {}
        self.fault: Said | None = None
        self.lose_answers = False
        self.before: Callable[[], None] = lambda: None

    def answer(self, heard: Heard) -> Said:
        """The answer to one request."""
        self.before()
        if self.fault:
            return self.fault
        if heard.headers.get("authorization") != f"Bearer {API_KEY}":
            return self._error(401, "The provided authorization grant is invalid, expired, or revoked")
        if heard.method == "POST" and heard.path == "/v3/mail/send":
            return self._take(heard)
        if heard.path.startswith("/v3/templates/"):
            found = self.templates.get(heard.path.rpartition("/")[2])
            return self._json(200, found) if found else self._error(404, "template not found")
        if heard.path == "/v3/scopes":
            return self._json(200, {"scopes": ["mail.send"], "seen": heard.headers["authorization"]})
        return self._json(200, {"path": heard.path})

    def event(self, mail: dict[str, Any], word: str, n: int = 0, **more: object) -> dict[str, object]:
        """An event about the first recipient of one personalization of a mail."""
        own = mail["personalizations"][n]
        return {
            "email": own["to"][0]["email"],
            "timestamp": 1_790_000_000,
            "smtp-id": f"<{mail['id']}@geopod-ismtpd-1>",
            "event": word,
            "category": mail.get("categories", []),
            "sg_event_id": secrets.token_urlsafe(16),
            "sg_message_id": f"{mail['id']}.recvd-5-1-AB-7.{n}",
            **mail.get("custom_args", {}),
            **own.get("custom_args", {}),
            **more,
        }

    def post(
        self, url: str, events: list[dict[str, object]], at: float, key: EventKey | None = None
    ) -> requests.Response:
        """Post events to a webhook, signed at that moment."""
        body = json.dumps(events).encode() + b"\r\n"
        headers = {"Content-Type": "application/json"} | (key or self.key).signed(body, at)
        return plain_http().post(url, data=body, headers=headers, timeout=10)

    def _take(self, heard: Heard) -> Said:
        packed = heard.headers.get("content-encoding") == "gzip"
        raw = gzip.decompress(heard.body) if packed else heard.body
        name = secrets.token_urlsafe(16)
        self.raw.append(raw)
        self.mails.append({"id": name, **json.loads(raw)})
        return (0, {}, b"") if self.lose_answers else (202, {"X-Message-Id": name}, b"")

    def _error(self, status: int, message: str) -> Said:
        return self._json(status, {"errors": [{"message": message, "field": None, "help": None}]})

    @staticmethod
    def _json(status: int, body: object) -> Said:
        return status, {"Content-Type": "application/json"}, json.dumps(body).encode()
