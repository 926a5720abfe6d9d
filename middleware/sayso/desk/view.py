"""From a message to what the desk shows of it: the shop's words, the letters as they are, the clock as read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sayso import signoff, store
from sayso.message import Finding, Message, State
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

STATE_WORDS = {
    State.RECEIVED: "just came in",
    State.HELD: "waiting",
    State.CLEARED: "may go",
    State.SENDING: "going out",
    State.UNCONFIRMED: "we do not know",
    State.SENT: "gone out",
    State.FAILED: "refused by the vendor",
    State.STOPPED: "stopped",
}
STOP_WORDS = {
    "rejected": "somebody said no",
    "expired": "nobody said yes in time",
    "withdrawn": "the CRM took it back",
    "suppressed": "this person asked not to be written to",
    "refused": "refused at once",
}
DONE = {
    "approve": "It may go.",
    "reject": "It will not go.",
    "undo": "It waits again.",
    "arrived": "Noted: it arrived.",
}
DECISION_WORDS = {
    "approve": "said yes",
    "reject": "said no",
    "undo": "took it back",
    "arrived": "said that it arrived",
}
NOTHING_FOUND = "Nothing was found. Messages of this kind always wait for a person."
LOST = "We do not know whether this went out: the vendor's answer was lost. It is not sent again unless you say so."


@dataclass(frozen=True, slots=True)
class Line:
    """One message in a list."""

    id: str
    sentence: str
    to: str
    words: str
    purpose: str
    state: str
    clock: str
    repeats: int
    doubts: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on one card, in reading order."""

    message: Message
    sentence: str
    state: str
    source: str
    zone: str
    clock: str
    body: tuple[tuple[str, str], ...]
    lock_screen: str
    fields: tuple[tuple[str, str], ...]
    may: tuple[str, ...]
    findings: tuple[Finding, ...]
    happened: tuple[tuple[str, str], ...]
    heard: tuple[tuple[str, str], ...]
    incidents: tuple[tuple[str, str], ...]
    parked: str


def line(here: Runtime, message: Message) -> Line:
    """One message in a list: the sentence first, the endpoint masked."""
    left = message.hold_expires_at - here.clock() if message.hold_expires_at else None
    words = " ".join((message.content.body or "").split())
    return Line(
        id=message.id,
        sentence=_sentence(message),
        to=masked(message.content.to[0]),
        words=words[:90] + ("…" if len(words) > 90 else ""),
        purpose=(message.purpose or "no purpose given").replace("_", " "),
        state=_state(message),
        clock=_left(left) if left is not None and message.state is State.HELD else "",
        repeats=message.repeats,
        doubts=len(message.findings),
        urgent=message.state is State.UNCONFIRMED or (left is not None and left < timedelta(minutes=30)),
    )


def card(tx: Tx, here: Runtime, message: Message, staff: Staff) -> Card:
    """Everything a person needs to decide on one message."""
    zone = here.zones.get(message.store or "", UTC)
    source = store.find_source(tx, source_id=message.source_id)
    relays = store.read_relays(tx, message.id)
    body = message.content.body or ""
    shown = {"To", "From", "Body"}
    return Card(
        message=message,
        sentence=_sentence(message),
        state=_state(message),
        source=source.name if source else "",
        zone=zone.key if isinstance(zone, ZoneInfo) else "UTC",
        clock=_clock(message, here.clock(), zone),
        body=marked(body),
        lock_screen=" ".join(body.split())[:40],
        fields=tuple((name, value) for name, value in message.content.fields if name not in shown),
        may=signoff.possible(here, message, staff),
        findings=message.findings,
        happened=_happened(tx, message, zone),
        heard=tuple(
            (f"{_time(at, zone)}", _receipt_words(r.word, r.error_code))
            for r, at in store.read_receipts(tx, message.id)
        ),
        incidents=tuple((kind.replace("_", " "), detail) for kind, detail, _ in store.read_incidents(tx, message.id)),
        parked=next((relay.origin for relay in relays if relay.state == "parked"), ""),
    )


def marked(text: str) -> tuple[tuple[str, str], ...]:
    """The text in pieces, each with the name of the character that the eye would not see, or nothing."""
    pieces: list[tuple[str, str]] = []
    plain = ""
    for letter in text:
        hidden = unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn", "Cs") and letter not in "\n\t\r"
        if hidden:
            pieces += [(plain, "")] if plain else []
            pieces.append((f"U+{ord(letter):04X}", unicodedata.name(letter, "control character").lower()))
            plain = ""
        else:
            plain += letter
    return tuple(pieces + ([(plain, "")] if plain else []))


def masked(address: str) -> str:
    """The end of an endpoint, enough to know it by."""
    return f"…{address[-4:]}" if "@" not in address else f"{address[:1]}…@{address.rpartition('@')[2]}"


def _sentence(message: Message) -> str:
    if message.state is State.UNCONFIRMED:
        return LOST
    worst = sorted(message.findings, key=lambda finding: finding.verdict != "stop")
    return worst[0].reason if worst else NOTHING_FOUND


def _state(message: Message) -> str:
    word = STATE_WORDS[message.state]
    if message.state is State.STOPPED:
        return f"{word}: {STOP_WORDS.get(message.stop_reason or '', message.stop_reason or '')}"
    return f"{word}, {message.delivery}" if message.state is State.SENT and message.delivery else word


def _clock(message: Message, now: datetime, zone: timezone | ZoneInfo) -> str:
    if message.state is State.HELD and message.hold_expires_at:
        left = _left(message.hold_expires_at - now)
        return f"Dropped {_time(message.hold_expires_at, zone)} ({left}). It will not be sent by itself."
    if message.state is State.CLEARED and message.due_at:
        return f"Goes out {_time(message.due_at, zone)} ({_left(message.due_at - now)})."
    if message.state is State.SENT and message.sent_at:
        return f"Went out {_time(message.sent_at, zone)}."
    return ""


def _time(moment: datetime, zone: timezone | ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b, %H:%M}"


def _left(left: timedelta) -> str:
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return "now"
    if seconds < 3600:
        return f"in {max(1, seconds // 60)} min" if seconds >= 60 else f"in {seconds} s"
    if seconds < 48 * 3600:
        return f"in {seconds // 3600} h {seconds % 3600 // 60} min"
    return f"in {seconds // 86400} days"


def _happened(tx: Tx, message: Message, zone: timezone | ZoneInfo) -> tuple[tuple[str, str], ...]:
    """Decisions and attempts, oldest first, in sentences."""
    rows = [(message.created_at, "The CRM sent it.")]
    for decision in store.read_decisions(tx, message.id):
        why = f" ({decision.reason.replace('_', ' ')})" if decision.reason else ""
        note = f" “{decision.note}”" if decision.note else ""
        rows.append((decision.at, f"{decision.by} {DECISION_WORDS.get(decision.kind, decision.kind)}{why}.{note}"))
    for attempt in store.read_attempts(tx, message.id):
        outcome = {
            "accepted": "The vendor took it.",
            "refused": "The vendor refused it.",
            "not_sent": "Not sent; tried again.",
        }
        said = (
            outcome.get(attempt.outcome or "", "The vendor's answer was lost.")
            if attempt.ended_at
            else "The vendor is being called."
        )
        rows.append((attempt.started_at, f"{said} {attempt.detail or ''}".strip()))
    return tuple((_time(at, zone), text) for at, text in sorted(rows, key=lambda row: row[0]))


def _receipt_words(word: str, error_code: str | None) -> str:
    return f"The vendor says: {word}" + (f" (error {error_code})" if error_code else "") + "."
