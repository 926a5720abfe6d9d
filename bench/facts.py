"""Facts stored a second, against bare inserts of as many rows of the same size in transactions of the same number."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

from sayso import Sayso, store
from sayso.message import Json
from sayso.telling import taking

CHUNK, BYTES = taking.CHUNK, 700


def measure(items: int = 6000) -> list[str]:
    """A line for what is new and a line for what is handed in again, on SQLite."""
    with tempfile.TemporaryDirectory() as name:
        bare = _floor(Path(name), items)
        first, again = _ours(Path(name), items)
    return [
        f"facts stored ÷ bare inserts, {items} at once: {first / bare:.3f} ({first:.0f}/s ÷ {bare:.0f}/s)",
        f"facts that change nothing ÷ bare inserts: {again / bare:.3f} ({again:.0f}/s)",
    ]


def _floor(folder: Path, items: int) -> float:
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, body BLOB)")
    rows = [(b"x" * BYTES,)] * items
    start = time.perf_counter()
    for n in range(0, items, CHUNK):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO floor (body) VALUES (?)", rows[n : n + CHUNK])
        connection.execute("COMMIT")
    taken = time.perf_counter() - start
    connection.close()
    return items / taken


def _ours(folder: Path, items: int) -> tuple[float, float]:
    from flask import Flask

    app = Flask(__name__, instance_path=str(folder / "instance"))
    app.config.update(SAYSO_SECRET_KEY="k" * 40, SAYSO_PUBLIC_URL="http://127.0.0.1:8000")
    Sayso(app)
    here = app.extensions["sayso"].runtime
    source = here.store.write(lambda tx: store.add_source(tx, "crm"))
    body = _body(items)
    speeds = []
    for _ in range(2):
        start = time.perf_counter()
        told = taking.tell_facts(here, source, body)
        speeds.append(items / (time.perf_counter() - start))
        assert told == {"stored": items, "refused": []}, told["refused"]
    here.store.close()
    return speeds[0], speeds[1]


def _body(items: int) -> dict[str, Json]:
    """A third people, a third purchases, a third wishlists."""
    at = "2026-11-01T10:00:00Z"
    third = items // 3
    people: list[Json] = [
        {
            "id": f"p{n}",
            "name": f"Person {n}",
            "phones": [f"+1415555{n % 10000:04d}"],
            "emails": [f"person{n}@example.com"],
            "addresses": [{"line1": f"{n} Oak Street", "city": "Reno", "region": "NV", "postal_code": "89501"}],
            "confirmed_at": at,
        }
        for n in range(third)
    ]
    purchases: list[Json] = [
        {"id": f"s{n}", "purchaser": f"p{n}", "items": [f"ring-{n}"], "status": "paid", "at": at, "confirmed_at": at}
        for n in range(third)
    ]
    wishlists: list[Json] = [
        {"id": f"w{n}", "owner": f"p{n}", "items": [f"ring-{n + 1}"], "confirmed_at": at}
        for n in range(items - 2 * third)
    ]
    return {"people": people, "purchases": purchases, "wishlists": wishlists}
