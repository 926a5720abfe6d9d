"""The way out: the CRM's own request, changed only where somebody decided so, under a key by which it prints once."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sayso.message import Account, Answer, Json, Malformed, Message, Refused, Request, Sent, TryLater, Unknown
from sayso_providers.base import Call, Http, Template
from sayso_providers.base.plain import read_object
from sayso_providers.lob import artwork, places
from sayso_providers.lob.forms import PARTS, File
from sayso_providers.lob.kinds import OF_CHANNEL
from sayso_providers.lob.pieces import MOST_PAIRS, OURS
from sayso_providers.lob.shape import answer

API = "/v1"


def send(
    messages: Sequence[Message],
    account: Account,
    http: Http,
    *,
    callback_url: str,
    now: datetime,
    deadline: float,
) -> Sent:
    """Create one piece at Lob under our id as its idempotency key, so that a lost answer is asked for once more."""
    message = messages[0]
    kind, body = encoded(message)
    url = f"{account.api_url}{API}/{OF_CHANNEL[message.channel].resource}"
    headers = {**key_headers(account), "Content-Type": kind, "Idempotency-Key": message.id}
    try:
        heard = http.request("POST", url, body=body, headers=headers, deadline=deadline)
        lost = None
    except Unknown as error:
        lost = error
        try:
            heard = http.request("POST", url, body=body, headers=headers, deadline=deadline)
        except TryLater:  # the first one may have arrived all the same
            raise lost from None
    said = read_object(heard.body)
    if heard.status == 200 and isinstance(said.get("id"), str):
        return Sent(str(said["id"]), str(said.get("status") or "processed"))
    raise lost or failure(heard, said, now)  # a no to the second says nothing of the first


def recall(message: Message, account: Account, http: Http) -> None:
    """Ask Lob to cancel a piece that it has; Malformed in its own words where it is too late, or nobody answers."""
    resource = OF_CHANNEL[message.channel].resource
    url = f"{account.api_url}{API}/{resource}/{message.provider_id}"
    try:
        heard = http.request("DELETE", url, headers=key_headers(account))
    except (TryLater, Unknown) as lost:
        raise Malformed(503, "unavailable", "Lob does not answer, so it may still be printed; try again.") from lost
    said = _error(read_object(heard.body))
    if heard.status == 200:
        return
    if heard.status in (404, 422):
        raise Malformed(422, "not_deletable", f"{message.crm_id} can no longer be canceled.")
    raise Malformed(503, "unavailable", f"Lob did not cancel it ({said[0] or heard.status}); try again.")


def forward(call: Call, request: Request, account: Account, http: Http) -> Answer:
    """Whether Lob knows our key; nothing of what it answers comes back."""
    try:
        heard = http.request("GET", f"{account.api_url}{API}/addresses?limit=1", headers=key_headers(account))
    except (TryLater, Unknown) as lost:
        raise Malformed(503, "unavailable", "Lob does not answer; try again.") from lost
    if heard.status != 200:
        raise Malformed(503, "unavailable", f"Lob answers {heard.status}.")
    return answer(200, {})


def read_template(name: str, account: Account, http: Http) -> Template | None:
    """The published HTML of every template that is named, in order; None when one is gone, or lies in no template."""
    if artwork.is_unreadable(name):
        return None
    found = [_published(one, account, http) for one in name.split()]
    texts = tuple(one for one in found if one is not None)
    return Template(texts) if len(texts) == len(found) else None


def encoded(message: Message) -> tuple[str, bytes]:
    """The request's type and body: JSON, or parts where a side is a file."""
    given = dict(message.content.fields)
    files = artwork.unpack(message.part)
    sides = artwork.side_values(message.content)
    inline = {side: one.data.decode() for side, one in files.items() if one.name == artwork.INLINE}
    sent = {side: one for side, one in files.items() if side not in inline}
    fields: dict[str, Json] = {
        "to": _bare(given["to_address"]),
        "from": _bare(given.get("from_address", "")),
        **{side: inline.get(side, value) for side, value in sides.items() if side not in sent},
        "merge_variables": artwork.variables(message.content) or None,
        **json.loads(given.get("request") or "{}"),
        "metadata": _metadata(message),
    }
    fields = {name: value for name, value in fields.items() if value not in (None, {}, "")}
    if not sent:
        return "application/json", json.dumps(fields).encode()
    return _parts(fields, sent)


def failure(heard: Answer, said: Mapping[str, Json], now: datetime) -> Exception:
    """What an answer that is not a piece means: a definite no, surely not taken, or nobody knows."""
    code, text = _error(said)
    words = (text or f"HTTP {heard.status}")[:200]
    if heard.status == 429:
        return TryLater(words, after=_until(heard.headers, now))
    if heard.status in (401, 403):
        return TryLater(f"Lob refuses our key: {words}", alarm=True)
    if 400 <= heard.status < 500 and heard.status != 408:
        if code and heard.status != 404:
            return Refused(heard.status, code, words)
        return TryLater(f"What answers at Lob's address is not its API: {words}", alarm=True)
    return Unknown(f"Lob's answer does not say whether it took the piece: {words}")


def _until(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds until Lob counts anew; it names the moment in one of two headers."""
    raw = headers.get("X-Rate-Limit-Reset") or headers.get("ratelimit-reset") or ""
    return max(1.0, int(raw) - now.timestamp()) if raw.isascii() and raw.isdigit() and len(raw) < 12 else None


def key_headers(account: Account) -> dict[str, str]:
    """The headers that carry our own key."""
    basic = base64.b64encode(f"{account.secret}:".encode()).decode()
    return {"Authorization": f"Basic {basic}", "Accept": "application/json"}


def _error(said: Mapping[str, Json]) -> tuple[str, str]:
    problem = said.get("error")
    if not isinstance(problem, dict):
        return "", ""
    return str(problem.get("code") or ""), str(problem.get("message") or "")


def _published(name: str, account: Account, http: Http) -> str | None:
    heard = http.request("GET", f"{account.api_url}{API}/templates/{name}", headers=key_headers(account))
    if heard.status == 404:
        return None
    version = read_object(heard.body).get("published_version")
    html = version.get("html") if isinstance(version, dict) else None
    if heard.status != 200 or not isinstance(html, str):
        raise Unknown(f"Lob did not say what its template holds (HTTP {heard.status}).")
    return html


def _bare(text: str) -> dict[str, Json]:
    """The address without what only its own answer has."""
    return {name: value for name, value in places.stored(text).items() if name in places.LINES}


def _metadata(message: Message) -> dict[str, Json]:
    """The CRM's own, and our id where there is room for it."""
    own: dict[str, Json] = {name: value for name, value in message.content.metadata if name != OURS}
    return own | ({OURS: message.crm_id} if len(own) < MOST_PAIRS else {})


def _parts(fields: Mapping[str, Json], files: Mapping[str, File]) -> tuple[str, bytes]:
    """The request as multipart/form-data, its objects with brackets."""
    boundary = secrets.token_hex(16)
    lines = [(f'name="{_quoted(name)}"', "", value.encode()) for name, value in _flat(fields)]
    for name, one in files.items():
        kind = artwork.kind_of(one)
        lines.append((f'name="{name}"; filename="{_quoted(one.name)}"', f"Content-Type: {kind}\r\n", one.data))
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n{kind}\r\n".encode() + data + b"\r\n"
        for head, kind, data in lines
    )
    return f"{PARTS}; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def _flat(fields: Mapping[str, Json]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in fields.items():
        if name == "merge_variables":
            found.append((name, json.dumps(value)))
        elif isinstance(value, dict):
            found += [(f"{name}[{inner}]", _text(one)) for inner, one in value.items() if one is not None]
        elif isinstance(value, list):
            found += [(f"{name}[{n}]", _text(one)) for n, one in enumerate(value)]
        else:
            found.append((name, _text(value)))
    return found


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', "%22").replace("\r", " ").replace("\n", " ")
