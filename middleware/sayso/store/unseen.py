"""Who does not see a message: the members of staff from whom a surprise in it is kept, by the hash of their e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, delete, select

from sayso.store import tables as t
from sayso.store.database import Tx
from sayso.store.hashing import address_hash


def hide(tx: Tx, message_id: str, emails: Iterable[str]) -> None:
    """Keep a message from whoever has one of these e-mails, and from nobody else."""
    tx.connection.execute(delete(t.unseen).where(t.unseen.c.message_id == message_id))
    rows = [{"email_hash": found, "message_id": message_id} for found in {address_hash(tx, email) for email in emails}]
    if rows:
        tx.connection.execute(t.unseen.insert(), rows)


def hidden(tx: Tx, message_ids: Sequence[str], email: str) -> frozenset[str]:
    """Those of these messages (by our ids) that are kept from whoever has this e-mail."""
    rows = tx.connection.execute(_kept_from(tx, email).where(t.unseen.c.message_id.in_(message_ids)))
    return frozenset(str(row[0]) for row in rows)


def shown(tx: Tx, stores: tuple[str, ...] | None, unseen_by: str | None) -> list[ColumnElement[bool]]:
    """What a message must be for a member of staff to see it: of one of their stores, and not kept from them."""
    c = t.message.c
    theirs: list[ColumnElement[bool]] = [] if stores is None else [c.store.in_(stores)]
    return theirs if unseen_by is None else [*theirs, c.id.not_in(_kept_from(tx, unseen_by))]


def _kept_from(tx: Tx, email: str) -> Select[tuple[str]]:
    """One list for the whole query, empty for most people: it is made once, not looked up for every message."""
    return select(t.unseen.c.message_id).where(t.unseen.c.email_hash == address_hash(tx, email))
