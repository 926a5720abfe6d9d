"""How SendGrid words things: its errors, its acknowledgement, its statuses, and how we keep a request's parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sayso.message import Answer, Content, Json, Malformed, Message
from sayso_providers.base import Viewer

PERSONALIZATION = "personalization"
"""The field of a content that holds a message's own part of the request, as JSON."""
EDITED = "sayso_edited"
"""In a personalization: somebody changed the words, so they stand in the content and no longer in the shared part."""
OUR_ARG = "sayso_message"
"""The custom argument by which SendGrid gives us our own id back with every event."""
KINDS = ("to", "cc", "bcc")

# https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (read 2026-11-22)
STATUSES: Mapping[str, str] = {
    "processed": "sent",
    "deferred": "deferred",
    "delivered": "delivered",
    "bounce": "bounced",
    "blocked": "bounced",
    "dropped": "rejected",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
}
"""SendGrid's word for what became of a mail, in ours; what is no delivery (open, click) is `unknown`."""

OPTED_OUT = frozenset(
    {"Unsubscribed Address", "Spam Reporting Address", "spamreport", "unsubscribe", "group_unsubscribe"}
)

# https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses (read 2026-11-22)
MESSAGES: Mapping[str, str] = {
    "credentials": "The provided authorization grant is invalid, expired, or revoked",
    "not_found": "not found",
    "method": "method not allowed",
    "too_large": "The payload is too large.",
}
"""What SendGrid says of a whole request, where our own words are not as good."""
WHOLE = frozenset({*MESSAGES, "", "malformed", "conflict", "unavailable", "internal", "signature"})
"""The codes of a problem that no field of the request is to blame for."""


def acknowledge(messages: Sequence[Message], viewer: Viewer) -> Answer:
    """202 with an empty body and the id; 200 for a request that only wanted to be checked."""
    if not messages:
        return Answer(200, b"", {})
    return Answer(202, b"", {"X-Message-Id": messages[0].crm_id})


def refusal(message: Message) -> Malformed | None:
    """Nothing: SendGrid takes a mail to somebody who opted out, and says later that it was dropped."""
    return None


def error(problem: Malformed) -> Answer:
    """Any problem as SendGrid words it: the field that is to blame, or null."""
    code = str(problem.code)
    field = None if code in WHOLE else code
    said: Json = {"message": MESSAGES.get(code) or str(problem), "field": field, "help": None}
    return answer(problem.status, {"errors": [said]})


def formatted(answer: Answer, path: str) -> Answer:
    """The answer as it is: SendGrid speaks JSON only."""
    return answer


def answer(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"} | dict(headers or {}))


def personalization(content: Content) -> dict[str, Json]:
    """A message's own part of its request."""
    found = json.loads(dict(content.fields).get(PERSONALIZATION) or "{}")
    return dict(found) if isinstance(found, dict) else {}


def addresses(own: Mapping[str, Json]) -> tuple[str, ...]:
    """Everybody whom a personalization goes to: to, cc and bcc, in order."""
    return tuple(str(one["email"]).strip() for kind in KINDS for one in people(own, kind))


def people(own: Mapping[str, Json], kind: str) -> list[dict[str, Json]]:
    """Those of one kind in a personalization."""
    listed = own.get(kind)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def group(number: Json) -> str:
    """An unsubscribe group, as a mail's fields and the events about it both name it."""
    return f"unsubscribe group {number}"


def dumped(value: Json) -> str:
    """JSON without what only people read."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
