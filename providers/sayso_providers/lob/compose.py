"""What another door took for Lob to print, and what people change of a piece before it goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from html import escape

from sayso.message import Content, Json, Malformed
from sayso_providers.base import Change
from sayso_providers.lob import artwork, pieces, places
from sayso_providers.lob.kinds import OF_CHANNEL, OF_SIDES, Kind

BLANK = "<html><body></body></html>"
PAGE = '<html><body style="font: 12pt/1.5 serif; margin: 1in">{}</body></html>'
LONGEST_BODY = 8000
NO_EDIT = "What is printed on this one is designed in the CRM: say no here, and have it send a new one."


def compose(content: Content, channel: str, country: str) -> Content:
    """The content with Lob's fields; Malformed names the field that Lob would not take."""
    kind, given = OF_CHANNEL[channel], dict(content.fields)
    to = _place("to", given.get("to", ""), country)
    sender = _place("from", given["from"], country) if given.get("from") else None
    if "from" in kind.needs and sender is None:
        raise Malformed(400, "from", f"A {channel} needs from.")
    sides = _sides(content, kind, given)
    made = pieces.build(to, sender, sides=sides, variables={}, rest={"color": False} if "color" in kind.needs else {})
    texts, elsewhere = artwork.read_texts(sides, {})
    worded = pieces.worded(made, artwork.words(texts, {}), elsewhere, dict(content.metadata))
    plain = content.body is not None
    return replace(
        content,
        to=made.to,
        sender=made.sender,
        fields=made.fields,
        template=worded.template,
        body=content.body if plain else worded.body,
        seen=None if plain else worded.seen,
    )


def revise(content: Content, change: Change, country: str) -> Content:
    """The content with the change in it and in its request; Malformed in plain words where it cannot be."""
    if change.media is not None or change.drop:
        raise Malformed(400, "media", NO_EDIT)
    if change.to is not None:
        to = _place("to", change.to, country)
        fields = {"to": json.dumps(places.place(to)), "to_address": json.dumps(to)}
        content = replace(content, to=(places.line(to),), fields=_set(content, fields))
    if change.body is not None:
        content = _reworded(content, change.body)
    if change.variables is not None:
        content = _refilled(content, change.variables)
    return content


def fresh_id(content: Content) -> str:
    """An id for a piece of ours, shaped like Lob's own."""
    side = next(iter(artwork.side_values(content)))
    return f"{OF_SIDES[side].prefix}_{pieces.suffix()}"


def _place(field: str, text: str, country: str) -> dict[str, Json]:
    """A place of our own door as Lob takes an address; its faults in our own words."""
    given = places.stored(text) or places.parsed(text)
    if not given:
        raise Malformed(400, field, "Give the whole address: name, line1, city, region, postal_code.")
    try:
        return places.read(field, {"address_country": country, **places.address(given)})
    except Malformed as fault:
        words = str(fault)
        for theirs, ours in places.OURS.items():
            words = words.replace(theirs, ours)
        raise Malformed(400, field, words) from fault


def _sides(content: Content, kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """The sides that were given, or the words on the one side that people read first."""
    found: dict[str, Json] = json.loads(given.get("content") or "{}")
    if not found:
        words = kind.sides[-1] if kind.channel == "self_mailer" else kind.sides[0]
        html = content.html if content.html is not None else _page(content.body or "")
        found = {side: html if side == words else BLANK for side in kind.sides}
    try:
        return {side: artwork.checked(side, found.get(side), None) for side in kind.sides}
    except Malformed as fault:
        raise Malformed(400, "content" if given.get("content") else "body", str(fault)) from fault


def _page(words: str) -> str:
    """Plain words as a page."""
    if len(words) > LONGEST_BODY:
        raise Malformed(400, "body", f"That is {len(words)} characters; a page may have {LONGEST_BODY} at most.")
    return PAGE.format("<br>".join(escape(words).splitlines()))


def _reworded(content: Content, body: str) -> Content:
    """Other words on a page that was made of words."""
    made = [side for side, html in artwork.side_values(content).items() if html == _page(content.body or "")]
    if content.template or content.body is None or not made:
        raise Malformed(400, "body", NO_EDIT)
    return replace(content, body=body, fields=_set(content, {made[0]: _page(body)}))


def _refilled(content: Content, change: Mapping[str, str]) -> Content:
    known = artwork.variables(content)
    for name, value in change.items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise Malformed(400, "variables", f"This piece has no value {name[:40]!r}; it has {names}.")
        if not value.strip() or len(value) > pieces.LONGEST_VALUE:
            raise Malformed(400, "variables", f"The value {name!r} must have 1 to {pieces.LONGEST_VALUE} characters.")
    return replace(content, fields=_set(content, {"merge_variables": json.dumps({**known, **change})}))


def _set(content: Content, changes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, changes.get(name, value)) for name, value in content.fields)
