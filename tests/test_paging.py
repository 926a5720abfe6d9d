"""A page of which some rows do not fit: nothing is left out, nothing comes twice, and so many rows are read a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sayso.paging import MOST_READ, STEP, page
from sayso_providers import Query


@dataclass(frozen=True)
class Row:
    """One of a list."""

    n: int

    @property
    def id(self) -> str:
        """Its place."""
        return f"{self.n:026}"


@dataclass
class Shelf:
    """A list of so many rows, which counts how many of them were read."""

    rows: list[Row]
    read: int = 0

    def __call__(self, query: Query, limit: int) -> list[Row]:
        """The rows behind or in front of an id, in the list's order."""
        end = int(query.before or 0)
        start = int(query.after) + 1 if query.after else 0
        found = self.rows[max(end - limit, 0) : end] if query.before else self.rows[start : start + limit]
        self.read += len(found)
        return found


FITS: dict[str, Callable[[Row], bool] | None] = {
    "all": None,
    "all that are looked at": lambda row: True,
    "few": lambda row: row.n % 500 == 499,
    "none": lambda row: False,
    "the last": lambda row: row.n == 2499,
    "a crowd in the middle": lambda row: 1100 < row.n < 1400,
}


@pytest.mark.parametrize("size", [7, 100])
@pytest.mark.parametrize("which", FITS)
@pytest.mark.parametrize("many", [0, 1, STEP, STEP + 1, 2500])
def test_all_that_fit_are_met_once_there_and_once_back(many: int, which: str, size: int) -> None:
    shelf, fits = Shelf([Row(n) for n in range(many)]), FITS[which]
    wanted = [row for row in shelf.rows if fits is None or fits(row)]
    query, more, found, back = Query(size=size), True, [], []
    while more:
        shelf.read = 0
        shown, seen, more = page(query, shelf, fits)
        found += shown
        assert len(shown) <= size
        assert shelf.read <= MOST_READ
        query = Query(size=size, after=seen.ends[1]) if seen.ends else query
        assert seen.ends or not more
    assert found == wanted
    query, more = Query(size=size, before=Row(many).id), True
    while more:
        shown, seen, more = page(query, shelf, fits)
        back = [*shown, *back]
        query = Query(size=size, before=seen.ends[0]) if seen.ends else query
    assert back == wanted
