"""A no: not this message, not in writing, or nothing of the kind any more."""

from __future__ import annotations

from sayso import facts, relay, rescreening, screening, store
from sayso.checks.ways import private_endpoints
from sayso.deciding import given
from sayso.deciding.sitting import Sitting
from sayso.message import OPEN_TASKS, Conflict, Malformed, Message, State, Story

OUTCOMES = ("reached", "voicemail", "call_back", "resolved")
SCOPES = ("this_purpose", "all")


def stop(sitting: Sitting, why: str, **changes: object) -> Message:
    """The message stopped; its CRM hears of it when it can no longer be undone."""
    stopped = sitting.move(State.STOPPED, stop_reason=why, due_at=sitting.undo_until, **changes)
    relay.tell(sitting.tx, sitting.runtime, stopped, after=sitting.undo_until)
    rescreen_others(sitting, sitting.wish.batch)
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
    """These people get no more of this kind, or of anything; what else waits for them is looked at again.

    Of anything: the addresses of this message, and where one known person is behind them whatever is theirs alone.
    """
    tx, message = sitting.tx, sitting.message
    scope = given.one_of({"scope": "this_purpose"} | dict(sitting.wish.given), "scope", SCOPES)
    seen = sitting.seen
    wanted = screening.as_read(message, seen).purpose or ""
    if scope == "this_purpose" and not wanted:
        raise Malformed(400, "scope", "This message has no purpose, so only everything can be suppressed: scope all.")
    reason = "the shop noted that they want none of this kind" if scope == "this_purpose" else "the shop noted so"
    theirs = _of_one(seen.story) if scope == "all" else ()
    for address in dict.fromkeys((*message.content.to, *theirs)):
        store.suppress(tx, address, reason, origin=origin(message), purpose=wanted if scope == "this_purpose" else "")
    return stop(sitting, "suppressed")


def origin(message: Message) -> str:
    """The name under which a decision on this message suppresses, and under which it takes that back."""
    return f"decision:{message.id}"


def rescreen_others(sitting: Sitting, but: frozenset[str] = frozenset()) -> None:
    """Look again at what else waits for the same people at any address, but for what is just being decided on as well.

    A no to one is a doubt in its twin, on whatever channel, and a suppression stops all; an undo takes both back.
    """
    but |= {sitting.message.id}
    for address in facts.reachable(sitting.message, sitting.seen.story):
        rescreening.rescreen_waiting(sitting.tx, sitting.runtime, address, but)


def _of_one(story: Story) -> tuple[str, ...]:
    """What can be written to of the one person behind a message, and is nobody else's."""
    people = {one.person.key: one.person for one in story.behind if one.person}
    if len(people) != 1:
        return ()
    person = next(iter(people.values()))
    private = private_endpoints(person, story, story.people.keys() - person.keys)
    return tuple(end for end in private if not end.startswith("post|"))


def outcome(sitting: Sitting) -> str | None:
    """How the call went, where that is what the decision says."""
    if sitting.wish.kind != "phone" or sitting.message.task not in OPEN_TASKS:
        return None
    return given.one_of(sitting.wish.given, "outcome", OUTCOMES)


def _note_call(sitting: Sitting) -> Message:
    """Voicemail and call back keep the task open; reached and resolved end it. Only of a call back the time matters."""
    message, wish = sitting.message, sitting.wish.given
    said = given.one_of(wish, "outcome", OUTCOMES)
    again = given.moment(wish, "at", sitting.tx.now) if said == "call_back" else None
    return sitting.move(message.state, task=said, task_at=again, due_at=message.due_at)
