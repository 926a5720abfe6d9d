"""`python -m bench.batch [FEW MANY]`: a run from a file taken, looked at, listed, signed off and handed over.

What it shows is whether a piece of a large run costs what one of a small run does, and what a large file takes.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from bench import steps
from sayso import Sayso, carrying, dispatch, issue, signing, store, sweep
from sayso.batching import handover
from sayso.runtime import Runtime
from sayso.shopyear import posting
from sayso.signing import Asked
from sayso.store import Batch, Source, Staff

FEW, MANY = 1000, 10_000
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEPS = ("taken", "looked at", "listed", "signed off", "put on the list", "handed over")


def measure(few: int = FEW, many: int = MANY) -> Iterator[str]:
    """A line a step: milliseconds for each piece of the large run and of the small one, and their ratio."""
    small, _ = _run(few)
    large, memory = _run(many)
    for step in STEPS:
        one, other = small[step] / few * 1000, large[step] / many * 1000
        yield f"{step}, {many:,} pieces ÷ {few:,}: {other / one:.2f} ({other:.2f} ms ÷ {one:.2f} ms a piece)"
    yield f"memory that taking {many:,} pieces added: {memory:.0f} MB"


def _run(count: int) -> tuple[dict[str, float], float]:
    """How long each step took for a run of so many, in processor seconds, and the memory that taking it added."""
    with tempfile.TemporaryDirectory() as name:
        clock = [START]
        here, source, ana, ben = _shop(Path(name), clock)
        took: dict[str, float] = {}
        before = steps.most_memory()
        batch = steps.timed(took, "taken", lambda: posting.post_month(here, source, ana, count)[1].batch)
        memory = steps.most_memory() - before
        steps.timed(took, "looked at", lambda: steps.until_idle(sweep.run_due, here))
        mine = signing.sight(here.read_policy(), ana)
        with here.store.read() as tx:
            items = steps.timed(took, "listed", lambda: store.listed(tx, batch.id, mine, clear=True))
            digest = signing.digest(tx, items)
        asked = Asked("approve", digest, items[-1][0], clock[0], str(len(items)))
        steps.timed(took, "signed off", lambda: _sign(here, ana, ben, batch, asked))
        clock[0] += 2 * posting.DAY
        steps.timed(took, "put on the list", lambda: steps.until_idle(dispatch.run_due, here))
        steps.timed(took, "handed over", lambda: handover.hand_over(here, batch, "bench"))
        here.store.close()
    return took, memory


def _shop(folder: Path, clock: list[datetime]) -> tuple[Runtime, Source, Staff, Staff]:
    app = Flask("cards", instance_path=str(folder))
    app.config.update({"SAYSO_SECRET_KEY": "k" * 40, "SAYSO_QUIET_HOURS": "off"})
    (folder / "sayso.toml").write_text(posting.SETTINGS.format(name="pos"), "utf-8")
    with contextlib.chdir(folder):
        Sayso(app, clock=lambda: clock[0])
    here: Runtime = app.extensions["sayso"].runtime

    def begin(tx: store.Tx) -> tuple[Source, Staff, Staff]:
        source = store.add_source(tx, "pos")
        issue.issue(tx, source)
        ana, ben = (store.add_staff(tx, f"{one}@example.com", "manager") for one in ("ana", "ben"))
        return source, ana, ben

    return here, *here.store.write(begin)


def _sign(here: Runtime, ana: Staff, ben: Staff, batch: Batch, asked: Asked) -> None:
    begun = signing.sign(here, ana, batch, asked)
    if begun.agreed_at is None:
        signing.agree(here, ben, begun.id, asked.typed)
    steps.until_idle(carrying.run_due, here)


if __name__ == "__main__":
    steps.show(measure)
