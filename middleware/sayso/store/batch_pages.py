"""The pieces of a batch: how many are where, pages of them, and the list that one yes to many is bound to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Case, ColumnElement, and_, case, func, literal, or_, select

from sayso.message import WAITING, Message, State
from sayso.store import tables as t
from sayso.store.batches import Batch, _batch
from sayso.store.database import Tx, micros, moment
from sayso.store.messages import JOINED
from sayso.store.opening import opened, readable
from sayso.store.unseen import shown

Item = tuple[str, int, str]
"""A message as it was shown: its id, its version and the hash of what it says."""
Place = tuple[int, int, str]
"""Where a page of pieces ended: the rank of a kind, how many findings, an id."""

EYES, COMING, CLEAR = "eyes", "coming", "clear"
KINDS = (EYES, COMING, CLEAR, *(str(state) for state in State if state not in WAITING))
"""Where a piece can be, in the order of a page: it needs eyes, is being looked at, waits and is clear."""
LOST = ("bounced", "failed", "rejected")
ODD = ("purpose", "sender_hash", "part", "account", "send_at", "person")
FEWEST, MOST_ALIKE = 20, 200
c = t.message.c


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at a batch: the shops they work for, their e-mail, and the purposes that are decided one by one."""

    stores: tuple[str, ...] | None
    email: str | None
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pieces of a batch somebody sees in each of KINDS, when the first of them is dropped or leaves."""

    counts: Mapping[str, int] = field(default_factory=dict)
    dropped_at: datetime | None = None
    leaves_at: datetime | None = None

    @property
    def pieces(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those that nobody has decided on."""
        return sum(self.counts.get(kind, 0) for kind in (EYES, COMING, CLEAR))


def batches_waiting(tx: Tx, sight: Sight, few: int, limit: int) -> tuple[str, ...]:
    """The batches with more than a few pieces that wait, or may go and can still be taken back; the oldest first."""
    waits = func.sum(case((c.state.in_(WAITING), 1), else_=0))
    query = select(c.batch_id).where(c.state.in_((*WAITING, State.CLEARED)), c.batch_id.is_not(None))
    query = query.where(~c.batch_id.startswith("B"), *_shown(tx, sight)).group_by(c.batch_id)
    query = query.having(or_(waits > few, func.count() - waits > few)).order_by(c.batch_id).limit(limit)
    return tuple(str(found) for found in tx.connection.execute(query).scalars())


def tallies(tx: Tx, batch_ids: Sequence[str], sight: Sight) -> dict[str, Tally]:
    """How many pieces of these batches are where, as far as somebody sees them, in one look."""
    kind = _kind(sight).label("kind")
    query = select(c.batch_id, kind, func.count(), func.min(c.hold_expires_at), func.min(c.due_at))
    query = query.where(c.batch_id.in_(batch_ids), *_shown(tx, sight)).group_by(c.batch_id, kind)
    found: dict[str, list[tuple[str, int, int | None, int | None]]] = {one: [] for one in batch_ids}
    for batch_id, name, count, dropped, leaves in tx.connection.execute(query):
        found[batch_id].append((name, count, dropped, leaves))
    return {batch_id: _tally(rows) for batch_id, rows in found.items()}


def piece_page(
    tx: Tx, batch_id: str, sight: Sight, *, kind: str = "", limit: int, after: Place | None = None
) -> tuple[tuple[Message, ...], Place | None]:
    """A page of a batch, exceptions first and those with most findings on top, and where the next one begins."""
    rank, doubts = _rank(sight).label("rank"), func.coalesce(c.doubts, 0)
    query = JOINED.add_columns(rank).where(c.batch_id == batch_id, *_shown(tx, sight))
    if kind:
        query = query.where(rank == KINDS.index(kind))
    if after:
        last, many, message_id = after
        beside = or_(doubts < many, and_(doubts == many, c.id > message_id))
        query = query.where(or_(rank > last, and_(rank == last, beside)))
    rows = tx.connection.execute(query.order_by(rank, doubts.desc(), c.id).limit(limit + 1)).all()
    found, _ = readable(tx, rows[:limit])
    more = (rows[limit - 1].rank, rows[limit - 1].doubts or 0, rows[limit - 1].id) if len(rows) > limit else None
    return found, more


def listed(
    tx: Tx, batch_id: str, sight: Sight, *, clear: bool, upto: str | None = None, by: datetime | None = None
) -> tuple[Item, ...]:
    """What of a batch waits (and is clear), as somebody sees it; up to a message, and unchanged since a moment."""
    query = select(c.id, c.version, c.content_hash).where(c.batch_id == batch_id, *_shown(tx, sight))
    query = query.where(_is_clear(sight) if clear else c.state == State.HELD)
    if upto is not None:
        query = query.where(c.id <= upto)
    if by is not None:
        query = query.where(c.updated_at <= micros(by))
    return tuple((str(row[0]), int(row[1]), str(row[2])) for row in tx.connection.execute(query.order_by(c.id)))


def seen_in(tx: Tx, batch_id: str, sight: Sight) -> frozenset[str]:
    """The ids of a batch's pieces that somebody sees."""
    query = select(c.id).where(c.batch_id == batch_id, *_shown(tx, sight))
    return frozenset(tx.connection.execute(query).scalars())


def odd_ones(tx: Tx, batch_id: str, sight: Sight) -> tuple[tuple[str, str], ...]:
    """The clear pieces that differ from nearly all others: their id and in what (a word of ODD)."""
    columns = [c[name] for name in ODD[:-1]] + [c.person.is_(None)]
    query = select(func.count(), func.min(c.id), *columns).where(c.batch_id == batch_id, _is_clear(sight))
    rows = tx.connection.execute(query.where(*_shown(tx, sight)).group_by(*columns).limit(MOST_ALIKE + 1)).all()
    if len(rows) > MOST_ALIKE:
        return ()  # nearly every one has a value of its own: that says nothing of any
    found: dict[str, str] = {}
    for n, name in enumerate(ODD):
        counts: Counter[object] = Counter()
        for row in rows:
            counts[row[n + 2]] += row[0]
        usual, many = counts.most_common(1)[0] if counts else (None, 0)
        if many >= 0.9 * counts.total() and counts.total() >= FEWEST:
            found |= {row[1]: name for row in rows if row[n + 2] != usual and row[1] not in found}
    return tuple(found.items())


def spread(tx: Tx, batch_id: str, sight: Sight, count: int) -> tuple[Message, ...]:
    """The first, the middle and the last of so many clear pieces."""
    query = select(c.id).where(c.batch_id == batch_id, _is_clear(sight), *_shown(tx, sight)).order_by(c.id)
    places = sorted({0, count // 2, count - 1} if count else set())
    ids = [tx.connection.execute(query.offset(n).limit(1)).scalar() for n in places]
    rows = tx.connection.execute(JOINED.where(c.id.in_([one for one in ids if one])).order_by(c.id))
    return readable(tx, rows)[0]


def not_sent(tx: Tx, batch_id: str, sight: Sight, *, limit: int, after: str = "") -> tuple[Message, ...]:
    """The pieces of a batch that nobody got: stopped, refused by the vendor, or come back; by their ids."""
    lost = or_(c.state.in_((State.STOPPED, State.FAILED)), and_(c.state == State.SENT, c.delivery.in_(LOST)))
    query = JOINED.where(c.batch_id == batch_id, c.id > after, lost, *_shown(tx, sight))
    return opened(tx, query.order_by(c.id), limit)[0]


def find_seen(tx: Tx, batch_id: str, sight: Sight) -> Batch | None:
    """The batch, for somebody who sees a piece of it, or works for its shop while it has none."""
    row = tx.connection.execute(select(t.batch).where(t.batch.c.id == batch_id)).first()
    batch = _batch(tx, row) if row else None
    if batch is None or _any(tx, c.batch_id == batch_id, *_shown(tx, sight)):
        return batch
    theirs = sight.stores is None or batch.store in sight.stores
    return batch if theirs and not _any(tx, c.batch_id == batch_id) else None


def batches_seen(tx: Tx, sight: Sight, *, limit: int, before: str | None = None) -> tuple[Batch, ...]:
    """The batches of which somebody sees a piece, the latest first."""
    mine = select(c.id).where(c.batch_id == t.batch.c.id, *_shown(tx, sight)).exists()
    query = select(t.batch).where(mine)
    query = query.where(t.batch.c.id < before) if before else query
    rows = tx.connection.execute(query.order_by(t.batch.c.id.desc()).limit(limit))
    return tuple(_batch(tx, row) for row in rows)


def count_all(tx: Tx, batch_id: str) -> int:
    """How many pieces a batch has, whoever sees them."""
    return int(tx.connection.execute(select(func.count()).where(c.batch_id == batch_id)).scalar_one())


def batch_shops(tx: Tx, batch_id: str) -> frozenset[str]:
    """The shops that the pieces of a batch are of."""
    query = select(c.store).where(c.batch_id == batch_id, c.store.is_not(None)).distinct()
    return frozenset(str(found) for found in tx.connection.execute(query).scalars())


def batch_channels(tx: Tx, batch_id: str) -> frozenset[str]:
    """The channels by which the pieces of a batch go."""
    return frozenset(tx.connection.execute(select(c.channel).where(c.batch_id == batch_id).distinct()).scalars())


def _any(tx: Tx, *where: ColumnElement[bool]) -> bool:
    return tx.connection.execute(select(c.id).where(*where).limit(1)).first() is not None


def _shown(tx: Tx, sight: Sight) -> list[ColumnElement[bool]]:
    return shown(tx, sight.stores, sight.email)


def _is_clear(sight: Sight) -> ColumnElement[bool]:
    """Nothing was found, nobody worked on it, and it is of a kind that may be signed off with others."""
    many = func.coalesce(c.purpose, "").not_in(sight.alone)
    return and_(c.state == State.HELD, c.doubts == 0, c.edited_by.is_(None), many)


def _kind(sight: Sight) -> Case[str]:
    where = ((c.state == State.RECEIVED, COMING), (_is_clear(sight), CLEAR), (c.state == State.HELD, EYES))
    return case(*((which, literal(name)) for which, name in where), else_=c.state)


def _rank(sight: Sight) -> Case[int]:
    where = ((c.state == State.RECEIVED, COMING), (_is_clear(sight), CLEAR), (c.state == State.HELD, EYES))
    ranks = [(which, KINDS.index(name)) for which, name in where]
    return case(*ranks, *((c.state == name, n) for n, name in enumerate(KINDS) if n > 2), else_=len(KINDS))


def _tally(rows: Sequence[tuple[str, int, int | None, int | None]]) -> Tally:
    dropped = [at for name, _, at, _ in rows if name in (EYES, COMING, CLEAR) and at is not None]
    leaves = [at for name, _, _, at in rows if name == State.CLEARED and at is not None]
    counts = {name: count for name, count, _, _ in rows}
    return Tally(counts, moment(min(dropped, default=None)), moment(min(leaves, default=None)))
