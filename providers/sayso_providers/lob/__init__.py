"""Lob: in at `door`, out at `send`, back at `back`; `shape` is how it words things, `artwork` what it prints."""

from sayso_providers.lob.artwork import fill_template, sides
from sayso_providers.lob.back import receipts, restate, sign
from sayso_providers.lob.book import address_in, entry, pieces_with
from sayso_providers.lob.compose import compose, fresh_id, revise
from sayso_providers.lob.door import BODY_LIMIT, DOOR, accept, credentials, key, route
from sayso_providers.lob.lists import query
from sayso_providers.lob.send import forward, read_template, recall, send
from sayso_providers.lob.shape import (
    OPTED_OUT,
    STATUSES,
    acknowledge,
    dropped,
    error,
    formatted,
    refusal,
    show,
    show_entries,
    show_entry,
    show_page,
    too_late,
    withdrawn,
)

NAME = "lob"
CHANNELS = frozenset({"postcard", "letter", "self_mailer"})
TOGETHER = 1
SETTINGS = {"secret": "lob_api_key", "callback_keys": "lob_webhook_secret", "api_url": "lob_api_url"}
NEEDED = frozenset({"secret"})

__all__ = [
    "BODY_LIMIT",
    "CHANNELS",
    "DOOR",
    "NAME",
    "NEEDED",
    "OPTED_OUT",
    "SETTINGS",
    "STATUSES",
    "TOGETHER",
    "accept",
    "acknowledge",
    "address_in",
    "compose",
    "credentials",
    "dropped",
    "entry",
    "error",
    "fill_template",
    "formatted",
    "forward",
    "fresh_id",
    "key",
    "pieces_with",
    "query",
    "read_template",
    "recall",
    "receipts",
    "refusal",
    "restate",
    "revise",
    "route",
    "send",
    "show",
    "show_entries",
    "show_entry",
    "show_page",
    "sides",
    "sign",
    "too_late",
    "withdrawn",
]
