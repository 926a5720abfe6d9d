"""What somebody means who writes back: stop, perhaps stop, start, help or just words, in four languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from sayso import optout_words as lists
from sayso.checks.late import Late

Meaning = Literal["stop", "maybe_stop", "start", "help", "words"]
LONGEST = 4000
_PARTS = re.compile(r"[.!?;\n\r…।؟¡¿]+")
_APOSTROPHES = re.compile("['\u2019\u2018\u02bc`\u00b4]")
_SPELLED_OUT = re.compile(r"(?<!\S)(?:\S ){2,}\S(?!\S)")
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
# One Arabic or Hindi letter for those that people write for one another; NFKD has split off hamza and nukta by then.
_FOLDED = str.maketrans(
    {"\u0629": "\u0647", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0671": "\u0627", "\u0640": None}
)
_DEVANAGARI = ("\u0900", "\u097f")
_NUKTA = "\u093c"


def meaning(text: str, *, stopped: bool = False) -> Meaning:
    """What a text asks for; `stopped` when its writer said stop before, so that a plain yes takes that back."""
    words = plain(text)
    whole = _core(words)
    if whole in START or (stopped and whole in YES):
        return "start"
    if whole in HELP:
        return "help"
    if _stops(words, whole) or any(_core(plain(part)) in STRONG for part in _PARTS.split(text[:LONGEST])):
        return "stop"
    left = _INNOCENT.sub(" / ", words)
    if _CLEAR.search(left):
        return "maybe_stop" if _LIMITED.search(left) else "stop"
    return "maybe_stop" if whole in DOUBTFUL_WHOLE or _DOUBTFUL.search(left) else "words"


def plain(text: str) -> str:
    """The words alone, in small letters, one space apart: no accents, wide or hidden letters, signs or pictures."""
    letters = _folded(_APOSTROPHES.sub("", text[:LONGEST]).casefold())
    words = " ".join("".join(" " if _is_gap(letter) else letter for letter in letters).split())
    words = _SPELLED_OUT.sub(lambda found: found[0].replace(" ", ""), words)
    return _DRAWN_OUT.sub(r"\1", words)


def _folded(text: str) -> str:
    """One spelling of what is written in several ways: no accents, hamza, nukta or hidden letters."""
    letters = unicodedata.normalize("NFKD", text)
    shown = "".join(letter for letter in letters if not _is_hidden(letter)).translate(_FOLDED)
    return shown.replace("\u0928\u094d\u0926", "\u0902\u0926")  # Hindi's n before d, as a letter or as a dot


def _is_hidden(letter: str) -> bool:
    """What is over, under or between letters; Hindi's vowels are marks, too, and stay."""
    category = unicodedata.category(letter)
    if category == "Mn":
        return letter == _NUKTA or not _DEVANAGARI[0] <= letter <= _DEVANAGARI[1]
    return category in ("Cf", "Me") or letter == "\ufe0f"


def _is_gap(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "LNM"


def _stops(words: str, whole: str) -> bool:
    return words in STOP or whole in STOP or (bool(whole) and all(word in STOP for word in whole.split()))


def _core(words: str) -> str:
    """The words without the please and thanks around them; as they are where they are on a list themselves."""
    if words in STOP or words in DOUBTFUL_WHOLE:
        return words
    left = words.split()
    while left and left[0] in NOISE:
        left.pop(0)
    while left and left[-1] in NOISE:
        left.pop()
    return " ".join(left)


def _listed(words: Iterable[str]) -> frozenset[str]:
    return frozenset(plain(word) for word in words if word.strip())


def _any_of(patterns: Iterable[str]) -> Late:
    return Late(r"(?<!\S)(?:" + _folded("|".join(patterns)) + r")(?!\S)")


STOP, START, YES, HELP = (_listed(words) for words in (lists.STOP, lists.START, lists.YES, lists.HELP))
NOISE, DOUBTFUL_WHOLE = _listed(lists.NOISE), _listed(lists.DOUBTFUL_WHOLE)
STRONG = STOP - _listed(("cancel", "end", "quit", "remove", "cancelar", "baja", "para ya", "td", "band", "حذف", "بطل"))
"""The words that mean it even where another sentence follows."""
_CLEAR, _DOUBTFUL, _INNOCENT = (_any_of(patterns) for patterns in (lists.CLEAR, lists.DOUBTFUL, lists.INNOCENT))
_LIMITED = _any_of((lists.LIMITED,))
