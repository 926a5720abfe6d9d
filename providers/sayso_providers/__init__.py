"""The vendors: one registry line each, and the doors and ears of those that have them."""

from collections.abc import Mapping
from types import MappingProxyType

from sayso_providers import twilio, webhooks
from sayso_providers.base import (
    Amendment,
    Call,
    Change,
    Ears,
    Face,
    Gallery,
    Pretender,
    Provider,
    Query,
    Shelf,
    Template,
    Vendor,
    Viewer,
)
from sayso_providers.twilio import pretend as pretend_twilio

REGISTRY: Mapping[str, Vendor] = MappingProxyType({"twilio": twilio})
"""Who carries messages, by name."""

DOORS: Mapping[str, Provider] = MappingProxyType({"twilio": twilio})
"""The vendors at whose kind of door CRMs come in."""

SHELVES: Mapping[str, Shelf] = MappingProxyType({"twilio": twilio})
"""Those of them where CRMs look at their messages."""

GALLERIES: Mapping[str, Gallery] = MappingProxyType({"twilio": twilio})
"""Those of them whose messages have parts, and can be changed."""

EARS: Mapping[str, Ears] = MappingProxyType({"twilio": twilio})
"""The vendors through which people write to us."""

FACES: Mapping[str, Face] = MappingProxyType({**DOORS, "api": webhooks})
"""Whom a CRM hears, by the door that it came in at."""

PRETENDERS: Mapping[str, Pretender] = MappingProxyType({"twilio": pretend_twilio})
"""What stands in for a vendor in test mode."""

__all__ = [
    "DOORS",
    "EARS",
    "FACES",
    "GALLERIES",
    "PRETENDERS",
    "REGISTRY",
    "SHELVES",
    "Amendment",
    "Call",
    "Change",
    "Ears",
    "Face",
    "Gallery",
    "Pretender",
    "Provider",
    "Query",
    "Shelf",
    "Template",
    "Vendor",
    "Viewer",
]
