"""Step 1 of 6. From a vendor-shaped request to a stored message; the CRM is answered only after the commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from sayso import facts, failpoint, relay, screening, shadow, store, template_words
from sayso.message import Conflict, Draft, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.unscreened import unscreened

AT_ONCE = 25
"""How many messages of one request are screened before its CRM hears an answer."""
SIZE_AT_ONCE = 500_000
"""How many characters several messages may have together to be screened in one transaction."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft, the message that it would be, and its request's hash."""

    draft: Draft
    message: Message
    asked: str


def take(
    runtime: Runtime,
    source: Source,
    draft: Draft,
    key: str | None = None,
    *,
    asked: str | None = None,
    answered: Callable[[Tx, Message], None] | None = None,
) -> Message:
    """The stored message of a draft, as it was when it was stored; the same request finds the same one.

    Conflict when the idempotency key belongs to another request. `asked` is the request's hash where its door
    has one of its own, and `answered` keeps what the caller will hear in the message's own transaction.
    """

    def remember(tx: Tx, stored: Sequence[Message]) -> None:
        if answered:
            answered(tx, stored[0])

    return take_all(runtime, source, [draft], key, asked=asked, answered=remember)[0]


def take_all(
    runtime: Runtime,
    source: Source,
    drafts: Sequence[Draft],
    key: str | None = None,
    *,
    asked: str | None = None,
    answered: Callable[[Tx, Sequence[Message]], None] | None = None,
    key_lives: timedelta | None = None,
) -> list[Message]:
    """The stored messages of one request, all of them or none; more than a few, or long ones, are screened right after.

    Those of a request with several, or of a named run, belong to one batch.
    """
    drafts = _named_parts(runtime, source, drafts)
    wanted = [_want(runtime, source, draft, _key(key, n), asked) for n, draft in enumerate(drafts)]
    if len(wanted) > 1:
        wanted = _as_one(runtime, wanted)
    size = sum(one.message.content.size for one in wanted)
    few = len(wanted) == 1 or (len(wanted) <= AT_ONCE and size <= SIZE_AT_ONCE)
    given = [facts.ask_host(runtime, one.message) if few else None for one in wanted]

    def keep(tx: Tx) -> list[Message]:
        if key and key_lives:
            store.forget_key(tx, source.id, key, tx.now - key_lives)
        kept = _keep(tx, runtime, source, wanted, given)
        if answered:
            answered(tx, kept)
        failpoint.hit("before_intake_commit")
        return kept

    try:
        stored = runtime.store.write(keep)
    except IntegrityError:
        stored = runtime.store.write(keep)  # another process stored the same request first: meet it there
    failpoint.hit("after_intake_commit")
    if not few or any(one.state is State.CLEARED for one in stored):
        runtime.dispatch_bell.ring()
    return stored


def _key(key: str | None, n: int) -> str | None:
    return f"{key}.{n}" if key and n else key


def _as_one(runtime: Runtime, wanted: Sequence[Wanted]) -> list[Wanted]:
    """The messages of one request, each asked for by the whole of it: only the same whole is the same request."""
    whole = hashlib.sha256("|".join(one.asked for one in wanted).encode()).hexdigest()
    return [
        replace(one, asked=runtime.store.seal.hash("request", f"{whole}|{n}|{one.asked}"))
        for n, one in enumerate(wanted)
    ]


def _named_parts(runtime: Runtime, source: Source, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, each with the name of what its request shares, which is hashed once however many there are."""
    parts = {draft.part for draft in drafts if draft.part is not None}
    names = {part: store.part_id(runtime.store.seal, source.id, hashlib.sha256(part).hexdigest()) for part in parts}
    return [
        draft if draft.part is None else replace(draft, content=replace(draft.content, part=names[draft.part]))
        for draft in drafts
    ]


def _want(runtime: Runtime, source: Source, draft: Draft, key: str | None, asked: str | None) -> Wanted:
    """A draft as the message it would be, with its words where its vendor says them, and its request's hash."""
    asked = asked or _request_hash(runtime, source, draft)
    account = runtime.account_of(source.name, draft.provider)
    draft = replace(draft, content=template_words.fetch(runtime, draft.provider, draft.content, account))
    return Wanted(draft, unscreened(runtime, source, draft, key), asked)


def _keep(
    tx: Tx, runtime: Runtime, source: Source, wanted: Sequence[Wanted], given: Sequence[facts.Given | None]
) -> list[Message]:
    """The messages of an earlier request that was the same, all of them, else new ones."""
    met = _met(tx, wanted)
    if len(met) == len(wanted):
        for message in met:
            store.count_repeat(tx, message)
        return met
    if met:  # some of it has gone since: it is a request of its own, under one id of its own
        again = wanted[0].message.crm_id
        wanted = [replace(one, asked=tx.seal.hash("request", f"{one.asked}|{again}")) for one in wanted]
    batch_id = _batch_of(tx, source, wanted)
    for name, part in {one.message.content.part: one.draft.part for one in wanted}.items():
        if name and part is not None:
            store.keep_part(tx, name, part)
    return [
        _store(tx, runtime, replace(one.message, batch_id=batch_id), one.asked, known, timed=bool(one.draft.expires_at))
        for one, known in zip(wanted, given, strict=True)
    ]


def _met(tx: Tx, wanted: Sequence[Wanted]) -> list[Message]:
    """What an earlier request like this one made and still waits, with what of it was stopped as it came in."""
    found = [_earlier(tx, one) for one in wanted]
    batch_id = next((one.batch_id for one in found if one), None)
    if batch_id and None in found:
        stopped = store.never_waited(tx, batch_id)
        found = [
            one or (store.get(tx, stopped[its.asked]) if its.asked in stopped else None)
            for one, its in zip(found, wanted, strict=True)
        ]
    return [one for one in found if one]


def _batch_of(tx: Tx, source: Source, wanted: Sequence[Wanted]) -> str | None:
    """The run that these messages belong to, by its name or because they came as one.

    Its name is no word of theirs, for it stands in the open.
    """
    first, message = wanted[0].draft, wanted[0].message
    if first.batch is None and len(wanted) == 1:
        return None
    name = first.batch or (message.purpose or "").replace("_", " ") or "Several at once"
    found = store.add_batch(
        tx, source.id, name, message.channel, ref=first.batch, store=source.store, purpose=message.purpose
    )
    return found.id


def as_born(message: Message) -> Message:
    """The message as it was answered first, so that a repeated request hears the same bytes."""
    return replace(
        message, state=State.HELD, updated_at=message.created_at, delivery=None, sent_at=None, error_code=None
    )


def refused_at_once(message: Message) -> bool:
    """Whether it was stored as stopped, and its CRM heard so; later stops come by callback."""
    return message.state is State.STOPPED and message.version == 1


def _request_hash(runtime: Runtime, source: Source, draft: Draft) -> str:
    content = draft.content
    asked = [
        source.id,
        draft.provider,
        draft.purpose,
        draft.subject,
        draft.person,
        content.fields or content.to,
    ]
    asked.append(store.content_hash(runtime.store.seal, content, draft.channel))
    return runtime.store.seal.hash("request", json.dumps(asked))


def _earlier(tx: Tx, wanted: Wanted) -> Message | None:
    """The message that the same request made before; Conflict where another one had its key."""
    message = wanted.message
    found = store.find_repeat(tx, message.source_id, message.idempotency_key, wanted.asked)
    if found is None:
        return None
    earlier, its_hash, keyed = found
    if keyed and its_hash != wanted.asked:
        raise Conflict("This idempotency key was used for another request.", earlier)
    return earlier


def _store(
    tx: Tx, runtime: Runtime, message: Message, asked: str, given: Mapping[str, Json] | None, *, timed: bool
) -> Message:
    """The message in its screened state; `timed` when its CRM says itself until when it is worth sending."""
    if given is None:
        return store.insert(tx, replace(message, due_at=message.created_at), asked, None)
    seen = facts.gather(tx, runtime, message, given)
    found = shadow.noted(runtime, message, screening.screen(message, seen), seen)
    state, stop_reason = shadow.born_state(runtime, message, found.findings, seen)
    if not timed:
        message = replace(message, hold_expires_at=screening.worth_holding_until(message, seen))
    goes_at = (message.send_at or message.created_at) if state is State.CLEARED else None
    born = replace(
        message,
        state=state,
        stop_reason=stop_reason,
        findings=found.findings,
        batch_id=screening.batch_of(tx, message, state, found.findings),
        due_at=template_words.ask_again_at(message, tx.now) if state is State.HELD else goes_at,
        hold_expires_at=screening.worth_until(message, goes_at) if goes_at else message.hold_expires_at,
    )
    stored = store.insert(tx, born, asked, found)
    door = runtime.doors.get(stored.door)
    if refused_at_once(stored) and door and door.refusal(stored) is None:
        relay.tell(tx, runtime, stored)
    return stored
