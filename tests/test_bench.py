"""The measuring scripts run; what they measure is for `make bench`, never for a test."""

from __future__ import annotations

from bench import crowd, intake, latency, memory


def test_every_figure_is_measured_without_a_wrong_answer() -> None:
    lines = memory.measure(0.1) + intake.measure(0.3, 1, 4) + latency.measure(2)
    assert len(lines) == 7
    assert "not 2xx: 0" in lines[2]


def test_a_screening_asks_the_database_as_often_with_many_people_as_with_few() -> None:
    lines = crowd.measure(2 * crowd.FEW, 4)
    assert "the same in every pair: True" in lines[1]
