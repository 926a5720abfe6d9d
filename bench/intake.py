"""Held messages accepted a second through the Twilio door, against the bare handler with one durable insert."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.load import Result, load
from bench.server import Server, create_request, floor, sayso

FLOOR = b"POST /hold HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1024\r\n\r\n" + b"x" * 1024


def measure(seconds: float = 6.0, rounds: int = 3, connections: int = 32, database: str = "") -> list[str]:
    """A line a ratio, the median over rounds in which floor and sayso take turns; on SQLite, or a PostgreSQL URL."""
    settings = {"SAYSO_DATABASE_URL": database, "SAYSO_SECRET_KEY": "k" * 40} if database else {}
    rows = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with floor(folder, database or str(folder / "floor.db")) as server:
                bare = _run(server, lambda n: FLOOR, seconds, connections)
            with sayso(folder, **settings) as (server, given):
                ours = _run(server, lambda n, given=given: create_request(given, n), seconds, connections)  # type: ignore[misc]
        rows.append((ours, bare))
    rows.sort(key=lambda row: row[0][0].per_second / row[1][0].per_second)
    (ours, ours_cpu), (bare, bare_cpu) = rows[len(rows) // 2]
    return [
        f"intake ÷ bare insert, {connections} connections: {ours.per_second / bare.per_second:.2f}"
        f" ({ours.per_second:.0f}/s ÷ {bare.per_second:.0f}/s; not 2xx: {ours.wrong})",
        f"processor time a request, ours ÷ bare: {ours_cpu / bare_cpu:.2f} ({ours_cpu:.0f} µs ÷ {bare_cpu:.0f} µs)",
        f"p99 latency, ours ÷ bare: {ours.p99 / bare.p99:.2f} ({ours.p99:.0f} ms ÷ {bare.p99:.0f} ms)",
    ]


def _run(server: Server, make: object, seconds: float, connections: int) -> tuple[Result, float]:
    before = server.cpu()
    result = load(server.port, make, connections=connections, seconds=seconds)  # type: ignore[arg-type]
    return result, (server.cpu() - before) / (result.per_second * (seconds + 1.0)) * 1e6
