"""One page of a list, where some of what is asked shows only in a row itself: so many rows are read, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from sayso_providers import Query

STEP, MOST_READ = 100, 1000


class Row(Protocol):
    """What a list has."""

    @property
    def id(self) -> str:
        """By which the pages beside it are asked for."""


R = TypeVar("R", bound=Row)


def page(
    query: Query, read: Callable[[Query, int], Sequence[R]], fits: Callable[[R], bool] | None
) -> tuple[Sequence[R], Query, bool]:
    """The rows of a page, the query with the ends of what was looked at, and whether there is more in its direction.

    A page may have fewer rows than asked for, or none, and more behind it: then a thousand were read, and few fit.
    """
    step = STEP if fits else query.size + 1
    found: list[R] = []
    looked: list[str] = []
    at, more = query, True
    while more and len(found) <= query.size and len(looked) < MOST_READ:
        rows = read(at, step)
        fitting = [row for row in rows if fits is None or fits(row)]
        found = [*fitting, *found] if query.before else [*found, *fitting]
        ids = [row.id for row in rows]
        looked = [*ids, *looked] if query.before else [*looked, *ids]
        more = len(rows) == step
        if ids:
            at = replace(at, before=looked[0]) if query.before else replace(at, after=looked[-1])
    shown = found[-query.size :] if query.before else found[: query.size]
    if len(found) > query.size or (shown and not more):
        return shown, replace(query, ends=(shown[0].id, shown[-1].id)), len(found) > query.size
    return shown, replace(query, ends=(looked[0], looked[-1]) if looked else None), more
