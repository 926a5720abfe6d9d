"""The story once more, with PostgreSQL underneath."""

from __future__ import annotations

import pytest

from tests import test_story
from tests.conftest import House, MakeHouse

test_the_bride = test_story.test_the_bride_to_be_is_never_asked_about_a_purchase_she_does_not_know_of
test_the_buyer = test_story.test_the_buyer_gets_his_text_once_and_the_crm_hears_that_it_arrived


@pytest.fixture
def house(make_house: MakeHouse, postgres_url: str) -> House:
    """One running house on PostgreSQL."""
    return make_house(database_url=postgres_url)
