"""Facts about people: stored sealed, found by the keyed hashes of the people and endpoints that are in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, exists, select, union

from sayso.message import Fact, Known
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.hashing import bare
from sayso.store.hot import MOST_AT_ONCE, Hot, listed, names
from sayso.store.seal import Seal

MOST_FACTS = 600
"""How many facts one look takes, the newest first; who stands behind more than that is looked at by a person."""

READ = (t.fact.c.key, t.fact.c.list, t.fact.c.sealed, t.source.c.name)
JOINED: Select[Any] = select(*READ).join(t.source, t.source.c.id == t.fact.c.source_id)
KNOWS_PEOPLE = Hot(select(exists().where(t.fact.c.list == "people")))


def _about(keys: Sequence[Any]) -> Select[Any]:
    """The facts of these keys and all that name one of them, the newest MOST_FACTS."""
    theirs = union(
        select(t.link.c.fact.label("key")).where(t.link.c.key.in_(keys)),
        select(t.fact.c.key).where(t.fact.c.key.in_(keys)),
    ).subquery()
    mine = select(t.fact.c.key).join(theirs, theirs.c.key == t.fact.c.key)
    newest = mine.order_by(t.fact.c.at.desc()).limit(MOST_FACTS).scalar_subquery()
    return JOINED.where(t.fact.c.key.in_(newest))


@cache
def _hot_about(size: int) -> Hot:
    return Hot(_about(names(size)))


def fact_key(seal: Seal, source_id: str, kind: str, item_id: str) -> str:
    """The key of one item of one list of one source, in hex: a person's key is that of their item in `people`."""
    return seal.hash("fact", f"{source_id}|{kind}|{item_id}")[:32]


def endpoint_key(seal: Seal, endpoint: str) -> str:
    """The key by which whatever has this endpoint is found."""
    return seal.hash("address", bare(endpoint))[:32]


def put_facts(tx: Tx, source_id: str, facts: Sequence[Fact]) -> None:
    """Store facts in place of what was known of them, and what they are found by."""
    if not facts:
        return
    keys = [bytes.fromhex(fact.key) for fact in facts]
    for chunk in _chunks(keys):
        tx.connection.execute(delete(t.link).where(t.link.c.fact.in_(chunk)))
    insert = tx.insert(t.fact)
    new = {name: insert.excluded[name] for name in ("sealed", "at", "heard_at")}
    tx.connection.execute(
        insert.on_conflict_do_update(index_elements=["key"], set_=new),
        [_row(tx, source_id, fact) for fact in facts],
    )
    links = sorted({(key, bytes.fromhex(fact.key)) for fact in facts for key in _found_by(tx.seal, fact)})
    if links:
        tx.connection.execute(t.link.insert(), [{"key": key, "fact": fact} for key, fact in links])


def get_facts(tx: Tx, keys: Iterable[str]) -> dict[str, Fact]:
    """The facts of these keys."""
    found: dict[str, Fact] = {}
    for chunk in _chunks([bytes.fromhex(key) for key in keys]):
        query = JOINED.where(t.fact.c.key.in_(chunk))
        found |= {fact.key: fact for fact in (_fact(tx, row) for row in tx.connection.execute(query))}
    return found


def facts_about(tx: Tx, keys: Iterable[str]) -> dict[str, Fact]:
    """The facts of these keys and all that name one of them, the newest MOST_FACTS; one query."""
    raw = [bytes.fromhex(key) for key in sorted(set(keys))]
    if not raw:
        return {}
    if len(raw) > MOST_AT_ONCE:
        rows: Iterable[Sequence[Any]] = tx.connection.execute(_about(raw))
    else:
        given = listed(raw)
        rows = _hot_about(len(given)).run(tx, given)
    return {fact.key: fact for fact in (_fact(tx, row) for row in rows)}


def list_facts(tx: Tx, kind: str, limit: int, source_id: str | None = None) -> tuple[Fact, ...]:
    """The newest facts of one list, of one source or of all."""
    query = JOINED.where(t.fact.c.list == kind).order_by(t.fact.c.at.desc()).limit(limit)
    if source_id is not None:
        query = query.where(t.fact.c.source_id == source_id)
    return tuple(_fact(tx, row) for row in tx.connection.execute(query))


def knows_people(tx: Tx) -> bool:
    """Whether anybody has ever handed in a person."""
    return bool(KNOWS_PEOPLE.run(tx, {})[0][0])


def _chunks(keys: Sequence[bytes], size: int = 500) -> Iterable[Sequence[bytes]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _found_by(seal: Seal, fact: Fact) -> Iterable[bytes]:
    for keys in fact.refs.values():
        yield from map(bytes.fromhex, keys)
    for endpoint in fact.endpoints:
        yield bytes.fromhex(endpoint_key(seal, endpoint))


def _row(tx: Tx, source_id: str, fact: Fact) -> dict[str, object]:
    plain = {
        "id": fact.id,
        "values": {
            name: [known.value, _at(known.at), known.by, known.desk, micros(known.heard_at)]
            for name, known in fact.values.items()
        },
        "refs": {name: list(keys) for name, keys in fact.refs.items()},
        "endpoints": list(fact.endpoints),
    }
    return {
        "key": bytes.fromhex(fact.key),
        "list": fact.list,
        "source_id": source_id,
        "sealed": tx.seal.seal(json.dumps(plain).encode(), f"fact|{fact.key}"),
        "at": micros(fact.moment("at") or fact.confirmed_at or tx.now),
        "heard_at": tx.at,
    }


def _at(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _fact(tx: Tx, row: Sequence[Any]) -> Fact:
    """The fact of a row of READ."""
    raw, kind, sealed, source = row
    key = bytes(raw).hex()
    plain = json.loads(tx.seal.open(sealed, f"fact|{key}"))
    values = {
        name: Known(value, moment(at), by, bool(desk), moment(heard) or tx.now)
        for name, (value, at, by, desk, heard) in plain["values"].items()
    }
    refs = {name: tuple(keys) for name, keys in plain["refs"].items()}
    return Fact(key, kind, plain["id"], source, values, refs, tuple(plain["endpoints"]))
