"""The hand-over file of a run: what a card service without an API prints, exactly the pieces that went out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso import endpoints, store
from sayso.batching import outcome
from sayso.batching.rows import VALUES
from sayso.message import Conflict, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Batch, Tx
from sayso_providers import KEEPERS

RISKY = re.compile(r"[=+\-@\t\r]")
"""What makes a spreadsheet run a cell instead of showing it."""
# https://owasp.org/www-community/attacks/CSV_Injection (from memory): an apostrophe before it keeps it a text
UNDERWAY = (State.CLEARED, State.SENDING)
ADDED = "added"
Card = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Handover:
    """A list as somebody took it: its text, how many cards are on it and how many of them are new since the last time,
    and how many that were signed off are not on it yet."""

    text: str
    count: int
    added: int
    underway: int
    before: str = ""


def hand_over(runtime: Runtime, batch: Batch, who: str) -> Handover:
    """The list as it is now, with a row of who took it in the trail; Conflict while there is none to be had."""

    def keep(tx: Tx) -> Handover:
        if batch.cut_off and tx.now < batch.cut_off:
            raise Conflict(f"Until the cut-off ({batch.cut_off.isoformat()}) somebody may still take a card back.")
        said = store.read_run(tx, batch.id)
        last = _last(said)
        cards, underway = _cards(tx, batch, last)
        if not cards:
            raise Conflict(_nothing(underway))
        found = Handover(_written(cards), len(cards), sum(bool(card[ADDED]) for _, card in cards), underway, last)
        taken = said.get("taken")
        history: list[Json] = list(taken) if isinstance(taken, list) else []
        history.append({"at": tx.now.isoformat(), "by": who, "count": found.count})
        store.note_run(tx, batch.id, {**said, "taken": history})
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


def _cards(tx: Tx, batch: Batch, last: str) -> tuple[list[Card], int]:
    """The cards on the list in the order of the file, and how many are about to be."""
    since = datetime.fromisoformat(last) if last else None
    found: list[Card] = []
    underway = 0
    for piece in store.all_pieces(tx, batch.id):
        if piece.provider not in KEEPERS:
            continue
        underway += piece.state in UNDERWAY
        if piece.state is State.SENT:
            new = since is not None and piece.sent_at is not None and piece.sent_at > since
            found.append((outcome.line_of(piece), _card(piece) | {ADDED: "new" if new else ""}))
    return sorted(found, key=lambda one: one[0]), underway


def _card(piece: Message) -> dict[str, str]:
    fields, said = dict(piece.content.fields), outcome.notes(piece)
    place, values = json.loads(fields.get("to") or "{}"), json.loads(fields.get(VALUES) or "{}")
    notes = {name: said[name] for name in ("gift_code", "signed_by") if said.get(name)}
    return {**values, **{name: place.get(name, "") for name in endpoints.PLACE}, **notes}


def _written(cards: Sequence[Card]) -> str:
    names = [*endpoints.PLACE, *_others(card for _, card in cards)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([safe(card.get(name, "")) for name in names] for _, card in cards)
    return out.getvalue()


def _others(cards: Iterable[dict[str, str]]) -> Iterator[str]:
    """The columns beside the address: the file's own, then the code, the signer, and what is new."""
    last = ("gift_code", "signed_by", ADDED)
    seen = dict.fromkeys(name for card in cards for name in card)
    yield from (name for name in seen if name not in (*endpoints.PLACE, *last))
    yield from (name for name in last if name in seen)


def _nothing(underway: int) -> str:
    if underway:
        return f"{underway} cards are signed off and on their way onto the list; ask again in a minute."
    return "No card of this run is on the hand-over list: nothing was signed off, or it goes to a vendor by itself."
