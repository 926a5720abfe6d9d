"""A no: not this message, not in writing, or nothing of the kind any more."""

from __future__ import annotations

from sayso import relay, rescreening, store
from sayso.deciding import given
from sayso.deciding.sitting import Sitting
from sayso.message import OPEN_TASKS, Conflict, Malformed, Message, State

OUTCOMES = ("reached", "voicemail", "call_back", "resolved")
SCOPES = ("this_purpose", "all")


def stop(sitting: Sitting, why: str, **changes: object) -> Message:
    """The message stopped; its CRM hears of it when it can no longer be undone."""
    stopped = sitting.move(State.STOPPED, stop_reason=why, due_at=sitting.undo_until, **changes)
    relay.tell(sitting.tx, sitting.runtime, stopped, after=sitting.undo_until)
    return stopped


def reject(sitting: Sitting) -> Message:
    """It does not go out."""
    return stop(sitting, "rejected")


def phone(sitting: Sitting) -> Message:
    """Somebody phones instead; once that was decided, how the call went."""
    wish, message = sitting.wish.given, sitting.message
    if message.task in OPEN_TASKS:
        return _note_call(sitting)
    if wish:
        raise Conflict("Nobody was asked to phone about this one; choose to phone first.", message)
    if message.state is State.HELD:
        return stop(sitting, "phone", task="phone")
    return sitting.move(message.state, task="phone", task_at=None)


def suppress(sitting: Sitting) -> Message:
    """These people get no more of this kind, or of anything; what else waits for them is looked at again."""
    tx, message = sitting.tx, sitting.message
    scope = given.one_of({"scope": "this_purpose"} | dict(sitting.wish.given), "scope", SCOPES)
    if scope == "this_purpose" and not message.purpose:
        raise Malformed(400, "scope", "This message has no purpose, so only everything can be suppressed: scope all.")
    reason = "the shop noted that they want none of this kind" if scope == "this_purpose" else "the shop noted so"
    for address in message.content.to:
        purpose = message.purpose or "" if scope == "this_purpose" else ""
        store.suppress(tx, address, reason, origin=origin(message), purpose=purpose)
    stopped = stop(sitting, "suppressed")
    rescreen_others(sitting, sitting.wish.batch)
    return stopped


def origin(message: Message) -> str:
    """The name under which a decision on this message suppresses, and under which it takes that back."""
    return f"decision:{message.id}"


def rescreen_others(sitting: Sitting, but: frozenset[str] = frozenset()) -> None:
    """Look again at what else waits for the same people, but for what is just being decided on as well."""
    but |= {sitting.message.id}
    for address in sitting.message.content.to:
        rescreening.rescreen_waiting(sitting.tx, sitting.runtime, address, but)


def outcome(sitting: Sitting) -> str | None:
    """How the call went, where that is what the decision says."""
    if sitting.wish.kind != "phone" or sitting.message.task not in OPEN_TASKS:
        return None
    return given.one_of(sitting.wish.given, "outcome", OUTCOMES)


def _note_call(sitting: Sitting) -> Message:
    """Voicemail and call back keep the task open; reached and resolved end it."""
    message, wish = sitting.message, sitting.wish.given
    said = given.one_of(wish, "outcome", OUTCOMES)
    if said != "call_back" and wish.get("at") is not None:
        raise Malformed(400, "at", "Only call_back has a time.")
    again = given.moment(wish, "at", sitting.tx.now) if said == "call_back" else None
    return sitting.move(message.state, task=said, task_at=again, due_at=message.due_at)
