"""The way out: the CRM's own request, changed only where somebody decided so."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sayso.message import Account, Answer, Json, Malformed, Message, Refused, Request, Sent, TryLater, Unknown
from sayso_providers.base import Call, Http
from sayso_providers.base.plain import read_object
from sayso_providers.twilio.shape import API, answer

# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (read 2026-11-21): retry a lost callback
RETRY_FRAGMENT = "#rc=5&rp=all"
OURS = frozenset({"StatusCallback", "ScheduleType", "SendAt", "ValidityPeriod"})
ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
MOST_ASKED = 50
READABLE = frozenset(
    "sid account_sid friendly_name status type phone_number capabilities balance currency date_created date_updated "
    "uri first_page_uri next_page_uri previous_page_uri page page_size start end incoming_phone_numbers "
    "subresource_uris sms mms voice fax".split()
)


def send(
    messages: Sequence[Message],
    account: Account,
    http: Http,
    *,
    callback_url: str,
    now: datetime,
    deadline: float,
) -> Sent:
    """Create one message at Twilio, with our own address as its StatusCallback."""
    message = messages[0]
    body = urlencode(_fields(message, callback_url, now)).encode()
    url = f"{account.api_url}{API}/Accounts/{account.user}/Messages.json"
    heard = http.request("POST", url, body=body, headers=key_headers(account), deadline=deadline)
    said = read_object(heard.body)
    sid, word = said.get("sid"), said.get("status")
    if heard.status in (200, 201) and isinstance(sid, str) and sid:
        return Sent(sid, str(word or "queued"))
    raise _failure(heard, said)


def forward(call: Call, request: Request, account: Account, http: Http) -> Answer:
    """A read that key checks need; only keys that say nothing of our account's secrets come back."""
    url = f"{account.api_url}{API}/Accounts/{account.user}{call.path}.json"
    asked = parse_qsl(request.query, keep_blank_values=True)[:MOST_ASKED]
    try:
        heard = http.request("GET", f"{url}?{urlencode(asked)}" if asked else url, headers=key_headers(account))
    except (TryLater, Unknown) as error:
        raise Malformed(503, 20503, "The vendor does not answer; try again.") from error
    said = read_object(heard.body)
    if heard.status in (400, 429):
        code = said.get("code")
        raise Malformed(heard.status, code if isinstance(code, int) else "vendor", "The vendor refused this read.")
    if heard.status != 200:
        raise Malformed(503, 20503, "The vendor did not answer this read.")
    shown = ACCOUNT.sub(call.login, json.dumps(_readable(said)).replace(account.secret, "[secret]"))
    return answer(200, json.loads(shown))


def _fields(message: Message, callback_url: str, now: datetime) -> list[tuple[str, str]]:
    fields = [pair for pair in message.content.fields if pair[0] not in OURS]
    seen = {"To": message.content.to[0], "From": message.content.sender}  # as the reviewer saw them
    fields = [(name, seen.get(name) or value) for name, value in fields]
    asked = dict(message.content.fields).get("ValidityPeriod")
    if asked and message.send_at is None and message.hold_expires_at:
        asked = str(max(1, int((message.hold_expires_at - now).total_seconds())))
    if asked:  # for a set moment it counts from that moment on, as the CRM asked; else from when we took it
        fields.append(("ValidityPeriod", asked))
    return [*fields, ("StatusCallback", callback_url + RETRY_FRAGMENT)]


def _failure(heard: Answer, said: dict[str, Json]) -> Exception:
    """What an answer that is not a receipt means: a definite no, surely not sent, or nobody knows."""
    words = str(said.get("message") or f"HTTP {heard.status}")[:200]
    if heard.status == 429:
        return TryLater(words, after=_seconds(heard.headers.get("Retry-After")))
    if heard.status in (401, 403):
        return TryLater(f"Twilio refuses our credentials: {words}", alarm=True)
    if 400 <= heard.status < 500 and heard.status != 408:
        if isinstance(said.get("code"), int) and heard.status != 404:
            return Refused(heard.status, str(said["code"]), words)
        return TryLater(f"What answers at Twilio's address is not its message API: {words}", alarm=True)
    return Unknown(f"Twilio's answer does not say whether it took the message: {words}")


def _readable(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _readable(inner) for name, inner in value.items() if name in READABLE}
    return [_readable(inner) for inner in value] if isinstance(value, list) else value


def key_headers(account: Account) -> dict[str, str]:
    """The headers that carry our own key, and ask for JSON."""
    basic = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
    return {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }


def _seconds(raw: str | None) -> float | None:
    return float(raw) if raw and raw.isascii() and raw.isdigit() else None
