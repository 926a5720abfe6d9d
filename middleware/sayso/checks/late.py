"""Patterns that are compiled when something is first looked for: all of them together would hold up every start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property


class Late:
    """A pattern from its text, asked like one of `re`; once it is compiled, asking costs nothing more."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern, self._flags = pattern, flags

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """The first place where it fits."""
        return self._compiled.search

    @cached_property
    def match(self) -> Callable[[str], re.Match[str] | None]:
        """Where it fits at the beginning."""
        return self._compiled.match

    @cached_property
    def finditer(self) -> Callable[[str], Iterator[re.Match[str]]]:
        """Every place where it fits."""
        return self._compiled.finditer

    @cached_property
    def sub(self) -> Callable[[str | Callable[[re.Match[str]], str], str], str]:
        """A text with something else wherever it fits."""
        return self._compiled.sub

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)
