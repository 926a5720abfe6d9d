"""Screening one message with very many people in the store, against the same with a thousand; queries are counted.

`python -m bench.crowd [PEOPLE] [postgresql://…]`: two purchases and one wished piece a person, every two a couple.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random

from sayso import Sayso, facts, intake, screening, store
from sayso.message import Content, Draft, Fact, Json, Known, Message
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.store import facts as written
from sayso.store.seal import Seal

FEW, QUICK, MANY = 1_000, 100_000, 1_000_000
KEY, CHUNK, ROUNDS, LISTED = "k" * 40, 2_000, 300, 4
"""A wishlist has so many items, so there is one for every four people."""
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def measure(people: int = QUICK, rounds: int = ROUNDS, database: str = "") -> list[str]:
    """A line for the time and one for the queries, on SQLite or a PostgreSQL URL; few and many take turns."""
    with tempfile.TemporaryDirectory() as name:
        few = _House(Path(name) / "few", FEW)
        many = _House(Path(name) / "many", people, database)
        try:
            small, large, queries = [], [], set[tuple[int, int]]()
            for n in range(rounds):
                (left, asked_few), (right, asked_many) = few.screen(n), many.screen(n)
                small.append(left)
                large.append(right)
                queries.add((asked_few, asked_many))
        finally:
            few.here.store.close()
            many.here.store.close()
    bare, full = statistics.median(small) * 1000, statistics.median(large) * 1000
    asked = sorted({number for pair in queries for number in pair})
    filled = f"{people:,} people, {2 * people:,} purchases and {people:,} wishlist items"
    return [
        f"screening with {filled} ÷ with {FEW:,}: {full / bare:.2f} ({full:.1f} ms ÷ {bare:.1f} ms)",
        f"queries of one screening, few ÷ many: {' to '.join(map(str, (asked[0], asked[-1])))} in both"
        f" (the same in every pair: {all(left == right for left, right in queries)})",
        f"facts written straight into the store: {many.per_second:.0f}/s",
    ]


class _House:
    """A sayso with so many people in its store, and one message after another to look at."""

    def __init__(self, folder: Path, people: int, database: str = "") -> None:
        self.people, self.asked = people, 0
        self.here = _runtime(folder, database)
        self.source = self.here.store.write(lambda tx: store.add_source(tx, "crm"))
        started = time.perf_counter()
        self.per_second = self._fill() / (time.perf_counter() - started)

    def _fill(self) -> int:
        """Everybody, written past the steps: sealed in two processes, and put in by the driver itself."""
        starts = range(0, self.people, CHUNK)
        jobs = [(KEY, self.source, start, min(start + CHUNK, self.people)) for start in starts]
        count, (put, done) = 0, _writer(self.here)
        with get_context("spawn").Pool(2) as pool:
            for rows, links in pool.imap(_sealed, jobs):
                put(rows, links)
                count += len(rows)
        done()
        return count

    def screen(self, n: int) -> tuple[float, int]:
        """Seconds and queries of one message to somebody who bought something, all else in place."""
        who = Random(n).randrange(self.people)
        message = _message(self.here, self.source, who)
        with self.here.store.read() as tx:
            self._watch(tx)
            before, started = self.asked, time.perf_counter()
            seen = facts.gather(tx, self.here, message, {})
            found = screening.screen(message, seen)
            taken = time.perf_counter() - started
        assert seen.story.subject is not None, found
        return taken, self.asked - before

    def _watch(self, tx: Tx) -> None:
        """Count what the driver is asked from now on; some statements go to it directly. PostgreSQL is not watched."""
        if self.here.store.engine.dialect.name == "sqlite":
            raw = tx.connection.connection.driver_connection
            raw.set_trace_callback(self._count)  # type: ignore[union-attr]  # sqlite3's own

    def _count(self, statement: str) -> None:
        self.asked += statement.lstrip().upper().startswith("SELECT")


Rows = list[tuple[object, ...]]
Job = tuple[str, Source, int, int]
STATEMENTS = (
    (
        "INSERT INTO sayso_fact (key, list, source_id, sealed, at, heard_at) VALUES (?, ?, ?, ?, ?, ?)",
        "COPY sayso_fact (key, list, source_id, sealed, at, heard_at) FROM STDIN",
    ),
    ("INSERT INTO sayso_link (key, fact) VALUES (?, ?)", "COPY sayso_link (key, fact) FROM STDIN"),
)


def _sealed(job: Job) -> tuple[Rows, Rows]:
    """The rows of some people: as `store.put_facts` would write them."""
    secret, source, first, last = job
    tx = Tx(None, Seal(secret), NOW)  # type: ignore[arg-type]  # sealing asks no database
    made = list(_everybody(tx.seal, source, first, last))
    rows = [tuple(written._row(tx, source.id, fact).values()) for fact in made]
    links = {(key, bytes.fromhex(fact.key)) for fact in made for key in written._found_by(tx.seal, fact)}
    return rows, sorted(links)


def _writer(here: Runtime) -> tuple[Callable[[Rows, Rows], None], Callable[[], None]]:
    """How rows get into the tables in one transaction, and what ends it."""
    raw = here.store.engine.raw_connection()
    cursor = raw.cursor()
    is_lite = here.store.engine.dialect.name == "sqlite"
    if is_lite:
        for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000", "BEGIN"):
            cursor.execute(statement)

    def put(rows: Rows, links: Rows) -> None:
        for (insert, copy_in), values in zip(STATEMENTS, (rows, links), strict=True):
            if is_lite:
                cursor.executemany(insert, values)
                continue
            with cursor.copy(copy_in) as copy:  # type: ignore[attr-defined]  # psycopg's own
                for row in values:
                    copy.write_row(row)

    def done() -> None:
        raw.commit()
        if is_lite:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            raw.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor.execute("ANALYZE")
        raw.detach()
        raw.close()

    return put, done


def _runtime(folder: Path, database: str) -> Runtime:
    from flask import Flask

    app = Flask("crowd", instance_path=str(folder))
    app.config.update(SAYSO_SECRET_KEY=KEY, SAYSO_PUBLIC_URL="http://127.0.0.1:8000")
    if database:
        app.config["SAYSO_DATABASE_URL"] = database
    Sayso(app, clock=lambda: NOW)
    here: Runtime = app.extensions["sayso"].runtime
    return here


def _message(here: Runtime, source: Source, who: int) -> Message:
    content = Content(to=(f"p{who}@example.com",), sender="shop@example.com", body="Thank you for your purchase!")
    draft = Draft("email", "sendgrid", f"crm{who}", content)
    return replace(intake.unscreened(here, source, draft, None), created_at=NOW)


def _everybody(seal: Seal, source: Source, first: int, last: int) -> Iterator[Fact]:
    """The facts of these people, as they would be once they were told."""

    def key(kind: str, item: str) -> str:
        return store.fact_key(seal, source.id, kind, item)

    def fact(kind: str, item: str, values: dict[str, Json], refs: dict[str, tuple[str, ...]], *ends: str) -> Fact:
        known = {name: Known(value, NOW - timedelta(days=9), "crm", False, NOW) for name, value in values.items()}
        return Fact(key(kind, item), kind, item, source.name, known, refs, ends)

    for n in range(first, last):
        me = key("people", f"p{n}")
        mail = f"p{n}@example.com"
        yield fact("people", f"p{n}", {"id": f"p{n}", "name": f"Person {n}", "emails": [mail]}, {}, mail)
        for sale in (2 * n, 2 * n + 1):
            at = (NOW - timedelta(days=5 + sale % 60)).isoformat()
            values: dict[str, Json] = {"id": f"s{sale}", "at": at, "items": [f"ring-{sale}"], "purchaser": f"p{n}"}
            yield fact("purchases", f"s{sale}", values, {"purchaser": (me,)})
        if n % LISTED == 0:
            items: list[Json] = [f"ring-{2 * n + 2 + one}" for one in range(LISTED)]
            yield fact("wishlists", f"w{n}", {"id": f"w{n}", "owner": f"p{n}", "items": items}, {"owner": (me,)})
        if n % 2:
            values = {"a": f"p{n - 1}", "b": f"p{n}", "kind": "spouse"}
            refs = {"a": (key("people", f"p{n - 1}"),), "b": (me,)}
            yield fact("relationships", f"couple|p{n - 1}|p{n}", values, refs)


def main() -> None:
    """Print the lines."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    databases = [word for word in sys.argv[1:] if word.startswith("postgresql")]
    for line in measure(sizes[0] if sizes else MANY, database=databases[0] if databases else ""):
        print(line, flush=True)


if __name__ == "__main__":
    main()
