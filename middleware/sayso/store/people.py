"""Sources with their credentials, staff with their keys, and the addresses nobody may write to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update

from sayso.message import Conflict
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.hashing import address_hash
from sayso.store.hot import Hot
from sayso.store.messages import new_id
from sayso.store.seal import token_hash
from sayso.store.trail import write_trail

SOURCE_FIELDS = ("id", "name", "store", "purpose", "allowed", "webhooks")
SOURCE = Hot(select(*(t.source.c[name] for name in SOURCE_FIELDS)).where(t.source.c.id == bindparam("source")))
LIST = "list "
"""How the origin of a suppression begins that is of one list at a vendor only."""
SUPPRESSED = Hot(
    select(t.suppression.c.sealed, t.suppression.c.origin, t.suppression.c.at)
    .where(t.suppression.c.address_hash == bindparam("hash"))
    .where(or_(t.suppression.c.purpose == "", t.suppression.c.purpose == bindparam("purpose")))
    .order_by(t.suppression.c.at)
)


@dataclass(frozen=True, slots=True)
class Source:
    """One CRM: what it is called, its shop, its default purpose and where it may be called back."""

    id: str
    name: str
    store: str | None
    purpose: str | None
    allowed: tuple[str, ...]
    webhooks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Staff:
    """One person who signs in; `stores` None means all of them."""

    id: str
    email: str
    role: str
    stores: tuple[str, ...] | None
    password: str | None
    failures: int
    locked_until: datetime | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class Key:
    """What a member of staff showed: an invite (its staff may be still unnamed), a session or an API token."""

    kind: str
    staff: Staff | None
    created_at: datetime
    seen_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """That nothing goes to an address: who asked for it, why and since when."""

    address: str
    origin: str
    reason: str
    at: datetime


def add_source(tx: Tx, name: str, *, purpose: str | None = None, store: str | None = None) -> Source:
    """A new source; Conflict when the name is taken."""
    if find_source(tx, name=name):
        raise Conflict(f"There is a source called {name} already; rotate its credentials instead.")
    row = {"id": new_id(tx.now), "name": name, "purpose": purpose, "store": store, "created_at": tx.at}
    tx.connection.execute(t.source.insert(), row)
    write_trail(tx, "operator", "source_added", {"source": name})
    return Source(str(row["id"]), name, store, purpose, (), {})


def find_source(tx: Tx, *, name: str | None = None, source_id: str | None = None) -> Source | None:
    """The source of that name or id."""
    if name is None:
        found = SOURCE.run(tx, {"source": source_id})
        return _source(dict(zip(SOURCE_FIELDS, found[0], strict=True))) if found else None
    row = tx.connection.execute(select(t.source).where(t.source.c.name == name)).first()
    return _source(row._mapping) if row else None


def read_sources(tx: Tx) -> tuple[Source, ...]:
    """Every source by name."""
    return tuple(_source(row) for row in tx.connection.execute(select(t.source).order_by(t.source.c.name)).mappings())


def allow_origin(tx: Tx, source: Source, origin: str, who: str) -> None:
    """Let a source be called back at one more scheme, host and port."""
    mine = t.source.c.id == source.id
    known = tx.connection.execute(select(t.source.c.allowed).where(mine).with_for_update()).scalar_one()
    allowed = json.dumps(sorted({*json.loads(known), origin}))
    tx.connection.execute(update(t.source).where(mine).values(allowed=allowed))
    write_trail(tx, who, "source_allowed", {"source": source.name, "origin": origin})


def set_webhooks(tx: Tx, source: Source, webhooks: Mapping[str, str]) -> None:
    """Where a source hears what no message of its own carries."""
    mine = t.source.c.id == source.id
    known = tx.connection.execute(select(t.source.c.webhooks).where(mine).with_for_update()).scalar_one()
    merged = json.dumps(json.loads(known) | dict(webhooks))
    tx.connection.execute(update(t.source).where(mine).values(webhooks=merged))


def add_staff(tx: Tx, email: str, role: str, stores: Sequence[str] | None = None) -> Staff:
    """A new member of staff, or the known one with this role from now on."""
    hashed = address_hash(tx, email)
    values = {"role": role, "stores": json.dumps(list(stores)) if stores is not None else None}
    staff_id = new_id(tx.now)
    sealed = tx.seal.seal(email.encode(), f"staff|{staff_id}")
    row = {"id": staff_id, "email_hash": hashed, "sealed": sealed, "created_at": tx.at} | values
    new_or_known = tx.insert(t.staff).values(row).on_conflict_do_update(index_elements=["email_hash"], set_=values)
    found = _staff(tx, tx.connection.execute(new_or_known.returning(t.staff)).one())
    write_trail(tx, "operator", "staff_added", {"staff": found.id, "role": role})
    return found


def find_staff(tx: Tx, *, email: str | None = None, staff_id: str | None = None) -> Staff | None:
    """The member of staff of that e-mail or id."""
    c = t.staff.c
    where = c.email_hash == address_hash(tx, email) if email is not None else c.id == staff_id
    row = tx.connection.execute(select(t.staff).where(where)).first()
    return _staff(tx, row) if row else None


def any_admin(tx: Tx) -> bool:
    """Whether an administrator can sign in; until then the first link makes one."""
    c = t.staff.c
    query = select(c.id).where(c.role == "admin", c.password.is_not(None), c.disabled_at.is_(None))
    return tx.connection.execute(query.limit(1)).first() is not None


def change_staff(tx: Tx, staff_id: str, **values: object) -> None:
    """Change columns of a member of staff (password, failures, locked_until, disabled_at)."""
    stored = {name: micros(v) if isinstance(v, datetime) else v for name, v in values.items()}
    tx.connection.execute(update(t.staff).where(t.staff.c.id == staff_id).values(**stored))


def add_key(tx: Tx, token: str, kind: str, staff_id: str | None, ends_at: datetime | None) -> None:
    """Store what a person will show, by its hash alone."""
    ends = micros(ends_at) if ends_at else None
    row = {
        "hash": token_hash(token),
        "kind": kind,
        "staff_id": staff_id,
        "created_at": tx.at,
        "seen_at": tx.at,
    }
    tx.connection.execute(t.key.insert(), row | {"ends_at": ends})


def find_key(tx: Tx, token: str, kind: str) -> Key | None:
    """The key of that kind, while it works and its person is not disabled."""
    row = tx.connection.execute(select(t.key).where(t.key.c.hash == token_hash(token), t.key.c.kind == kind)).first()
    if row is None or (row.ends_at is not None and row.ends_at <= tx.at):
        return None
    staff = find_staff(tx, staff_id=row.staff_id) if row.staff_id else None
    if staff and staff.disabled:
        return None
    seen, made = moment(row.seen_at) or tx.now, moment(row.created_at) or tx.now
    return Key(kind, staff, made, seen, moment(row.ends_at))


def touch_key(tx: Tx, token: str) -> None:
    """The key was used now."""
    tx.connection.execute(update(t.key).where(t.key.c.hash == token_hash(token)).values(seen_at=tx.at))


def drop_key(tx: Tx, token: str) -> bool:
    """The key works no more; False when it did not before."""
    return tx.connection.execute(delete(t.key).where(t.key.c.hash == token_hash(token))).rowcount == 1


def drop_keys(tx: Tx, staff_id: str, kinds: Sequence[str]) -> int:
    """A person's keys of these kinds work no more; how many that were."""
    mine = delete(t.key).where(t.key.c.staff_id == staff_id, t.key.c.kind.in_(kinds))
    return tx.connection.execute(mine).rowcount


def read_staff(tx: Tx) -> tuple[Staff, ...]:
    """Everybody, those who were added first on top."""
    return tuple(_staff(tx, row) for row in tx.connection.execute(select(t.staff).order_by(t.staff.c.id)))


def suppress(tx: Tx, address: str, reason: str, *, origin: str, purpose: str = "", at: datetime | None = None) -> None:
    """Nothing (or nothing of this purpose) goes to this address any more, because of who asked (`origin`), and when."""
    hashed = address_hash(tx, address)
    sealed = tx.seal.seal(reason.encode(), f"suppression|{hashed}")
    since = micros(at) if at else tx.at
    row = {"address_hash": hashed, "purpose": purpose, "origin": origin[:60], "sealed": sealed, "at": since}
    key = ("address_hash", "purpose", "origin")
    new = tx.insert(t.suppression).values(row)
    latest = new.on_conflict_do_update(index_elements=key, set_=row, where=t.suppression.c.at <= since)
    tx.connection.execute(latest)


def lift_suppressions(
    tx: Tx, origins: Sequence[str], address: str | None = None, *, before: datetime | None = None
) -> int:
    """Take back what these origins asked for (of one address, or of all; before a moment, or ever); how many."""
    c = t.suppression.c
    mine = delete(t.suppression).where(c.origin.in_(origins))
    if address is not None:
        mine = mine.where(c.address_hash == address_hash(tx, address))
    if before is not None:
        mine = mine.where(c.at < micros(before))
    return tx.connection.execute(mine).rowcount


def list_origin(account: str, name: str) -> str:
    """The origin of a suppression by which somebody left one list at one vendor account, and nothing else."""
    return LIST + hashlib.sha256(f"{account}|{name}".encode()).hexdigest()[:48]


def suppressed(tx: Tx, addresses: Sequence[str], purpose: str | None = None) -> Mapping[str, str]:
    """Which of these addresses are suppressed for this purpose or for all, and why."""
    return {found.address: found.reason for found in suppressions(tx, addresses, purpose)}


def suppressions(tx: Tx, addresses: Sequence[str], purpose: str | None = None) -> tuple[Suppression, ...]:
    """Every suppression of these addresses for this purpose or for all, the earliest first."""
    found = []
    for address in addresses:
        hashed = address_hash(tx, address)
        for sealed, origin, at in SUPPRESSED.run(tx, {"hash": hashed, "purpose": purpose or ""}):
            reason = tx.seal.open(sealed, f"suppression|{hashed}").decode()  # type: ignore[arg-type]  # bytes
            found.append(Suppression(address, str(origin), reason, moment(at) or tx.now))  # type: ignore[arg-type]  # a stored time
    return tuple(found)


def _source(found: Mapping[Any, Any]) -> Source:
    same = {name: found[name] for name in ("id", "name", "store", "purpose")}
    return Source(**same, allowed=tuple(json.loads(found["allowed"])), webhooks=json.loads(found["webhooks"]))


def _staff(tx: Tx, row: Row[tuple[object, ...]]) -> Staff:
    found = row._mapping
    stores = tuple(json.loads(found["stores"])) if found["stores"] else None
    same = {name: found[name] for name in ("id", "role", "password", "failures")}
    email = tx.seal.open(found["sealed"], f"staff|{found['id']}").decode()
    locked_until, disabled = moment(found["locked_until"]), found["disabled_at"] is not None
    return Staff(**same, email=email, stores=stores, locked_until=locked_until, disabled=disabled)
