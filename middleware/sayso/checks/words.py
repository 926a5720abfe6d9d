"""What the checks that read words share: where a message has words, and how to point at one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sayso.message import Content, Finding, Json, Message

MOST_FINDINGS = 12
ARTWORK = frozenset({"front", "back", "inside", "outside", "file", "to_address", "from_address"})
"""The fields of a printed piece that are read elsewhere: its sides once filled in, its addresses as a place."""
LAST_READ = 2
"""How many messages are remembered as they were read: each is asked for by many checks in turn."""
_BLANKS = re.compile(r"\s+")


def texts(message: Message) -> tuple[tuple[str, str], ...]:
    """Every place of the message where words stand, with the words; addresses and callback URLs are none."""
    return _texts(message.content)


@lru_cache(maxsize=LAST_READ)
def _texts(content: Content) -> tuple[tuple[str, str], ...]:
    machine = {
        content.body,
        content.sender,
        content.callback_url,
        content.template,
        *content.to,
        *content.media,
    }
    found = [("the text", content.body or ""), ("the text", content.seen or ""), ("the sender", content.sender or "")]
    printed = any(name == "to_address" for name, _ in content.fields)
    for name, value in content.fields:
        if value not in machine and not (printed and name in ARTWORK):
            found.extend((name, leaf) for leaf in _leaves(value))
    return tuple((place, text) for place, text in found if text)


def _leaves(value: str) -> list[str]:
    """The strings inside a JSON value, those of a repeated key as well; other text as it is."""
    if value[:1] not in ("{", "["):
        return [value]
    try:
        waiting: list[Json] = [json.loads(value, object_pairs_hook=lambda pairs: [item for _, item in pairs])]
    except (ValueError, RecursionError):
        return [value]
    found: list[str] = []
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, str):
            found.append(item)
    return found


def folded(text: str) -> str:
    """A text with one blank or one line's end where there are many: a pattern would try each of them anew."""
    return _BLANKS.sub(lambda found: "\n" if "\n" in found[0] else " ", text)


def once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of every key, and no more than a person would read."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        kept.setdefault(finding.key, finding)
        if len(kept) == MOST_FINDINGS:
            break
    return tuple(kept.values())


def named(char: str) -> str:
    """A character by its code point and Unicode name."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def where(place: str, text: str, start: int) -> str:
    """Where in the message something stands: the place, and the words just before it with nothing hidden."""
    before = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text[max(0, start - 20) : start])
    return f"in {place}, after “{before}”" if before.strip() else f"at the beginning of {place}"


def ago(earlier: datetime, now: datetime) -> str:
    """How long ago something was, as people say it."""
    seconds = (now - earlier).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
