"""The secret key that everything is sealed with: another one does not start, so nobody who opted out is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.message import Unsafe
from sayso.store import Store
from tests.postgres import database_url, postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]


def open_store(url: str, key: str) -> Store:
    """A store at that URL, brought up to date."""
    store = Store(url, key, lambda: datetime.now(UTC))
    store.upgrade()
    return store


def test_the_key_that_sealed_a_database_opens_it_again(database_url: str) -> None:
    open_store(database_url, "k" * 40).close()
    open_store(database_url, "k" * 40).close()


def test_another_key_does_not_start_on_a_database_that_is_sealed(database_url: str) -> None:
    open_store(database_url, "k" * 40).close()
    with pytest.raises(Unsafe, match="another secret key"):
        open_store(database_url, "j" * 40)
