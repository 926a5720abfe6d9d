"""Twilio Programmable Messaging: in at `door`, out at `send`, back at `back`; `shape` is how it words things."""

from sayso_providers.twilio.amend import amend
from sayso_providers.twilio.back import receipts, restate, sign
from sayso_providers.twilio.compose import compose
from sayso_providers.twilio.content import fill_template, read_template
from sayso_providers.twilio.door import BODY_LIMIT, DOOR, accept, credentials, key, query, route
from sayso_providers.twilio.inbound import NOTED, inbound, medium, retell
from sayso_providers.twilio.markup import formatted
from sayso_providers.twilio.media import part
from sayso_providers.twilio.replies import replies
from sayso_providers.twilio.revise import fresh_id, revise
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
withdrawn = show
CHANNELS = frozenset({"sms", "mms", "whatsapp"})
TOGETHER = 1
SETTINGS = {"user": "twilio_account_sid", "secret": "twilio_auth_token", "api_url": "twilio_api_url"}
NEEDED = frozenset({"user", "secret"})

__all__ = [
    "BODY_LIMIT",
    "CHANNELS",
    "DOOR",
    "NAME",
    "NEEDED",
    "NOTED",
    "OPTED_OUT",
    "SETTINGS",
    "STATUSES",
    "TOGETHER",
    "accept",
    "acknowledge",
    "amend",
    "compose",
    "credentials",
    "error",
    "fill_template",
    "formatted",
    "forward",
    "fresh_id",
    "inbound",
    "key",
    "medium",
    "part",
    "query",
    "read_template",
    "receipts",
    "refusal",
    "replies",
    "restate",
    "retell",
    "revise",
    "route",
    "send",
    "show",
    "show_page",
    "sign",
    "too_late",
    "withdrawn",
]
