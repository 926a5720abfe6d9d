"""Contacts: what went to an address before, or was to go, and how much a source handed in of late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select, union_all
from ulid import ULID

from sayso.message import Contact, State
from sayso.store import tables as t
from sayso.store.database import Tx, moment
from sayso.store.hashing import address_hash
from sayso.store.hot import MOST_AT_ONCE, Hot, listed, names

MOST_CONTACTS = 50
"""How many earlier messages one look takes, the newest first."""
_c = t.message.c
_ARRIVED = select(_c.id).where(
    _c.source_id == bindparam("source"),
    _c.id >= bindparam("since"),
    _c.id != bindparam("own"),
    or_(_c.batch_id.is_(None), _c.batch_id.startswith("B")),  # one that is signed off as one is no burst
)


def _count(rows: Select[tuple[str]]) -> Hot:
    counted: Select[Any] = select(func.count()).select_from(rows.limit(bindparam("most")).subquery())
    return Hot(counted)


ARRIVED = _count(_ARRIVED)
ARRIVED_FOR = _count(_ARRIVED.where(_c.purpose == bindparam("purpose")))


def contacts(tx: Tx, addresses: Sequence[str], since: datetime, own: str = "") -> tuple[Contact, ...]:
    """The newest other messages to one of these addresses since then, on any channel; one query for a few addresses.

    A stop by a person says why: `rejected:wrong_person`. Purpose and subject are what the CRM said, else what its
    last screening read.
    """
    hashes = sorted({address_hash(tx, address) for address in addresses})
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(hashes), MOST_AT_ONCE):
        given = listed(hashes[start : start + MOST_AT_ONCE])
        rows = _hot_contacts(len(given)).run(tx, {**given, "since": first_id(since), "own": own})
        found |= {str(row[0]): row for row in rows}
    return tuple(_contact(tx, found[name]) for name in sorted(found, reverse=True)[:MOST_CONTACTS])


@cache
def _hot_contacts(size: int) -> Hot:
    """The newest messages to one of so many addresses, each with its screening and why somebody rejected it."""
    theirs = union_all(*map(_newest, names(size))).subquery()
    reason = (
        select(t.decision.c.reason)
        .where(t.decision.c.message_id == _c.id, t.decision.c.kind == "reject")
        .order_by(t.decision.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (_c.id, _c.created_at, _c.sent_at, _c.state, _c.stop_reason, _c.channel, _c.purpose, _c.subject)
    query: Select[Any] = (
        select(*columns, reason.label("why"), _c.screening_id, t.screening.c.sealed)
        .outerjoin(t.screening, t.screening.c.id == _c.screening_id)
        .where(_c.id.in_(select(theirs.c.message_id)))
        .order_by(_c.id.desc())
        .limit(MOST_CONTACTS)
    )
    return Hot(query)


def arrived(tx: Tx, source_id: str, since: datetime, *, limit: int, purpose: str | None = None, own: str = "") -> int:
    """How many other messages a source has handed in since then, of one purpose or of any; never beyond `limit`."""
    hot = ARRIVED if purpose is None else ARRIVED_FOR
    rows = hot.run(tx, {"source": source_id, "since": first_id(since), "most": limit, "purpose": purpose, "own": own})
    return int(str(rows[0][0]))


def first_id(since: datetime) -> str:
    """The smallest id that a message of that moment can have: ids sort by time."""
    return f"{str(ULID.from_datetime(since.astimezone(UTC)))[:10]}{'0' * 16}"


def _newest(hashed: BindParameter[Any]) -> Select[tuple[str]]:
    """The ids of the newest messages to one address, from its index alone."""
    r = t.recipient.c
    others = (r.message_id >= bindparam("since"), r.message_id != bindparam("own"))
    mine = select(r.message_id).where(r.address_hash == hashed, *others)
    found = mine.order_by(r.message_id.desc()).limit(MOST_CONTACTS).subquery()
    return select(found.c.message_id)


def _contact(tx: Tx, row: Sequence[Any]) -> Contact:
    name, created_at, sent_at, state, stop_reason, channel, purpose, subject, why, *screening = row
    read = {} if purpose and subject else _reading(tx, *screening)
    reason = stop_reason or ""
    if state == State.STOPPED and reason == "rejected" and why:
        reason = f"rejected:{why}"
    return Contact(
        message_id=name,
        at=moment(sent_at or created_at) or tx.now,
        purpose=purpose or read.get("purpose", ""),
        state=state,
        stop_reason=reason,
        subject=subject or read.get("subject", ""),
        channel=channel,
    )


def _reading(tx: Tx, screening_id: str | None, sealed: bytes | None) -> Mapping[str, str]:
    """The purpose and the subject that a screening read, where nobody declared them."""
    if not screening_id or not sealed:
        return {}
    seen = json.loads(tx.seal.open(sealed, f"screening|{screening_id}")).get("facts") or {}
    read = seen.get("reading") or {}
    return {name: str(read[name]["name"]) for name in ("purpose", "subject") if read.get(name)}
