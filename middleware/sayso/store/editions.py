"""Editions: the words as the CRM sent them, and as they were changed since; and what was known of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from sayso.message import Content, Json, Message, State
from sayso.store import tables as t
from sayso.store.arrivals import write_content, write_recipients
from sayso.store.database import Tx
from sayso.store.hashing import address_hash
from sayso.store.messages import JOINED, content_from, content_hash, move, words_hash
from sayso.store.opening import opened
from sayso.store.search import index_message

MOST_WAITING = 200


def edit(tx: Tx, message: Message, content: Content, who: str, due_at: datetime | None = None) -> Message:
    """The held message with a person's words, as a new version that nobody has accepted anything of."""
    changes: dict[str, object] = {"accepted": frozenset(), "edited_by": who, "due_at": due_at}
    return reword(tx, move(tx, message, State.HELD, "reviewer", who=who, changes=changes), content)


def reword(tx: Tx, message: Message, content: Content) -> Message:
    """The message with other words, kept as a new edition beside the earlier ones; the caller moves it."""
    hashed = content_hash(tx.seal, content, message.channel)
    reworded = replace(message, content=content, edition=message.edition + 1, content_hash=hashed)
    write_content(tx, reworded)
    values = {"edition": reworded.edition, "content_hash": hashed, "words_hash": words_hash(tx, content)}
    tx.connection.execute(update(t.message).where(t.message.c.id == message.id).values(values))
    if content.to != message.content.to:
        tx.connection.execute(delete(t.recipient).where(t.recipient.c.message_id == message.id))
        write_recipients(tx, reworded)
    index_message(tx, reworded)
    return reworded


def editions(tx: Tx, message: Message) -> tuple[Content, ...]:
    """What the message said, first edition to last."""
    c = t.content.c
    rows = tx.connection.execute(select(t.content).where(c.message_id == message.id).order_by(c.edition))
    return tuple(
        content_from(json.loads(tx.seal.open(row.sealed, f"content|{row.message_id}|{row.edition}"))) for row in rows
    )


def known_facts(tx: Tx, message_id: str) -> Mapping[str, Json]:
    """What the host said of a message when it was screened last."""
    c = t.screening.c
    latest = select(c.id, c.sealed).join(t.message, t.message.c.screening_id == c.id)
    row = tx.connection.execute(latest.where(t.message.c.id == message_id)).first()
    if row is None:
        return {}
    plain = json.loads(tx.seal.open(row.sealed, f"screening|{row.id}"))
    given = plain["facts"].get("given")
    return given if isinstance(given, dict) else {}


def waiting_for(tx: Tx, address: str) -> tuple[Message, ...]:
    """The held messages to an address, the newest first."""
    c = t.message.c
    theirs = select(t.recipient.c.message_id).where(t.recipient.c.address_hash == address_hash(tx, address))
    held = JOINED.where(c.state == State.HELD, c.id.in_(theirs)).order_by(c.id.desc())
    return opened(tx, held, MOST_WAITING)[0]


def on_file(tx: Tx, address: str, shop: str | None) -> bool:
    """Whether a message of this shop was ever for this address."""
    c, r = t.message.c, t.recipient.c
    query = select(c.id).join(t.recipient, r.message_id == c.id).where(r.address_hash == address_hash(tx, address))
    return tx.connection.execute(query.where(c.store.is_not_distinct_from(shop)).limit(1)).first() is not None


def shops_of(tx: Tx, ids: Sequence[str]) -> frozenset[str | None]:
    """The shops of these messages, which are named by our ids or the CRM's."""
    c = t.message.c
    rows = tx.connection.execute(select(c.store).where(or_(c.id.in_(ids), c.crm_id.in_(ids))).distinct())
    return frozenset(row[0] for row in rows)
