"""A CRM's own addresses: kept here, read by nobody else, and found again in the pieces that they stood in."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.message import Json, Message, Request
from sayso_providers.base import Viewer
from sayso_providers.lob import places
from sayso_providers.lob.forms import read
from sayso_providers.lob.kinds import KINDS, invalid
from sayso_providers.lob.pieces import metadata_of

ENDS: Mapping[str, str] = {"t": "to_address", "f": "from_address"}


def entry(request: Request, viewer: Viewer) -> dict[str, Json]:
    """The address of a create request, valid by Lob's rules."""
    asked = read(request)
    if asked.files:
        raise invalid("An address has no files.", "bad_request")
    given = dict(asked.fields)
    metadata: dict[str, Json] = {**metadata_of(given.pop("metadata", None))}
    return {**places.read("", given), "metadata": metadata}


def pieces_with(address_id: str) -> tuple[str, ...]:
    """The IDs of the pieces of which one showed an address under this ID."""
    return tuple(f"{kind.prefix}_{address_id[4:-1]}" for kind in KINDS.values()) if address_id[-1:] in ENDS else ()


def address_in(message: Message, address_id: str) -> dict[str, Json]:
    """The address that a piece shows under this ID; empty for none."""
    return places.stored(dict(message.content.fields).get(ENDS[address_id[-1]], ""))
