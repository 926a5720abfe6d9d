"""Decisions, each with the person, the version and the words it was made on; and how much waits where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from sayso.message import Json, Message
from sayso.store import tables as t
from sayso.store.database import Tx, moment
from sayso.store.messages import new_id
from sayso.store.people import find_staff
from sayso.store.unseen import shown

NOTHING: Mapping[str, Json] = {}


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided, on which version, and why; `given` is what that kind of decision needed beside."""

    kind: str
    by: str
    version: int
    reason: str | None
    note: str
    at: datetime
    given: Mapping[str, Json] = field(default_factory=dict)


def write_decision(
    tx: Tx,
    message: Message,
    kind: str,
    staff_id: str,
    *,
    reason: str | None,
    note: str,
    given: Mapping[str, Json] = NOTHING,
) -> None:
    """Store a decision on the version and the content that were shown; what was written and given is sealed."""
    row_id = new_id(tx.now)
    written = json.dumps({"note": note, "given": dict(given)})
    row = {
        "id": row_id,
        "message_id": message.id,
        "version": message.version,
        "content_hash": message.content_hash,
        "kind": kind,
        "reason": reason,
        "staff_id": staff_id,
        "sealed": tx.seal.seal(written.encode(), f"decision|{row_id}"),
        "at": tx.at,
    }
    tx.connection.execute(t.decision.insert(), row)


def read_decisions(tx: Tx, message_id: str) -> tuple[Decision, ...]:
    """Every decision on a message, first to last."""
    query = select(t.decision).where(t.decision.c.message_id == message_id).order_by(t.decision.c.version)
    found = []
    for row in tx.connection.execute(query):
        staff = find_staff(tx, staff_id=row.staff_id)
        note, given = _written(tx.seal.open(row.sealed, f"decision|{row.id}").decode())
        by = staff.email if staff else "somebody"
        found.append(Decision(row.kind, by, row.version, row.reason, note, moment(row.at) or tx.now, given))
    return tuple(found)


def _written(plain: str) -> tuple[str, Mapping[str, Json]]:
    """The note, and what was given; the first release kept the note alone."""
    try:
        found = json.loads(plain)
    except ValueError:
        return plain, {}
    if isinstance(found, dict) and found.keys() == {"note", "given"}:
        return found["note"], found["given"]
    return plain, {}


def count_states(tx: Tx, stores: tuple[str, ...] | None = None, *, unseen_by: str | None = None) -> Mapping[str, int]:
    """How many messages are in each state, in these stores or in all, as far as somebody sees them."""
    c = t.message.c
    query = select(c.state, func.count()).where(*shown(tx, stores, unseen_by)).group_by(c.state)
    return {row[0]: row[1] for row in tx.connection.execute(query)}
