"""The measuring scripts run; what they measure is for `make bench`, never for a test."""

from __future__ import annotations

from bench import intake, latency, memory


def test_every_figure_is_measured_without_a_wrong_answer() -> None:
    lines = memory.measure(0.1) + intake.measure(0.3, 1, 4) + latency.measure(2)
    assert len(lines) == 7
    assert "not 2xx: 0" in lines[2]
