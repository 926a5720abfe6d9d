"""The letters of a message as they are: what the eye would not see is spelled out, what a finding means is marked."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from sayso.batching.rows import HIDDEN
from sayso.batching.template import CODE
from sayso.message import Message

# Characters that show nothing although Unicode counts them as letters, marks or symbols.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2028\u2029\u2800\u3164\uffa0")
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
UNSEEN = ("Cf", "Cc", "Co", "Cn", "Cs")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters: `kind` is "" for plain ones, "hidden" for a spelled-out one, "doubt" where a finding points."""

    text: str
    kind: str = ""
    name: str = ""


def pieces(text: str, doubts: Iterable[str] = ()) -> tuple[Piece, ...]:
    """The text in pieces, in order, nothing left out."""
    wanted = sorted({doubt for doubt in doubts if len(doubt) > 1}, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, wanted))})", text) if wanted else [text]
    return tuple(piece for n, part in enumerate(parts) for piece in _spell(part, "doubt" if n % 2 else ""))


def spelled(text: str) -> str:
    """The text on one line with every hidden character written as its code point."""
    found = "".join(f"⟨{piece.text}⟩" if piece.kind == "hidden" else piece.text for piece in pieces(text))
    return " ".join(found.split())


def short(text: str, most: int) -> str:
    """The beginning of a text, spelled out; an ellipsis where it goes on."""
    line = spelled(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def without_code(text: str, message: Message) -> str:
    """A page or a field without its gift card's code, however it is written there: only the piece itself has it."""
    code = dict(message.content.metadata).get(CODE, "")
    ways = {way for plain in (code, escape(code)) for way in (plain, json.dumps(plain)[1:-1])}
    written = "|".join(map(re.escape, sorted(ways, key=len, reverse=True)))
    found = re.compile(rf"(?P<picture>data:image/[\w+/;,=]*)|{written}")
    return found.sub(lambda one: one["picture"] or HIDDEN, text) if code else text


def _spell(text: str, kind: str) -> Iterator[Piece]:
    plain = ""
    for n, letter in enumerate(text):
        if _is_hidden(text, n):
            if plain:
                yield Piece(plain, kind)
            yield Piece(f"U+{ord(letter):04X}", "hidden", unicodedata.name(letter, "control character").lower())
            plain = ""
        else:
            plain += letter
    if plain:
        yield Piece(plain, kind)


def _is_hidden(text: str, n: int) -> bool:
    letter = text[n]
    if letter in JOINERS:  # part of emoji and of Persian, Hindi and their neighbours; among Latin letters it hides
        return n == 0 or text[n - 1].isascii()
    return letter in BLANK or (unicodedata.category(letter) in UNSEEN and letter not in "\n\t\r")
