"""Is every character in the message what it seems? Finds hidden, turning, broken and look-alike ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sayso.checks.late import Late
from sayso.checks.links import script, skeleton
from sayso.checks.words import named, once, texts, where
from sayso.message import Facts, Finding, Message

_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u20e3\u2100-\u214f\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\ufe0f\U0001f000-\U0001faff"
)
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua8ff\ufb50-\ufdff\ufe70-\ufefc"

_HARMLESS = Late(
    f"(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"  # families and couples
    f"|(?<=[{_EMOJI}])[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"  # coloured symbols, keycaps
    "|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"  # flag of Scotland
    f"|(?<=[{_JOINING}])[\u200c\u200d]"  # Persian, Hindi and their neighbours write with joiners
    "|(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b"  # Thai, Khmer: where a line may break
    "|(?<=[\u3400-\u9fff\U00020000-\U000323af])[\ufe00-\ufe02\U000e0100-\U000e01ef]"  # Chinese forms
)
_RIGHT_TO_LEFT = Late("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIRECTION_MARKS = Late("[\u200e\u200f\u061c]")  # part of good Arabic and Hebrew, harmless there

_SUSPECT: Mapping[str, Late] = {
    "direction": Late("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    "hidden": Late(
        "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u2800"
        "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
        "\U000e0000-\U000e0fff]"
    ),
    "garbled": Late(
        "\u00c3[\u0080-\u0084\u0086-\u0091\u0093\u0095\u0098-\u00ba\u00bc-\u00bf\u20ac\u201a\u0192\u201e\u2020\u2021"
        "\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u201c\u2022\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
        "|\u00c3[\u2026\u2019\u201d\u2013\u2014\u00bb](?=\\w)"  # else a closing mark
        "|\u00c2[\u0080-\u009f\u00a0-\u00bf]|\u00e2[\u20ac\u201a\u201e\u0080\u0082\u0084\u0153\u0161\u017e\u00a4]"
        "|\u00f0[\u0178\u009f]|\u00ef\u00b8|\u00ef\u00bb|(?:[\u00d8\u00d9][^\x00-\x7f]){2}|\u00e0[\u00a4\u00a5](?!\\d)"
        "|\u201a\u00c4|\u221a[\u00a9\u00b1\u00b0\u2265\u2260]|[\ue000-\uf8ff\ufffd-\uffff\ud800-\udfff]"
    ),
    "control": Late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
}

_LIKE_LATIN = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LISU"})
_DRESSED = Late("[\u0250-\u02af\uff21-\uff5a\U0001d400-\U0001d7ff]")

_SENTENCES: Mapping[str, str] = {
    "direction": "A hidden character turns the words around here, so customers may read something else; "
    "please type this part anew.",
    "hidden": "There is a character in this message that nobody can see; please type this part anew.",
    "garbled": "Some letters came out garbled (“{bit}”); please correct them.",
    "control": "There is a character in this message that phones cannot show; please type this part anew.",
    "look_alike": "The word “{bit}” has letters that only look ordinary; please type it anew.",
}


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A finding for every kind of character that hides, turns, is broken, or passes for another."""
    return once(
        finding for place, text in texts(message) for finding in (*_characters(place, text), *_words(place, text))
    )


def _characters(place: str, text: str) -> Iterator[Finding]:
    seen = _HARMLESS.sub(lambda found: "." * len(found[0]), text)
    if _RIGHT_TO_LEFT.search(seen):
        seen = _DIRECTION_MARKS.sub(".", seen)
    for code, pattern in _SUSPECT.items():
        for found in pattern.finditer(seen):
            at = where(place, text, found.start())
            yield _finding(code, found[0], f"{', '.join(map(named, found[0]))}, {at}")


def _words(place: str, text: str) -> Iterator[Finding]:
    """Words with letters borrowed from another script, and wholly borrowed ones among ordinary words."""
    if text.isascii():
        return
    words = [found for found in re.finditer(r"[^\W\d_]+", text) if not found[0].isascii()]
    spoken = {script(c) for found in words if not skeleton(found[0]).isascii() for c in found[0]}
    for found in words:
        if odd := _odd(found[0], spoken & _LIKE_LATIN):
            at = where(place, text, found.start())
            yield _finding("look_alike", found[0], f"{', '.join(map(named, dict.fromkeys(odd)))}, {at}")


def _odd(word: str, spoken: set[str]) -> list[str]:
    """The borrowed letters of a word that should have none; `spoken`: scripts the text is in."""
    borrowed = [c for c in word if _is_borrowed(c)]
    if len(borrowed) == len(word):
        return borrowed if len(word) > 2 and script(word[0]) not in spoken else []
    return borrowed if any(script(c) == "LATIN" for c in word) else []


def _is_borrowed(char: str) -> bool:
    """Whether a letter would be read as an ordinary one but is Cyrillic, Greek, phonetic, wide or bold."""
    if char.isascii() or not skeleton(char).isascii():
        return False
    return script(char) in _LIKE_LATIN or _DRESSED.match(char) is not None


def _finding(code: str, bit: str, evidence: str) -> Finding:
    subject = f"U+{ord(bit):04X}" if len(bit) == 1 else bit[:80]
    reason = _SENTENCES[code].format(bit=bit[:40])
    return Finding("hidden_character", code, reason, "hold", subject, evidence[:300], {"kind": "edit"})
