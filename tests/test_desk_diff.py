"""The word diff: what stayed, what went, what came, and no letter lost on either side."""

from __future__ import annotations

import random

import pytest

from sayso.desk import diff


def read(before: str, after: str) -> list[tuple[str, str]]:
    """The runs of a diff with their words as they are shown."""
    return [(change.kind, "".join(piece.text for piece in change.pieces)) for change in diff.changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("Hi Kayla, come by.", "Hi Kayla, come by.", [("", "Hi Kayla, come by.")]),
        (
            "Hi {{name}}, your ring is ready.",
            "Hi Kayla, your ring 4411 is ready.",
            [("", "Hi "), ("removed", "{{name}},"), ("added", "Kayla,"), ("", " your ring "), ("added", "4411 "),
             ("", "is ready.")],
        ),
        ("a b c d", "a x y d", [("", "a "), ("removed", "b c"), ("added", "x y"), ("", " d")]),
        ("one\ntwo", "one\n\ntwo", [("", "one"), ("removed", "\n"), ("added", "\n\n"), ("", "two")]),
        ("", "new", [("added", "new")]),
        ("指輪ができた", "指輪がとどきた", [("", "指輪が"), ("removed", "で"), ("added", "とど"), ("", "きた")]),
        ("שלום רבקה", "שלום שרה", [("", "שלום "), ("removed", "רבקה"), ("added", "שרה")]),
        ("pay pal", "pay\u200bpal", [("removed", "pay pal"), ("added", "payU+200Bpal")]),
    ],
    ids=["same", "words", "neighbours join", "line ends", "from nothing", "no spaces", "right to left", "hidden"],
)  # fmt: skip
def test_a_diff_reads_as_a_person_would_mark_it(before: str, after: str, found: list[tuple[str, str]]) -> None:
    assert read(before, after) == found


def test_both_texts_can_be_read_out_of_a_diff_whole() -> None:
    chance = random.Random(7)
    for _ in range(300):
        before, after = ("".join(chance.choices("ab \nש,", k=chance.randrange(30))) for _ in range(2))
        found = read(before, after)
        assert "".join(text for kind, text in found if kind != "added") == before
        assert "".join(text for kind, text in found if kind != "removed") == after


def test_a_text_without_end_is_compared_as_a_whole_and_at_once() -> None:
    before, after = "x y " * 3000, "y x " * 3000
    assert [kind for kind, _ in read(before, after)] == ["removed", "added"]
