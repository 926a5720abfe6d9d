"""Pieces: whether two names mean the same one, and whether a text names it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sayso.message import Fact, Json

PARTS = re.compile(r"[-_/:. ]+")
BRIDAL = re.compile(
    r"\b(?:bridal|engagement|wedding|propos\w+|solitaire|marry|fianc\w+|verlobung|trauring|boda|compromiso|mariage)",
    re.I,
)
RING = re.compile(r"\b(?:rings?|anillo|bague|alliance)\b", re.I)
SAID = ("reason", "note", "notes", "category", "kind", "occasion")
"""Where somebody may have said what a purchase is for."""


def pieces(fact: Fact) -> frozenset[str]:
    """The names of the pieces that a fact lists: texts, or objects with an id, a sku or a name."""
    found = fact.get("items")
    items = found if isinstance(found, list) else []
    return frozenset(name for item in items for name in _names(item))


def same(left: Iterable[str], right: Iterable[str]) -> frozenset[str]:
    """The pieces of the left that are, or are a variant of, one of the right."""
    others = [_key(name) for name in right]
    return frozenset(name for name in left if any(_variant(_key(name), other) for other in others))


def spoken_of(text: str, names: Iterable[str]) -> str:
    """The first of these pieces that a text names; empty where it names none."""
    plain = " ".join(PARTS.split(text.casefold()))
    for name in sorted(names):
        key = _key(name)
        bare = tuple(part for part in key if part.isalpha())
        for words in {" ".join(key), " ".join(bare) if len(bare) > 1 else ""}:
            if len(words) > 3 and re.search(rf"(?<!\w){re.escape(words)}(?:e?s)?(?!\w)", plain):
                return name
    return ""


def noun_in(text: str, names: Iterable[str]) -> bool:
    """Whether a text says what kind of piece one of these is: the first word of its name, "ring" of ring-4411."""
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    nouns = {part for name in names for part in _key(name) if part.isalpha() and len(part) > 2}
    return bool(nouns & (words | {word.removesuffix("s") for word in words}))


def is_bridal(fact: Fact) -> bool:
    """Whether a purchase is said to be one for an engagement or a wedding."""
    words = [fact.text(name) for name in SAID]
    return fact.get("bridal") is True or any(BRIDAL.search(text) for text in (*words, *map(_spaced, pieces(fact))))


def has_ring(fact: Fact) -> bool:
    """Whether one of the pieces is a ring."""
    return any(RING.search(_spaced(name)) for name in pieces(fact))


def shown(names: Iterable[str]) -> str:
    """Pieces as a sentence names them."""
    listed = [_spaced(name) for name in sorted(names)]
    return listed[0] if len(listed) == 1 else f"{len(listed)} pieces" if listed else "something"


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _names(item: Json) -> list[str]:
    if isinstance(item, str):
        return [item]
    if isinstance(item, dict):
        return [str(item[name]) for name in ("id", "sku", "name") if isinstance(item.get(name), str)]
    return []


def _key(name: str) -> tuple[str, ...]:
    return tuple(part for part in PARTS.split(name.casefold()) if part)


def _variant(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """The same parts, or one more at the end (a size, a metal) after a part that has a number in it."""
    short, long = sorted((left, right), key=len)
    if not short or long[: len(short)] != short:
        return False
    return len(short) == len(long) or any(char.isdigit() for part in short for char in part)
