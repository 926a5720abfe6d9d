"""What a year is made of: facts told at a moment, and messages handed in at a moment, with the truth about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.message import Json


@dataclass(frozen=True, slots=True)
class Told:
    """Facts as `source` posts them at a moment; `by_staff` when somebody in the shop confirmed them."""

    at: datetime
    source: str
    lists: Mapping[str, list[Json]]
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody wrote back to the shop at a moment, from which number."""

    at: datetime
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What a message really is: its purpose, its subject (empty: none), and every role that is right for its reader.

    No role at all: nobody could say who they are to it, for its CRM says what it is not. `harm` names what sending it
    would do (empty: nothing).
    """

    purpose: str
    subject: str
    roles: frozenset[str]
    harm: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as the CRM posts it at our own door (`body`), from which story it is (`case`), and the truth."""

    at: datetime
    body: Mapping[str, Json]
    case: str
    truth: Truth

    @property
    def undeclared(self) -> bool:
        """Whether its CRM says neither what it is for nor what it is about."""
        return "purpose" not in self.body and "subject" not in self.body


@dataclass(frozen=True, slots=True)
class Year:
    """Everything that happens, in the order in which it does."""

    events: tuple[Told | Heard | Sent, ...] = field(default=())

    @property
    def messages(self) -> tuple[Sent, ...]:
        """Only what the CRM wants to send."""
        return tuple(event for event in self.events if isinstance(event, Sent))
