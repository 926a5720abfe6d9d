"""A yes: now, later, or after the fact."""

from __future__ import annotations

from datetime import datetime, timedelta

from sayso import relay, screening
from sayso.checks import quiet_hours
from sayso.deciding import given
from sayso.deciding.sitting import Sitting, on_the_wall, would_go
from sayso.message import Conflict, Malformed, Message, State

UNKNOWN_YET = {
    "embargo_end": "Nothing is known of a surprise in this matter; give a date and time.",
    "subject_done": "Nothing is known of when this matter is done; give a date and time.",
}


def approve(sitting: Sitting) -> Message:
    """Not before the undo window ends, the CRM's own time comes and the night is over."""
    _, due_at = would_go(sitting.tx, sitting.runtime, sitting.message, sitting.seen, sitting.undo_until)
    return _clear(sitting, due_at, screening.worth_until(sitting.message, due_at))


def delay(sitting: Sitting) -> Message:
    """A yes for a later moment; the CRM's own time stays noted, for an undo gives it back."""
    tx, runtime, message, until = sitting.tx, sitting.runtime, sitting.message, sitting.wish.given.get("until")
    earliest, next_allowed = would_go(tx, runtime, message, sitting.seen, sitting.undo_until)
    if isinstance(until, str) and until in UNKNOWN_YET:
        raise Conflict(UNKNOWN_YET[until], message)
    asked = next_allowed if until == "next_allowed" else given.moment(sitting.wish.given, "until", tx.now)
    if message.send_at and asked < message.send_at:
        text = f"The CRM itself wants it out at {on_the_wall(runtime, message, message.send_at)}, not before."
        raise Malformed(400, "until", text)
    due_at = quiet_hours.next_allowed(sitting.seen, max(earliest, asked))
    limit = _worth_sending_until(sitting)
    if limit and due_at >= limit:
        text = f"It is worth sending only until {on_the_wall(runtime, message, limit)}"
        night = "" if due_at == asked else f", and may go at {on_the_wall(runtime, message, due_at)} at the earliest"
        if until == "next_allowed":
            raise Conflict(f"{text}{night}.", message)
        raise Malformed(400, "until", f"{text}{night}.")
    return _clear(sitting, due_at, screening.worth_until(message, due_at))


def arrived(sitting: Sitting) -> Message:
    """Somebody knows that it arrived, although the vendor's answer was lost."""
    sent = sitting.move(State.SENT, sent_at=sitting.message.sent_at or sitting.tx.now)
    relay.tell(sitting.tx, sitting.runtime, sent)
    return sent


def _clear(sitting: Sitting, due_at: datetime, expires_at: datetime | None) -> Message:
    message = sitting.message
    accepted = frozenset(
        finding.key for finding in message.findings if not finding.key.startswith(screening.NEVER_ACCEPTED)
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
