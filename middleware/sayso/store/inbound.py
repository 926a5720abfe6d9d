"""What people write back: stored sealed, once, and whose CRM hears it; what their opt-outs leave in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Row, exists, func, or_, select

from sayso.message import Inbound, Outgoing, State
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.hashing import address_hash
from sayso.store.messages import new_id
from sayso.store.people import read_sources, suppress, suppressions
from sayso.store.receipts import insert_relay

OPT_OUT = "inbound"
"""The origin of a suppression that a person asked for by writing to us."""
GONE = (State.SENDING, State.UNCONFIRMED, State.SENT)
LATEST = 500
"""How many of a source's latest messages say which senders are its own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wrote, as it is stored; `kind` is what we take it for."""

    id: str
    provider: str
    source_id: str | None
    kind: str
    at: datetime
    heard: Inbound
    person: str | None = None
    url: str | None = None


def add_reply(
    tx: Tx,
    provider: str,
    heard: Inbound,
    kind: str,
    source_id: str | None,
    *,
    person: str | None = None,
    url: str | None = None,
) -> Reply | None:
    """Store what somebody wrote, once; None when it was here before."""
    reply_id = new_id(tx.now)
    plain = json.dumps({"heard": asdict(heard), "person": person, "url": url}).encode()
    row = {
        "id": reply_id,
        "provider": provider,
        "event_key": heard.event_key,
        "source_id": source_id,
        "crm_id": heard.crm_id,
        "from_hash": address_hash(tx, heard.sender) if heard.sender else tx.seal.hash("nobody", person or ""),
        "kind": kind,
        "sealed": tx.seal.seal(plain, f"inbound|{reply_id}"),
        "at": tx.at,
    }
    once = tx.insert(t.inbound).values(row).on_conflict_do_nothing(index_elements=["provider", "event_key"])
    if tx.connection.execute(once.returning(t.inbound.c.id)).first() is None:
        return None
    return Reply(reply_id, provider, source_id, kind, tx.now, heard, person, url)


def find_reply(tx: Tx, reply_id: str, source_id: str | None = None) -> Reply | None:
    """What came in under this id (ours or the CRM's), if it went to the source that asks."""
    c = t.inbound.c
    query = select(t.inbound).where(or_(c.id == reply_id, c.crm_id == reply_id))
    if source_id is not None:
        query = query.where(c.source_id == source_id)
    row = tx.connection.execute(query).first()
    return _reply(tx, row) if row else None


def reply_of_event(tx: Tx, provider: str, event_key: str) -> Reply | None:
    """What came in first under this event key."""
    c = t.inbound.c
    row = tx.connection.execute(select(t.inbound).where(c.provider == provider, c.event_key == event_key)).first()
    return _reply(tx, row) if row else None


def replies(tx: Tx, addresses: Sequence[str], limit: int) -> tuple[Reply, ...]:
    """The latest that was written from these addresses, the newest first."""
    c = t.inbound.c
    theirs = select(t.inbound).where(c.from_hash.in_([address_hash(tx, address) for address in addresses]))
    rows = tx.connection.execute(theirs.order_by(c.id.desc()).limit(limit))
    return tuple(_reply(tx, row) for row in rows)


def was_answered(tx: Tx, reply_id: str) -> bool:
    """Whether messages were made of a CRM's answer to this already."""
    c = t.message.c
    return tx.connection.execute(select(c.id).where(c.parent_id == reply_id).limit(1)).first() is not None


def add_inbound_relay(tx: Tx, reply: Reply, source_id: str, outgoing: Outgoing, *, origin: str) -> None:
    """Store that a CRM is to hear what somebody wrote."""
    place = {"inbound_id": reply.id, "source_id": source_id, "provider": reply.provider}
    insert_relay(tx, outgoing, place | {"origin": origin})


def hearer(tx: Tx, sender: str, to: str) -> str | None:
    """The source whose customer wrote: who wrote to them last from that number, whose number it is, or the only one."""
    c, r = t.message.c, t.recipient.c
    ours, theirs = address_hash(tx, to), address_hash(tx, sender)
    wrote = select(c.source_id).join(t.recipient, r.message_id == c.id).where(r.address_hash == theirs)
    wrote = wrote.where(c.state.in_(GONE), or_(c.sender_hash == ours, c.sender_hash.is_(None)))
    row = tx.connection.execute(wrote.order_by(c.id.desc()).limit(1)).first()
    if row:
        return str(row.source_id)
    sources = read_sources(tx)
    users = [source.id for source in sources if _writes_from(tx, source.id, ours)]
    hearing = [source.id for source in sources if source.webhooks.get("inbound")]
    candidates = users or hearing
    return candidates[0] if len(candidates) == 1 else None


def opted_out(tx: Tx, address: str) -> str | None:
    """Why an address is suppressed by what its own person wrote; None when it is not."""
    return next((one.reason for one in suppressions(tx, [address]) if one.origin == OPT_OUT), None)


def opt_out(tx: Tx, address: str, reason: str) -> None:
    """Suppress an address because its person said so; saying it again does not make it younger."""
    if opted_out(tx, address) != reason:
        suppress(tx, address, reason, origin=OPT_OUT)


def last_stop(tx: Tx, address: str) -> datetime | None:
    """When the person of an address wrote a plain stop last."""
    c = t.inbound.c
    theirs = select(func.max(c.at)).where(c.from_hash == address_hash(tx, address), c.kind == "stop")
    return moment(tx.connection.execute(theirs).scalar())


def was_confirmed(tx: Tx, address: str, since: datetime, before: str) -> bool:
    """Whether an older message than this one confirms the opt-out, or has."""
    c, r = t.message.c, t.recipient.c
    query = select(c.id).join(t.recipient, r.message_id == c.id).where(r.address_hash == address_hash(tx, address))
    query = query.where(c.purpose == "optout_confirmation", c.id < before, c.created_at >= micros(since))
    return tx.connection.execute(query.where(c.state.in_((State.CLEARED, *GONE))).limit(1)).first() is not None


def _writes_from(tx: Tx, source_id: str, sender_hash: str) -> bool:
    c = t.message.c
    latest = select(c.sender_hash).where(c.source_id == source_id).order_by(c.id.desc()).limit(LATEST).subquery()
    return bool(tx.connection.execute(select(exists().where(latest.c.sender_hash == sender_hash))).scalar())


def _reply(tx: Tx, row: Row[tuple[object, ...]]) -> Reply:
    found = row._mapping
    plain = json.loads(tx.seal.open(found["sealed"], f"inbound|{found['id']}"))
    fields = tuple((str(name), str(value)) for name, value in plain["heard"].pop("fields"))
    same = {name: found[name] for name in ("id", "provider", "source_id", "kind")}
    heard = Inbound(**plain["heard"], fields=fields)
    return Reply(**same, at=moment(found["at"]) or tx.now, heard=heard, person=plain["person"], url=plain["url"])
