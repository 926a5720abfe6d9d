"""The world that a test of the contract runs in, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import MakeHouse
from tests.contract.world import World
from tests.contract.worlds import WORLDS


@pytest.fixture
def world(request: pytest.FixtureRequest, make_house: MakeHouse, database_url: str) -> Iterator[World]:
    """The vendor that the test names, with a house before it in which nothing moves by itself."""
    with WORLDS[request.param](make_house, database_url) as here:
        yield here


@pytest.fixture
def rotating(request: pytest.FixtureRequest, make_house: MakeHouse, database_url: str) -> Iterator[World]:
    """The same while the vendor's own keys are changed: we know the former and the next."""
    with WORLDS[request.param](make_house, database_url, rotating=True) as here:
        yield here
