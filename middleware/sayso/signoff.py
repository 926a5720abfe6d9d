"""Step 3 of 6. From a held message to somebody's say-so, bound to the version and the words that were shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso import facts, failpoint, relay, screening, store
from sayso.checks import quiet_hours
from sayso.message import Conflict, Denied, Facts, Malformed, Message, State
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

REASONS = ("wrong_person", "wrong_time", "wrong_content", "not_wanted", "other")
DECIDERS = frozenset({"reviewer", "manager", "admin"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reviewer asks for, on what they saw."""

    kind: str
    version: int
    content_hash: str
    reason: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One decision while it is made: the transaction, the message as it is, and who decides."""

    tx: Tx
    runtime: Runtime
    message: Message
    staff: Staff
    given: facts.Given

    def move(self, to: State, **changes: object) -> Message:
        """Move the message in this person's name."""
        return store.move(self.tx, self.message, to, "reviewer", who=self.staff.id, changes=changes)


def may(message: Message, staff: Staff, undo_until_now: bool = True) -> tuple[str, ...]:
    """The decisions that are possible now, for this person."""
    if staff.role not in DECIDERS:
        return ()
    if message.state is State.HELD:
        stopped = any(finding.verdict == "stop" for finding in message.findings)
        return ("reject",) if stopped else ("approve", "reject")
    if message.state is State.UNCONFIRMED:
        return ("approve", "arrived")
    undoable = message.state is State.STOPPED and message.stop_reason == "rejected" and undo_until_now
    return ("undo",) if undoable or message.state is State.CLEARED else ()


def possible(runtime: Runtime, message: Message, staff: Staff) -> tuple[str, ...]:
    """`may` at this moment: a reject can be undone for a while, and nothing is approved after its time."""
    now = runtime.clock()
    found = may(message, staff, bool(message.due_at and message.due_at > now))
    over = message.hold_expires_at is not None and message.hold_expires_at <= now
    return tuple(kind for kind in found if not (over and kind == "approve"))


def sees(message: Message, staff: Staff) -> bool:
    """Whether a message is of a store that this person works for."""
    return staff.stores is None or message.store in staff.stores


def would_go(tx: Tx, runtime: Runtime, message: Message, seen: Facts) -> tuple[datetime, datetime]:
    """When an approval now lets a message go, by the undo window and the CRM's own time, and after the night."""
    earliest = max(tx.now + timedelta(seconds=runtime.undo_seconds), message.send_at or tx.now)
    return earliest, quiet_hours.next_allowed(seen, earliest)


def decide(runtime: Runtime, staff: Staff, message_id: str, wish: Wish) -> Message:
    """The message as the decision left it.

    Conflict (with the message as it is now) when it is no longer what was shown or the decision is not
    possible; Malformed 404 when this person has no such message; Denied when they may decide nothing.
    """
    with runtime.store.read() as tx:
        shown = store.get(tx, message_id)
    if shown is None or not sees(shown, staff):
        raise Malformed(404, "not_found", "There is no such message.")
    if staff.role not in DECIDERS:
        raise Denied("You may look, but not decide.")
    given = facts.ask_host(runtime, shown) or {}

    def decided(tx: Tx) -> Message:
        message = store.get(tx, shown.id) or shown
        _require_shown(tx, message, wish)
        if wish.kind not in possible(runtime, message, staff):
            raise Conflict(_not_possible(message, wish.kind), message)
        store.write_decision(tx, message, wish.kind, staff.id, reason=wish.reason, note=wish.note)
        after = DECISIONS[wish.kind](Sitting(tx, runtime, message, staff, given))
        failpoint.hit("before_decision_commit")
        return after

    after = runtime.store.write(decided)
    failpoint.hit("after_decision_commit")
    runtime.dispatch_bell.ring()
    runtime.relay_bell.ring()
    return after


def what_changed(tx: Tx, message: Message) -> str:
    """One sentence on who was here first, for the one who came second."""
    decisions = store.read_decisions(tx, message.id)
    if decisions:
        last = decisions[-1]
        seconds = max(0, int((tx.now - last.at).total_seconds()))
        return f"{last.by} decided “{last.kind}” {seconds} s ago; it is {message.state} now."
    return f"It changed since you looked; it is {message.state} now."


def _require_shown(tx: Tx, message: Message, wish: Wish) -> None:
    if message.version != wish.version or message.content_hash != wish.content_hash:
        raise Conflict(what_changed(tx, message), message)


def _not_possible(message: Message, kind: str) -> str:
    stops = [finding.reason for finding in message.findings if finding.verdict == "stop"]
    if kind == "approve" and message.state is State.HELD and stops:
        return f"It cannot be approved: {stops[0]} Mend the fact, or choose another way."
    if kind == "approve" and message.state in (State.HELD, State.UNCONFIRMED):
        return "It cannot be approved: the time in which it was worth sending is over."
    return f"“{kind}” is not possible: the message is {message.state} now."


def _approve(sitting: Sitting) -> Message:
    """Not before the undo window ends, the CRM's own time comes and the night is over."""
    tx, runtime, message = sitting.tx, sitting.runtime, sitting.message
    _, due_at = would_go(tx, runtime, message, facts.gather(tx, runtime, message, sitting.given))
    accepted = frozenset(
        finding.key for finding in message.findings if not finding.key.startswith(screening.NEVER_ACCEPTED)
    )
    expires_at = screening.worth_until(message, due_at)
    return sitting.move(State.CLEARED, due_at=due_at, accepted=message.accepted | accepted, hold_expires_at=expires_at)


def _reject(sitting: Sitting) -> Message:
    """The CRM hears of it when it can no longer be undone."""
    undo_until = sitting.tx.now + timedelta(seconds=sitting.runtime.undo_seconds)
    stopped = sitting.move(State.STOPPED, stop_reason="rejected", due_at=undo_until)
    relay.tell(sitting.tx, sitting.runtime, stopped, after=undo_until)
    return stopped


def _undo(sitting: Sitting) -> Message:
    """It waits again, with nothing accepted, and the CRM hears nothing."""
    store.drop_relays(sitting.tx, sitting.message.id)
    return sitting.move(State.HELD, stop_reason=None, accepted=frozenset())


def _arrived(sitting: Sitting) -> Message:
    """Somebody knows that it arrived, although the vendor's answer was lost."""
    sent = sitting.move(State.SENT, sent_at=sitting.message.sent_at or sitting.tx.now)
    relay.tell(sitting.tx, sitting.runtime, sent)
    return sent


DECISIONS: Mapping[str, Callable[[Sitting], Message]] = {
    "approve": _approve,
    "reject": _reject,
    "undo": _undo,
    "arrived": _arrived,
}
