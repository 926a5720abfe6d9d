"""Contacts: what went to an address before, or was to go, and how much a source handed in of late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, func, select, union_all
from ulid import ULID

from sayso.message import Contact, State
from sayso.store import tables as t
from sayso.store.database import Tx, moment
from sayso.store.hashing import address_hash
from sayso.store.hot import Hot

MOST_CONTACTS = 50
"""How many earlier messages one look takes, the newest first."""
_c = t.message.c
_ARRIVED = select(_c.id).where(
    _c.source_id == bindparam("source"), _c.id >= bindparam("since"), _c.id != bindparam("own")
)


def _count(rows: Select[tuple[str]]) -> Hot:
    counted: Select[Any] = select(func.count()).select_from(rows.limit(bindparam("most")).subquery())
    return Hot(counted)


ARRIVED = _count(_ARRIVED)
ARRIVED_FOR = _count(_ARRIVED.where(_c.purpose == bindparam("purpose")))


def contacts(tx: Tx, addresses: Sequence[str], since: datetime, own: str = "") -> tuple[Contact, ...]:
    """The newest other messages to one of these addresses since then, on any channel; one query.

    A stop by a person says why: `rejected:wrong_person`. Purpose and subject are what the CRM said, else what its
    last screening read.
    """
    hashes = sorted({address_hash(tx, address) for address in addresses})
    if not hashes:
        return ()
    theirs = union_all(*(_newest(hashed, first_id(since), own) for hashed in hashes)).subquery()
    reason = (
        select(t.decision.c.reason)
        .where(t.decision.c.message_id == _c.id, t.decision.c.kind == "reject")
        .order_by(t.decision.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (_c.id, _c.created_at, _c.sent_at, _c.state, _c.stop_reason, _c.channel)
    read = (_c.purpose, _c.subject, _c.screening_id)
    query = (
        select(*columns, *read, reason.label("why"), t.screening.c.sealed)
        .outerjoin(t.screening, t.screening.c.id == _c.screening_id)
        .where(_c.id.in_(select(theirs.c.message_id)))
        .order_by(_c.id.desc())
        .limit(MOST_CONTACTS)
    )
    return tuple(_contact(tx, row) for row in tx.connection.execute(query).mappings())


def arrived(tx: Tx, source_id: str, since: datetime, *, limit: int, purpose: str | None = None, own: str = "") -> int:
    """How many other messages a source has handed in since then, of one purpose or of any; never beyond `limit`."""
    hot = ARRIVED if purpose is None else ARRIVED_FOR
    rows = hot.run(tx, {"source": source_id, "since": first_id(since), "most": limit, "purpose": purpose, "own": own})
    return int(str(rows[0][0]))


def first_id(since: datetime) -> str:
    """The smallest id that a message of that moment can have: ids sort by time."""
    return f"{str(ULID.from_datetime(since.astimezone(UTC)))[:10]}{'0' * 16}"


def _newest(hashed: str, first: str, own: str) -> Select[tuple[str]]:
    """The ids of the newest messages to one address, from its index alone."""
    r = t.recipient.c
    mine = select(r.message_id).where(r.address_hash == hashed, r.message_id >= first, r.message_id != own)
    found = mine.order_by(r.message_id.desc()).limit(MOST_CONTACTS).subquery()
    return select(found.c.message_id)


def _contact(tx: Tx, found: RowMapping) -> Contact:
    read = {} if found["purpose"] and found["subject"] else _reading(tx, found["screening_id"], found["sealed"])
    reason = found["stop_reason"] or ""
    if found["state"] == State.STOPPED and reason == "rejected" and found["why"]:
        reason = f"rejected:{found['why']}"
    return Contact(
        message_id=found["id"],
        at=moment(found["sent_at"] or found["created_at"]) or tx.now,
        purpose=found["purpose"] or read.get("purpose", ""),
        state=found["state"],
        stop_reason=reason,
        subject=found["subject"] or read.get("subject", ""),
        channel=found["channel"],
    )


def _reading(tx: Tx, screening_id: str | None, sealed: bytes | None) -> Mapping[str, str]:
    """The purpose and the subject that a screening read, where nobody declared them."""
    if not screening_id or not sealed:
        return {}
    seen = json.loads(tx.seal.open(sealed, f"screening|{screening_id}")).get("facts") or {}
    read = seen.get("reading") or {}
    return {name: str(read[name]["name"]) for name in ("purpose", "subject") if read.get(name)}
