"""How a text is filled in without growing beyond what anybody would read."""

from __future__ import annotations

import re
from collections.abc import Callable

MOST_ADDED = 1_000_000


class TooLong(ValueError):
    """A text that its own values would make too long."""


def filled(gaps: re.Pattern[str], text: str, value: Callable[[re.Match[str]], str]) -> str:
    """A text with its gaps filled; TooLong as soon as that makes it a million characters longer."""
    added = 0

    def one(gap: re.Match[str]) -> str:
        nonlocal added
        said = value(gap)
        added += max(0, len(said) - len(gap[0]))
        if added > MOST_ADDED:
            raise TooLong(f"Its values would make the text more than {MOST_ADDED:,} characters longer.")
        return said

    return gaps.sub(one, text)
