"""Answers: what a caller of our own door heard, kept so that the same Idempotency-Key hears the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, tuple_

from sayso.store import tables as t
from sayso.store.database import Tx, micros


@dataclass(frozen=True, slots=True)
class Answered:
    """What one request was answered; `request_hash` is the request's, to tell it from another under the same key."""

    request_hash: str
    status: int
    body: bytes


def find_answer(tx: Tx, source_id: str, key: str) -> Answered | None:
    """What the source was answered when it used this key first."""
    c = t.answer.c
    row = tx.connection.execute(select(t.answer).where(c.source_id == source_id, c.key == key)).first()
    return Answered(row.request_hash, row.status, tx.seal.open(row.sealed, _place(source_id, key))) if row else None


def keep_answer(tx: Tx, source_id: str, key: str, answered: Answered) -> None:
    """Keep what the source is about to hear, with the message, in one transaction."""
    row = {"source_id": source_id, "key": key, "request_hash": answered.request_hash, "status": answered.status}
    sealed = tx.seal.seal(answered.body, _place(source_id, key))
    tx.connection.execute(t.answer.insert(), row | {"sealed": sealed, "at": tx.at})


def old_answers(tx: Tx, before: datetime, limit: int) -> list[tuple[str, str]]:
    """The source and key of answers that nobody will ask for again, oldest first."""
    c = t.answer.c
    rows = tx.connection.execute(select(c.source_id, c.key).where(c.at < micros(before)).order_by(c.at).limit(limit))
    return [(row.source_id, row.key) for row in rows]


def drop_answers(tx: Tx, before: datetime, limit: int) -> int:
    """Forget answers from before a moment, no more than the limit at a time; how many."""
    old = old_answers(tx, before, limit)
    c = t.answer.c
    if old:
        tx.connection.execute(delete(t.answer).where(tuple_(c.source_id, c.key).in_(old)))
    return len(old)


def _place(source_id: str, key: str) -> str:
    return f"answer|{source_id}|{key}"
