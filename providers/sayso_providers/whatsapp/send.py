"""The way out: one message to WhatsApp, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sayso.message import Account, Answer, Content, Json, Message, Refused, Sent, TryLater, Unknown
from sayso_providers.base import Http
from sayso_providers.base.plain import read_object
from sayso_providers.whatsapp.compose import PLACED, kind_of, values_of
from sayso_providers.whatsapp.shape import VERSION, headers, objects, text_at, vendor_id

# https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (read 2026-11-22)
LATER = frozenset({4, 80007, 130429, 131048, 131056, 131057})
"""Too much, too fast, or the number is being looked after: the message surely did not go."""
OURS = frozenset({0, 3, 10, *range(200, 300), 190, 368, 131005, 131031, 131037, 131042, 131045, 133010})
"""Our token, our rights, our number or our bill: nothing goes before a person mends it."""
UNSEEN = (100, 33)
"""The code and subcode of a phone id that our token cannot see."""


def send(
    messages: Sequence[Message], account: Account, http: Http, *, callback_url: str, now: datetime, deadline: float
) -> Sent:
    """Hand one message over; our id goes with it and comes back in every receipt."""
    url, body = f"{account.api_url}/{VERSION}/{account.user}/messages", json.dumps(_asked(messages[0])).encode()
    ours = {**headers(account), "Content-Type": "application/json"}
    heard = http.request("POST", url, body=body, headers=ours, deadline=deadline)
    said = read_object(heard.body)
    for one in objects(said.get("messages")):
        if heard.status == 200 and (taken := text_at(one, "id")):
            return Sent(vendor_id(taken), text_at(one, "message_status") or "accepted")
    raise _failure(heard, said.get("error"))


def _asked(message: Message) -> dict[str, Json]:
    content = message.content
    asked: dict[str, Json] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": content.to[0]}
    asked["biz_opaque_callback_data"] = message.id
    if content.template:
        name, _, language = content.template.partition("/")
        parts: list[Json] = list(_components(content))
        template: Json = {"name": name, "language": {"code": language}, "components": parts}
        return asked | {"type": "template", "template": template}
    if content.media:
        return asked | _file(content.media[0], content.body)
    return asked | {"type": "text", "text": {"body": content.body or "", "preview_url": False}}


def _components(content: Content) -> Iterator[Json]:
    """What fills a template: the file or the value above it, the values in its words, and those of its buttons."""
    values, words = values_of(content), list[Json]()
    if content.media:
        yield {"type": "header", "parameters": [_file(content.media[0], None)]}
    for name in sorted(values, key=lambda name: (len(name) if name.isdigit() else 0, name)):
        value: dict[str, Json] = {"type": "text", "text": values[name]}
        placed = PLACED.fullmatch(name)
        if placed and placed[1]:
            yield {"type": "header", "parameters": [value | ({"parameter_name": placed[2]} if placed[2] else {})]}
        elif placed:
            yield {"type": "button", "sub_type": "url", "index": placed[4], "parameters": [value]}
        else:
            words.append(value if name.isdigit() else value | {"parameter_name": name})
    if words:
        yield {"type": "body", "parameters": words}


def _file(link: str, caption: str | None) -> dict[str, Json]:
    kind = kind_of(link)
    about: dict[str, Json] = {"link": link}
    if caption:
        about["caption"] = caption
    if kind == "document":
        about["filename"] = urlsplit(link).path.rpartition("/")[2]
    return {"type": kind, kind: about}


def _failure(heard: Answer, error: Json) -> Exception:
    """What an answer that is not a receipt means: a definite no, surely not sent, or nobody knows."""
    said = error if isinstance(error, dict) else {}
    code = found if isinstance(found := said.get("code"), int) else None
    words = (text_at(said, "error_data.details") or text_at(said, "message") or f"HTTP {heard.status}")[:200]
    if code in LATER or heard.status == 429:
        return TryLater(words, after=_seconds(heard.headers.get("Retry-After")))
    if code in OURS or (code, said.get("error_subcode")) == UNSEEN or (code is None and heard.status in (401, 403)):
        return TryLater(f"WhatsApp refuses our account: {words}", alarm=True)
    if heard.status >= 500 or heard.status == 408 or heard.status < 400:
        return Unknown(f"WhatsApp's answer does not say whether it took the message: {words}")
    if code is None:
        return TryLater(f"What answers at WhatsApp's address is not its message API: {words}", alarm=True)
    return Refused(heard.status, str(code), words)


def _seconds(raw: str | None) -> float | None:
    return float(raw) if raw and raw.isascii() and raw.isdigit() else None
