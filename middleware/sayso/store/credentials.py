"""The credentials that we issue: found by their hash, and sealed only where they sign what a CRM hears."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, Select, or_, select, update

from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.messages import new_id
from sayso.store.people import Source, _source
from sayso.store.seal import token_hash

SHOWN = frozenset({"token", "sendgrid", "lob", "smtp"})
"""The kinds that a CRM only ever shows us: nobody needs to read them back, so they are not kept."""
ISSUED = SHOWN | {"twilio", "webhook", "sendgrid_events", "lob_webhook"}
"""The kinds that we issue; others are keys that somebody gave us, and end when they are dropped."""


class Span(NamedTuple):
    """When a set of credentials was issued, and when it ends; None while it is the newest."""

    issued_at: datetime
    ends_at: datetime | None


def add_credential(tx: Tx, source_id: str, kind: str, secret: str, *, login: str | None = None) -> None:
    """Store an issued credential: hashed to be found by, and sealed where it also signs."""
    row = {"id": new_id(tx.now), "source_id": source_id, "kind": kind, "login": login, "created_at": tx.at}
    sealed = None if kind in SHOWN else tx.seal.seal(secret.encode(), f"credential|{row['id']}")
    shown = f"{login}:{secret}" if login else secret
    tx.connection.execute(t.credential.insert(), row | {"secret_hash": token_hash(shown), "sealed": sealed})


def end_credentials(tx: Tx, source_id: str, at: datetime) -> None:
    """What a source was issued stops working at a moment, also what was to work for longer."""
    c = t.credential.c
    old = update(t.credential).where(c.source_id == source_id, c.kind.in_(ISSUED))
    tx.connection.execute(old.where(or_(c.ends_at.is_(None), c.ends_at > micros(at))).values(ends_at=micros(at)))


def source_by_secret(tx: Tx, kind: str, secret: str, login: str | None = None) -> Source | None:
    """The source that holds this credential, if it still works."""
    shown = f"{login}:{secret}" if login else secret
    c = t.credential.c
    query = select(t.source, c.ends_at).join(t.credential, c.source_id == t.source.c.id)
    row = tx.connection.execute(query.where(c.kind == kind, c.secret_hash == token_hash(shown))).first()
    if row is None or (row.ends_at is not None and row.ends_at <= tx.at):
        return None
    return _source(row._mapping)


def newest_credential(tx: Tx, source_id: str, kind: str) -> tuple[str | None, str] | None:
    """The login and secret that sign what this source hears now; the secret is empty where it is not kept."""
    row = tx.connection.execute(_newest_first(source_id, kind).limit(1)).first()
    return (row.login, _secret(tx, row)) if row else None


def signing_secrets(tx: Tx, source_id: str, kind: str) -> tuple[str, ...]:
    """Every secret of a kind that still counts, the newest first: several while they are changed."""
    c = t.credential.c
    valid = _newest_first(source_id, kind).where(or_(c.ends_at.is_(None), c.ends_at > tx.at))
    return tuple(_secret(tx, row) for row in tx.connection.execute(valid) if row.sealed is not None)


def read_spans(tx: Tx, source_id: str) -> tuple[Span, ...]:
    """The sets of credentials that still work, the newest first."""
    c = t.credential.c
    valid = _newest_first(source_id, "token").where(or_(c.ends_at.is_(None), c.ends_at > tx.at))
    return tuple(Span(moment(row.created_at) or tx.now, moment(row.ends_at)) for row in tx.connection.execute(valid))


def _newest_first(source_id: str, kind: str) -> Select[tuple[object, ...]]:
    """Not by the id alone: a clock may be set back."""
    c = t.credential.c
    query = select(t.credential).where(c.source_id == source_id, c.kind == kind)
    return query.order_by(c.ends_at.is_not(None), c.id.desc())


def _secret(tx: Tx, row: Row[tuple[object, ...]]) -> str:
    return tx.seal.open(row.sealed, f"credential|{row.id}").decode() if row.sealed is not None else ""
