"""Stores for tests that run on both databases, one or several on each as if in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sayso import store
from sayso.message import Message, State
from sayso.store import Store, Tx
from tests.stored import KEY, Ticking

MakeStore = Callable[[], Store]


@pytest.fixture
def clock() -> Ticking:
    """The store's clock."""
    return Ticking()


@pytest.fixture
def make_store(database_url: str, clock: Ticking) -> Iterator[MakeStore]:
    """Stores on one database, as if each were in a process of its own."""
    made: list[Store] = []

    def make() -> Store:
        made.append(Store(database_url, KEY, clock))
        made[-1].upgrade()
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def here(make_store: MakeStore) -> Store:
    """One store."""
    return make_store()


def approve(tx: Tx, message: Message) -> Message:
    """What Ana's approval does."""
    return store.move(tx, message, State.CLEARED, "reviewer", who="ana")
