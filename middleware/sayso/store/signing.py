"""Signings: one yes (or no) to many messages, the frozen list it is bound to, how far it is and what came of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, select, update

from sayso.message import Message, State
from sayso.store import tables as t
from sayso.store.batch_pages import Item
from sayso.store.database import Tx, micros, moment
from sayso.store.messages import JOINED, new_id
from sayso.store.opening import readable

HELD_BACK = "taken_back"
"""The state of a batch of which nothing leaves while a sign-off is being taken back."""
MANY = 500
s = t.signing.c


@dataclass(frozen=True, slots=True)
class Signing:
    """One decision on many: `kind` is approve, reject or undo (of the signing `of`).

    `staff_id` began it and `agreed_by` was the second; `codes` has one letter for each message that is done, and
    `kept` are the places in the list that the second person does not see, so that nothing is said for them.
    """

    id: str
    batch_id: str
    kind: str
    reason: str | None
    of: str | None
    staff_id: str
    agreed_by: str | None
    count: int
    done: int
    codes: str
    kept: frozenset[int]
    at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None

    @property
    def state(self) -> str:
        """Where it is: waiting (for a second look), running, done, or dropped."""
        if self.ended_at:
            return "done" if self.agreed_at else "dropped"
        return "running" if self.agreed_at else "waiting"


def add_signing(
    tx: Tx,
    batch_id: str,
    staff_id: str,
    kind: str,
    items: Sequence[Item],
    *,
    reason: str | None = None,
    of: str | None = None,
    kept: Iterable[int] = (),
    agreed: bool = False,
) -> Signing:
    """A new signing with its frozen list; `agreed` when it needs no second look."""
    row_id, hidden = new_id(tx.now), frozenset(kept)
    frozen = tx.seal.seal(json.dumps(items, separators=(",", ":")).encode(), f"signing|{row_id}|frozen")
    agreed_at = tx.now if agreed else None
    times = (tx.now, agreed_at, None)
    made = Signing(row_id, batch_id, kind, reason, of, staff_id, None, len(items), 0, "", hidden, *times)
    row = {"id": row_id, "batch_id": batch_id, "staff_id": staff_id, "frozen": frozen, "count": len(items)}
    row |= {"results": _results(tx, made), "at": tx.at, "agreed_at": tx.at if agreed else None}
    tx.connection.execute(t.signing.insert(), row)
    return made


def find_signing(tx: Tx, signing_id: str, *, lock: bool = False) -> Signing | None:
    """The signing of that id; with `lock` nobody else changes it until the transaction ends."""
    query = select(t.signing).where(s.id == signing_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).first()
    return _signing(tx, row) if row else None


def read_frozen(tx: Tx, signing_id: str) -> tuple[Item, ...]:
    """The frozen list of a signing."""
    frozen = tx.connection.execute(select(s.frozen).where(s.id == signing_id)).scalar_one()
    plain = json.loads(tx.seal.open(frozen, f"signing|{signing_id}|frozen"))
    return tuple((str(found[0]), int(found[1]), str(found[2])) for found in plain)


def read_items(tx: Tx, items: Sequence[Item]) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The messages of a part of a frozen list, and the ids of those that nobody can open."""
    query = JOINED.where(t.message.c.id.in_([item[0] for item in items]))
    return readable(tx, tx.connection.execute(query))


def signings(tx: Tx, batch_id: str, limit: int = 20) -> tuple[Signing, ...]:
    """The signings of a batch, the latest first."""
    query = select(t.signing).where(s.batch_id == batch_id).order_by(s.id.desc()).limit(limit)
    return tuple(_signing(tx, row) for row in tx.connection.execute(query))


def open_signings(tx: Tx, batch_ids: Sequence[str]) -> dict[str, Signing]:
    """The signing of each of these batches that waits or runs; a batch has one at most."""
    query = select(t.signing).where(s.batch_id.in_(batch_ids), s.ended_at.is_(None))
    return {row.batch_id: _signing(tx, row) for row in tx.connection.execute(query)}


def running_signings(tx: Tx) -> tuple[Signing, ...]:
    """The signings that are agreed and not done: undos first, then those of which the least is done."""
    query = select(t.signing).where(s.ended_at.is_(None), s.agreed_at.is_not(None)).order_by(s.done, s.agreed_at, s.id)
    found = [_signing(tx, row) for row in tx.connection.execute(query)]
    return tuple(sorted(found, key=lambda one: one.kind != "undo"))


def lock_batch(tx: Tx, batch_id: str) -> None:
    """Keep others from a batch until the transaction ends: from a signing of it, its list, or its file."""
    tx.connection.execute(select(t.batch.c.id).where(t.batch.c.id == batch_id).with_for_update())


def agree_to(tx: Tx, signing: Signing, staff_id: str, kept: Iterable[int]) -> Signing:
    """The second yes, by somebody who does not see the pieces at these places."""
    agreed = replace(signing, agreed_by=staff_id, agreed_at=tx.now, kept=signing.kept | frozenset(kept))
    values = {"agreed_by": staff_id, "agreed_at": tx.at, "results": _results(tx, agreed)}
    tx.connection.execute(update(t.signing).where(s.id == signing.id).values(values))
    return agreed


def claim_next(tx: Tx, signing: Signing, size: int) -> bool:
    """Take the next so many of a signing's list; False when another process has them, or it has ended."""
    mine = update(t.signing).where(s.id == signing.id, s.done == signing.done, s.ended_at.is_(None))
    return tx.connection.execute(mine.values(done=signing.done + size)).rowcount == 1


def note_results(tx: Tx, signing: Signing, codes: str) -> Signing:
    """The signing with what came of the next of its list, a letter each; ended after the last."""
    done = signing.done + len(codes)
    ended = tx.now if done >= signing.count else None
    after = replace(signing, done=done, codes=signing.codes + codes, ended_at=ended)
    values = {"done": done, "results": _results(tx, after), "ended_at": tx.at if ended else None}
    tx.connection.execute(update(t.signing).where(s.id == signing.id).values(values))
    return after


def end_signing(tx: Tx, signing_id: str) -> None:
    """Whatever of it is not done is left alone."""
    tx.connection.execute(update(t.signing).where(s.id == signing_id, s.ended_at.is_(None)).values(ended_at=tx.at))


def hold_back(tx: Tx, batch_id: str) -> None:
    """Let nothing of an open batch leave while its sign-off is taken back."""
    _swap(tx, batch_id, "open", HELD_BACK)


def hold_tongue(tx: Tx, message_ids: Sequence[str], until: datetime) -> None:
    """Let no CRM hear before `until` of a no that it could not hear of yet; so long each can be undone."""
    m, r, at = t.message.c, t.relay.c, micros(until)
    for n in range(0, len(message_ids), MANY):
        some = message_ids[n : n + MANY]
        stopped, waiting = (m.id.in_(some), m.state == State.STOPPED), (r.message_id.in_(some), r.state == "waiting")
        undoable = update(t.message).where(*stopped, m.due_at > tx.at, m.due_at < at)
        untold = update(t.relay).where(*waiting, r.tries == 0, r.due_at > tx.at, r.due_at < at)
        tx.connection.execute(undoable.values(due_at=at))
        tx.connection.execute(untold.values(due_at=at))


def let_go(tx: Tx, batch_id: str) -> None:
    """End what `hold_back` began; a batch that its CRM has paused since stays paused."""
    lock_batch(tx, batch_id)  # whoever opens it just now has looked whether the undo is over, and sees it next
    _swap(tx, batch_id, HELD_BACK, "open")


def _swap(tx: Tx, batch_id: str, before: str, after: str) -> None:
    mine = update(t.batch).where(t.batch.c.id == batch_id, t.batch.c.state == before)
    tx.connection.execute(mine.values(state=after))


def _results(tx: Tx, signing: Signing) -> bytes:
    kept = {"kind": signing.kind, "reason": signing.reason, "of": signing.of, "codes": signing.codes}
    plain = json.dumps(kept | {"kept": sorted(signing.kept)}).encode()
    return tx.seal.seal(plain, f"signing|{signing.id}|results")


def _signing(tx: Tx, row: Row[tuple[object, ...]]) -> Signing:
    found = row._mapping
    plain = json.loads(tx.seal.open(found["results"], f"signing|{found['id']}|results"))
    same = {name: found[name] for name in ("id", "batch_id", "staff_id", "agreed_by", "count", "done")}
    times = {name: moment(found[name]) for name in ("agreed_at", "ended_at")}
    said = {name: plain[name] for name in ("kind", "reason", "of", "codes")}
    return Signing(
        **same,
        **times,  # type: ignore[arg-type]  # the columns are the fields
        **said,
        kept=frozenset(plain["kept"]),
        at=moment(found["at"]) or tx.now,
    )
