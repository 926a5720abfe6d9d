"""Arrivals: a request met again, or a new message stored with all that belongs to it; the hot path of the house."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, or_, select, text, update

from sayso.message import WAITING, Json, Message, State, Twin
from sayso.store import tables as t
from sayso.store.database import Tx, build_insert, micros, moment
from sayso.store.hashing import address_hash
from sayso.store.hot import Hot
from sayso.store.messages import SAME, TIMES, Screening, get, plainly, seal_keys, stored, words_hash, write_screening
from sayso.store.search import add_tokens
from sayso.store.trail import write_trail
from sayso.store.unseen import hide

c = t.message.c
OUT = ", ".join(f"'{state}'" for state in (State.SENDING, State.UNCONFIRMED, State.SENT))
REPEAT = Hot(select(c.id, c.request_hash).where(c.open_key == bindparam("asked")))
KEYED = Hot(
    select(c.id, c.request_hash).where(c.source_id == bindparam("source"), c.idempotency_key == bindparam("key"))
)
TWINS = Hot(
    select(c.id, c.state, c.created_at, c.source_id)
    .where(c.words_hash == bindparam("words"), c.id != bindparam("own"), c.created_at >= bindparam("since"))
    .where(or_(c.id < bindparam("own"), text(f"state IN ({OUT})")))
    .order_by(c.id.desc())
    .limit(3)
)
INSERT_MESSAGE, INSERT_CONTENT = Hot(t.message.insert()), Hot(t.content.insert())
INSERT_RECIPIENT = Hot(t.recipient.insert())


def find_repeat(tx: Tx, source_id: str, key: str | None, request_hash: str) -> tuple[Message, str, bool] | None:
    """The message this request already made, its request's hash, and whether it was met by its key."""
    same = REPEAT if key is None else KEYED
    rows = same.run(tx, {"asked": request_hash, "source": source_id, "key": key})
    found = get(tx, str(rows[0][0])) if rows else None
    return (found, str(rows[0][1]), key is not None) if found else None


def never_waited(tx: Tx, batch_id: str) -> dict[str, str]:
    """The ids of those of a batch that nobody may write to, by the hash of the request that made them."""
    refused = c.stop_reason.in_(("suppressed", "refused"))
    mine = select(c.request_hash, c.id).where(c.batch_id == batch_id, c.state == State.STOPPED, refused)
    return {row[0]: row[1] for row in tx.connection.execute(mine)}


def forget_key(tx: Tx, source_id: str, key: str, before: datetime) -> None:
    """Let the idempotency key of a message that came before this moment be used for another one."""
    old = update(t.message).where(c.source_id == source_id, c.idempotency_key == key, c.created_at < micros(before))
    tx.connection.execute(old.values(idempotency_key=None))


def count_repeat(tx: Tx, message: Message) -> None:
    """One more of the same request came in while it waits."""
    tx.connection.execute(update(t.message).where(c.id == message.id).values(repeats=c.repeats + 1))


def twins(tx: Tx, message: Message, since: datetime) -> tuple[Twin, ...]:
    """The latest other messages with the same words to the same endpoint: older ones, and newer ones that went out."""
    words = words_hash(tx, message.content)
    rows = TWINS.run(tx, {"words": words, "since": micros(since), "own": message.id})
    return tuple(
        Twin(str(row[0]), str(row[1]), moment(row[2]) or tx.now, row[3] == message.source_id)  # type: ignore[arg-type]  # a stored time
        for row in rows
    )


def insert(tx: Tx, message: Message, request_hash: str, screening: Screening | None) -> Message:
    """Store a new message in its screened state, with all that belongs to it, and return it."""
    screening_id = message.id if screening else None  # the first one; later ones have ids of their own
    INSERT_MESSAGE.run(tx, _row(tx, message, request_hash, screening_id))
    write_content(tx, message)
    if screening and screening_id:
        write_screening(tx, message.id, screening_id, screening)
        if screening.kept_from:
            hide(tx, message.id, screening.kept_from)
    write_recipients(tx, message)
    add_tokens(tx, message)
    found: list[Json] = [f"{finding.check}:{finding.code}" for finding in message.findings]
    detail: dict[str, Json] = {"state": message.state, "findings": found}
    write_trail(tx, "intake", "stored", detail, message_id=message.id, version=message.version)
    return message


def write_content(tx: Tx, message: Message) -> None:
    """Seal the content of this edition."""
    place = f"content|{message.id}|{message.edition}"
    sealed = tx.seal.seal(json.dumps(plainly(message.content)).encode(), place)
    INSERT_CONTENT.run(tx, {"message_id": message.id, "edition": message.edition, "sealed": sealed})


def write_recipients(tx: Tx, message: Message) -> None:
    """Store whom it goes to, as keyed hashes beside their sealed addresses."""
    for n, address in enumerate(message.content.to):
        INSERT_RECIPIENT.run(tx, {"message_id": message.id, "n": n, "address_hash": keep_address(tx, address)})


def keep_address(tx: Tx, address: str) -> str:
    """Store an endpoint sealed, once, and return its keyed hash."""
    hashed = address_hash(tx, address)
    sealed = tx.seal.seal(address.encode(), f"address|{hashed}")
    row = {"hash": hashed, "sealed": sealed, "created_at": tx.at}
    _insert_address(tx.connection.dialect.name).run(tx, row)
    return hashed


@cache
def _insert_address(dialect: str) -> Hot:
    return Hot(build_insert(dialect, t.address).on_conflict_do_nothing())


def _row(tx: Tx, message: Message, request_hash: str, screening_id: str | None) -> dict[str, object]:
    waits, sender = message.state in WAITING, message.content.sender
    row: dict[str, object] = {name: getattr(message, name) for name in SAME}
    row |= {name: stored(getattr(message, name)) for name in TIMES}
    return row | {
        "state": str(message.state),
        "words_hash": words_hash(tx, message.content),
        "sender_hash": address_hash(tx, sender) if sender else None,
        "screening_id": screening_id,
        "part": message.content.part,
        "doubts": len(message.findings) if screening_id else None,
        "request_hash": request_hash,
        "open_key": request_hash if waits and message.idempotency_key is None else None,
        "accepted": seal_keys(tx, message.id, message.accepted),
    }
