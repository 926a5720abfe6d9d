"""The vendors: one registry line each."""

from collections.abc import Mapping
from types import MappingProxyType

from sayso_providers import twilio, webhooks
from sayso_providers.base import Amendment, Call, Change, Face, Pretender, Provider, Query, Template, Viewer
from sayso_providers.twilio import pretend as pretend_twilio

REGISTRY: Mapping[str, Provider] = MappingProxyType({"twilio": twilio})
"""Every vendor by its name."""

FACES: Mapping[str, Face] = MappingProxyType({**REGISTRY, "api": webhooks})
"""Whom a CRM hears, by the door that it came in at."""

PRETENDERS: Mapping[str, Pretender] = MappingProxyType({"twilio": pretend_twilio})
"""What stands in for a vendor in test mode."""

__all__ = [
    "FACES",
    "PRETENDERS",
    "REGISTRY",
    "Amendment",
    "Call",
    "Change",
    "Face",
    "Pretender",
    "Provider",
    "Query",
    "Template",
    "Viewer",
]
