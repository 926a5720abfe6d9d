"""A fake Lob: takes pieces, prints each idempotency key once, keeps templates, cancels, and calls back, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import requests

from tests.vendors import Heard, plain_http

LOB_KEY, LOB_SECRET = "test_" + "ab" * 17, "cd" * 20
PREFIXES = {"postcards": "psc", "letters": "ltr", "self_mailers": "sfm"}
TYPES = {"postcards": "postcard", "letters": "letter", "self_mailers": "self_mailer"}


class FakeLob:
    """What Lob's API does with a create, and what it remembers of it."""

    def __init__(self) -> None:
        self.pieces: list[dict[str, Any]] = []
        self.asked: list[Heard] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self.templates: dict[str, str] = {}
        self.deleted: list[str] = []
        self.late = False
        self.fault: tuple[int, dict[str, str], bytes] | None = None
        self.lose_answers = 0
        self.then: tuple[int, dict[str, str], bytes] | None = None

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request."""
        self.asked.append(heard)
        if self.fault:
            return self.fault
        expected = "Basic " + base64.b64encode(f"{LOB_KEY}:".encode()).decode()
        if heard.headers.get("authorization") != expected:
            return problem(401, "invalid_api_key")
        _, _, resource, *rest = heard.path.partition("?")[0].split("/")
        if resource == "templates":
            html = self.templates.get(rest[0])
            return said({"id": rest[0], "published_version": {"html": html}}) if html else problem(404, "not_found")
        if resource == "addresses":
            return said({"data": [], "object": "list", "count": 0})
        if heard.method == "DELETE":
            return self._delete(rest[0])
        return self._create(heard, resource)

    def _create(self, heard: Heard, resource: str) -> tuple[int, dict[str, str], bytes]:
        key = heard.headers["idempotency-key"]
        piece = self.by_key.get(key)
        if piece is None:
            piece = {"id": f"{PREFIXES[resource]}_{secrets.token_hex(8)}", "object": TYPES[resource], "key": key}
            piece |= {"kind": heard.headers["content-type"], "body": heard.body, "status": "processed"}
            if piece["kind"] == "application/json":
                piece["asked"] = json.loads(heard.body)
            self.by_key[key] = piece
            self.pieces.append(piece)
        if self.lose_answers:
            self.lose_answers -= 1
            return 0, {}, b""
        if self.then:
            return self.then
        return said({name: piece[name] for name in ("id", "object", "status")})

    def _delete(self, one: str) -> tuple[int, dict[str, str], bytes]:
        if self.late:
            return problem(422, "not_deletable")
        self.deleted.append(one)
        return said({"id": one, "deleted": True})

    def event(self, piece: dict[str, Any], name: str, *, matched: bool = True, **body: Any) -> bytes:
        """The body of an event about a piece."""
        metadata = piece.get("asked", {}).get("metadata", {}) if matched else {}
        kind = {"id": f"{piece['object']}.{name}", "enabled_for_test": True, "resource": "postcards"}
        event = {
            "id": f"evt_{secrets.token_hex(8)}",
            "body": {"id": piece["id"], "object": piece["object"], "metadata": metadata, **body},
            "reference_id": piece["id"],
            "event_type": {**kind, "object": "event_type"},
            "date_created": "2026-11-22T10:00:00.000Z",
            "object": "event",
        }
        return json.dumps(event).encode()


def signed(body: bytes, *, secret: str = LOB_SECRET, at: float | None = None, seconds: bool = False) -> dict[str, str]:
    """The headers with which Lob posts an event, at a moment."""
    moment = time.time() if at is None else at
    stamp = str(int(moment if seconds else moment * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Lob-Signature": digest, "Lob-Signature-Timestamp": stamp, "Content-Type": "application/json"}


def post(url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    """One event posted to us."""
    return plain_http().post(f"{url}/callbacks/lob", data=body, headers=headers, timeout=10)


def said(body: object) -> tuple[int, dict[str, str], bytes]:
    """200 with JSON."""
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def problem(status: int, code: str, text: str = "no") -> tuple[int, dict[str, str], bytes]:
    """An error in Lob's envelope."""
    error = {"message": text, "status_code": status, "code": code}
    return status, {"Content-Type": "application/json"}, json.dumps({"error": error}).encode()
