"""From a CRM's answer to what somebody wrote to messages that wait: it goes out only when a person says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sayso import facts, rescreening, shadow, store
from sayso.message import Answer, Message, State
from sayso.runtime import Runtime
from sayso.store import Relay, Reply, Source, Tx
from sayso.unscreened import unscreened

logger = logging.getLogger("sayso")


@dataclass(frozen=True, slots=True)
class Replies:
    """What a CRM answered to what somebody wrote, and what the host knows of each message; `notes` is what was not."""

    reply: Reply | None
    messages: Sequence[tuple[Message, facts.Given | None]] = ()
    notes: Sequence[str] = ()


def read(runtime: Runtime, relay: Relay, source: Source, answer: Answer) -> Replies:
    """The messages that an answer wants to write back; an answer that cannot be read is none."""
    with runtime.store.read() as tx:
        reply = store.find_reply(tx, relay.inbound_id or "")
        credential = store.newest_credential(tx, source.id, relay.provider)
    if reply is None:
        return Replies(None)
    viewer = runtime.viewer((credential and credential[0]) or "", source.name)
    try:
        drafts, notes = runtime.tellers[relay.provider].replies(answer, reply.heard, viewer, relay.outgoing.url)
        made = [
            replace(unscreened(runtime, source, draft, f"{reply.id}.{n}"), parent_id=reply.id)
            for n, draft in enumerate(drafts, start=1)
        ]
    except Exception:
        logger.exception("the answer to %s could not be read", reply.id)
        return Replies(reply, notes=("The answer could not be read.",))
    return Replies(reply, [(message, facts.ask_host(runtime, message)) for message in made], notes)


def keep(tx: Tx, runtime: Runtime, made: Replies) -> list[Message]:
    """Store them, screened and held, once however often the CRM was asked; the messages that are new."""
    if made.reply is None or store.was_answered(tx, made.reply.id):
        return []
    for note in made.notes:
        store.write_incident(tx, "answer_left_out", None, f"Of a CRM's answer to what somebody wrote: {note}")
    return [_born(tx, runtime, message, given) for message, given in made.messages]


def _born(tx: Tx, runtime: Runtime, message: Message, given: facts.Given | None) -> Message:
    """Held, whatever its purpose may do by itself: nobody has read what it answers; in shadow mode it goes."""
    seen, found = rescreening.look(tx, runtime, message, given)
    found = shadow.noted(runtime, message, found, seen)
    state, stop_reason = shadow.born_state(runtime, message, found.findings, seen)
    if stop_reason != "suppressed" and not shadow.is_on(runtime):
        state, stop_reason = State.HELD, None
    due_at = tx.now if state is State.CLEARED else None
    born = replace(message, state=state, stop_reason=stop_reason, findings=found.findings, due_at=due_at)
    return store.insert(tx, born, tx.seal.hash("request", message.id), found)
