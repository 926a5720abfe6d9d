"""The way out: the personalizations that may go, in front of what their request shares, byte for byte as it came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import parse_qsl, quote, urlencode

from sayso.message import Account, Answer, Content, Json, Malformed, Message, Refused, Request, Sent, TryLater, Unknown
from sayso.message.bodies import from_json
from sayso_providers.base import Call, Http, mails
from sayso_providers.sendgrid import mimed
from sayso_providers.sendgrid.shape import EDITED, KINDS, OUR_ARG, answer, dumped, people, personalization

WORDS = ("text/plain", "text/html")
MOST_ASKED = 50


def send(
    messages: Sequence[Message],
    account: Account,
    http: Http,
    *,
    callback_url: str,
    now: datetime,
    deadline: float,
) -> Sent:
    """One mail-send call for messages of the same request; its events find them by our own id in each."""
    body = mimed.request(messages) if mails.is_whole(messages[0].content) else _body(messages)
    url = f"{account.api_url}/v3/mail/send"
    heard = http.request("POST", url, body=body, headers=key_headers(account), deadline=deadline)
    name = heard.headers.get("X-Message-Id")
    if heard.status == 202 and name:
        return Sent(name, "processed")
    raise _failure(heard, now)


def forward(call: Call, request: Request, account: Account, http: Http) -> Answer:
    """A read that plug-ins test their key with, or choose a template or a group by."""
    asked = parse_qsl(request.query, keep_blank_values=True)[:MOST_ASKED]
    url = f"{account.api_url}/v3{quote(call.path or '/scopes')}" + (f"?{urlencode(asked)}" if asked else "")
    try:
        heard = http.request("GET", url, headers=key_headers(account))
    except (TryLater, Unknown) as error:
        raise Malformed(503, "unavailable", "The vendor does not answer; try again.") from error
    if heard.status in (400, 403, 404, 429):
        raise Malformed(heard.status, "not_found" if heard.status == 404 else "", _said(heard)[1])
    try:
        said = from_json(heard.body.replace(account.secret.encode(), b"[secret]"), once=False)
    except ValueError:
        said = None
    if heard.status != 200 or said is None:
        raise Malformed(503, "unavailable", "The vendor did not answer this read.")
    return answer(200, said)


def _body(messages: Sequence[Message]) -> bytes:
    """The request, with its own bytes wherever nothing was changed."""
    own = dumped([_personalization(message) for message in messages]).encode()
    return b'{"personalizations":' + own + b"," + memoryview(_rest(messages[0]))[1:]


def key_headers(account: Account) -> dict[str, str]:
    """The headers that carry our own key."""
    return {"Authorization": f"Bearer {account.secret}", "Content-Type": "application/json"}


def _personalization(message: Message) -> dict[str, Json]:
    """The message's own part: to those whom the reviewer saw and nobody else, at once, with our id."""
    own, seen = personalization(message.content), frozenset(message.content.to)
    if own.pop(EDITED, None):
        own.pop("substitutions", None)
        own |= {"subject": message.content.subject_line} if message.content.subject_line else {}
    own.pop("send_at", None)
    for kind in KINDS:
        left: list[Json] = [one for one in people(own, kind) if str(one.get("email", "")).strip() in seen]
        own.pop(kind, None)
        own |= {kind: left} if left else {}
    args = own.get("custom_args")
    return {**own, "custom_args": {**(args if isinstance(args, dict) else {}), OUR_ARG: message.id}}


def _rest(message: Message) -> bytes:
    """Everything but the personalizations: as it came, or in the words that somebody gave it since."""
    content, part = message.content, message.part
    if part is not None and EDITED not in personalization(content):
        return part
    rest: dict[str, Json] = json.loads(part) if part is not None else _whole(content)
    others: list[Json] = [one for one in people(rest, "content") if str(one.get("type")).lower() not in WORDS]
    texts = zip(WORDS, (content.body, content.html), strict=True)
    words: list[Json] = [{"type": kind, "value": text} for kind, text in texts if text]
    if not content.template:
        rest["content"] = words + others
    return dumped(rest).encode()


def _whole(content: Content) -> dict[str, Json]:
    """The request of a mail that came in at another door."""
    name, address = parseaddr(dict(content.fields).get("from") or content.sender or "")
    rest: dict[str, Json] = {"from": {"email": address, **({"name": name} if name else {})}}
    rest |= {"subject": content.subject_line} if content.subject_line else {}
    return rest | ({"template_id": content.template} if content.template else {})


def _failure(heard: Answer, now: datetime) -> Exception:
    """What an answer that is not a yes means: a definite no, surely not sent, or nobody knows."""
    field, words = _said(heard)
    if heard.status == 429:
        return TryLater(words, after=_until(heard.headers, now))
    unverified = heard.status == 403 and field.startswith("from")  # a sender that the shop has not confirmed there
    if heard.status == 413 or unverified or (heard.status == 400 and field != "?"):
        return Refused(heard.status, field.strip("?") or str(heard.status), words)
    if heard.status in (401, 403):
        return TryLater(f"SendGrid refuses our API key: {words}", alarm=True)
    if 400 <= heard.status < 500 and heard.status != 408:
        return TryLater(f"What answers at SendGrid's address is not its mail API: {words}", alarm=True)
    return Unknown(f"SendGrid's answer does not say whether it took the mail: {words}")


def _said(heard: Answer) -> tuple[str, str]:
    """The field and the words of the first error; "?" for an answer that is not SendGrid's."""
    try:
        said = from_json(heard.body, once=False)
    except ValueError:
        return "?", f"HTTP {heard.status}"
    listed = people(said, "errors") if isinstance(said, dict) else []
    if not listed:
        return "?", f"HTTP {heard.status}"
    return str(listed[0].get("field") or "")[:40], str(listed[0].get("message") or f"HTTP {heard.status}")[:200]


def _until(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds until SendGrid counts anew."""
    raw = headers.get("X-RateLimit-Reset") or ""
    return max(1.0, int(raw) - now.timestamp()) if raw.isascii() and raw.isdigit() else None
