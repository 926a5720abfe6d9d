"""Would a phone show tags and codes? Finds HTML, its entities and torn escapes in a plain text."""

from __future__ import annotations

import re
from html.entities import html5

from sayso.checks.words import once, texts, where
from sayso.message import Facts, Finding, Message

_PLAIN = frozenset({"sms", "mms", "whatsapp"})

_TAG = re.compile(
    r"</?(?:a|b|i|u|p|s|br|hr|em|h[1-6]|li|ol|ul|td|tr|th|div|img|pre|sub|sup|body|font|form|head|html|link|meta"
    r"|span|table|tbody|title|style|input|button|center|iframe|object|script|strong|svg)\b(?:\s[^<>]{0,300})?/?>"
    r"|<(?:!--|!doctype\b|script\b|iframe\b|img\s|svg\b|a\s+href)",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31};)|#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};)")
_ESCAPE = re.compile(r"\\(?:[nrt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"'])|(?<=[A-Za-z,.!?])%20(?=[A-Za-z])")


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A finding for every tag, entity or escape that a plain text would show as it is."""
    if message.channel not in _PLAIN:
        return ()
    return once(
        _finding(code, place, text, found) for place, text in texts(message) for code, found in _leftovers(text)
    )


def _leftovers(text: str) -> list[tuple[str, re.Match[str]]]:
    unlinked = re.sub(r"\S+", lambda word: "." * len(word[0]) if "://" in word[0] else word[0], text)
    found = [("tag", tag) for tag in _TAG.finditer(text)]
    found += [("entity", entity) for entity in _ENTITY.finditer(text) if not entity[1] or entity[1] in html5]
    return found + [("escape", escape) for escape in _ESCAPE.finditer(unlinked)]


def _finding(code: str, place: str, text: str, found: re.Match[str]) -> Finding:
    reason = f"The phone would show “{found[0][:40]}” just like that; please correct it."
    at = where(place, text, found.start())
    return Finding("markup", code, reason, "hold", found[0][:80], at, {"kind": "edit"})
