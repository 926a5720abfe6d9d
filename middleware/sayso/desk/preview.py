"""What a piece or a designed mail looks like: shown in a closed frame in which nothing runs and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response

from sayso import store, template_words
from sayso.access import callers
from sayso.desk import cards, guard, letters
from sayso.doors import runtime
from sayso.message import Malformed, Message
from sayso.runtime import Runtime
from sayso.store import Staff
from sayso_providers import PRESSES, Side

HTML = "text/html"
PICTURES = ("image/png", "image/jpeg")
TITLES: Mapping[str, str] = {
    "front": "Front",
    "back": "Back",
    "outside": "Outside",
    "inside": "Inside",
    "file": "The letter",
    "mail": "As it is designed",
}
# https://developer.mozilla.org/docs/Web/HTTP/Headers/Content-Security-Policy/sandbox (read 2026-11-22): no scripts, no
# forms, no way out; a picture from elsewhere would tell whoever has it that we looked.
CLOSED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
}
AHEAD = re.compile(r"<(?=(?:link|meta|base)\b)", re.I)
"""The beginnings of tags by which a page asks for something before anybody reads it; they become tags of no meaning."""
PLACES = "<style>img:not([src^='data:']){min-width:2em;min-height:2em;outline:2px dashed #888;background:#eee}</style>"
"""Where a picture would be that is not fetched."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One side as the card shows it: in a frame, as a picture, as a file to open, or said where it lies."""

    name: str
    title: str
    way: str
    said: str
    size: int


def shown(here: Runtime, message: Message) -> tuple[Shown, ...]:
    """The sides that a card has to show."""
    return tuple(
        Shown(side.name, TITLES[side.name], _way(side), letters.spelled(side.said), len(side.data) // 1024)
        for side in _sides(here, message)
    )


@callers("staff")
@guard.page
def piece(staff: Staff, message_id: str, side: str) -> Response:
    """One side of a piece, for somebody who sees the message."""
    here = runtime()
    message = cards.seen(here, staff, message_id)
    found = next((one for one in _sides(here, message) if one.name == side and one.kind), None)
    if found is None:
        raise Malformed(404, "not_found", "There is nothing to look at here.")
    if found.kind == HTML:
        text = AHEAD.sub("<x-", letters.without_code(found.data.decode("utf-8", "replace"), message))
        response = Response(text + PLACES, content_type="text/html; charset=utf-8")
    else:
        way = "inline" if found.kind in PICTURES else "attachment"
        response = Response(found.data, content_type=found.kind)
        response.headers["Content-Disposition"] = f'{way}; filename="{side}.{found.kind.rpartition("/")[2]}"'
    response.headers.update(CLOSED)
    return response


def _way(side: Side) -> str:
    if side.kind == HTML:
        return "frame"
    if side.kind in PICTURES:
        return "picture"
    return "file" if side.kind else "elsewhere"


def _sides(here: Runtime, message: Message) -> Sequence[Side]:
    press = PRESSES.get(message.provider)
    if press is None:
        html = message.content.html
        return (Side("mail", HTML, html.encode()),) if html else ()
    found = template_words.template_of(here, message)
    if message.content.part is None:
        return press.sides(message, found)
    with here.store.read() as tx:
        return press.sides(replace(message, part=store.read_part(tx, message.content.part)), found)
