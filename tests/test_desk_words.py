"""The desk without a browser: proposals in words, letters nobody sees, and how many texts a text is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from sayso.desk import letters, words
from sayso.message import Finding, telephony


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        ({"kind": "delay", "until": "2026-11-22T14:00:00+00:00"}, "wait until Sun 22 Nov, 09:00."),
        ({"kind": "delay", "until": "tomorrow"}, ""),
        ({"kind": "confirm", "fact": "time_zone"}, "find out the time zone first."),
        ({"kind": "reject"}, "do not send it."),
        ({"kind": "sing"}, ""),
        (None, ""),
    ],
)
def test_a_proposal_is_put_in_words(proposal: dict[str, str] | None, said: str) -> None:
    assert words.proposed(Finding("c", "d", "r", proposal=proposal), ZoneInfo("America/New_York")) == said


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\u3164", "\u2800", "\u2028", "\x00", "\U000e0041"]
)
def test_a_character_nobody_sees_is_shown_by_its_code_point(letter: str) -> None:
    found = letters.pieces(f"pay{letter}pal")
    assert [piece.kind for piece in found] == ["", "hidden", ""]
    assert found[1].text == f"U+{ord(letter):04X}"
    assert letter not in letters.spelled(f"pay{letter}pal")


@pytest.mark.parametrize("text", ["👩‍👩‍👧 ❤️", "می‌خواهم", "שלום", "plain\ntext"])
def test_joiners_that_belong_to_a_script_or_an_emoji_stay(text: str) -> None:
    assert [piece.text for piece in letters.pieces(text)] == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("\u0416" * 70, 1), ("\u0416" * 71, 2)],
)
def test_the_card_counts_texts_as_the_vendor_does(text: str, count: int) -> None:
    assert telephony.segments(text) == count
