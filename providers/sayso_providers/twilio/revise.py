"""What people may change in a message before it goes, so that its request says what they decided."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace

from sayso.message import Content, Json, Malformed
from sayso_providers.base import Change
from sayso_providers.twilio import fields as rules

LONGEST_BODY = 1600
Fields = tuple[tuple[str, str], ...]


def fresh_id(content: Content) -> str:
    """An id for a message of ours, shaped like the vendor's own."""
    return ("MM" if content.media else "SM") + secrets.token_hex(16)


def revise(content: Content, change: Change, country: str) -> Content:
    """The content with the change in it and in its request; Malformed in plain words where the vendor takes it not."""
    revised, fields = content, content.fields
    if change.to is not None:
        revised = replace(revised, to=(_endpoint(content, change.to, country),), callback_url=None)
        fields = _set(_set(fields, "To", revised.to), "StatusCallback", ())
    if change.body is not None:
        if len(change.body) > LONGEST_BODY:
            text = f"That is {len(change.body)} characters; a text may have {LONGEST_BODY} at most."
            raise Malformed(400, "body", text)
        revised = replace(revised, body=change.body)
        fields = _set(fields, "Body", (change.body,))
    if change.media is not None:
        revised = replace(revised, media=change.media)
        fields = _set(fields, "MediaUrl", change.media)
    if change.variables is not None:
        fields = _set(fields, "ContentVariables", (_variables(fields, change.variables),))
    return replace(revised, fields=fields)


def _endpoint(content: Content, to: str, country: str) -> str:
    """An endpoint of the same channel, in one spelling."""
    prefix = rules.CHANNEL_PREFIX.fullmatch(content.to[0])
    written = rules.CHANNEL_PREFIX.fullmatch(to.strip())
    if written and (prefix is None or written[1] != prefix[1]):
        raise Malformed(400, "to", f"This message cannot go to {written[1]}; give an endpoint of its own channel.")
    bare = written[2] if written else to
    found = rules.number(f"{prefix[1]}:{bare.strip()}" if prefix else bare, country)
    if found is None:
        raise Malformed(400, "to", f"{to[:80]!r} is no number that can be written to.")
    if found == content.sender:
        raise Malformed(400, "to", "That is the number it would be sent from.")
    return found


def _set(fields: Fields, name: str, values: tuple[str, ...]) -> Fields:
    """The fields with these values for a name, where the name first stood; a request that has no fields stays so."""
    if not fields:
        return fields
    at = next((n for n, pair in enumerate(fields) if pair[0] == name), len(fields))
    others = [pair for pair in fields if pair[0] != name]
    return (*others[:at], *((name, value) for value in values), *others[at:])


def _variables(fields: Fields, change: Mapping[str, str]) -> str:
    known = _known(dict(fields).get("ContentVariables", ""))
    for name, value in change.items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise Malformed(400, "variables", f"This template has no value {name[:40]!r}; it has {names}.")
        if not value.strip() or len(value) > LONGEST_BODY:
            raise Malformed(400, "variables", f"The value {name!r} must have 1 to {LONGEST_BODY} characters.")
    return json.dumps({**known, **change}, ensure_ascii=False)


def _known(raw: str) -> dict[str, Json]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
