"""The print cut-off on the shop's clock, on the days that it changes as well."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sayso.deciding.cut_off import cut_off
from tests.batched import handed_in, messages_of, pieces
from tests.conftest import MakeHouse


def at(day: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "now", "due"),
    [
        pytest.param("01:30", "2026-11-01T08:15", "2026-11-01T08:30", id="autumn-the-first-time"),
        pytest.param("01:30", "2026-11-01T08:45", "2026-11-01T09:30", id="autumn-between-both"),
        pytest.param("01:30", "2026-11-01T09:15", "2026-11-01T09:30", id="autumn-the-second-time"),
        pytest.param("01:30", "2026-11-01T09:30", "2026-11-02T09:30", id="autumn-after-both"),
        pytest.param("16:00", "2026-10-31T23:30", "2026-11-02T00:00", id="the-evening-before-autumn"),
        pytest.param("02:30", "2026-03-08T09:00", "2026-03-08T10:30", id="spring-the-hour-that-is-left-out"),
        pytest.param("02:30", "2026-03-08T10:15", "2026-03-08T10:30", id="spring-just-after-the-gap"),
        pytest.param("02:30", "2026-03-08T10:45", "2026-03-09T09:30", id="spring-the-next-day"),
        pytest.param("16:00", "2026-03-08T01:00", "2026-03-08T23:00", id="the-evening-before-spring"),
        pytest.param("00:00", "2026-11-24T07:59", "2026-11-24T08:00", id="a-minute-to-midnight"),
        pytest.param("00:00", "2026-11-24T08:00", "2026-11-25T08:00", id="at-midnight"),
        pytest.param("00:00", "2026-11-01T06:59", "2026-11-01T07:00", id="midnight-before-autumn"),
        pytest.param("23:59", "2026-11-24T07:59", "2026-11-25T07:59", id="a-minute-before-midnight"),
    ],
)
def test_the_cut_off_is_the_next_time_that_the_shops_clock_shows_it(
    make_house: MakeHouse, tmp_path: Path, hour: str, now: str, due: str
) -> None:
    policy = f'[policy]\ntime_zone = "America/Los_Angeles"\nprint_cut_off = "{hour}"\n'
    (tmp_path / "sayso.toml").write_text(policy)
    house = make_house(start=False)
    house.clock.fixed = at(now)
    piece = messages_of(house, handed_in(house, pieces(2)))[0]
    with house.store.read() as tx:
        assert cut_off(tx, house.runtime, piece) == at(due)
