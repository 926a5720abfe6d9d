"""Receipts from vendors and relays to CRMs: each stored once, and each relay kept until it is done or dead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, delete, exists, func, or_, select, update
from ulid import ULID

from sayso.message import Message, Outgoing, Receipt
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.opening import say_once
from sayso.store.trail import write_incident

T = TypeVar("T")
OPEN = ("waiting", "taken")
"""The states of a relay that the CRM is still to hear; `taken` while it is being called."""


@dataclass(frozen=True, slots=True)
class Relay:
    """One thing a CRM is still to hear."""

    id: int
    event_id: str
    message_id: str | None
    source_id: str
    provider: str
    outgoing: Outgoing
    tries: int
    created_at: datetime
    state: str
    origin: str
    inbound_id: str | None = None
    detail: str | None = None


def add_receipt(tx: Tx, provider: str, receipt: Receipt, attempt_id: str | None, message_id: str | None) -> bool:
    """Store a verified receipt once; False when it was here before."""
    place = f"receipt|{provider}|{receipt.event_key}"
    row = {
        "provider": provider,
        "event_key": receipt.event_key,
        "message_id": message_id,
        "attempt_id": (attempt_id or "")[:64] or None,
        "provider_id": receipt.provider_id,
        "delivery": receipt.delivery,
        "word": receipt.word[:40],
        "error_code": (receipt.error_code or "")[:40] or None,
        "sealed": tx.seal.seal(json.dumps(_sealed(receipt)).encode(), place),
        "at": tx.at,
    }
    once = tx.insert(t.receipt).values(row).on_conflict_do_nothing().returning(t.receipt.c.id)
    return tx.connection.execute(once).first() is not None


def read_receipts(tx: Tx, message_id: str) -> tuple[tuple[Receipt, datetime], ...]:
    """Every receipt of a message with the time it came."""
    rows = tx.connection.execute(select(t.receipt).where(t.receipt.c.message_id == message_id).order_by(t.receipt.c.id))
    return tuple((_receipt(tx, row), moment(row.at) or tx.now) for row in rows)


def orphans(tx: Tx, limit: int = 50, after: int = 0) -> tuple[tuple[int, str, str | None, Receipt], ...]:
    """Receipts whose message was unknown when they came and is known now: (row, provider, attempt token, receipt).

    Those after a row; what cannot be opened is passed over.
    """
    c, m = t.receipt.c, t.message.c
    by_id = exists().where(m.provider == c.provider, m.provider_id == c.provider_id)
    by_token = exists().where(t.attempt.c.id == c.attempt_id)
    query = select(t.receipt).where(c.id > after, c.message_id.is_(None), or_(by_id, by_token))
    rows = tx.connection.execute(query.order_by(c.id))
    read = ((row, _if_opened("receipt", _receipt, tx, row)) for row in rows)
    found = ((row.id, row.provider, row.attempt_id, receipt) for row, receipt in read if receipt)
    return tuple(islice(found, limit))


def adopt_orphan(tx: Tx, row_id: int, message_id: str) -> None:
    """The orphan's message turned up."""
    tx.connection.execute(update(t.receipt).where(t.receipt.c.id == row_id).values(message_id=message_id))


def drop_orphan(tx: Tx, row_id: int) -> None:
    """The orphan's message turned up, and it is not one that it may speak of."""
    tx.connection.execute(delete(t.receipt).where(t.receipt.c.id == row_id, t.receipt.c.message_id.is_(None)))


def add_relay(tx: Tx, message: Message, outgoing: Outgoing, *, origin: str, after: datetime | None = None) -> None:
    """Store what the CRM is to hear, not before `after`."""
    place = {"message_id": message.id, "source_id": message.source_id, "provider": message.door or message.provider}
    insert_relay(tx, outgoing, place | {"origin": origin}, after)


def insert_relay(tx: Tx, outgoing: Outgoing, place: Mapping[str, str], after: datetime | None = None) -> None:
    """Store one relay; `place` is whose it is, what it is about and where it goes."""
    event_id = str(ULID.from_datetime(tx.now))
    plain = json.dumps({"url": outgoing.url, "fields": outgoing.fields, "body": outgoing.body}).encode()
    row = {
        **place,
        "event_id": event_id,
        "sealed": tx.seal.seal(plain, f"relay|{event_id}"),
        "state": "waiting",
        "due_at": micros(after or tx.now),
        "created_at": tx.at,
    }
    tx.connection.execute(t.relay.insert(), row)


def drop_relays(tx: Tx, message_id: str) -> None:
    """Forget what the CRM was to hear of a message: the decision behind it was undone."""
    c = t.relay.c
    waiting = update(t.relay).where(c.message_id == message_id, c.state == "waiting", c.due_at > tx.at)
    tx.connection.execute(waiting.values(state="dropped", due_at=None, done_at=tx.at))


def was_told(tx: Tx, message_id: str, since: datetime) -> bool:
    """Whether anything that its CRM was to hear of a message since that moment is on its way, or was heard."""
    c = t.relay.c
    told = select(c.id).where(c.message_id == message_id, c.created_at >= micros(since))
    return tx.connection.execute(told.where(c.state.not_in(("waiting", "dropped"))).limit(1)).first() is not None


def relay_is_due(tx: Tx) -> bool:
    """Whether any CRM is to hear something now."""
    c = t.relay.c
    return tx.connection.execute(select(c.id).where(c.due_at <= tx.at).limit(1)).first() is not None


def take_relay(tx: Tx, lease_until: datetime) -> Relay | None:
    """The relay that is due longest, kept from others until the lease is over.

    The first of its message, and of a source that nobody is calling: a slow CRM keeps one thread, not all.
    """
    c, earlier, busy = t.relay.c, t.relay.alias().c, t.relay.alias().c
    behind = exists().where(earlier.message_id == c.message_id, earlier.id < c.id, earlier.state.in_(OPEN))
    called = select(busy.source_id).where(busy.state == "taken", busy.due_at > tx.at)
    query = select(t.relay).where(c.due_at <= tx.at, c.state.in_(OPEN), ~behind, c.source_id.not_in(called))
    query = query.order_by(c.due_at, c.id).limit(1).with_for_update(skip_locked=True)
    while row := tx.connection.execute(query).first():
        relay, mine = _if_opened("relay", _relay, tx, row), update(t.relay).where(c.id == row.id)
        if relay:
            tx.connection.execute(mine.values(state="taken", due_at=micros(lease_until)))
            return relay
        tx.connection.execute(mine.values(state="dead", due_at=None, done_at=tx.at))
        write_incident(tx, "relay_dead", row.message_id, "What the CRM was to hear cannot be opened.")
    return None


def rest_relays(tx: Tx, relay: Relay, until: datetime) -> None:
    """Leave the CRM alone that could not be reached: nothing else goes to that place of it before `until`."""
    c = t.relay.c
    same = (c.source_id == relay.source_id, c.origin == relay.origin, c.state == "waiting", c.due_at < micros(until))
    tx.connection.execute(update(t.relay).where(*same).values(due_at=micros(until)))


def end_relay(tx: Tx, relay: Relay, state: str, detail: str = "") -> None:
    """A relay is done, dead (given up) or parked (its host is not on the source's list)."""
    values = {
        "state": state,
        "due_at": None,
        "done_at": tx.at,
        "detail": _detail(tx, relay, detail),
        "tries": relay.tries + 1,
    }
    tx.connection.execute(update(t.relay).where(t.relay.c.id == relay.id).values(**values))


def delay_relay(tx: Tx, relay: Relay, until: datetime, detail: str) -> None:
    """Try a relay again later."""
    values = {
        "state": "waiting",
        "due_at": micros(until),
        "tries": relay.tries + 1,
        "detail": _detail(tx, relay, detail),
    }
    tx.connection.execute(update(t.relay).where(t.relay.c.id == relay.id).values(**values))


def wake_relays(tx: Tx, state: str, source_id: str, origin: str | None = None) -> int:
    """Put a source's parked or dead relays (of one origin) back in line; how many."""
    c = t.relay.c
    where = [c.state == state, c.source_id == source_id]
    if origin:
        where.append(c.origin == origin)
    values = {"state": "waiting", "due_at": tx.at, "tries": 0, "created_at": tx.at, "done_at": None}
    return tx.connection.execute(update(t.relay).where(*where).values(**values)).rowcount


def read_relays(tx: Tx, message_id: str) -> tuple[Relay, ...]:
    """What the CRM heard, or is to hear, of a message."""
    rows = tx.connection.execute(select(t.relay).where(t.relay.c.message_id == message_id).order_by(t.relay.c.id))
    return tuple(relay for row in rows if (relay := _if_opened("relay", _relay, tx, row)))


def relay_counts(tx: Tx) -> Mapping[str, int]:
    """How many relays are in each state."""
    rows = tx.connection.execute(select(t.relay.c.state, func.count()).group_by(t.relay.c.state))
    return {row[0]: row[1] for row in rows}


def _detail(tx: Tx, relay: Relay, detail: str) -> bytes:
    return tx.seal.seal(detail.encode(), f"relay detail|{relay.event_id}")


def _if_opened(what: str, opens: Callable[[Tx, object], T], tx: Tx, row: Row[Any]) -> T | None:
    """What a row says; None where nobody can open it, which is no reason to stop at it."""
    try:
        return opens(tx, row)
    except Exception as error:  # noqa: BLE001  # damaged, of a later release, or whatever else it is
        say_once(f"{what} {row.id}", type(error).__name__)
        return None


def _receipt(tx: Tx, row: object) -> Receipt:
    found = row._mapping  # type: ignore[attr-defined]  # a Row
    plain = json.loads(tx.seal.open(found["sealed"], f"receipt|{found['provider']}|{found['event_key']}"))
    more = plain if isinstance(plain, dict) else {"fields": plain}  # the fields alone, from an earlier release
    fields = tuple((str(name), str(value)) for name, value in more.pop("fields"))
    at, accounts = more.pop("at", None), frozenset(more.pop("accounts", ()))
    same = {name: found[name] for name in ("provider_id", "event_key", "delivery", "word", "error_code")}
    return Receipt(**same, **more, fields=fields, at=moment(at), accounts=accounts)


def _sealed(receipt: Receipt) -> dict[str, object]:
    """What of a receipt has no column of its own."""
    same = {name: getattr(receipt, name) for name in ("fields", "crm_id", "address", "left", "joined")}
    return same | {"at": micros(receipt.at) if receipt.at else None, "accounts": sorted(receipt.accounts)}


def _relay(tx: Tx, row: object) -> Relay:
    found = row._mapping  # type: ignore[attr-defined]  # a Row
    plain = json.loads(tx.seal.open(found["sealed"], f"relay|{found['event_id']}"))
    outgoing = Outgoing(plain["url"], tuple((name, value) for name, value in plain["fields"]), plain.get("body"))
    names = ("id", "event_id", "message_id", "source_id", "provider", "tries", "state", "origin", "inbound_id")
    same = {name: found[name] for name in names}
    detail = tx.seal.open(found["detail"], f"relay detail|{found['event_id']}").decode() if found["detail"] else None
    return Relay(**same, outgoing=outgoing, created_at=moment(found["created_at"]) or tx.now, detail=detail)
