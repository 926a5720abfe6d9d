"""Step 1 of 6. From a vendor-shaped request to a stored message; the CRM is answered only after the commit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from sayso import facts, failpoint, screening, shadow, store, template_words
from sayso.message import Conflict, Draft, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Source, Tx


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
    asked = asked or _request_hash(runtime, source, draft)
    draft = replace(draft, content=template_words.fetch(runtime, draft.provider, draft.content))
    message = unscreened(runtime, source, draft, key)
    given = facts.ask_host(runtime, message)

    def keep(tx: Tx) -> Message:
        kept = _repeat(tx, message, asked) or _store(tx, runtime, message, asked, given, timed=bool(draft.expires_at))
        if answered:
            answered(tx, kept)
        failpoint.hit("before_intake_commit")
        return kept

    try:
        stored = runtime.store.write(keep)
    except IntegrityError:
        stored = runtime.store.write(keep)  # another process stored the same request first: meet it there
    failpoint.hit("after_intake_commit")
    if stored.state is State.CLEARED:
        runtime.dispatch_bell.ring()
    return stored


def as_born(message: Message) -> Message:
    """The message as it was answered first, so that a repeated request hears the same bytes."""
    if refused_at_once(message):
        return message
    return replace(
        message, state=State.HELD, updated_at=message.created_at, delivery=None, sent_at=None, error_code=None
    )


def refused_at_once(message: Message) -> bool:
    """Whether it was stored as stopped, and its CRM heard so; later stops come by callback."""
    return message.state is State.STOPPED and message.version == 1


def unscreened(runtime: Runtime, source: Source, draft: Draft, key: str | None) -> Message:
    """The message of a draft, as it is before anybody has looked at it."""
    now, policy = runtime.clock(), runtime.read_policy()
    purpose = draft.purpose or source.purpose
    return Message(
        id=store.new_id(now),
        crm_id=draft.crm_id,
        source_id=source.id,
        channel=draft.channel,
        provider=draft.provider,
        door=draft.door or draft.provider,
        state=State.RECEIVED,
        version=1,
        content_hash=store.content_hash(runtime.store.seal, draft.content, draft.channel),
        content=draft.content,
        created_at=now,
        updated_at=now,
        store=source.store,
        purpose=purpose,
        subject=draft.subject,
        person=draft.person,
        idempotency_key=key,
        send_at=draft.send_at,
        hold_expires_at=draft.expires_at
        or (draft.send_at or now) + timedelta(seconds=screening.worth_holding(policy, purpose)),
    )


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


def _repeat(tx: Tx, message: Message, asked: str) -> Message | None:
    found = store.find_repeat(tx, message.source_id, message.idempotency_key, asked)
    if found is None:
        return None
    earlier, its_hash, keyed = found
    if keyed and its_hash != asked:
        raise Conflict("This idempotency key was used for another request.", earlier)
    store.count_repeat(tx, earlier)
    return earlier


def _store(
    tx: Tx, runtime: Runtime, message: Message, asked: str, given: Mapping[str, Json] | None, *, timed: bool
) -> Message:
    """The message in its screened state; `timed` when its CRM says itself until when it is worth sending."""
    if given is None:
        waits = replace(message, due_at=message.created_at + timedelta(seconds=2))
        return store.insert(tx, waits, asked, None)
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
    return store.insert(tx, born, asked, found)
