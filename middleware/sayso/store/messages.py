"""Messages: stored sealed, read whole, and moved in one place only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update
from ulid import ULID

from sayso.message import (
    DELIVERY_RANK,
    MOVES,
    WAITING,
    Conflict,
    Content,
    Finding,
    Json,
    Message,
    State,
)
from sayso.store import tables as t
from sayso.store.database import Tx, micros, moment
from sayso.store.hashing import bare
from sayso.store.hot import Hot
from sayso.store.seal import Seal
from sayso.store.trail import write_trail
from sayso.store.unseen import hide

NOTHING: Mapping[str, object] = {}
JOINED = (
    select(t.message, t.content.c.sealed, t.screening.c.sealed.label("screened"))
    .join(t.content, and_(t.content.c.message_id == t.message.c.id, t.content.c.edition == t.message.c.edition))
    .outerjoin(t.screening, t.screening.c.id == t.message.c.screening_id)
)


INSERT_SCREENING = Hot(t.screening.insert())


@dataclass(frozen=True, slots=True)
class Screening:
    """What one screening saw and found, kept as evidence: the policy's hash, the findings, the facts' snapshot.

    `kept_from` are the e-mail addresses of those who must not see the message, should they work here.
    """

    policy_hash: str
    findings: tuple[Finding, ...]
    snapshot: Mapping[str, Json]
    kept_from: frozenset[str] = frozenset()


def new_id(now: datetime) -> str:
    """A ULID as text: 26 characters that sort by time."""
    return str(ULID.from_datetime(now))


def content_hash(seal: Seal, content: Content, channel: str) -> str:
    """The keyed hash that a sign-off binds to: channel, endpoints, words and every forwarded field."""
    shown = [channel, content.to, content.sender, content.body, content.media, content.fields]
    shown += [more for more in (content.seen, content.subject_line, content.html, content.part) if more is not None]
    return seal.hash("content", json.dumps(shown, separators=(",", ":")))


def words_hash(tx: Tx, content: Content) -> str:
    """The keyed hash of these words to these endpoints, by which a twin is found."""
    words, unseen = " ".join(content.words.split()).casefold(), None if content.seen else content.template
    return tx.seal.hash("words", json.dumps([sorted(map(bare, content.to)), words, content.media, unseen]))


def screened(tx: Tx, message: Message, screening: Screening) -> Message:
    """Store one more screening of a message and point the message at it; the caller moves it."""
    screening_id = new_id(tx.now)
    write_screening(tx, message.id, screening_id, screening)
    hide(tx, message.id, screening.kept_from)
    point = update(t.message).where(t.message.c.id == message.id)
    point = point.values(screening_id=screening_id, doubts=len(screening.findings))
    tx.connection.execute(point)
    return replace(message, findings=screening.findings)


def write_screening(tx: Tx, message_id: str, screening_id: str, screening: Screening) -> None:
    """Seal one screening: its findings, and the facts that it saw."""
    plain = json.dumps({"findings": [plainly(f) for f in screening.findings], "facts": screening.snapshot})
    sealed = tx.seal.seal(plain.encode(), f"screening|{screening_id}")
    row = {"id": screening_id, "message_id": message_id, "policy_hash": screening.policy_hash}
    INSERT_SCREENING.run(tx, row | {"sealed": sealed, "at": tx.at})


def plainly(shape: Content | Finding) -> dict[str, Json]:
    """A shape's fields, ready to be JSON."""
    return {name: getattr(shape, name) for name in shape.__slots__}


def move(
    tx: Tx, message: Message, to: State, by: str, *, who: str = "", changes: Mapping[str, object] = NOTHING
) -> Message:
    """Move a message from the state and version that the caller read; Conflict when somebody was first.

    `by` is one of the movers of MOVES and `who` the person, if it was one. `changes` are further columns
    (times as datetimes); `due_at` is when the next step looks at it again, and None where nothing is due.
    """
    if by not in MOVES.get((message.state, to), ()):
        raise Conflict(
            f"A message that is {message.state} cannot be made {to} by {by}.", get(tx, message.id) or message
        )
    done = {"task": None, "task_at": None} if to is State.SENT else {}  # what went out needs no call instead
    changes = {"due_at": None} | done | dict(changes)
    values = {name: stored(value) for name, value in changes.items()}
    if "accepted" in changes:
        values["accepted"] = seal_keys(tx, message.id, changes["accepted"])  # type: ignore[arg-type]  # a frozenset
    if to not in WAITING:
        values["open_key"] = None
    c = t.message.c
    result = tx.connection.execute(
        update(t.message)
        .where(c.id == message.id, c.version == message.version, c.state == message.state)
        .values(state=to, version=message.version + 1, updated_at=tx.at, **values)
    )
    if result.rowcount != 1:
        raise Conflict("Somebody else was first.", get(tx, message.id))
    if to in WAITING and message.state not in WAITING:
        _reopen(tx, message.id)
    detail: dict[str, Json] = {"from": message.state, "to": to}
    if changes.get("stop_reason"):
        detail["reason"] = str(changes["stop_reason"])
    actor = f"{by}:{who}" if who else by
    write_trail(tx, actor, "moved", detail, message_id=message.id, version=message.version + 1)
    return replace(message, state=to, version=message.version + 1, updated_at=tx.now, **changes)  # type: ignore[arg-type]  # the columns are the fields


def _reopen(tx: Tx, message_id: str) -> None:
    """A message that waits again is met by the same keyless request again, unless a later one is by now."""
    c, other = t.message.c, t.message.alias().c
    taken = exists().where(other.open_key == c.request_hash)
    mine = update(t.message).where(c.id == message_id, c.idempotency_key.is_(None), ~taken)
    tx.connection.execute(mine.values(open_key=c.request_hash))


def get(tx: Tx, message_id: str, source_id: str | None = None) -> Message | None:
    """The message of that id (ours or the CRM's), if it is there and belongs to the source that asks."""
    c = t.message.c
    query = JOINED.where(or_(c.id == message_id, c.crm_id == message_id))
    if source_id is not None:
        query = query.where(c.source_id == source_id, c.door != "desk")  # what staff made of it is not the CRM's
    row = tx.connection.execute(query).first()
    return _message(tx, row) if row else None


def outlines(tx: Tx, ids: Sequence[str]) -> tuple[Message, ...]:
    """These messages as far as nothing of them has to be opened: where they are, without words and without findings."""
    rows = tx.connection.execute(select(t.message).where(t.message.c.id.in_(ids)).order_by(t.message.c.id))
    return tuple(_outline(row, content=Content((), None, None), accepted=frozenset()) for row in rows)


def spoken_of(tx: Tx, provider: str, provider_id: str) -> Message | None:
    """The outline of the message that a vendor knows by this id."""
    c = t.message.c
    ids = tx.connection.execute(select(c.id).where(c.provider == provider, c.provider_id == provider_id)).scalars()
    return next(iter(outlines(tx, ids.all())), None)


def raise_delivery(tx: Tx, message: Message, delivery: str, word: str, error_code: str | None) -> bool:
    """Move a message's delivery up by DELIVERY_RANK; False when it was there or beyond already."""
    c = t.message.c
    lower = [known for known, rank in DELIVERY_RANK.items() if rank < DELIVERY_RANK[delivery]]
    values = {"delivery": delivery, "delivery_word": word[:40], "error_code": (error_code or "")[:40] or None}
    rises = or_(c.delivery.is_(None), c.delivery.in_(lower))
    return tx.connection.execute(update(t.message).where(c.id == message.id, rises).values(**values)).rowcount == 1


def by_vendor_id(tx: Tx, provider: str, provider_id: str) -> Message | None:
    """The message that a vendor knows by this id."""
    c = t.message.c
    row = tx.connection.execute(JOINED.where(c.provider == provider, c.provider_id == provider_id)).first()
    return _message(tx, row) if row else None


SAME = (
    *("id", "crm_id", "source_id", "store", "channel", "provider", "version", "content_hash", "stop_reason"),
    *("purpose", "subject", "person", "batch_id", "idempotency_key", "delivery", "delivery_word", "error_code"),
    *("provider_id", "repeats", "edition", "tries", "door", "parent_id", "task", "edited_by", "account"),
)
TIMES = (
    *("send_at", "due_at", "hold_expires_at", "sent_at", "task_at", "deleted_at"),
    *("created_at", "updated_at"),
)


def stored(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    return value


def _message(tx: Tx, row: Row[Any]) -> Message:
    found = row._mapping
    plain = json.loads(tx.seal.open(found["sealed"], f"content|{found['id']}|{found['edition']}"))
    screened = _screened(tx, found["screening_id"], found["screened"])
    return _outline(
        row,
        content=content_from(plain),
        accepted=open_keys(tx, found["id"], found["accepted"]),
        findings=tuple(read_findings(screened)),
        reading=_reading(screened),
    )


def _outline(row: Row[Any], **opened: Any) -> Message:
    found = row._mapping
    same = {name: found[name] for name in SAME}
    times = {name: moment(found[name]) for name in TIMES}
    values: dict[str, Any] = same | times | opened
    return Message(**values, state=State(found["state"]))


def seal_keys(tx: Tx, message_id: str, keys: frozenset[str]) -> bytes | None:
    """The keys of the accepted findings, sealed: they may quote the customer's words."""
    return tx.seal.seal(json.dumps(sorted(keys)).encode(), f"accepted|{message_id}") if keys else None


def open_keys(tx: Tx, message_id: str, sealed: bytes | None) -> frozenset[str]:
    """The keys that `seal_keys` sealed."""
    return frozenset(json.loads(tx.seal.open(sealed, f"accepted|{message_id}"))) if sealed else frozenset()


def content_from(plain: Mapping[str, Json]) -> Content:
    """The Content that `asdict` wrote as JSON."""
    lists = {"to": tuple(plain["to"]), "media": tuple(plain["media"])}  # type: ignore[arg-type]  # we wrote them
    fields = tuple((str(pair[0]), str(pair[1])) for pair in plain["fields"])  # type: ignore[union-attr,index]
    metadata = tuple((str(pair[0]), str(pair[1])) for pair in plain.get("metadata") or ())  # type: ignore[union-attr,index]
    return Content(**(dict(plain) | lists | {"fields": fields, "metadata": metadata}))  # type: ignore[arg-type]


def read_findings(screened: Mapping[str, Json]) -> Iterable[Finding]:
    """The findings of one stored screening."""
    found = screened.get("findings")
    return (Finding(**one) for one in found if isinstance(one, dict)) if isinstance(found, list) else ()  # type: ignore[arg-type]  # we wrote them


def _reading(screened: Mapping[str, Json]) -> Mapping[str, Json]:
    """How a screening read the message: purpose, subject, who the people are."""
    seen = screened.get("facts")
    reading = seen.get("reading") if isinstance(seen, dict) else None
    return reading if isinstance(reading, dict) else {}


def _screened(tx: Tx, screening_id: str | None, sealed: bytes | None) -> Mapping[str, Json]:
    if not screening_id or not sealed:
        return {}
    found: Mapping[str, Json] = json.loads(tx.seal.open(sealed, f"screening|{screening_id}"))
    return found
