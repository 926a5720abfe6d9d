"""What a vendor's file must offer: one way in, one way out, one way back."""

from sayso_providers.base.faces import (
    Book,
    Ears,
    Face,
    Gallery,
    Postbag,
    Press,
    Pretender,
    Provider,
    Recaller,
    Scheduler,
    Shelf,
    Teller,
    Vendor,
)
from sayso_providers.base.http import Http
from sayso_providers.base.shapes import Amendment, Call, Change, Entry, Order, Query, Side, Template, Viewer

__all__ = [
    "Amendment",
    "Book",
    "Call",
    "Change",
    "Ears",
    "Entry",
    "Face",
    "Gallery",
    "Http",
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
