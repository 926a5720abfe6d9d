"""Until when a delay may be: a moment, or a word for one that the facts know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sayso import facts
from sayso.deciding import given
from sayso.deciding.sitting import Sitting, is_secret, on_the_wall
from sayso.message import Conflict, Embargo, Facts

NO_SURPRISE = "Nothing is known of a surprise in this matter; give a date and time."
NOT_DATED = "Nothing is known of when this matter is done; give a date and time."
OPEN_END = "This surprise ends when somebody says that it was given, not on a day; send it to somebody else, or phone."
DONE = "This matter is over already; give a date and time."
AFTERWARDS = timedelta(hours=1)
"""How long after it begins an appointment is taken to be over."""


def asked(sitting: Sitting, seen: Facts, next_allowed: datetime) -> datetime:
    """The moment that a delay asks for; Conflict where a word means none that is known, Malformed for what is none."""
    until = sitting.wish.given.get("until")
    if until == "next_allowed":
        return next_allowed
    if isinstance(until, str) and until in WORDS:
        return WORDS[until](sitting, seen)
    return given.moment(sitting.wish.given, "until", sitting.tx.now)


def surprise_over(sitting: Sitting, seen: Facts) -> datetime | None:
    """When every surprise that keeps this message back is over by its day; None for none, or one without such a day."""
    kept = facts.secrets(seen.story, sitting.message.findings)
    days = [one.until for one in kept if one.until and not _is_open(one)]
    return max(days) if days and len(days) == len(kept) else None


def require_over(sitting: Sitting, over: datetime | None, due_at: datetime) -> None:
    """Conflict when a message that a surprise stops would go before that is over."""
    message = sitting.message
    stop = next((finding for finding in message.findings if finding.verdict == "stop"), None)
    if stop is None or (over and due_at >= over):
        return
    if over is None:
        raise Conflict(f"{stop.reason} {OPEN_END}" if is_secret(stop) else stop.reason, message)
    ends = on_the_wall(sitting.runtime, message, over)
    raise Conflict(f"{stop.reason} The surprise is over at {ends}; it cannot go before.", message)


def _embargo_end(sitting: Sitting, seen: Facts) -> datetime:
    over = surprise_over(sitting, seen)
    if over is None:
        kept = facts.secrets(seen.story, sitting.message.findings)
        raise Conflict(OPEN_END if kept else NO_SURPRISE, sitting.message)
    return over


def _subject_done(sitting: Sitting, seen: Facts) -> datetime:
    """An hour into the appointment; of nothing else is it known when it is done."""
    fact = seen.story.subject_fact
    begins = fact.moment("at") if fact and fact.list == "appointments" else None
    if begins is None:
        raise Conflict(NOT_DATED, sitting.message)
    if begins + AFTERWARDS <= sitting.tx.now:
        raise Conflict(DONE, sitting.message)
    return begins + AFTERWARDS


def _is_open(surprise: Embargo) -> bool:
    """Whether only a person ends it: it has no day, or is one that asks on its day."""
    return surprise.until is None or surprise.bridal


WORDS: Mapping[str, Callable[[Sitting, Facts], datetime]] = {
    "embargo_end": _embargo_end,
    "subject_done": _subject_done,
}
