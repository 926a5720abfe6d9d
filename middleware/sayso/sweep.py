"""The sweep: what a lost bell, a crash or the clock left behind; it always runs, and running it twice is harmless."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sayso import callbacks, facts, relay, screening, store
from sayso.message import Conflict, Finding, Message, State
from sayso.runtime import Runtime
from sayso.store import Screening, Tx

BATCH = 50
ASK_HOST_FOR = timedelta(seconds=30)


def run_due(runtime: Runtime) -> bool:
    """Look at everything that is due once; True when there may be more."""
    busy = _screen_received(runtime)
    expired = runtime.store.write(lambda tx: _expire(tx, runtime))
    lost = runtime.store.write(_lose)
    adopted = runtime.store.write(lambda tx: callbacks.adopt_orphans(tx, runtime))
    if expired or adopted:
        runtime.relay_bell.ring()
    return busy or BATCH in (expired, lost)


def _screen_received(runtime: Runtime) -> bool:
    with runtime.store.read() as tx:
        received = store.due(tx, State.RECEIVED, BATCH)
    for message in received:
        given = facts.ask_host(runtime, message)
        runtime.store.write(partial(_screen, runtime=runtime, message=message, given=given))
    if received:
        runtime.dispatch_bell.ring()
    return False


def _screen(tx: Tx, *, runtime: Runtime, message: Message, given: facts.Given | None) -> None:
    """Screen what could not be screened at intake; while the host does not answer, a person may look after 30 s."""
    if given is None and tx.now - message.created_at < ASK_HOST_FOR:
        return
    seen = facts.gather(tx, runtime, message, given or {})
    found = screening.screen(message, seen)
    if given is None:
        reason = "The shop's own records could not be asked, so check who this person is before it goes."
        found = Screening(found.policy_hash, (*found.findings, Finding("facts", "missing", reason)), found.snapshot)
    message = store.screened(tx, message, found)
    state, stop_reason = screening.born_state(message, seen.policy)
    changes: dict[str, object] = {"stop_reason": stop_reason} if stop_reason else {}
    if state is State.CLEARED:
        changes["due_at"] = message.send_at or tx.now
    try:
        stored = store.move(tx, message, state, "sweep", changes=changes)
    except Conflict:
        return
    if state is State.STOPPED:
        relay.tell(tx, runtime, stored)


def _expire(tx: Tx, runtime: Runtime) -> int:
    """Nothing expires into sending: what waited too long is stopped, and the CRM hears so."""
    over = store.overdue(tx, BATCH)
    for message in over:
        stopped = store.move(tx, message, State.STOPPED, "sweep", changes={"stop_reason": "expired"})
        relay.tell(tx, runtime, stopped)
    return len(over)


def _lose(tx: Tx) -> int:
    """A lease that ran out without an outcome: nobody knows whether the vendor heard."""
    lost = store.lost_attempts(tx, BATCH)
    for token, message in lost:
        store.close_attempt(tx, token, "unknown", "The process that called the vendor ended before the answer.")
        if message.state is State.SENDING:
            store.move(tx, message, State.UNCONFIRMED, "sweep")
    return len(lost)
