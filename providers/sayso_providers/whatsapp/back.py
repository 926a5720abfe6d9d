"""The way back: one post of Meta's has receipts and what people wrote, signed with the app secret over its bytes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import parse_qsl

from sayso.message import Account, Answer, Denied, Inbound, Json, Malformed, Receipt, Request
from sayso_providers.base.plain import read_object
from sayso_providers.whatsapp.shape import STATUSES, objects, text_at, vendor_id

# https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/ (read 2026-11-22)
UNREACHED = frozenset({"131026", "131021"})
"""Codes that speak of the number itself: there is no WhatsApp, or it cannot be written to."""
WORDS_AT = (
    *("text.body", "button.text", "button.payload", "interactive.button_reply.title", "interactive.button_reply.id"),
    *("interactive.list_reply.title", "interactive.list_reply.id", "image.caption", "video.caption"),
    *("document.caption", "reaction.emoji", "system.body"),
)
"""Where words of a person can stand in what they sent."""
PREFERENCES = {"stop": "stop", "resume": "start"}
SPELLED = (
    (re.compile(r"^521([0-9]{10})$"), r"52\1"),  # Mexico: the 1 of former mobile numbers
    (re.compile(r"^55([1-9][0-9])([6-9][0-9]{7})$"), r"55\g<1>9\2"),  # Brazil: without the ninth digit
)
"""Numbers that WhatsApp knows by an older spelling than telephones have."""
CHALLENGE = re.compile(r"[\w.-]{1,200}", re.ASCII)


def receipts(request: Request, account: Account) -> list[Receipt]:
    """What became of messages of this account's number; Denied unless Meta signed the post."""
    found = [one for value in _posted(request, account) for one in objects(value.get("statuses"))]
    return [_receipt(one) for one in found if text_at(one, "id") and text_at(one, "status")]


def heard(request: Request, account: Account) -> list[Inbound]:
    """What people wrote to this account's number, and what they told WhatsApp of our offers, in the same post."""
    found = []
    for value in _posted(request, account):
        to = _number(text_at(value, "metadata.display_phone_number"))
        found += [_wrote(one, to) for one in objects(value.get("messages")) if text_at(one, "id")]
        found += [_prefers(one, to) for one in objects(value.get("user_preferences")) if text_at(one, "wa_id")]
    return found


def greet(request: Request, token: str) -> Answer:
    """The challenge, back to who shows our verify token while the address is set at Meta; Denied otherwise."""
    asked = dict(parse_qsl(request.query))
    shown = asked.get("hub.verify_token", "")
    if asked.get("hub.mode") != "subscribe" or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Denied("That is not our verify token; `sayso doctor` shows it.")
    if not CHALLENGE.fullmatch(challenge := asked.get("hub.challenge", "")):
        raise Malformed(400, "challenge", "There is no hub.challenge to give back.")
    return Answer(200, challenge.encode(), {"Content-Type": "text/plain"})


def _posted(request: Request, account: Account) -> list[dict[str, Json]]:
    """What the post says of this account's number, once its signature proves it."""
    given = request.headers.get("x-hub-signature-256", "").encode()
    good = (hmac.new(key.encode(), request.body, hashlib.sha256).hexdigest() for key in account.callback_keys)
    if not any(hmac.compare_digest(f"sha256={signature}".encode(), given) for signature in good):
        raise Denied("This is not signed by the vendor.")
    said = read_object(request.body)
    if not said:
        raise Malformed(400, "json", "The post is no JSON object.")
    changes = [change.get("value") for entry in objects(said.get("entry")) for change in objects(entry.get("changes"))]
    return [value for value in objects(changes) if text_at(value, "metadata.phone_number_id") == account.user]


def _receipt(status: dict[str, Json]) -> Receipt:
    found, word = vendor_id(text_at(status, "id")), text_at(status, "status")
    error = next(objects(status.get("errors")), {})
    code = str(error["code"]) if isinstance(error.get("code"), int) else None
    said = {
        "recipient_id": text_at(status, "recipient_id"),
        "timestamp": str(status.get("timestamp") or ""),
        "title": text_at(error, "title"),
        "details": text_at(error, "error_data.details"),
    }
    return Receipt(
        provider_id=found,
        event_key=f"{found}:{word}:{said['timestamp']}"[:200],
        delivery="bounced" if code in UNREACHED else STATUSES.get(word, "unknown"),
        word=word,
        error_code=code,
        fields=tuple((name, value) for name, value in said.items() if value),
        crm_id=text_at(status, "biz_opaque_callback_data") or None,
    )


def _wrote(one: dict[str, Json], to: str) -> Inbound:
    said = dict.fromkeys(text_at(one, path).strip() for path in WORDS_AT)
    kind = text_at(one, "type")
    return Inbound(
        event_key=text_at(one, "id")[:200],
        crm_id=f"in_{secrets.token_hex(16)}",
        sender=_number(text_at(one, "from")),
        to=to,
        text="\n".join(words for words in said if words),
        channel="whatsapp",
        replied_to=vendor_id(text_at(one, "context.id") or text_at(one, "reaction.message_id")) or None,
        fields=(("type", kind),),
    )


def _prefers(one: dict[str, Json], to: str) -> Inbound:
    """Offers stopped or wanted again in WhatsApp's own settings: as good as a word to us."""
    value, sender = text_at(one, "value"), _number(text_at(one, "wa_id"))
    return Inbound(
        event_key=f"{sender}:{text_at(one, 'category')}:{value}:{one.get('timestamp')}"[:200],
        crm_id=f"in_{secrets.token_hex(16)}",
        sender=sender,
        to=to,
        text=text_at(one, "detail"),
        channel="whatsapp",
        said=PREFERENCES.get(value),
        fields=(("type", "user_preferences"),),
    )


def _number(written: str) -> str:
    """The number in E.164, also where WhatsApp spells it in a way of its own."""
    digits = re.sub(r"[^0-9]", "", written)
    for spelled, meant in SPELLED:
        digits = spelled.sub(meant, digits)
    return f"+{digits}" if digits else ""
