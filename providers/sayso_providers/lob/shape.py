"""How Lob words things: its pieces and addresses, its lists, its errors, its statuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sayso.message import Answer, Json, Malformed, Message, State
from sayso_providers.base import Entry, Query, Viewer
from sayso_providers.lob import artwork, places
from sayso_providers.lob.kinds import OF_CHANNEL, Kind

# https://docs.lob.com/#tag/Tracking-Events and the event types of its webhooks (read 2026-11-22)
STATUSES: Mapping[str, str] = {
    "processed": "queued",
    "created": "queued",
    "rendered": "queued",
    "rendered_pdf": "queued",
    "rendered_thumbnails": "queued",
    "mailed": "sent",
    "in_transit": "sent",
    "in_local_area": "sent",
    "processed_for_delivery": "sent",
    "re-routed": "sent",
    "international_exit": "sent",
    "delivered": "delivered",
    "viewed": "delivered",
    "returned_to_sender": "bounced",
    "failed": "failed",
    "rejected": "failed",
    "deleted": "rejected",
}
"""Lob's word for where a piece is, in ours: a status, or the end of an event's name."""
OPTED_OUT: frozenset[str] = frozenset()

CODES: Mapping[int, str] = {
    400: "bad_request", 401: "invalid_api_key", 403: "publishable_key_not_allowed", 404: "not_found",
    405: "unrecognized_endpoint", 408: "request_timeout", 409: "conflict", 413: "file_size_exceeds_limit",
    415: "bad_request", 422: "invalid", 429: "rate_limit_exceeded", 500: "internal_server_error",
    503: "service_unavailable",
}  # fmt: skip
"""Lob's code for an HTTP status, where the problem has none of Lob's own."""
KNOWN_AS: Mapping[int, int] = {400: 422, 409: 422, 415: 422}
"""The statuses that Lob has none of, and what it says instead."""
OWN_CODES = frozenset({
    "unauthorized", "unrecognized_endpoint", "not_deletable", "merge_variable_whitespace", "invalid_file", "invalid",
    "invalid_file_url", "file_size_exceeds_limit", "address_length_exceeds_limit", "bad_request", "not_found",
    "conflict", places.UNDELIVERABLE,
})  # fmt: skip
EXPIRES = timedelta(days=30)
SHOWN = ("description", "mail_type", "use_type", "fsc", "size", "print_speed", "color", "double_sided",
         "address_placement", "return_envelope", "perforated_page", "extra_service", "billing_group_id")  # fmt: skip
"""What of the CRM's own request a piece shows again."""
USUAL: Mapping[str, Mapping[str, Json]] = {
    "letter": {"double_sided": True, "address_placement": "top_first_page", "return_envelope": False},
}
"""What Lob says where nothing was asked; lob-python takes no letter without its `return_envelope`."""


def acknowledge(messages: Sequence[Message], viewer: Viewer) -> Answer:
    """200 with the piece, as Lob answers a create."""
    return answer(200, resource(messages[0], viewer))


def show(message: Message, viewer: Viewer) -> Answer:
    """200 with one piece."""
    return answer(200, resource(message, viewer))


def withdrawn(message: Message, viewer: Viewer) -> Answer:
    """200 with what Lob says of a piece that was canceled."""
    return answer(200, {"id": message.crm_id, "deleted": True})


def show_page(messages: Sequence[Message], query: Query, more: bool, viewer: Viewer) -> Answer:
    """200 with one page of pieces."""
    resource_name = OF_CHANNEL[query.channels[0]].resource
    rows: list[Json] = [resource(message, viewer) for message in messages]
    return answer(200, page(resource_name, rows, query, more=more, viewer=viewer))


def page(name: str, rows: list[Json], query: Query, *, more: bool, viewer: Viewer) -> dict[str, Json]:
    """Lob's list; the pages beside it are asked for by our ids of the first and the last row that was looked at."""
    ends = query.ends
    after = ends and (more or query.before) and f"after={ends[1]}"
    before = ends and (query.after or (query.before and more)) and f"before={ends[0]}"
    url = f"{viewer.our_url}/v1/{name}?{urlencode(query.raw)}{'&' if query.raw else ''}"
    counted: dict[str, Json] = {"total_count": query.total} if query.total is not None else {}
    return {
        "data": rows,
        "object": "list",
        "next_url": f"{url}{after}" if after else None,
        "previous_url": f"{url}{before}" if before else None,
        "count": len(rows),
        **counted,
    }


def too_late(message: Message, viewer: Viewer) -> Malformed:
    """Lob's answer to a cancel that comes after the piece went to be printed."""
    return Malformed(422, "not_deletable", f"{message.crm_id} can no longer be canceled.")


def refusal(message: Message) -> Malformed | None:
    """None: a piece that was stopped at once was taken, and is told of as deleted."""
    return None


def error(problem: Malformed) -> Answer:
    """Any problem in Lob's envelope, without which a client takes an error for a success."""
    code = str(problem.code) if problem.code in OWN_CODES else CODES.get(problem.status, "bad_request")
    status = KNOWN_AS.get(problem.status, problem.status)
    said: dict[str, Json] = {"message": str(problem), "status_code": status, "code": code}
    extra = {"WWW-Authenticate": 'Basic realm="Lob"'} if status == 401 else {}
    return answer(status, {"error": said}, extra)


def formatted(answer: Answer, path: str) -> Answer:
    """The answer as it is: Lob speaks JSON alone."""
    return answer


def answer(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"} | dict(headers or {}))


def resource(message: Message, viewer: Viewer) -> dict[str, Json]:
    """The piece as Lob shows one: no key that is null where Lob's clients choke on it, the link in Lob's form."""
    kind = OF_CHANNEL[message.channel]
    given = dict(message.content.fields)
    body: dict[str, Json] = {
        "id": message.crm_id,
        "to": _address(given.get("to_address"), message, "t"),
        "from": _address(given.get("from_address"), message, "f"),
        "url": link(kind, message),
        "carrier": "USPS",
        **as_asked(message),
        **_templates(kind, given),
        "merge_variables": artwork.variables(message.content) or None,
        "metadata": dict(message.content.metadata),
        "thumbnails": [],
        "tracking_events": [],
        "send_date": places.iso(message.send_at or message.created_at),
        "expected_delivery_date": expected(message).date().isoformat(),
        "date_created": places.iso(message.created_at),
        "date_modified": places.iso(message.updated_at),
        "object": kind.channel,
        **_status(message, viewer),
    }
    nullable = {name for name in body if name.endswith("_template_id")} if kind.channel == "postcard" else set()
    return {name: value for name, value in body.items() if value is not None or name in nullable}


def as_asked(message: Message) -> dict[str, Json]:
    """What a piece shows of its own request, and what Lob takes where that says nothing."""
    kind, asked = OF_CHANNEL[message.channel], json.loads(dict(message.content.fields).get("request") or "{}")
    usual: dict[str, Json] = {"mail_type": "usps_first_class", "size": kind.choices["size"][0]}
    said = {name: asked.get(name) for name in SHOWN if asked.get(name) not in (None, "")}
    return {**usual, **USUAL.get(kind.channel, {}), **said}


def status_word(message: Message) -> str:
    """Lob's word for where a piece is: `processed` while it waits, for there is none for that."""
    if message.state is State.FAILED or message.delivery == "failed":
        return "failed"
    return "rendered" if message.delivery_word == "rendered" else "processed"


def is_deleted(message: Message, viewer: Viewer) -> bool:
    """Whether it will not be printed, for good; a decision shows once it cannot be undone."""
    undoable = message.due_at is not None and message.due_at > viewer.now
    return (message.state is State.STOPPED and not undoable) or message.delivery_word == "deleted"


def link(kind: Kind, message: Message) -> str:
    """A link of the form that Lob's clients insist on; it leads nowhere, for nothing is printed yet."""
    expires = int((message.created_at + EXPIRES).timestamp())
    signature = hashlib.sha256(message.crm_id.encode()).hexdigest()
    folder = f"https://lob-assets.com/{kind.folder}/{message.crm_id}.pdf"
    return f"{folder}?version=v1&expires={expires:010d}&signature={signature}"


def expected(message: Message) -> datetime:
    """About when it arrives: some days after it is printed."""
    return (message.send_at or message.sent_at or message.created_at) + timedelta(days=7)


def show_entry(entry: Entry, viewer: Viewer) -> Answer:
    """200 with one address of the CRM's own."""
    return answer(200, places.expanded(entry.data, entry.crm_id, entry.created_at))


def show_entries(entries: Sequence[Entry], query: Query, more: bool, viewer: Viewer) -> Answer:
    """200 with one page of them."""
    rows: list[Json] = [places.expanded(one.data, one.crm_id, one.created_at) for one in entries]
    return answer(200, page("addresses", rows, query, more=more, viewer=viewer))


def dropped(crm_id: str) -> Answer:
    """200 with what Lob says of an address that was deleted."""
    return answer(200, {"id": crm_id, "deleted": True, "object": "address"})


def _address(text: str | None, message: Message, end: str) -> Json:
    known = places.stored(text or "")
    own = f"adr_{message.crm_id.partition('_')[2]}{end}"
    return places.expanded(known, own, message.created_at) if known else None


def _templates(kind: Kind, given: Mapping[str, str]) -> dict[str, Json]:
    names = {side: "template_id" if side == "file" else f"{side}_template_id" for side in kind.sides}
    return {name: value if artwork.TEMPLATE.fullmatch(value := given.get(side, "")) else None
            for side, name in names.items()}  # fmt: skip


def _status(message: Message, viewer: Viewer) -> dict[str, Json]:
    """Its status, with why once Lob refused it."""
    word = status_word(message)
    if word == "failed":
        why: Json = {"failure_reason": "The piece could not be printed.", "remediation": message.error_code or ""}
        return {"status": word, "failure_reason": why}
    return {"status": word} | ({"deleted": True} if is_deleted(message, viewer) else {})
