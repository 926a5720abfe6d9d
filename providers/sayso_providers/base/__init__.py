"""What a vendor's file must offer: one way in, one way out, one way back."""

from sayso_providers.base.faces import Ears, Face, Gallery, Pretender, Provider, Shelf, Vendor
from sayso_providers.base.http import Http
from sayso_providers.base.shapes import Amendment, Call, Change, Query, Template, Viewer

__all__ = [
    "Amendment",
    "Call",
    "Change",
    "Ears",
    "Face",
    "Gallery",
    "Http",
    "Pretender",
    "Provider",
    "Query",
    "Shelf",
    "Template",
    "Vendor",
    "Viewer",
]
