"""The vendors: one registry line each."""

from collections.abc import Mapping
from types import MappingProxyType

from sayso_providers import twilio
from sayso_providers.base import Call, Face, Provider, Query, Viewer

REGISTRY: Mapping[str, Provider] = MappingProxyType({"twilio": twilio})
"""Every vendor by its name."""

__all__ = ["REGISTRY", "Call", "Face", "Provider", "Query", "Viewer"]
