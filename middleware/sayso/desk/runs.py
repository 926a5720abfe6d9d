"""What became of the signings of a batch, as its page tells it: who said so, how far it is, what was not taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from sayso import carrying, signing, signoff, store
from sayso.deciding.sitting import BULK_UNDO
from sayso.desk import kept, view, words
from sayso.message import State
from sayso.runtime import Runtime
from sayso.store import Batch, Signing, Staff, Tally, Tx

MOST_TOLD, MOST_LINES = 3, 50
DID = {"approve": "signed off", "reject": "stopped", "undo": "taken back"}
NOT_TAKEN = {
    carrying.CHANGED: "changed since",
    carrying.FOUND: "need eyes now",
    carrying.UNKNOWN: "could not be checked against your own records",
    carrying.DENIED: "were not yours to decide",
    carrying.FAILED: "could not be decided",
    carrying.KEPT: "are for somebody else to decide",
    carrying.GONE: "are not here any more",
    carrying.UNREADABLE: "are damaged where they are stored",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One signing: what it was, where it is, and what this person can do about it.

    `others` are the messages that were not taken, each with why; `second` says why this person cannot be the second
    yet, and is None where they can.
    """

    id: str
    kind: str
    state: str
    by: str
    count: int
    done: int
    came_to: str
    others: tuple[tuple[view.Line, str], ...]
    second: str | None
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A batch while its signings are told: who reads, what they see of it, its shops and their clock."""

    tx: Tx
    here: Runtime
    staff: Staff
    seen: frozenset[str]
    shops: frozenset[str]
    tally: Tally
    zone: tzinfo


def told(tx: Tx, here: Runtime, staff: Staff, batch: Batch, tally: Tally) -> tuple[Told, ...]:
    """The latest signings of a batch, the newest first, as far as this person sees its messages."""
    found = store.signings(tx, batch.id, MOST_TOLD)
    seen = store.seen_in(tx, batch.id, signing.sight(here.read_policy(), staff)) if found else frozenset()
    shops = store.batch_shops(tx, batch.id) if found else frozenset()
    scene = Scene(tx, here, staff, seen, shops, tally, kept.zone(here, batch.store))
    return tuple(_told(scene, one, newest=not n) for n, one in enumerate(found))


def _told(scene: Scene, one: Signing, *, newest: bool) -> Told:
    tx, here, staff = scene.tx, scene.here, scene.staff
    items = [item[0] for item in store.read_frozen(tx, one.id)]
    mine = [(item, code) for item, code in zip(items, one.codes, strict=False) if item in scene.seen]
    counts = Counter(code for _, code in mine)
    others = [(item, code) for item, code in mine if code != carrying.DONE] if newest else []
    return Told(
        id=one.id,
        kind=one.kind,
        state=one.state,
        by=_by(tx, staff, one, scene.zone),
        count=len(scene.seen.intersection(items)),
        done=len(mine),
        came_to=_came_to(one, counts),
        others=tuple(_lines(tx, here, others[:MOST_LINES])),
        second=signing.not_yet(here.read_policy(), scene.shops, one, staff, tx.now) or None,
        may_undo=newest and staff.role in signoff.DECIDERS and _can_be_undone(scene, one, counts),
    )


def _lines(tx: Tx, here: Runtime, others: list[tuple[str, str]]) -> list[tuple[view.Line, str]]:
    found = [(store.get(tx, message_id), code) for message_id, code in others if code != carrying.UNREADABLE]
    return [(view.line(here, message), NOT_TAKEN[code]) for message, code in found if message]


def _by(tx: Tx, staff: Staff, one: Signing, zone: tzinfo) -> str:
    names = [_name(tx, staff, found) for found in (one.staff_id, one.agreed_by) if found]
    return f"{words.listed(list(dict.fromkeys(names)))}, {words.at(one.agreed_at or one.at, zone)}"


def _name(tx: Tx, staff: Staff, staff_id: str) -> str:
    found = store.find_staff(tx, staff_id=staff_id)
    return "you" if staff_id == staff.id else found.email if found else "somebody"


def _came_to(one: Signing, counts: Counter[str]) -> str:
    """What came of it in one line: "718 signed off, 7 changed since"."""
    taken = f"{counts[carrying.DONE]:,} {DID[one.kind]}"
    return ", ".join([taken, *(f"{counts[code]:,} {said}" for code, said in NOT_TAKEN.items() if counts[code])])


def _can_be_undone(scene: Scene, one: Signing, counts: Counter[str]) -> bool:
    """Whether some of what it did is still here."""
    if one.kind == "undo" or one.agreed_at is None or not counts[carrying.DONE]:
        return False
    if one.kind == "approve":
        return bool(scene.tally.counts.get(State.CLEARED))
    window = timedelta(seconds=scene.here.undo_seconds * BULK_UNDO)
    return (one.ended_at or scene.tx.now) + window > scene.tx.now
