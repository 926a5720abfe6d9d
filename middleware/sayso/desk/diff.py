"""Two versions of some words, word by word: what stayed, what was taken out, what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from sayso.desk import letters
from sayso.desk.letters import Piece

# A word, a stretch of white space, or one sign of a script that puts no space between its words.
TOKEN = re.compile(r"\s+|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
MOST = 4000


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words: `kind` is "" where it stayed, "removed" or "added" where it did not."""

    kind: str
    pieces: tuple[Piece, ...]


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What became of the words, in reading order, hidden characters spelled out; white space is kept."""
    found: list[tuple[str, str]] = []
    for stayed, old, new in _joined(_runs(TOKEN.findall(before), TOKEN.findall(after))):
        found += [(kind, text) for kind, text in (("", stayed), ("removed", old), ("added", new)) if text]
    return tuple(Change(kind, letters.pieces(text)) for kind, text in found)


def _runs(before: list[str], after: list[str]) -> Iterator[tuple[str, str, str]]:
    """What stayed, or what was taken out and put in, run by run; a very long text is compared as a whole."""
    if max(len(before), len(after)) > MOST:
        yield ("".join(before), "", "") if before == after else ("", "".join(before), "".join(after))
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        yield (old, "", "") if tag == "equal" else ("", old, new)


def _joined(runs: Iterator[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Changes with nothing but white space between them are one change, as a person would mark them."""
    kept: list[tuple[str, str, str]] = []
    for run in runs:
        gap = kept[-1][0] if len(kept) > 1 and not run[0] and kept[-1][0].isspace() else ""
        if gap:
            kept.pop()
            _, old, new = kept.pop()
            kept.append(("", old + gap + run[1], new + gap + run[2]))
        else:
            kept.append(run)
    return kept
