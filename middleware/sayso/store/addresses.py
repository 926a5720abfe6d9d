"""Postal addresses that a CRM keeps at its door: sealed, each under its source, and read by nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, func, select

from sayso.message import Json
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.messages import new_id
from sayso.store.shelves import ALWAYS, Span

FIRST, LAST = "0" * 26, "Z" * 26


@dataclass(frozen=True, slots=True)
class Kept:
    """One address as its CRM gave it."""

    id: str
    data: Mapping[str, Json]
    created_at: datetime


def keep_place(tx: Tx, source_id: str, data: Mapping[str, Json]) -> Kept:
    """Store an address of a source."""
    found = Kept(new_id(tx.now), data, tx.now)
    name = _name(source_id, found.id)
    sealed = tx.seal.seal(json.dumps(dict(data)).encode(), f"part|{name}")
    tx.connection.execute(tx.insert(t.part).values(id=name, sealed=sealed, created_at=tx.at))
    return found


def find_place(tx: Tx, source_id: str, place_id: str) -> Kept | None:
    """The source's address of that id."""
    row = tx.connection.execute(select(t.part).where(t.part.c.id == _name(source_id, place_id))).first()
    return _kept(tx, row) if row else None


def drop_place(tx: Tx, source_id: str, place_id: str) -> bool:
    """Delete the source's address of that id; False when there is none."""
    gone = tx.connection.execute(delete(t.part).where(t.part.c.id == _name(source_id, place_id)))
    return gone.rowcount == 1


def places_page(
    tx: Tx, source_id: str, limit: int, *, after: str | None = None, before: str | None = None, created: Span = ALWAYS
) -> tuple[Kept, ...]:
    """A source's addresses, newest first: those after an id, or those that end where one begins."""
    c = t.part.c
    query = select(t.part).where(*_own(source_id, created))
    if before:
        rows = tx.connection.execute(query.where(c.id > _name(source_id, before)).order_by(c.id).limit(limit)).all()
        return tuple(_kept(tx, row) for row in reversed(rows))
    query = query.where(c.id < _name(source_id, after)) if after else query
    return tuple(_kept(tx, row) for row in tx.connection.execute(query.order_by(c.id.desc()).limit(limit)))


def count_places(tx: Tx, source_id: str, created: Span = ALWAYS) -> int:
    """How many addresses a source keeps that it gave in this time."""
    query = select(func.count()).select_from(t.part).where(*_own(source_id, created))
    return int(tx.connection.execute(query).scalar() or 0)


def _own(source_id: str, created: Span) -> list[ColumnElement[bool]]:
    c, (first, end) = t.part.c, created
    where = [c.id >= _name(source_id, FIRST), c.id <= _name(source_id, LAST)]
    where += [c.created_at >= micros(first)] if first else []
    return where + ([c.created_at < micros(end)] if end else [])


def _name(source_id: str, place_id: str) -> str:
    """Under which it lies among the parts: no keyed hash ever has these letters."""
    return f"adr|{source_id}|{place_id}"


def _kept(tx: Tx, row: Row[tuple[object, ...]]) -> Kept:
    found = row._mapping
    data = json.loads(tx.seal.open(found["sealed"], f"part|{found['id']}"))
    return Kept(str(found["id"]).rpartition("|")[2], data, moment(found["created_at"]) or tx.now)
