"""What the embedded default costs to keep: resident memory idle, and the time from start to the first answer."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.server import sayso


def measure(idle_seconds: float = 3.0) -> list[str]:
    """A line each."""
    with tempfile.TemporaryDirectory() as name, sayso(Path(name)) as (server, _):
        time.sleep(idle_seconds)
        return [
            f"resident memory, idle: {server.megabytes():.0f} MB",
            f"cold start until the port answers: {server.start_seconds:.2f} s",
        ]
