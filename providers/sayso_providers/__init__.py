"""The vendors: one registry line each, and the doors and ears of those that have them."""

from collections.abc import Mapping
from types import MappingProxyType

from sayso_providers import lob, mailhouse, sendgrid, smtp, twilio, webhooks, whatsapp
from sayso_providers.base import (
    Amendment,
    Book,
    Call,
    Change,
    Ears,
    Entry,
    Face,
    Gallery,
    Order,
    Postbag,
    Press,
    Pretender,
    Provider,
    Query,
    Recaller,
    Scheduler,
    Shelf,
    Side,
    Teller,
    Template,
    Vendor,
    Viewer,
)
from sayso_providers.lob import pretend as pretend_lob
from sayso_providers.sendgrid import pretend as pretend_sendgrid
from sayso_providers.twilio import pretend as pretend_twilio
from sayso_providers.whatsapp import pretend as pretend_whatsapp

REGISTRY: Mapping[str, Vendor] = MappingProxyType(
    {"twilio": twilio, "sendgrid": sendgrid, "mailhouse": mailhouse, "whatsapp": whatsapp, "smtp": smtp, "lob": lob}
)
"""Who carries messages, by name."""

DOORS: Mapping[str, Provider] = MappingProxyType({"twilio": twilio, "sendgrid": sendgrid, "lob": lob})
"""The vendors at whose kind of door CRMs come in."""

SHELVES: Mapping[str, Shelf] = MappingProxyType({"twilio": twilio, "lob": lob})
"""Those of them where CRMs look at their messages."""

GALLERIES: Mapping[str, Gallery] = MappingProxyType({"twilio": twilio})
"""Those of them whose messages have parts, and can be changed."""

SCHEDULERS: Mapping[str, Scheduler] = MappingProxyType({"sendgrid": sendgrid})
"""Those of them where CRMs name runs of messages, and pause or cancel them."""

RECALLERS: Mapping[str, Recaller] = MappingProxyType({"lob": lob})
"""Those of them that take back for a while what their vendor has already."""

BOOKS: Mapping[str, Book] = MappingProxyType({"lob": lob})
"""Those of them where CRMs keep postal addresses of their own."""

PRESSES: Mapping[str, Press] = MappingProxyType({"lob": lob, "mailhouse": mailhouse})
"""The vendors that print, and so have sides to look at."""

EARS: Mapping[str, Ears] = MappingProxyType({"twilio": twilio, "sendgrid": sendgrid})
"""The vendors through which people write to us."""

POSTBAGS: Mapping[str, Postbag] = MappingProxyType({"whatsapp": whatsapp})
"""Those that post what people write together with their receipts."""

TELLERS: Mapping[str, Teller] = MappingProxyType({**EARS, **dict.fromkeys(POSTBAGS, webhooks)})
"""In whose words a CRM hears what came by a vendor: our own, where nobody comes in at that vendor's kind of door."""

FACES: Mapping[str, Face] = MappingProxyType(
    {**DOORS, "api": webhooks, "smtp": webhooks, **dict.fromkeys(POSTBAGS, webhooks)}
)
"""Whom a CRM hears, by the door that it came in at."""

PRETENDERS: Mapping[str, Pretender] = MappingProxyType(
    {
        "twilio": pretend_twilio,
        "sendgrid": pretend_sendgrid,
        "whatsapp": pretend_whatsapp,
        "smtp": smtp,
        "lob": pretend_lob,
        "mailhouse": mailhouse,
    }
)
"""What stands in for a vendor in test mode."""

KEEPERS = frozenset({"mailhouse"})
"""Those that print a run from its own file: its pieces are handed over by their values, and none comes by itself."""

__all__ = [
    "BOOKS",
    "DOORS",
    "EARS",
    "FACES",
    "GALLERIES",
    "KEEPERS",
    "POSTBAGS",
    "PRESSES",
    "PRETENDERS",
    "RECALLERS",
    "REGISTRY",
    "SCHEDULERS",
    "SHELVES",
    "TELLERS",
    "Amendment",
    "Book",
    "Call",
    "Change",
    "Ears",
    "Entry",
    "Face",
    "Gallery",
    "Order",
    "Postbag",
    "Press",
    "Pretender",
    "Provider",
    "Query",
    "Recaller",
    "Scheduler",
    "Shelf",
    "Side",
    "Teller",
    "Template",
    "Vendor",
    "Viewer",
]
