"""A fact changed: which messages wait for somebody it may concern, and a second look at each of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

from sayso import endpoints, rescreening, store
from sayso.message import KINDS, Fact, State
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso.store.touched import Waiting

logger = logging.getLogger("sayso")
HOPS, MOST_REACHED, MOST_LETTERS = 5, 20_000, 500
"""From a sale to its buyer, to what binds them to somebody, to that one, to who is the same person, to their number."""
AT_ONCE, STEP = 50, 10
BY_POST = frozenset({"letter", "postcard", "self_mailer"})


def keep_touched(tx: Tx, runtime: Runtime, changed: Iterable[Fact]) -> None:
    """Note every waiting message that these facts may concern; that it fails undoes nothing else."""
    try:
        store.apart(tx, lambda: store.put_rescreens(tx, _touched(tx, runtime, changed)))
    except Exception:
        logger.exception("what waits could not be found by a fact; it is looked at before it goes")


def look_again(runtime: Runtime, most: int = AT_ONCE) -> int:
    """Screen what was noted once more, at most so many, a few in each transaction; how many those were."""
    with runtime.store.read() as tx:
        ids = store.read_rescreens(tx, most)
    for start in range(0, len(ids), STEP):
        _look(runtime, ids[start : start + STEP])
    if ids:
        runtime.dispatch_bell.ring()
    return len(ids)


def _look(runtime: Runtime, ids: tuple[str, ...]) -> None:
    def look(tx: Tx) -> None:
        store.drop_rescreens(tx, ids)
        for message_id in ids:
            _look_at(tx, runtime, message_id)

    runtime.store.write(look)


def _look_at(tx: Tx, runtime: Runtime, message_id: str) -> None:
    def look() -> None:
        message = store.get(tx, message_id)
        if message and message.state is State.HELD:
            rescreening.rescreen(tx, runtime, message)

    try:
        store.apart(tx, look)
    except Exception:
        logger.exception("message %s could not be looked at again; it is before it goes", message_id)


def _touched(tx: Tx, runtime: Runtime, changed: Iterable[Fact]) -> list[str]:
    """The ids of the waiting messages whose people, or matter, are a few links from one of these facts."""
    waiting = store.read_waiting(tx)
    if not waiting:
        return []
    country = runtime.read_policy().default_country
    letters = sorted((one.id for one in waiting if one.channel in BY_POST), reverse=True)
    places = {message_id: _places(tx, message_id, country) for message_id in letters[:MOST_LETTERS]}
    unread = set(letters[MOST_LETTERS:])
    theirs = {one.id: _keys(tx, one) | places.get(one.id, set()) for one in waiting}
    reached = _reached(tx, {key for fact in changed for key in _keys_of(tx, fact)}, set().union(*theirs.values()))
    return [one for one, keys in theirs.items() if reached is None or one in unread or keys & reached]


def _reached(tx: Tx, changed: set[str], waiting: set[str]) -> frozenset[str] | None:
    """What is near the changed keys, sought from the smaller side; None when it is too much to tell."""
    if len(changed) > len(waiting):
        near = store.reach(tx, waiting, HOPS, MOST_REACHED)
        changed = changed if near is None else changed & near
    return store.reach(tx, changed, HOPS, MOST_REACHED) if changed else frozenset()


def _keys_of(tx: Tx, fact: Fact) -> Iterable[str]:
    yield fact.key
    for keys in fact.refs.values():
        yield from keys
    for endpoint in fact.endpoints:
        yield store.endpoint_key(tx.seal, endpoint)


def _keys(tx: Tx, one: Waiting) -> set[str]:
    """What a message names: its endpoints, its person, its subject."""
    found = set(one.endpoints)
    if one.person:
        found.add(store.fact_key(tx.seal, one.source_id, "people", one.person))
    kind, _, item_id = (one.subject or "").partition("/")
    if kind in KINDS:
        found.add(store.fact_key(tx.seal, one.source_id, KINDS[kind], item_id))
    return found


def _places(tx: Tx, message_id: str, country: str) -> set[str]:
    """The keys of the places that a letter goes to: its endpoint has a name in it, a place has none."""
    message = store.get(tx, message_id)
    raw = dict(message.content.fields).get("to") if message else None
    try:
        place = json.loads(raw) if raw else None
    except ValueError:
        return set()
    return {store.endpoint_key(tx.seal, endpoints.place_key(place, country))} if isinstance(place, dict) else set()
