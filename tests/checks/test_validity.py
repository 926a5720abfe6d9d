"""validity: what is no longer worth sending does not go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso.checks.validity import check
from tests.checks.build import NOON, a_message, some_facts


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(hours=3)], ids=str)
def test_a_message_whose_time_is_over_is_stopped(late: timedelta) -> None:
    (found,) = check(a_message(hold_expires_at=NOON - late), some_facts())
    assert (found.key, found.verdict) == ("validity:over:", "stop")


def test_the_sentence_says_how_long_ago() -> None:
    (found,) = check(a_message(hold_expires_at=NOON - timedelta(hours=3)), some_facts())
    assert found.reason == "The time in which this was worth sending ended 3 hours ago, so it will not go any more."


@pytest.mark.parametrize("until", [None, NOON + timedelta(microseconds=1)], ids=["no end", "not yet"])
def test_a_message_in_time_is_no_finding(until: object) -> None:
    assert check(a_message(hold_expires_at=until), some_facts()) == ()
