"""The pieces that Lob prints: what each is called, which sides it has, and which words its fields may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.message import Malformed


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of piece: `resource` is its path and its name in events, `sides` are the fields of its artwork."""

    channel: str
    resource: str
    prefix: str
    folder: str
    sides: tuple[str, ...]
    needs: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]


# https://github.com/lob/lob-openapi, spec 1.22.0 (read 2026-11-22)
USES = ("marketing", "operational")
MAIL_TYPES = ("usps_first_class", "usps_standard")
SHARED: Mapping[str, tuple[str, ...]] = {"use_type": USES, "mail_type": MAIL_TYPES, "print_speed": ("core",)}
PLACEMENTS = ("top_first_page", "insert_blank_page", "bottom_first_page_center", "bottom_first_page")
SERVICES = ("certified", "certified_return_receipt", "registered")

KINDS: Mapping[str, Kind] = {
    kind.resource: kind
    for kind in (
        Kind(
            channel="postcard",
            resource="postcards",
            prefix="psc",
            folder="postcards",
            sides=("front", "back"),
            needs=("to",),
            choices={**SHARED, "size": ("4x6", "6x9", "6x11")},
        ),
        Kind(
            channel="letter",
            resource="letters",
            prefix="ltr",
            folder="letters",
            sides=("file",),
            needs=("to", "from", "color"),
            choices={
                **SHARED,
                "size": ("us_letter", "us_legal"),
                "address_placement": PLACEMENTS,
                "extra_service": SERVICES,
            },
        ),
        Kind(
            channel="self_mailer",
            resource="self_mailers",
            prefix="sfm",
            folder="self-mailers",
            sides=("outside", "inside"),
            needs=("to",),
            choices={**SHARED, "size": ("6x18_bifold", "11x9_bifold", "12x9_bifold", "17.75x9_trifold")},
        ),
    )
}
"""By the path of the resource; the first size of each is the one that Lob takes where none is given."""

OF_CHANNEL: Mapping[str, Kind] = {kind.channel: kind for kind in KINDS.values()}
OF_SIDES: Mapping[str, Kind] = {side: kind for kind in KINDS.values() for side in kind.sides}


def invalid(text: str, code: str = "invalid") -> Malformed:
    """A request that Lob would not take: 422, with its code."""
    return Malformed(422, code, text)
