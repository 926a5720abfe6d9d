"""Erasing: what a CRM no longer wants kept goes from every edition; that it was there, and who decided, stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select, update

from sayso.message import Conflict, Content, Finding, Message
from sayso.store import tables as t
from sayso.store.database import Tx
from sayso.store.messages import content_from, content_hash, get, plainly, read_findings
from sayso.store.search import index_message
from sayso.store.trail import write_trail

ERASED = "What was seen here quoted the words, which the CRM has since erased."


def erase(tx: Tx, message: Message, keep: Callable[[Content], Content], *, deleted: bool = False) -> Message:
    """The message with what `keep` leaves of each edition, and out of its CRM's sight where it is `deleted`.

    The keyed hashes stay by which a twin is found and a decision is bound to what was shown.
    """
    content, c = keep(message.content), t.message.c
    left = replace(
        message,
        content=content,
        content_hash=content_hash(tx.seal, content, message.channel),
        updated_at=tx.now,
        deleted_at=tx.now if deleted else message.deleted_at,
        findings=tuple(map(_unquoted, message.findings)),
        accepted=frozenset(),
    )
    values = {"content_hash": left.content_hash, "updated_at": tx.at, "accepted": None}
    as_read = (c.id == message.id, c.version == message.version, c.state == message.state)
    change = update(t.message).where(*as_read).values(**values, **({"deleted_at": tx.at} if deleted else {}))
    if tx.connection.execute(change).rowcount != 1:
        raise Conflict("Somebody else was first.", get(tx, message.id))
    _erase_editions(tx, message.id, keep)
    _erase_quotes(tx, message.id)
    index_message(tx, left)
    write_trail(tx, "crm", "deleted" if deleted else "erased", {}, message_id=message.id, version=message.version)
    return left


def _erase_editions(tx: Tx, message_id: str, keep: Callable[[Content], Content]) -> None:
    c = t.content.c
    for row in tx.connection.execute(select(t.content).where(c.message_id == message_id)).all():
        place = f"content|{row.message_id}|{row.edition}"
        kept = keep(content_from(json.loads(tx.seal.open(row.sealed, place))))
        sealed = tx.seal.seal(json.dumps(plainly(kept)).encode(), place)
        one = update(t.content).where(c.message_id == message_id, c.edition == row.edition)
        tx.connection.execute(one.values(sealed=sealed))


def _erase_quotes(tx: Tx, message_id: str) -> None:
    """Findings quote the words they are about; which check found something stays."""
    c = t.screening.c
    for row in tx.connection.execute(select(t.screening).where(c.message_id == message_id)).all():
        plain = json.loads(tx.seal.open(row.sealed, f"screening|{row.id}"))
        plain["findings"] = [plainly(_unquoted(finding)) for finding in read_findings(plain)]
        plain["facts"].pop("reading", None)
        sealed = tx.seal.seal(json.dumps(plain).encode(), f"screening|{row.id}")
        tx.connection.execute(update(t.screening).where(c.id == row.id).values(sealed=sealed))


def _unquoted(finding: Finding) -> Finding:
    return replace(finding, reason=ERASED, subject="", evidence="", proposal=None)
