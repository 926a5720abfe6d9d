"""The hand-over file of a run: what a card service without an API prints, exactly the pieces that went out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sayso import endpoints, store
from sayso.batching import outcome
from sayso.batching.rows import VALUES
from sayso.deciding.sitting import on_the_wall
from sayso.message import Conflict, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Batch, Tx
from sayso_providers import KEEPERS

RISKY = re.compile(r"[=+\-@\t\r]")
"""What makes a spreadsheet run a cell instead of showing it."""
# https://owasp.org/www-community/attacks/CSV_Injection (from memory): an apostrophe before it keeps it a text
UNDERWAY = (State.CLEARED, State.SENDING)
ADDED = "added"
TRIED, TEST, UNPRINTED = "test_", "TEST MODE", "DO NOT PRINT"
"""How the id begins of a card that was listed in test mode; the column, no file's own, that says so, and its cell."""
Card = tuple[int, str, dict[str, str]]
"""A card's line of the file, its id, and its cells."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A list as somebody took it: its text, how many cards are on it and how many of them are new since the last time,
    how many that were signed off are not on it yet, and how many are of test mode and not to be printed."""

    text: str
    count: int
    added: int
    underway: int
    before: str = ""
    tried: int = 0


def hand_over(runtime: Runtime, batch: Batch, who: str) -> Handover:
    """The list as it is now, with a row of who took it in the trail; Conflict while there is none to be had."""

    def keep(tx: Tx) -> Handover:
        store.lock_batch(tx, batch.id)  # two lists at once would both call the same cards new
        if batch.cut_off and tx.now < batch.cut_off:
            until = on_the_wall(runtime, batch, batch.cut_off)
            raise Conflict(f"Until the cut-off ({until}) somebody may still take a card back.")
        said = store.read_run(tx, batch.id)
        before, last = _listed(said), _last(said)
        cards, underway = _cards(tx, batch, before if last else None)
        if not cards:
            raise Conflict(_nothing(underway))
        added, tried = (sum(bool(card.get(name)) for *_, card in cards) for name in (ADDED, TEST))
        found = Handover(_written(cards), len(cards), added, underway, last, tried)
        taken = said.get("taken")
        history: list[Json] = list(taken) if isinstance(taken, list) else []
        history.append({"at": tx.now.isoformat(), "by": who, "count": found.count})
        listed: list[Json] = [*sorted(before | {piece_id for _, piece_id, _ in cards})]
        store.note_run(tx, batch.id, {**said, "taken": history, "listed": listed})
        detail: dict[str, Json] = {"batch": batch.id, "count": found.count, "added": found.added}
        store.write_trail(tx, who, "handed_over", detail)
        return found

    return runtime.store.write(keep)


def safe(cell: str) -> str:
    """A cell that a spreadsheet shows, and does not run."""
    return f"'{cell}" if RISKY.match(cell) else cell


def _last(said: dict[str, Json]) -> str:
    """When the list was taken last; empty for never."""
    taken = said.get("taken")
    last = taken[-1] if isinstance(taken, list) and taken else {}
    return str(last.get("at") or "") if isinstance(last, dict) else ""


def _listed(said: dict[str, Json]) -> frozenset[str]:
    """The cards that were on a list before, by their ids: a clock would miss what was on its way just then."""
    listed = said.get("listed")
    return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


def _cards(tx: Tx, batch: Batch, before: frozenset[str] | None) -> tuple[list[Card], int]:
    """The cards on the list in the order of the file, and how many are about to be; `before` is None for the first."""
    found: list[Card] = []
    underway = 0
    for piece in store.all_pieces(tx, batch.id):
        if piece.provider not in KEEPERS:
            continue
        underway += piece.state in UNDERWAY
        if piece.state is State.SENT:
            new = before is not None and piece.id not in before
            found.append((outcome.line_of(piece), piece.id, _card(piece) | {ADDED: "new" if new else ""}))
    return sorted(found, key=lambda one: one[0]), underway


def _card(piece: Message) -> dict[str, str]:
    fields, said = dict(piece.content.fields), outcome.notes(piece)
    place, values = json.loads(fields.get("to") or "{}"), json.loads(fields.get(VALUES) or "{}")
    notes = {name: said[name] for name in ("gift_code", "signed_by") if said.get(name)}
    tried = {TEST: UNPRINTED} if (piece.provider_id or "").startswith(TRIED) else {}
    return {**tried, **values, **{name: place.get(name, "") for name in endpoints.PLACE}, **notes}


def _written(cards: Sequence[Card]) -> str:
    tried = any(TEST in card for *_, card in cards)
    names = [*[TEST] * tried, *endpoints.PLACE, *_others(card for *_, card in cards)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([safe(card.get(name, "")) for name in names] for *_, card in cards)
    return out.getvalue()


def _others(cards: Iterable[dict[str, str]]) -> Iterator[str]:
    """The columns beside the address: the file's own, then the code, the signer, and what is new."""
    last = ("gift_code", "signed_by", ADDED)
    seen = dict.fromkeys(name for card in cards for name in card)
    yield from (name for name in seen if name not in (TEST, *endpoints.PLACE, *last))
    yield from (name for name in last if name in seen)


def _nothing(underway: int) -> str:
    if underway:
        return f"{underway} cards are signed off and on their way onto the list; ask again in a minute."
    return "No card of this run is on the hand-over list: nothing was signed off, or it goes to a vendor by itself."
