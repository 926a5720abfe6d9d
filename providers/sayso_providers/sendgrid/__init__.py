"""SendGrid v3 mail send: in at `door`, out at `send`, back at `back`; `shape` is how it words things."""

from sayso_providers.sendgrid.back import receipts, restate, sign
from sayso_providers.sendgrid.compose import compose, fresh_id, revise
from sayso_providers.sendgrid.door import BODY_LIMIT, DOOR, accept, credentials, key, route
from sayso_providers.sendgrid.inbound import NOTED, inbound, medium, replies, retell
from sayso_providers.sendgrid.runs import order
from sayso_providers.sendgrid.send import forward, send
from sayso_providers.sendgrid.shape import OPTED_OUT, STATUSES, acknowledge, error, formatted, refusal
from sayso_providers.sendgrid.templates import fill_template, read_template

NAME = "sendgrid"
CHANNELS = frozenset({"email"})
TOGETHER = 1000
SETTINGS = {
    "secret": "sendgrid_api_key",
    "callback_keys": "sendgrid_event_public_key",
    "api_url": "sendgrid_api_url",
}
NEEDED = frozenset({"secret"})

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
    "order",
    "read_template",
    "receipts",
    "refusal",
    "replies",
    "restate",
    "retell",
    "revise",
    "route",
    "send",
    "sign",
]
