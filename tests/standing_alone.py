"""The standalone program, standing for a whole module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import House
from tests.standing import standing


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The standalone program, for tests that leave nothing behind for each other."""
    with standing(tmp_path_factory.mktemp("alone")) as house:
        yield house
