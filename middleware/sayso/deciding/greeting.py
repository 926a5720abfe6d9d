"""The greeting of a text that goes to somebody else: their name for the name of the first, and not a letter more."""

from __future__ import annotations

import re
from collections.abc import Iterable

GREETINGS = (
    "hi|hello|hey|dear|hi there|good (?:morning|afternoon|evening|day)|hola|hallo|bonjour|ciao|ol\u00e1|guten tag"
)
ENDS = r"(?=\s*(?:[,!.:;?]|$|\n)|\s+[-\u2013\u2014]|\s+(?!(?:and|or|und|y|et|e|o|u)\b)[a-z])"
"""What may stand behind a name that stands alone: not “and Scott”, nor a second name that we do not know."""


def readdressed(text: str, old: Iterable[str], new: str) -> str:
    """The text with the first greeting of one of these people turned to another, by first name or in full as it was."""
    for name in sorted(old, key=len, reverse=True):
        for was, now in ((name, new), (first(name), first(new))):
            found = _greeted(text, was) if was and now else None
            if found:
                return f"{text[: found.start(1)]}{_in_case(now, found[1])}{text[found.end(1) :]}"
    return text


def first(name: str) -> str:
    """The first name; nothing where the name begins with a title, for it may be anybody's."""
    words = name.split()
    return "" if not words or words[0].endswith(".") else words[0]


def _greeted(text: str, name: str) -> re.Match[str] | None:
    spaced = r"\s+".join(map(re.escape, name.split()))
    alone = re.search(rf"\A\s*((?i:{spaced}))(?=\s*,)", text)
    return alone or re.search(rf"(?<!\w)(?i:{GREETINGS}),?\s+((?i:{spaced}))(?!\w){ENDS}", text)


def _in_case(name: str, was: str) -> str:
    """A name in capitals, or in small letters, where the other one was."""
    return name.upper() if was.isupper() else name.lower() if was.islower() else name
