"""A SendGrid that is not there, for test mode: it answers as SendGrid would, and signs its events as SendGrid does."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC

from sayso.message import Account, Answer, Json, Malformed, Message, Request
from sayso_providers.sendgrid.shape import OUR_ARG, answer, error
from sayso_providers.sendgrid.signed import SIGNATURE, TIMESTAMP, sign_bytes

WORDS: Mapping[str, tuple[str, str]] = {
    "sent": ("processed", ""),
    "delivered": ("delivered", ""),
    "bounced": ("bounce", "5.1.1"),
    "complained": ("spamreport", ""),
}
"""Our words for a delivery, as SendGrid words them in an event, each with its status; it has none for others."""

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TEMPLATE = re.compile(r"https://[^/]+/v3/templates/([\w-]+)")
READ = re.compile(r"https://[^/]+/v3(/[^?]*)(?:\?.*)?")


def account(derived: Callable[[str], str]) -> Account:
    """The keys of the account that is not there, made of text that nobody outside can guess."""
    from cryptography.hazmat.primitives.asymmetric import ec  # heavy: only in test mode
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    number = int.from_bytes(hashlib.sha256(derived("events").encode()).digest()) % (ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    private = base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    secret = f"SG.{derived('id')[:22]}.{derived('key')[:43]}"
    keys = (base64.b64encode(public).decode(),)
    return Account("sendgrid", "sendgrid", "https://sendgrid.invalid", "", secret, keys, {"private": private})


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """What SendGrid would answer: it takes every mail, and shows templates and an account to who asks."""
    path = found[1] if (found := READ.fullmatch(url)) else ""
    if (method, path) == ("POST", "/mail/send"):
        return Answer(202, b"", {"X-Message-Id": _named(body)})
    if method == "GET" and (template := TEMPLATE.fullmatch(url)):
        words = f"Test mode of sayso: here are the words of template {template[1]}, for {{{{name}}}}."
        version: Json = {"active": 1, "subject": "Test mode", "html_content": words, "generate_plain_content": True}
        return answer(200, {"id": template[1], "versions": [version]})
    if method == "GET" and path == "/scopes":
        return answer(200, {"scopes": ["mail.send"]})
    if method == "GET" and path == "/templates":  # by pages as their API reference has it; without, the older list
        return answer(200, {"result": [], "_metadata": {"count": 0}} if "page_size=" in url else {"templates": []})
    if method == "GET" and path.startswith("/asm/"):
        return answer(200, [])
    if method == "GET" and path:
        return answer(200, {})
    return error(Malformed(404, "not_found", "not found"))


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """The signed event by which SendGrid would say at `url` what became of a mail."""
    word, status = WORDS[delivery]
    at = message.updated_at.astimezone(UTC)
    name = hashlib.sha256(f"{message.id}|{word}".encode()).hexdigest()[:22]
    categories = dict(message.content.fields).get("categories")
    event: dict[str, Json] = {
        "email": message.content.to[0],
        "timestamp": int(at.timestamp()),
        "event": word,
        "sg_event_id": name,
        "sg_message_id": f"{message.provider_id}.recvd.0",
        **dict(message.content.metadata),
        **({"category": json.loads(categories)} if categories else {}),
        **({"status": status, "reason": "550 5.1.1 unknown user", "type": "bounce"} if status else {}),
        OUR_ARG: message.id,
    }
    body, stamp = json.dumps([event]).encode(), str(int(at.timestamp()))
    signature = sign_bytes(held.more["private"], stamp.encode() + body)
    headers = {"content-type": "application/json", TIMESTAMP.lower(): stamp, SIGNATURE.lower(): signature}
    return Request("POST", "", "", headers, body, url, at)


def _named(body: bytes) -> str:
    """An id that follows from the request, so that nothing needs to be remembered."""
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:16]).decode().rstrip("=")
