"""How we read a message, as its card says it: what it is for and about, who stands behind each address, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sayso.desk import letters, sayings, words
from sayso.message import Json, Message


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person behind an address: what they are called, who they are to this matter, and how we know."""

    name: str
    role: str
    how: str


@dataclass(frozen=True, slots=True)
class Reached:
    """One address, its end and whole, with those who count there, and the names of the others whom it reaches."""

    address: str
    end: str
    people: tuple[Somebody, ...]
    others: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message is for and about, with how we know where the CRM did not say; whom it reaches, what it tells."""

    purpose: str
    purpose_how: str
    subject: str
    subject_how: str
    to: tuple[Reached, ...]
    tells: str


def reading(message: Message) -> Reading:
    """The reading that was made when the message was last looked at; what it lacks is as the CRM said it."""
    found = message.reading
    purpose, purpose_how = _named(found.get("purpose"))
    subject, subject_how = _named(found.get("subject"))
    tells = found.get("tells")
    return Reading(
        purpose=message.purpose or purpose,
        purpose_how="" if message.purpose else purpose_how,
        subject=message.subject or subject,
        subject_how="" if message.subject else subject_how,
        to=_reached(message, subject or message.subject or ""),
        tells=words.listed([words.spoken(name) for name in tells if isinstance(name, str)])
        if isinstance(tells, list)
        else "",
    )


def _named(found: Json) -> tuple[str, str]:
    """A name, and how it was found where we found it ourselves."""
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        return "", ""
    how = found.get("how") if found.get("inferred") else ""
    return str(found["name"]), letters.spelled(str(how or ""))


def _reached(message: Message, subject: str) -> tuple[Reached, ...]:
    listed = message.reading.get("to")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return tuple(
        _at(address, [row for row in rows if row.get("address") == address and row.get("role")], subject)
        for address in message.content.to
    )


def _at(address: str, rows: Sequence[Mapping[str, Json]], subject: str) -> Reached:
    others = [name for row in rows if isinstance(names := row.get("others"), list) for name in names]
    return Reached(
        address=letters.spelled(address),
        end=letters.spelled(words.masked(address)),
        people=tuple(_somebody(row, subject) for row in rows),
        others=letters.spelled(words.listed([name for name in others if isinstance(name, str)])),
    )


def _somebody(row: Mapping[str, Json], subject: str) -> Somebody:
    name = row.get("name") or row.get("person")
    return Somebody(
        name=letters.spelled(name) if isinstance(name, str) else "",
        role=sayings.role(str(row.get("role")), subject),
        how=letters.spelled(str(row.get("evidence") or "")),
    )
