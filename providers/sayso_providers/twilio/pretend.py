"""A Twilio that is not there, for test mode: it answers as Twilio would, and its callbacks are signed as Twilio's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from sayso.message import Account, Answer, Json, Malformed, Message, Request
from sayso_providers.twilio.shape import API, answer, error, service_of

# https://www.twilio.com/docs/api/errors/30003 and /30008 (read 2026-11-22): unreachable handset, unknown error
WORDS: Mapping[str, tuple[str, str]] = {
    "sent": ("sent", ""),
    "delivered": ("delivered", ""),
    "bounced": ("undelivered", "30003"),
    "failed": ("failed", "30008"),
}
"""Our words for a delivery, as Twilio words them in a callback, each with its error code; it has none for others."""

PATH = re.compile(rf"https://[^/]+{API}/Accounts/[^/.]+(/(?P<kind>[A-Za-z]+))?\.json(\?.*)?")

LATER = re.compile(rf"https://[^/]+{API}/Accounts/[^/.]+/Messages/[^/.]+(?:/(Media|Feedback)(?:/[^/.]+)?)?\.json")
"""What a CRM still does with a message that is over; nothing is kept here, so there is nothing to redact or delete."""
TEMPLATE = re.compile(r"https://[^/]+/v1/Content/(HX[0-9a-fA-F]{32})")


def account(derived: Callable[[str], str]) -> Account:
    """The keys of the account that is not there; `derived` makes text of ours that nobody outside can guess."""
    user, secret = f"AC{derived('account')[:32]}", derived("token")[:32]
    return Account("twilio", "twilio", "https://twilio.invalid", user, secret)


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """What Twilio would answer: it takes every message, and shows an account and templates to who asks."""
    found = PATH.fullmatch(url)
    kind = found["kind"] or "" if found else None
    if method == "POST" and kind == "Messages":
        return answer(201, _taken(dict(parse_qsl(body.decode())), held))
    reads: dict[str, dict[str, Json]] = {
        "": {"sid": held.user, "friendly_name": "Test mode of sayso", "status": "active", "type": "Full"},
        "IncomingPhoneNumbers": {"incoming_phone_numbers": [], "page": 0, "page_size": 50, "start": 0, "end": 0},
        "Balance": {"account_sid": held.user, "balance": "0.00", "currency": "USD"},
    }
    if method == "GET" and kind is not None and kind in reads:
        return answer(200, reads[kind])
    if later := LATER.fullmatch(url):
        none: Json = {"media_list": []} if method == "GET" else {}
        return answer({"GET": 200, "DELETE": 204}.get(method, 201 if later[1] == "Feedback" else 200), none)
    if method == "GET" and (template := TEMPLATE.fullmatch(url)):
        words = f"Test mode of sayso: here are the words of template {template[1]}, with {{{{1}}}} and {{{{2}}}}."
        return answer(200, {"sid": template[1], "types": {"twilio/text": {"body": words}}})
    return error(Malformed(404, 20404, "The requested resource was not found"))


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """The signed callback by which Twilio would say at `url` what became of a message."""
    from twilio.request_validator import RequestValidator  # heavy: only in test mode

    word, code = WORDS[delivery]
    sid = message.provider_id or ""
    fields = {"MessageSid": sid, "SmsSid": sid, "AccountSid": held.user, "ApiVersion": "2010-04-01"}
    fields |= {"MessageStatus": word, "SmsStatus": word, "To": message.content.to[0]}
    fields |= {"From": message.content.sender} if message.content.sender else {}
    service = service_of(dict(message.content.fields))
    fields |= {"MessagingServiceSid": service} if service else {}
    fields |= {"ErrorCode": code} if code else {}
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-twilio-signature": RequestValidator(held.secret).compute_signature(url, MultiDict(fields)),
    }
    return Request("POST", "", "", headers, urlencode(fields).encode(), url)


def _taken(given: dict[str, str], held: Account) -> dict[str, Json]:
    """The new message; its id follows from the attempt that it was asked with, so nothing needs to be remembered."""
    kind = "MM" if given.get("MediaUrl") else "SM"
    sid = kind + hashlib.sha256(given.get("StatusCallback", "").encode()).hexdigest()[:32]
    status = "accepted" if given.get("MessagingServiceSid") else "queued"
    return {"sid": sid, "status": status, "account_sid": held.user, "to": given.get("To"), "error_code": None}
