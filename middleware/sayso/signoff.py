"""Step 3 of 6. From a held message to somebody's say-so, bound to the version and the words that were shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from sayso import facts, failpoint, store
from sayso.deciding import DECISIONS, DRAFTS, TAKES, given
from sayso.deciding.back import UNDOABLE
from sayso.deciding.no import outcome
from sayso.deciding.sitting import YES, Sitting, Wish, can_wait, would_go
from sayso.message import OPEN_TASKS, Conflict, Denied, Malformed, Message, Policy, SaysoError, State
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

__all__ = ["DECIDERS", "DECISIONS", "OWN_CHANGE", "REASONS", "YES", "Wish", "carry_out", "decide", "decide_all",
    "is_own_change", "possible", "require", "sees", "what_changed", "would_go"]  # fmt: skip

logger = logging.getLogger("sayso")
REASONS = ("wrong_person", "wrong_time", "wrong_content", "not_wanted", "other")
DECIDERS = frozenset({"reviewer", "manager", "admin"})
IN_TIME = YES | {"edit", "redirect"}
"""What makes no sense any more once a message is not worth sending."""
OWN_CHANGE = "You changed it yourself, so somebody else must say yes to it."


def possible(runtime: Runtime, message: Message, staff: Staff) -> tuple[str, ...]:
    """The decisions that this person can make now, in the order of DECISIONS: what is `may[]` at our door.

    Held: all but undo and arrived; with a stop finding no yes (but a delay, where all that stops it is a surprise that
    ends by its day), and once its time is over only phone, reject and suppress. Cleared: undo. Unconfirmed: approve
    (send again), phone, arrived. Failed, or stopped because its time was over: phone. Stopped by a person: undo for a
    while. While a phone task is open `phone` says how the call went.
    """
    if staff.role not in DECIDERS:
        return ()
    found = _by_state(message) | _by_clock(runtime, message)
    if any(finding.verdict == "stop" for finding in message.findings):
        found -= YES - ({"delay"} if can_wait(message) else set()) if message.state is State.HELD else set()
    if message.hold_expires_at and message.hold_expires_at <= runtime.clock():
        found -= IN_TIME
    if not _may_say_yes(runtime.read_policy(), message, staff):
        found -= YES
    return tuple(kind for kind in DECISIONS if kind in found)


def sees(tx: Tx, message: Message, staff: Staff) -> bool:
    """Whether a message is of a store that this person works for, and no surprise in it is kept from them."""
    theirs = staff.stores is None or message.store in staff.stores
    return theirs and not store.hidden(tx, (message.id,), staff.email)


def is_own_change(policy: Policy, message: Message, staff: Staff) -> bool:
    """Whether somebody else must say yes, because this person changed it and the shop has two approvers or more."""
    return message.store in policy.two_people and message.edited_by == staff.id


def decide(runtime: Runtime, staff: Staff, message_id: str, wish: Wish) -> Message:
    """The message as the decision left it; the new one, for a redirect.

    Conflict (with the message as it is now) when it is no longer what was shown or the decision is not possible;
    Malformed 404 when this person has no such message, 400 when the decision cannot be read; Denied when they may
    not decide it.
    """
    with runtime.store.read() as tx:
        shown = store.get(tx, message_id)
        if shown is None or not sees(tx, shown, staff):
            raise Malformed(404, "not_found", "There is no such message.")
        require(tx, runtime, staff, shown, wish)
    given.only(wish.given, wish.kind, TAKES.get(wish.kind, ()))
    draft = DRAFTS[wish.kind](runtime, shown, wish) if wish.kind in DRAFTS else shown
    known = facts.ask_host(runtime, draft)

    def decided(tx: Tx) -> Message:
        after = carry_out(Sitting(tx, runtime, staff, wish, store.get(tx, shown.id) or shown, draft, known))
        failpoint.hit("before_decision_commit")
        return after

    try:
        after = runtime.store.write(decided)
    except IntegrityError:
        after = runtime.store.write(decided)  # another process stored the same request just now: look at it
    failpoint.hit("after_decision_commit")
    runtime.dispatch_bell.ring()
    runtime.relay_bell.ring()
    return after


def carry_out(sitting: Sitting) -> Message:
    """The message as a decision leaves it, with the rows that tell of it, in the sitting's transaction."""
    tx, wish, message, staff = sitting.tx, sitting.wish, sitting.message, sitting.staff
    require(tx, sitting.runtime, staff, message, wish)
    reason = outcome(sitting) or wish.reason
    kept = {} if wish.kind in DRAFTS else wish.given  # new words and addresses are kept in the message itself
    store.write_decision(tx, message, wish.kind, staff.id, reason=reason, note=wish.note, given=kept)
    return DECISIONS[wish.kind](sitting)  # written first: what else waits is looked at with its reason


def decide_all(
    runtime: Runtime, staff: Staff, wishes: Sequence[tuple[str, Wish]]
) -> list[tuple[str, Message | SaysoError]]:
    """What became of each of many decisions: the message, or why it was not taken; none spoils another."""
    found: list[tuple[str, Message | SaysoError]] = []
    for message_id, wish in wishes:
        try:
            found.append((message_id, decide(runtime, staff, message_id, wish)))
        except (Conflict, Denied, Malformed) as problem:
            found.append((message_id, problem))
        except Exception:
            logger.exception("one of many decisions failed, on message %s", message_id)
            lost = Malformed(503, "unavailable", "This one could not be decided just now; try it again.")
            found.append((message_id, lost))
    return found


def what_changed(tx: Tx, message: Message) -> str:
    """One sentence on who was here first, for the one who came second."""
    decisions = store.read_decisions(tx, message.id)
    if decisions:
        last = decisions[-1]
        seconds = max(0, int((tx.now - last.at).total_seconds()))
        again = message.state is State.HELD and message.version > last.version + 1
        since = ", and it changed since" if again else ""
        return f"{last.by} decided “{last.kind}” {seconds} s ago{since}; it is {message.state} now."
    return f"It changed since you looked; it is {message.state} now."


def require(tx: Tx, runtime: Runtime, staff: Staff, message: Message, wish: Wish) -> None:
    """Raise unless this person can decide this on the message as it is now, and it is what they were shown."""
    if staff.role not in DECIDERS:
        raise Denied("You may look, but not decide.")
    same_words = wish.content_hash in (None, message.content_hash)
    if message.version != wish.version or not same_words:
        raise Conflict(what_changed(tx, message), message)
    if wish.kind in possible(runtime, message, staff):
        return
    if wish.kind in YES and not _may_say_yes(policy := runtime.read_policy(), message, staff):
        raise Denied(_why_not(policy, message, staff))
    raise Conflict(_not_possible(message, wish.kind), message)


def _by_state(message: Message) -> set[str]:
    """What can be decided on a message in its state, time and person aside."""
    expired = message.state is State.STOPPED and message.stop_reason == "expired"
    if message.state is State.HELD:
        return set(DECISIONS) - {"undo", "arrived"}
    if message.state is State.UNCONFIRMED:
        return {"approve", "phone", "arrived"}
    if message.state is State.FAILED or expired:
        return {"phone"}
    return {"undo"} if message.state is State.CLEARED else set()


def _by_clock(runtime: Runtime, message: Message) -> set[str]:
    """What can be decided on a stopped message for a while, and while somebody is to phone."""
    if message.state is not State.STOPPED:
        return set()
    undoable = message.stop_reason in UNDOABLE and message.due_at and message.due_at > runtime.clock()
    return ({"undo"} if undoable else set()) | ({"phone"} if message.task in OPEN_TASKS else set())


def _may_say_yes(policy: Policy, message: Message, staff: Staff) -> bool:
    """Where a shop lists who approves, only those do; and where it has two or more, nobody their own change."""
    return policy.lets_approve(message.store, staff.email) and not is_own_change(policy, message, staff)


def _why_not(policy: Policy, message: Message, staff: Staff) -> str:
    if policy.lets_approve(message.store, staff.email):
        return OWN_CHANGE
    return f"Only those whom {message.store} lists as approvers may say yes; you may still do everything else."


def _not_possible(message: Message, kind: str) -> str:
    stops = [finding.reason for finding in message.findings if finding.verdict == "stop"]
    if kind in YES and message.state is State.HELD and stops:
        return f"It cannot be approved: {stops[0]} Mend the fact, or choose another way."
    if kind in IN_TIME and kind in _by_state(message):
        verb = {"approve": "approved", "delay": "delayed", "edit": "edited"}.get(kind, "redirected")
        return f"It cannot be {verb}: the time in which it was worth sending is over."
    return f"“{kind}” is not possible: the message is {message.state} now."
