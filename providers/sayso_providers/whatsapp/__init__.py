"""WhatsApp's Cloud API: no door of its own; out at `send`, and back at `back` by one address for all that it posts."""

from sayso_providers.base.plain import fresh_id
from sayso_providers.whatsapp.back import greet, heard, receipts
from sayso_providers.whatsapp.compose import compose, revise
from sayso_providers.whatsapp.send import send
from sayso_providers.whatsapp.shape import OPTED_OUT, STATUSES
from sayso_providers.whatsapp.template import fill_template, read_template

NAME = "whatsapp"
CHANNELS = frozenset({"whatsapp"})
TOGETHER = 1
SETTINGS = {
    "user": "whatsapp_phone_id",
    "secret": "whatsapp_token",
    "callback_keys": "whatsapp_app_secret",
    "more.business_id": "whatsapp_business_id",
    "api_url": "whatsapp_api_url",
}
NEEDED = frozenset({"user", "secret"})

__all__ = [
    "CHANNELS",
    "NAME",
    "NEEDED",
    "OPTED_OUT",
    "SETTINGS",
    "STATUSES",
    "TOGETHER",
    "compose",
    "fill_template",
    "fresh_id",
    "greet",
    "heard",
    "read_template",
    "receipts",
    "revise",
    "send",
]
