"""A yes: now, later, or after the fact."""

from __future__ import annotations

from datetime import datetime, timedelta

from sayso import relay, screening
from sayso.checks import quiet_hours
from sayso.checks.who import PRINT
from sayso.deciding import until
from sayso.deciding.sitting import Sitting, is_secret, on_the_wall, would_go
from sayso.message import Conflict, Malformed, Message, State


def approve(sitting: Sitting) -> Message:
    """Not before the undo window (or the print cut-off) ends, the CRM's own time comes and the night is over."""
    tx, runtime, message = sitting.tx, sitting.runtime, sitting.message
    _, due_at = would_go(tx, runtime, message, sitting.seen, sitting.undo_until)
    worth_until = screening.worth_until(message, due_at)
    if worth_until and worth_until < due_at + screening.LATE and message.channel in PRINT:
        worth_until = due_at + screening.LATE
    return _clear(sitting, due_at, worth_until)


def delay(sitting: Sitting) -> Message:
    """A yes for a later moment; the CRM's own time stays noted, for an undo gives it back.

    What a surprise keeps back may wait until that is over. It is no yes to telling: where the surprise is not over
    by then after all, the screening before it goes finds it again, and it waits for a person once more.
    """
    tx, runtime, message, seen = sitting.tx, sitting.runtime, sitting.message, sitting.seen
    earliest, next_allowed = would_go(tx, runtime, message, seen, sitting.undo_until)
    asked = until.asked(sitting, seen, next_allowed)
    if message.send_at and asked < message.send_at:
        text = f"The CRM itself wants it out at {on_the_wall(runtime, message, message.send_at)}, not before."
        raise _refused(sitting, text)
    due_at = quiet_hours.next_allowed(seen, max(earliest, asked), message)
    over = until.surprise_over(sitting, seen)
    until.require_over(sitting, over, due_at)
    limit = _worth_sending_until(sitting)
    if limit and due_at >= limit:
        text = f"It is worth sending only until {on_the_wall(runtime, message, limit)}"
        night = "" if due_at == asked else f", and may go at {on_the_wall(runtime, message, due_at)} at the earliest"
        raise _refused(sitting, f"{text}{night}.")
    return _clear(sitting, due_at, screening.worth_until(message, due_at), after_surprise=bool(over and due_at >= over))


def arrived(sitting: Sitting) -> Message:
    """Somebody knows that it arrived, although the vendor's answer was lost."""
    sent = sitting.move(State.SENT, sent_at=sitting.message.sent_at or sitting.tx.now)
    relay.tell(sitting.tx, sitting.runtime, sent)
    return sent


def _refused(sitting: Sitting, text: str) -> Conflict | Malformed:
    """Malformed for a moment that somebody wrote, Conflict for a word that means one."""
    word = sitting.wish.given.get("until") in ("next_allowed", *until.WORDS)
    return Conflict(text, sitting.message) if word else Malformed(400, "until", text)


def _clear(sitting: Sitting, due_at: datetime, expires_at: datetime | None, *, after_surprise: bool = False) -> Message:
    """The message with all that was found accepted, but what is waited out and what nobody may accept."""
    message = sitting.message
    accepted = frozenset(
        finding.key
        for finding in message.findings
        if finding.verdict != "stop"
        and not finding.key.startswith(screening.NEVER_ACCEPTED)
        and not (after_surprise and is_secret(finding))
    )
    return sitting.move(
        State.CLEARED,
        due_at=due_at,
        accepted=message.accepted | accepted,
        hold_expires_at=expires_at,
        task=None,
        task_at=None,
    )


def _worth_sending_until(sitting: Sitting) -> datetime | None:
    """When it is dropped; one that the CRM set for a moment may be late by as long as its purpose is worth holding."""
    message = sitting.message
    if message.send_at is None or message.send_at != message.hold_expires_at:
        return message.hold_expires_at
    policy = sitting.runtime.read_policy()
    return message.send_at + timedelta(seconds=screening.worth_holding(policy, message.purpose))
