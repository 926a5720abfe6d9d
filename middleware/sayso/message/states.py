"""Where a message can be, and who may move it where."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a message is with us; the vendor's side of the story is `delivery`."""

    RECEIVED = "received"
    HELD = "held"
    CLEARED = "cleared"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


STATES: Mapping[State, str] = MappingProxyType(
    {
        State.RECEIVED: "Stored, but the facts could not be gathered yet; a sweep screens it within seconds.",
        State.HELD: "Waits for a person, and is never sent by itself.",
        State.CLEARED: "May go: somebody said so, or nothing was found in a lane that clears itself.",
        State.SENDING: "Claimed by one dispatcher, whose attempt is stored; the vendor may be hearing it now.",
        State.UNCONFIRMED: "The vendor's answer was lost, so nobody knows; it is never sent again unasked.",
        State.SENT: "The vendor took it and gave it an id; what became of it is in `delivery`.",
        State.FAILED: "The vendor refused it for good.",
        State.STOPPED: "Will not go; `stop_reason` says why.",
    }
)

MOVES: Mapping[tuple[State, State], frozenset[str]] = MappingProxyType(
    {
        (State.RECEIVED, State.HELD): frozenset({"sweep"}),
        (State.RECEIVED, State.CLEARED): frozenset({"sweep"}),
        (State.RECEIVED, State.STOPPED): frozenset({"sweep", "crm"}),
        (State.HELD, State.CLEARED): frozenset({"reviewer"}),
        (State.HELD, State.HELD): frozenset({"reviewer", "facts"}),
        (State.HELD, State.STOPPED): frozenset({"reviewer", "crm", "sweep"}),
        (State.HELD, State.SENT): frozenset({"callback"}),
        (State.CLEARED, State.HELD): frozenset({"dispatch", "reviewer"}),
        (State.CLEARED, State.CLEARED): frozenset({"dispatch"}),
        (State.CLEARED, State.STOPPED): frozenset({"crm", "sweep", "dispatch"}),
        (State.CLEARED, State.SENDING): frozenset({"dispatch"}),
        (State.CLEARED, State.SENT): frozenset({"callback"}),
        (State.SENDING, State.SENT): frozenset({"dispatch", "callback"}),
        (State.SENDING, State.FAILED): frozenset({"dispatch"}),
        (State.SENDING, State.CLEARED): frozenset({"dispatch", "sweep"}),
        (State.SENDING, State.HELD): frozenset({"dispatch"}),
        (State.SENDING, State.UNCONFIRMED): frozenset({"dispatch", "sweep"}),
        (State.UNCONFIRMED, State.SENT): frozenset({"callback", "reviewer", "reconcile"}),
        (State.UNCONFIRMED, State.CLEARED): frozenset({"reviewer", "reconcile"}),
        (State.UNCONFIRMED, State.HELD): frozenset({"reviewer", "reconcile"}),
        (State.STOPPED, State.HELD): frozenset({"reviewer"}),
        (State.UNCONFIRMED, State.UNCONFIRMED): frozenset({"reviewer"}),
        (State.FAILED, State.FAILED): frozenset({"reviewer"}),
        (State.STOPPED, State.STOPPED): frozenset({"crm", "reviewer"}),
    }
)
"""Who may move a message from where to where; whatever is not here cannot happen."""

WAITING = frozenset({State.RECEIVED, State.HELD})

OPEN_TASKS = ("phone", "voicemail", "call_back")
"""The tasks of a message that somebody is still to phone about; `reached` and `resolved` are done."""

DELIVERY_RANK: Mapping[str, int] = MappingProxyType(
    {
        "unknown": 0,
        "queued": 1,
        "sent": 2,
        "deferred": 3,
        "failed": 4,
        "rejected": 4,
        "bounced": 4,
        "delivered": 5,
        "complained": 6,
        "unsubscribed": 6,
    }
)
"""A message's delivery only ever moves to a higher rank, whatever order the receipts come in."""
