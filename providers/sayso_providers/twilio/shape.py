"""How Twilio words things: its message resource, its list, its errors, its statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from urllib.parse import urlencode

from sayso.message import Answer, Json, Malformed, Message, State, telephony
from sayso_providers.base import Query, Viewer

API = "/2010-04-01"

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values (read 2026-11-21)
STATUSES: Mapping[str, str] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "delivered",
    "undelivered": "bounced",
    "failed": "failed",
    "canceled": "rejected",
}
"""Twilio's word for where a message is, in ours; a word that is not here is `unknown`."""

# https://www.twilio.com/docs/api/errors (read 2026-11-21): the codes a message of ours can end with
OPTED_OUT = frozenset({"21610"})
STOPPED_CODES: Mapping[str, int] = {"expired": 30036, "suppressed": 21610, "refused": 21612}
DECIDED = frozenset({"rejected", "phone", "redirected", "suppressed"})
"""The reasons for which a person stops a message."""

CODE_TEXTS: Mapping[int, str] = {
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "The message cannot be sent to this recipient now",
    21614: "'To' number is not a valid mobile number",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity period expired",
}

CODES = {400: 20001, 401: 20003, 405: 20004}
"""Twilio's general code for an HTTP status, where it is not 20000 + the status."""

SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


def acknowledge(messages: Sequence[Message], viewer: Viewer) -> Answer:
    """201 with the message as Twilio answers a create."""
    return answer(201, resource(messages[0], viewer))


def show(message: Message, viewer: Viewer) -> Answer:
    """200 with one message."""
    return answer(200, resource(message, viewer))


def show_page(messages: Sequence[Message], query: Query, more: bool, viewer: Viewer) -> Answer:
    """200 with one page of messages."""
    base = f"{API}/Accounts/{viewer.login}/Messages.json"
    rows: list[Json] = [resource(message, viewer) for message in messages]
    return answer(200, envelope(base, query, {"messages": rows}, f"PA{messages[-1].id}" if more else None))


def envelope(base: str, query: Query, listed: dict[str, list[Json]], token: str | None) -> dict[str, Json]:
    """One page: the list and the envelope's eight other keys, and no tenth (clients choke on it).

    `token` is where the next page goes on; None on the last one.
    """
    kept = dict(query.raw) | {"PageSize": str(query.size)}
    (name, rows), start = next(iter(listed.items())), query.page * query.size

    def uri(page: int, token: str | None) -> str:
        return f"{base}?{urlencode(kept | {'Page': str(page)} | ({'PageToken': token} if token else {}))}"

    return {
        "first_page_uri": uri(0, None),
        "end": start + len(rows) - 1 if rows else start,
        "previous_page_uri": uri(query.page - 1, None) if query.page else None,
        name: rows,
        "uri": uri(query.page, query.after and f"PA{query.after}"),
        "page_size": query.size,
        "start": start,
        "next_page_uri": uri(query.page + 1, token) if token else None,
        "page": query.page,
    }


def too_late(message: Message, viewer: Viewer) -> Malformed:
    """Twilio's answer to a cancel that comes after the message went (error 30409)."""
    return Malformed(409, 30409, f"Message {message.crm_id} cannot be canceled: it is {status(message, viewer)[0]}.")


def refusal(message: Message) -> Malformed:
    """A message stopped at once: 21610 for an address that opted out, else 21612 with the reason."""
    reasons = " ".join(finding.told for finding in message.findings)
    if message.stop_reason == "suppressed":
        return Malformed(400, 21610, f"Attempt to send to unsubscribed recipient. {reasons}".strip())
    return Malformed(400, 21612, f"The message was refused and not sent: {reasons}".strip())


def error(problem: Malformed) -> Answer:
    """Any problem as Twilio words it: an integer code, and the page that explains it."""
    code = problem.code if isinstance(problem.code, int) else CODES.get(problem.status, 20000 + problem.status)
    return answer(
        problem.status,
        {
            "code": code,
            "message": str(problem),
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": problem.status,
        },
        {"WWW-Authenticate": 'Basic realm="Twilio API"'} if problem.status == 401 else {},
    )


def answer(http_status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    text = json.dumps(body)  # ASCII: whatever was stored, the bytes are UTF-8
    return Answer(http_status, text.encode(), {"Content-Type": "application/json"} | dict(headers or {}))


def resource(message: Message, viewer: Viewer) -> dict[str, Json]:
    """The message resource: every key of the vendor's schema, numbers as strings, dates as RFC 2822."""
    word, code, text = status(message, viewer)
    base = f"{API}/Accounts/{viewer.login}/Messages/{message.crm_id}"
    given = dict(message.content.fields)
    return {
        "account_sid": viewer.login,
        "api_version": "2010-04-01",
        "body": message.content.words,
        "date_created": format_datetime(message.created_at),
        "date_sent": format_datetime(message.sent_at) if message.sent_at else None,
        "date_updated": format_datetime(message.updated_at),
        "direction": "outbound-reply" if message.parent_id else "outbound-api",
        "error_code": code,
        "error_message": text,
        "from": message.content.sender,
        "messaging_service_sid": service_of(given) or None,
        "num_media": str(len(message.content.media)),
        "num_segments": str(telephony.segments(message.content.words)),
        "price": None,
        "price_unit": "USD",
        "sid": message.crm_id,
        "status": word,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": message.content.to[0],
        "uri": f"{base}.json",
    }


def status(message: Message, viewer: Viewer) -> tuple[str, int | None, str | None]:
    """Twilio's status, error code and error text of a message; a decision shows once it cannot be undone."""
    if message.state is State.STOPPED and not (message.due_at and message.due_at > viewer.now):
        return _stopped(message, viewer)
    code = _number(message.error_code)
    if message.state is State.FAILED:
        return "failed", code, CODE_TEXTS.get(code or 0)
    if message.state is State.SENT:
        return message.delivery_word or "sent", code, CODE_TEXTS.get(code or 0)
    return first_status(message), None, None


def _stopped(message: Message, viewer: Viewer) -> tuple[str, int | None, str | None]:
    """What we refused by rule has failed; what somebody decided is canceled, or failed where the CRM wants that."""
    reason = message.stop_reason or ""
    code = STOPPED_CODES.get(reason)
    if reason == "suppressed" and not _suppressed_at_birth(message):
        code = None
    if code is None and viewer.failed_rejects and reason in DECIDED:
        code = 30007
    return ("failed", code, CODE_TEXTS[code]) if code else ("canceled", None, None)


def _suppressed_at_birth(message: Message) -> bool:
    """Whether its first screening stopped it, in the request or in the sweep that screens what was received."""
    swept = message.version == 2 and any(finding.check == "suppressed_address" for finding in message.findings)
    return message.version == 1 or swept


def first_status(message: Message) -> str:
    """What Twilio says of a message it has just taken."""
    given = dict(message.content.fields)
    if given.get("ScheduleType") == "fixed":
        return "scheduled"
    return "accepted" if service_of(given) else "queued"


def service_of(given: Mapping[str, str]) -> str:
    """The Messaging Service of a request, which may also stand where the sender stands; empty for none."""
    sender = given.get("From", "").strip()
    # https://www.twilio.com/docs/api/errors/35118 (read 2026-11-21): "or the From parameter"
    return given.get("MessagingServiceSid") or (sender if SERVICE.fullmatch(sender) else "")


def _number(code: str | None) -> int | None:
    return int(code) if code and code.isascii() and code.isdigit() else None
