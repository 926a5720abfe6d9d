"""Reading what a decision was given beside the version; what it cannot mean is Malformed 400 in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sayso.message import Json, Malformed

MOST_LETTERS = 20_000


def only(given: Mapping[str, Json], kind: str, known: tuple[str, ...]) -> None:
    """Malformed when there is more than this kind of decision knows of."""
    for name in given:
        if name not in known:
            needs = f"takes {', '.join(known)}" if known else "needs nothing more"
            raise Malformed(400, "given", f"“{kind}” knows no {name[:40]!r}; it {needs}.")


def words(given: Mapping[str, Json], name: str, most: int = MOST_LETTERS) -> str:
    """A text with something in it."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Malformed(400, name, f"{name} must be a text that is not empty.")
    return checked(value, name, most)


def checked(value: str, name: str, most: int = MOST_LETTERS) -> str:
    """A text that can be stored and sent."""
    if len(value) > most:
        raise Malformed(400, name, f"{name} may have {most} characters at most.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Malformed(400, name, f"{name} has half a character in it.") from error
    return value


def one_of(given: Mapping[str, Json], name: str, known: tuple[str, ...]) -> str:
    """One of the known words."""
    value = given.get(name)
    if not isinstance(value, str) or value not in known:
        raise Malformed(400, name, f"{name} must be one of {', '.join(known)}.")
    return value


def moment(given: Mapping[str, Json], name: str, now: datetime) -> datetime:
    """A moment that is still to come, written with its time zone."""
    value = given.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        found = found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        found = None
    if found is None:
        text = f"{name} must be a date and time with its time zone, as in 2026-11-30T09:00:00-08:00."
        raise Malformed(400, name, text)
    if found <= now:
        raise Malformed(400, name, f"{name} must be a moment that is still to come.")
    return found
