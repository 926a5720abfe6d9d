"""Twilio Programmable Messaging: in at `door`, out at `send`, back at `back`; `shape` is how it words things."""

from sayso_providers.twilio.back import receipts, restate, sign
from sayso_providers.twilio.door import BODY_LIMIT, DOOR, accept, credentials, query, route
from sayso_providers.twilio.send import forward, send
from sayso_providers.twilio.shape import (
    OPTED_OUT,
    STATUSES,
    acknowledge,
    error,
    refusal,
    show,
    show_page,
    too_late,
)

NAME = "twilio"

__all__ = [
    "BODY_LIMIT",
    "DOOR",
    "NAME",
    "OPTED_OUT",
    "STATUSES",
    "accept",
    "acknowledge",
    "credentials",
    "error",
    "forward",
    "query",
    "receipts",
    "refusal",
    "restate",
    "route",
    "send",
    "show",
    "show_page",
    "sign",
    "too_late",
]
