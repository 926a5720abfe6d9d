"""A house in which nothing moves unless a test moves it, and what callbacks have left in it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.conftest import House, MakeHouse


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself."""
    return make_house(start=False)


def count_receipts(house: House) -> int:
    """How many callbacks are stored."""
    with house.store.read() as tx:
        return int(tx.connection.execute(text("SELECT count(*) FROM sayso_receipt")).scalar() or 0)
