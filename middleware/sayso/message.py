"""The words: every state, move, shape and error that the rest of sayso speaks in; imports nothing of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


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
        (State.SENDING, State.CLEARED): frozenset({"dispatch"}),
        (State.SENDING, State.HELD): frozenset({"dispatch"}),
        (State.SENDING, State.UNCONFIRMED): frozenset({"dispatch", "sweep"}),
        (State.UNCONFIRMED, State.SENT): frozenset({"callback", "reviewer", "reconcile"}),
        (State.UNCONFIRMED, State.CLEARED): frozenset({"reviewer", "reconcile"}),
        (State.UNCONFIRMED, State.HELD): frozenset({"reviewer", "reconcile"}),
        (State.STOPPED, State.HELD): frozenset({"reviewer"}),
        (State.STOPPED, State.STOPPED): frozenset({"crm"}),
    }
)
"""Who may move a message from where to where; whatever is not here cannot happen."""

WAITING = frozenset({State.RECEIVED, State.HELD})

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


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as a door sees it: `path` is inside the door, `url` is what a vendor signed."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller hears: a status, a body and its headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """What would be sent: endpoints, words and the CRM's own request; stored sealed, hashed whole."""

    to: tuple[str, ...]
    sender: str | None
    body: str | None
    media: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    callback_url: str | None = None
    template: str | None = None

    def hash(self, channel: str) -> str:
        """The SHA-256 (hex) that a sign-off binds to: channel, endpoints, words and every forwarded field."""
        shown = [
            channel,
            list(self.to),
            self.sender,
            self.body,
            list(self.media),
            [list(f) for f in self.fields],
        ]
        return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a door read from one request, valid by the vendor's rules and not yet stored."""

    channel: str
    provider: str
    crm_id: str
    content: Content
    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw: `verdict` is hold or stop, `reason` a sentence a shop assistant can act on."""

    check: str
    code: str
    reason: str
    verdict: str = "hold"
    subject: str = ""
    evidence: str = ""
    proposal: Mapping[str, Json] | None = None

    @property
    def key(self) -> str:
        """The stable name by which a reviewer accepts this finding and the second screening compares it."""
        return f"{self.check}:{self.code}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a message is for: its lane (`at_once` or `sign_off`) and how long a hold stays worth sending."""

    name: str
    lane: str
    sentence: str
    valid_for: int | None = None
    auto_clear: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds that checks may read; `hash` names the policy a screening was made under."""

    purposes: Mapping[str, Purpose]
    quiet_hours: tuple[int, int] | None
    default_country: str
    default_zone: str
    duplicate_window: int
    hold_for: int
    hash: str = ""

    def lane(self, purpose: str | None) -> str:
        """The lane of a purpose; one that is not known waits for sign-off."""
        known = self.purposes.get(purpose or "")
        return known.lane if known else "sign_off"


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier message with the same words to the same endpoint."""

    message_id: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a check may know beside the message: the moment, the recipient's clocks, the policy, the record."""

    now: datetime
    policy: Policy
    zones: tuple[ZoneInfo, ...] = ()
    zones_from: str = ""
    suppressed: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()
    given: Mapping[str, Json] = field(default_factory=dict)

    @property
    def local_now(self) -> tuple[datetime, ...]:
        """The moment on every clock the recipient may live by."""
        return tuple(self.now.astimezone(zone) for zone in self.zones)


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message, as a step of the walk reads it; times are aware datetimes."""

    id: str
    crm_id: str
    source_id: str
    channel: str
    provider: str
    state: State
    version: int
    content_hash: str
    content: Content
    created_at: datetime
    updated_at: datetime
    store: str | None = None
    stop_reason: str | None = None
    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    batch_id: str | None = None
    idempotency_key: str | None = None
    send_at: datetime | None = None
    due_at: datetime | None = None
    hold_expires_at: datetime | None = None
    delivery: str | None = None
    delivery_word: str | None = None
    error_code: str | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    edition: int = 1
    repeats: int = 0
    tries: int = 0
    findings: tuple[Finding, ...] = ()
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """A vendor account of ours: where it listens and the keys that only we hold."""

    provider: str
    name: str
    api_url: str
    user: str
    secret: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The vendor took it: its own id, and its own word for where the message is now."""

    provider_id: str
    word: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One verified callback: `delivery` in our words, `word` in the vendor's, `event_key` the same for repeats."""

    provider_id: str
    event_key: str
    delivery: str
    word: str
    error_code: str | None = None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One relay to a CRM, before it is signed."""

    url: str
    fields: tuple[tuple[str, str], ...]


class SaysoError(Exception):
    """The root of all our errors."""


class Malformed(SaysoError):
    """A caller's request cannot be taken: `status` is HTTP's, `code` the vendor's, the text says what to mend."""

    def __init__(self, status: int, code: int | str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Denied(SaysoError):
    """The caller is not who it says, or may not do this."""


class Conflict(SaysoError):
    """Somebody else was first: the message is no longer as the caller saw it (`message` is as it is now)."""

    def __init__(self, text: str, message: Message | None = None) -> None:
        super().__init__(text)
        self.message = message


class Refused(SaysoError):
    """The vendor said no for good: its HTTP status, its own code and its words."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class TryLater(SaysoError):
    """Surely not sent: wait `after` seconds if the vendor said so; `alarm` when our own keys were refused."""

    def __init__(self, text: str, *, after: float | None = None, alarm: bool = False) -> None:
        super().__init__(text)
        self.after, self.alarm = after, alarm


class Unknown(SaysoError):
    """The answer was lost after the request left: no answer is not a no."""


class Unsafe(SaysoError):
    """A setting is unknown, missing or dangerous; the text says the mend."""
