"""From a message to what the desk shows of it: one line in a list, one card, one toast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sayso import facts, signoff, store
from sayso.desk import letters, past, words
from sayso.desk.letters import Piece
from sayso.message import Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Staff, Stop, Tx

SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One message in a list."""

    id: str
    sentence: str
    words: str
    purpose: str
    to: str
    state: str
    when: str
    clock: str
    repeats: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding as the card shows it."""

    stops: bool
    reason: str
    evidence: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Toast:
    """What a person's own decision came to, and how to take it back."""

    message: Message
    text: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened since a page was shown, for the one who came second, with what they wrote."""

    title: str
    since: tuple[past.Happening, ...]
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on one card, in reading order."""

    message: Message
    sentence: str
    state: str
    source: str
    channel: str
    zone: str
    clock: str
    body: tuple[Piece, ...]
    sender: str
    media: tuple[str, ...]
    lock_screen: str
    parts: int
    purpose: str
    purpose_sentence: str
    doubts: tuple[Doubt, ...]
    may: tuple[str, ...]
    may_allow: bool
    approve: str
    goes: str
    leans_no: bool
    usual_reason: str
    looking: str
    happened: tuple[past.Happening, ...]
    incidents: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    parked: str


def line(here: Runtime, message: Message) -> Line:
    """One message in a list: the sentence first, the endpoint masked."""
    left = message.hold_expires_at - here.clock() if message.hold_expires_at else None
    waits = message.state in (State.HELD, State.RECEIVED)
    return Line(
        id=message.id,
        sentence=words.sentence(message),
        words=letters.short(message.content.body or "", 110),
        purpose=words.spoken(message.purpose or "no purpose given"),
        to=letters.spelled(words.masked(message.content.to[0])),
        state=words.STATES[message.state],
        when=words.at(message.updated_at, _zone(here, message)),
        clock=f"Dropped {words.left(left)}, not sent" if left is not None and waits else "",
        repeats=message.repeats,
        urgent=message.state is State.UNCONFIRMED or (left is not None and waits and left < SOON),
    )


def card(tx: Tx, here: Runtime, message: Message, staff: Staff, given: Mapping[str, Json]) -> Card:
    """Everything a person needs to decide on one message; `given` is what the host knows about it."""
    zone, content = _zone(here, message), message.content
    source = store.find_source(tx, source_id=message.source_id)
    purpose = here.read_policy().purposes.get(message.purpose or "")
    kinds = [str((finding.proposal or {}).get("kind")) for finding in message.findings]
    leans_no = any(kind in words.LEAN_NO for kind in kinds) and message.state is State.HELD
    may = signoff.possible(here, message, staff)
    approve, goes = _going(tx, here, message, given, leans_no) if "approve" in may else ("", "")
    parked = next((relay.origin for relay in store.read_relays(tx, message.id) if relay.state == "parked"), "")
    return Card(
        message=message,
        sentence=words.sentence(message),
        state=words.STATES[message.state],
        source=source.name if source else "",
        channel=words.CHANNELS.get(message.channel, words.spoken(message.channel)),
        zone=zone.key if isinstance(zone, ZoneInfo) else "UTC",
        clock=_clock(message, here.clock(), zone),
        body=letters.pieces(content.body or "", (finding.subject for finding in message.findings)),
        sender=letters.spelled(content.sender or ""),
        media=tuple(letters.spelled(link) for link in content.media),
        lock_screen=letters.short(content.body or "", 40),
        parts=letters.parts(content.body or "") if message.channel == "sms" else 1,
        purpose=words.spoken(message.purpose or ""),
        purpose_sentence=purpose.sentence if purpose else "",
        doubts=_doubts(message, zone),
        may=may,
        may_allow=bool(parked) and staff.role in ("manager", "admin"),
        approve=approve,
        goes=goes,
        leans_no=leans_no,
        usual_reason=next((words.USUAL[kind] for kind in kinds if kind in words.USUAL), "other"),
        looking=past.looking(tx, message, staff),
        happened=tuple(past.happened(tx, message, zone, staff)),
        incidents=tuple((words.spoken(kind), detail) for kind, detail, _ in store.read_incidents(tx, message.id)),
        fields=tuple((letters.spelled(name), letters.spelled(value)) for name, value in content.fields),
        parked=parked,
    )


def toast(tx: Tx, here: Runtime, message_id: str, staff: Staff) -> Toast | None:
    """What this person's decision on a message came to; nothing when the latest one is not theirs."""
    message = store.get(tx, message_id)
    if message is None or not signoff.sees(message, staff):
        return None
    decisions = store.read_decisions(tx, message.id)
    if not decisions or decisions[-1].by != staff.email:
        return None
    text = "It waits again." if message.state is State.HELD else words.sentence(message)
    if message.stop_reason == "rejected":
        text = "It will not go out."
    if message.state is State.CLEARED and message.due_at:
        text = f"It may go, and leaves {_leaves(message.due_at, here.clock(), _zone(here, message))}."
    return Toast(message, text, "undo" in signoff.possible(here, message, staff))


def changed(shown: Card, version: int, kind: str, kept: tuple[str, str]) -> Changed:
    """Why a decision on an earlier version was not taken, and what happened since; `kept` is reason and note."""
    reason, note = kept
    since = tuple(row for row in shown.happened if row.version > version)
    stops = [doubt.reason for doubt in shown.doubts if doubt.stops]
    if since or shown.message.version != version:
        title = "It changed while you were looking"
    elif kind == "approve" and stops and shown.message.state is State.HELD:
        title = f"It cannot go: {stops[0]}"
    else:
        title = words.TOO_LATE.get(kind, "That is not possible now.")
    return Changed(title, since, reason, note)


def stops_seen(stops: tuple[Stop, ...], staff: Staff) -> tuple[Stop, ...]:
    """The stops that concern this person's shops."""
    return tuple(stop for stop in stops if not stop.store or staff.stores is None or stop.store in staff.stores)


def _zone(here: Runtime, message: Message) -> tzinfo:
    """The clock on the shop's wall; UTC, and said so, where nobody told us which that is."""
    name = here.read_policy().default_zone
    return here.zones.get(message.store or "") or (ZoneInfo(name) if name else UTC)


def _going(tx: Tx, here: Runtime, message: Message, given: Mapping[str, Json], leans_no: bool) -> tuple[str, str]:
    """The word on the button that lets it go, and what that does, with the same arithmetic as the sign-off."""
    if message.state is State.UNCONFIRMED:
        return "Send again", "Send again only if you are sure: otherwise it may arrive twice."
    seen = facts.gather(tx, here, message, given)
    earliest, goes_at = signoff.would_go(tx, here, message, seen)
    zone = _zone(here, message)
    if goes_at - tx.now < timedelta(minutes=2):
        return ("Send it as it is" if leans_no else "Send it"), ""
    theirs = seen.zones[0] if len(seen.zones) == 1 else zone
    here_at, there_at = goes_at.astimezone(zone), goes_at.astimezone(theirs)
    differs = here_at.utcoffset() != there_at.utcoffset()
    worth_until = message.hold_expires_at
    if worth_until and worth_until <= goes_at and worth_until != message.send_at:
        return "Send it", f"It cannot go before {words.at(goes_at, zone)}, and is dropped before then, not sent."
    night = "It is night there. " if goes_at > earliest else ""
    there = f" ({there_at:%H:%M} for this person)" if differs else ""
    return f"Send at {there_at:%H:%M}", f"{night}Goes out {words.at(goes_at, zone)}{there}, not before."


def _clock(message: Message, now: datetime, zone: tzinfo) -> str:
    if message.state is State.HELD and message.hold_expires_at:
        end = message.hold_expires_at
        return f"Dropped, not sent, if nobody says yes by {words.at(end, zone)} ({words.left(end - now)})."
    if message.state is State.CLEARED and message.due_at:
        return f"Goes out {_leaves(message.due_at, now, zone)}."
    if message.state is State.SENT and message.sent_at:
        return f"Went out {words.at(message.sent_at, zone)}."
    return ""


def _leaves(due_at: datetime, now: datetime, zone: tzinfo) -> str:
    """In how many seconds while it can be counted, else on which day and when."""
    return words.left(due_at - now) if due_at - now < timedelta(hours=1) else words.at(due_at, zone)


def _doubts(message: Message, zone: tzinfo) -> tuple[Doubt, ...]:
    found = sorted(message.findings, key=lambda finding: finding.verdict != "stop")
    return tuple(
        Doubt(finding.verdict == "stop", finding.reason, finding.evidence, words.proposed(finding, zone))
        for finding in found
    )
