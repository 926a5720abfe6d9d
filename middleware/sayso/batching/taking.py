"""A run taken: its rows stored some at a time; the same file goes on where it stopped, and nobody is in twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sayso import intake, store
from sayso.api.drafting import Place
from sayso.batching import outcome, rows
from sayso.batching.rows import Fault, Order, Row
from sayso.batching.template import CODE
from sayso.message import Draft, Json, Malformed
from sayso.runtime import Runtime
from sayso.store import Batch, Source, Tx

CHUNK = 200
"""How many pieces one transaction stores."""
WORTH = timedelta(days=14)
"""For how long after its cut-off a piece may still be signed off."""
RECENT = timedelta(days=14)
AGAIN = (
    "There is a run of this name with another file. Put only the lines that did not get in into a file of their own, "
    "and give it another --name, so that nobody gets two."
)
OTHER = "This file was taken under this name with other options or another template: give the run another --name."
GIVEN = "Its gift card's code is on a card of the run “{name}” already (line {line}), and that card was not stopped."
CALLED_OFF = "This run was called off; give it another --name to begin anew."


@dataclass(frozen=True)
class Run:
    """One file to be taken: whose it is, what it is called, its bytes, what every piece says, and the cut-off."""

    source: Source
    name: str
    file: bytes
    order: Order
    cut_off: datetime | None = None
    encoding: str | None = None

    @cached_property
    def ref(self) -> str:
        """The same for the same file under the same name."""
        return hashlib.sha256(self.name.encode() + b"\x00" + self.file).hexdigest()[:40]

    @property
    def how(self) -> str:
        """The same while everything else is the same, too."""
        order = self.order
        said = (order.channel, order.purpose, order.signed_by, order.sender, self.cut_off, order.bundle)
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checked:
    """A run whose rows were all looked at: those that are right, and by its line what is wrong with each other."""

    run: Run
    rows: Sequence[tuple[int, Row]]
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a run: its batch, how many of its pieces were stored now, and how many were there before."""

    batch: Batch
    now: int
    before: int


def look_at(runtime: Runtime, run: Run) -> Checked:
    """Every row looked at, and nothing stored; Malformed where the file or its template is not right."""
    found, faults = rows.read_rows(run.file, run.encoding, run.order)
    wrong = {line: why for line, draft, why in rows.drafts(found, run.order, _place(runtime, run)) if draft is None}
    wrong |= _given_before(runtime, run, [(line, row) for line, row in found if line not in wrong])
    faults += [Fault(line, wrong[line], row.get("name", ""), row.get(CODE, "")) for line, row in found if line in wrong]
    return Checked(run, [(line, row) for line, row in found if line not in wrong], sorted(faults))


def _given_before(runtime: Runtime, run: Run, found: Sequence[tuple[int, Row]]) -> dict[int, str]:
    """What is wrong with the rows whose gift card another run's card has, which went or may still go."""
    codes = {row[CODE] for _, row in found if row.get(CODE)}
    with runtime.store.read() as tx:
        mine = store.find_batch_of(tx, run.source.id, run.ref)
        others = store.carried(tx, run.source.id, CODE, codes, but=mine.id if mine else "")
        names = {one: store.find_batch(tx, one) for one in {piece.batch_id for piece in others.values()} if one}
    said = {}
    for code, piece in others.items():
        known = names.get(piece.batch_id or "")
        said[code] = GIVEN.format(name=known.name if known else "", line=outcome.line_of(piece))
    return {line: said[row[CODE].casefold()] for line, row in found if row.get(CODE, "").casefold() in said}


def take(runtime: Runtime, checked: Checked, tell: Callable[[int, int], None]) -> Taken:
    """Store what of a run is not there yet; `tell` hears how many of how many are.

    Malformed where the same file was taken in another way.
    """
    run, total = checked.run, len(checked.rows)
    batch = runtime.store.write(lambda tx: _begin(tx, run, checked))
    with runtime.store.read() as tx:
        there = store.taken(tx, batch.id)
    done = 0
    for some in _chunks(_drafts(runtime, checked, there)):
        stored = intake.take_all(runtime, run.source, some, some[0].crm_id)
        done += len(stored)
        tell(len(there) + done, total)
    return Taken(batch, done, len(there))


def _begin(tx: Tx, run: Run, checked: Checked) -> Batch:
    """The run's batch, made now or found; what did not get in is kept with it."""
    known = store.find_batch_of(tx, run.source.id, run.ref)
    if known is None and _is_taken(tx, run):
        raise Malformed(409, "run", AGAIN)
    if known is None and run.cut_off and run.cut_off <= tx.now:
        raise Malformed(400, "cut_off", "The cut-off is over already.")
    order = run.order
    batch = known or store.add_batch(
        tx,
        run.source.id,
        run.name,
        order.channel,
        ref=run.ref,
        store=run.source.store,
        purpose=order.purpose or run.source.purpose,
        total=len(checked.rows),
        cut_off=run.cut_off,
    )
    store.lock_batch(tx, batch.id)  # the same file may come twice at once, or the run be handed over meanwhile
    said = store.read_run(tx, batch.id)
    if said.get("how") not in (None, run.how):
        raise Malformed(409, "run", OTHER)
    if batch.state == "canceled":
        raise Malformed(409, "run", CALLED_OFF)
    left_out: list[Json] = [[one.line, one.why, one.name, one.code] for one in checked.faults]
    store.note_run(tx, batch.id, {**said, "how": run.how, "left_out": left_out})
    store.set_total(tx, batch.id, len(checked.rows))
    detail: dict[str, Json] = {"batch": batch.id, "pieces": len(checked.rows), "left_out": len(left_out)}
    store.write_trail(tx, "operator", "run_imported", detail)
    return batch


def _is_taken(tx: Tx, run: Run) -> bool:
    """Whether a run of this name came from another file a short while ago."""
    return any(
        other.source_id == run.source.id and other.ref not in (None, run.ref) and tx.now - other.created_at < RECENT
        for other in store.read_runs(tx, named=run.name)
    )


def _drafts(runtime: Runtime, checked: Checked, there: frozenset[str]) -> Iterator[Draft]:
    """The pieces that are not there yet, each made when its turn comes."""
    run, now = checked.run, runtime.clock()
    over = (run.cut_off or now) + WORTH
    left = [(line, row) for line, row in checked.rows if _piece_id(runtime, run, line) not in there]
    for line, draft, _ in rows.drafts(left, run.order, _place(runtime, run)):
        if draft:
            crm_id = _piece_id(runtime, run, line)
            yield replace(draft, crm_id=crm_id, batch=run.ref, send_at=run.cut_off, expires_at=over)


def _piece_id(runtime: Runtime, run: Run, line: int) -> str:
    """The id of the piece in a line: always the same, so that no line is stored twice."""
    return f"msg_{runtime.store.seal.hash('piece', f'{run.source.id}|{run.ref}|{line}')[:32]}"


def _chunks(drafts: Iterator[Draft]) -> Iterator[list[Draft]]:
    some: list[Draft] = []
    for draft in drafts:
        some.append(draft)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


def _place(runtime: Runtime, run: Run) -> Place:
    carriers = runtime.carriers(run.source.name)
    return Place(runtime.clock(), runtime.read_policy(), runtime.providers, carriers)
