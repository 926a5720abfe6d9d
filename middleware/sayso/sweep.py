"""The sweep: what a lost bell, a crash or the clock left behind; it always runs, and running it twice is harmless."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence, Sized
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sayso import (
    callbacks,
    carrying,
    facts,
    pretend,
    relay,
    rescreening,
    runs,
    screening,
    shadow,
    store,
    template_words,
)
from sayso.intake import SIZE_AT_ONCE
from sayso.message import Conflict, Message, State
from sayso.runtime import Runtime
from sayso.store import Screening, Tx
from sayso.telling import touching
from sayso_providers import KEEPERS

logger = logging.getLogger("sayso")
BATCH = 50
ASK_HOST_FOR = timedelta(seconds=30)
PUT_OFF = timedelta(seconds=2)
TRIED_FOR = timedelta(minutes=5)
"""How long a message may fail to be screened before a person is asked to look at it."""
ANSWERS_KEPT = timedelta(days=7)


def run_due(runtime: Runtime) -> bool:
    """Look at everything that is due once; True when there may be more."""
    parts = (_screen_received, carrying.run_due, _see_words, _expire, _lose, _adopt, _forget, touching.look_again)
    found = [_look(part, runtime) for part in (*parts, runs.run_due, pretend.run_due)]
    return BATCH in found


def _look(part: Callable[[Runtime], int], runtime: Runtime) -> int:
    """How much one part found; what is wrong in it keeps no other part from looking."""
    try:
        return part(runtime)
    except Exception:
        logger.exception("a part of the sweep failed; it looks again")
        return 0


def _any(runtime: Runtime, look: Callable[[Tx, int], Sized]) -> bool:
    """Whether there is anything to write about; an idle house writes nothing."""
    with runtime.store.read() as tx:
        return len(look(tx, 1)) > 0


def _screen_received(runtime: Runtime) -> int:
    with runtime.store.read() as tx:
        received = store.due(tx, State.RECEIVED, BATCH)
    if not received:
        return 0
    done = sum(_screen_all(runtime, some) for some in _by_size(received))
    runtime.dispatch_bell.ring()
    return done


def _screen_all(runtime: Runtime, received: Sequence[Message]) -> int:
    """How many of these were screened, in one transaction."""
    known = [(message, facts.ask_host(runtime, message)) for message in received]
    return runtime.store.write(lambda tx: sum(_screen_one(tx, runtime, message, given) for message, given in known))


def _by_size(messages: Sequence[Message]) -> list[list[Message]]:
    """The messages in groups, none of which takes long to read; what is very long is a group by itself."""
    groups: list[list[Message]] = []
    size = 0
    for message in messages:
        size += message.content.size
        if not groups or size > SIZE_AT_ONCE:
            groups.append([])
            size = message.content.size
        groups[-1].append(message)
    return groups


def _screen_one(tx: Tx, runtime: Runtime, message: Message, given: facts.Given | None) -> bool:
    """Whether this one is screened now; where it cannot be, the others still are, and it is looked at in a moment."""
    try:
        done = store.apart(tx, lambda: _screen(tx, runtime, message, given))
    except Conflict:
        return True  # somebody was first, and nothing of ours was kept
    except Exception:
        logger.exception("message %s could not be screened", message.id)
        done = tx.now - message.created_at >= TRIED_FOR and _hold(tx, runtime, message)
    if not done:
        store.put_off(tx, message.id, tx.now + PUT_OFF)
    return done


def _hold(tx: Tx, runtime: Runtime, message: Message) -> bool:
    """Whether a person can look at what could not be screened for minutes, and is told that a check could not run."""

    def hold() -> Message:
        found = Screening(runtime.read_policy().hash, (screening.crashed("screening"),), {})
        changes = {"due_at": template_words.ask_again_at(message, tx.now)}
        return store.move(tx, store.screened(tx, message, found), State.HELD, "sweep", changes=changes)

    with suppress(Conflict):  # somebody was first
        store.apart(tx, hold)
    return True


def _see_words(runtime: Runtime) -> int:
    """Ask again for words that lie at a vendor and that nobody could see when the message came in."""
    with runtime.store.read() as tx:
        due = store.due(tx, State.HELD, BATCH)
    waiting = [message for message in due if message.content.template and message.content.seen is None]
    for message in waiting:
        _look(partial(_see_one, message=message), runtime)
    return len(waiting)


def _see_one(runtime: Runtime, *, message: Message) -> int:
    try:
        template_words.ask_again(runtime, message)
    except Conflict:
        return 0
    return 1


def _expire(runtime: Runtime) -> int:
    if not _any(runtime, store.overdue):
        return 0
    expired = runtime.store.write(lambda tx: _stop_overdue(tx, runtime))
    if expired:
        runtime.relay_bell.ring()
    return expired


def _lose(runtime: Runtime) -> int:
    return runtime.store.write(_close_lost) if _any(runtime, store.lost_attempts) else 0


def _adopt(runtime: Runtime) -> int:
    if not _any(runtime, store.orphans):
        return 0
    adopted = runtime.store.write(lambda tx: callbacks.adopt_orphans(tx, runtime))
    if adopted:
        runtime.relay_bell.ring()
    return adopted


def _forget(runtime: Runtime) -> int:
    """What callers of our own door heard a week ago is asked for no more."""
    if not _any(runtime, lambda tx, limit: store.old_answers(tx, tx.now - ANSWERS_KEPT, limit)):
        return 0
    return runtime.store.write(lambda tx: store.drop_answers(tx, tx.now - ANSWERS_KEPT, BATCH))


def _screen(tx: Tx, runtime: Runtime, message: Message, given: facts.Given | None) -> bool:
    """Screen what was not screened at intake; while the host does not answer, a person may look after 30 s."""
    if given is None and tx.now - message.created_at < ASK_HOST_FOR and not shadow.is_on(runtime):
        return False
    seen, found = rescreening.look(tx, runtime, message, given)
    message = store.screened(tx, message, shadow.noted(runtime, message, found, seen))
    state, stop_reason = shadow.born_state(runtime, message, found.findings, seen)
    message = replace(message, hold_expires_at=screening.taken_until(message, seen))
    changes: dict[str, object] = {"stop_reason": stop_reason, "hold_expires_at": message.hold_expires_at}
    if state is State.CLEARED:
        changes["due_at"] = due_at = message.send_at or tx.now
        changes["hold_expires_at"] = screening.worth_until(message, due_at)
    if state is State.HELD:
        changes["due_at"] = template_words.ask_again_at(message, tx.now)
        changes["batch_id"] = screening.batch_of(tx, message, state, found.findings)
    stored = store.move(tx, message, state, "sweep", changes=changes)
    if state is State.STOPPED:
        relay.tell(tx, runtime, stored)
    return True


def _stop_overdue(tx: Tx, runtime: Runtime) -> int:
    """Nothing expires into sending: what waited too long is stopped, and the CRM hears so."""
    over = store.overdue(tx, BATCH)
    return sum(_stop(tx, runtime, message) for message in over)


def _stop(tx: Tx, runtime: Runtime, message: Message) -> bool:
    def stop() -> None:
        changes = screening.expired(runtime.read_policy(), message.purpose)
        relay.tell(tx, runtime, store.move(tx, message, State.STOPPED, "sweep", changes=changes))

    return _apart(tx, stop, f"message {message.id} could not be stopped")


def _close_lost(tx: Tx) -> int:
    """A lease that ran out without an outcome: nobody knows whether the vendor heard."""
    lost = store.lost_attempts(tx, BATCH)
    return sum(_apart(tx, partial(_close, tx, token), "a lost call could not be closed") for token in lost)


def _close(tx: Tx, token: str) -> None:
    """What was on its way is moved by where it is alone: it may be that nobody can open it. Nothing joins it now."""
    store.close_attempt(tx, token, "unknown", "The process that called the vendor ended before the answer.")
    for message in store.outlines(tx, store.of_attempt(tx, token, State.SENDING)):
        if message.provider in KEEPERS:  # nothing leaves there but by a person's hand
            store.move(tx, message, State.CLEARED, "sweep", changes={"due_at": tx.now})
        else:
            store.move(tx, message, State.UNCONFIRMED, "sweep")


def _apart(tx: Tx, fn: Callable[[], None], problem: str) -> bool:
    """Whether this one is done; where it is not, the others still are, and it is tried again at the next look."""
    try:
        store.apart(tx, fn)
    except Conflict:
        return False  # somebody was first
    except Exception:
        logger.exception(problem)
        return False
    return True
