"""One message as its card shows it, for the person who decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from sayso import facts, signoff, store
from sayso.desk import asking, choices, diff, letters, past, reading, view, words
from sayso.desk.asking import Asked
from sayso.desk.choices import Bar, Kept
from sayso.desk.letters import Piece
from sayso.desk.reading import Reading
from sayso.endpoints import MAIL
from sayso.message import OPEN_TASKS, Json, Malformed, Message, State, telephony
from sayso.runtime import Runtime
from sayso.store import Staff, Stop, Tx

NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding as the card shows it."""

    stops: bool
    reason: str
    evidence: str
    proposal: str
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class Reworded:
    """What people made of the CRM's words: word by word, and as they were."""

    changes: tuple[diff.Change, ...]
    original: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened since a page was shown, for the one who came second, with what they wrote."""

    title: str
    since: tuple[past.Happening, ...]
    typed: tuple[tuple[str, str], ...]


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
    call: str
    body: tuple[Piece, ...]
    reworded: Reworded | None
    sender: str
    media: tuple[str, ...]
    lock_screen: str
    printed: bool
    parts: int
    read: Reading
    purpose: str
    purpose_sentence: str
    doubts: tuple[Doubt, ...]
    stops: tuple[Stop, ...]
    may: tuple[str, ...]
    may_not: str
    may_allow: bool
    bar: Bar
    looking: str
    happened: tuple[past.Happening, ...]
    incidents: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    parked: str
    parent: str
    children: tuple[str, ...]


def seen(here: Runtime, staff: Staff, message_id: str) -> Message:
    """The message, for somebody who works for its shop."""
    with here.store.read() as tx:
        message = store.get(tx, message_id)
        if message is None or not signoff.sees(tx, message, staff):
            raise Malformed(404, "not_found", "There is no such message.")
    return message


def opened(here: Runtime, staff: Staff, message: Message) -> Card:
    """The card of a message; the host is asked what it knows before the records are opened."""
    given = facts.ask_host(here, message) or {}
    with here.store.read() as tx:
        return card(tx, here, store.get(tx, message.id) or message, staff, given)


def card(tx: Tx, here: Runtime, message: Message, staff: Staff, given: Mapping[str, Json]) -> Card:
    """Everything a person needs to decide on one message; `given` is what the host knows about it."""
    zone, content, may = view.zone(here, message), message.content, signoff.possible(here, message, staff)
    source, read = store.find_source(tx, source_id=message.source_id), reading.reading(message)
    purpose = here.read_policy().purposes.get(read.purpose)
    parked = next((relay.origin for relay in store.read_relays(tx, message.id) if relay.state == "parked"), "")
    return Card(
        message=message,
        sentence=words.sentence(message),
        state=words.STATES[message.state],
        source=source.name if source else "",
        channel=words.CHANNELS.get(message.channel, words.spoken(message.channel)),
        zone=words.clock_name(zone),
        clock=" ".join(filter(None, (_clock(message, here, zone), view.without_keys(here, message)))),
        call=_call(message, zone),
        body=letters.pieces(content.words, (finding.subject for finding in message.findings)),
        reworded=_reworded(tx, message),
        sender=letters.spelled(content.sender or ""),
        media=tuple(letters.spelled(link) for link in content.media),
        lock_screen="" if message.channel in MAIL else letters.short(content.words, 40),
        printed=message.channel in MAIL,
        parts=telephony.segments(content.words) if message.channel == "sms" else 1,
        read=read,
        purpose=words.spoken(read.purpose),
        purpose_sentence=purpose.sentence if purpose else "",
        doubts=_doubts(message, zone, may, staff),
        stops=view.stops_for(store.read_stops(tx), message, source.name if source else ""),
        may=may,
        may_not=_may_not(here, message, staff),
        may_allow=bool(parked) and staff.role in ("manager", "admin"),
        bar=choices.bar(choices.Scene(tx, here, staff, message, may, zone), given),
        looking=past.looking(tx, message, staff),
        happened=tuple(past.happened(tx, message, zone, staff)),
        incidents=tuple((words.spoken(kind), detail) for kind, detail, _ in store.read_incidents(tx, message.id)),
        fields=_fields(message),
        parked=parked,
        parent=_there(tx, message.parent_id, staff) if message.parent_id else "",
        children=tuple(child.id for child in store.children(tx, message.id) if signoff.sees(tx, child, staff)),
    )


def changed(shown: Card, version: int, kept: Kept, why: str) -> Changed:
    """Why a decision was not taken (`why` as the sign-off says it), what happened since, and what was typed for it."""
    since = tuple(row for row in shown.happened if row.version > version)
    stops = [doubt.reason for doubt in shown.doubts if doubt.stops]
    if since or shown.message.version != version:
        title = "It changed while you were looking"
    elif kept.kind in shown.may:
        title = why.rstrip(".")
    elif kept.kind == "approve" and stops and shown.message.state is State.HELD:
        title = f"It cannot go: {stops[0]}"
    else:
        title = words.TOO_LATE.get(kept.kind, "That is not possible now.")
    typed = tuple((words.typed(name), text) for name, text in kept.typed.items() if text.strip() and words.typed(name))
    return Changed(title, since, typed)


def _may_not(here: Runtime, message: Message, staff: Staff) -> str:
    """Why this person has no say, or not the last one, where that is not for the message's own sake."""
    if staff.role not in signoff.DECIDERS:
        return "You may look; a reviewer decides."
    policy = here.read_policy()
    if message.state is not State.HELD:
        return ""
    if not policy.lets_approve(message.store, staff.email):
        listed = words.listed(sorted(policy.approvers[message.store or ""]))
        return f"In this shop {listed} may say yes. The other ways are open to you."
    return signoff.OWN_CHANGE if signoff.is_own_change(policy, message, staff) else ""


def _reworded(tx: Tx, message: Message) -> Reworded | None:
    if message.edition == 1:
        return None
    before, after = store.editions(tx, message)[0].words, message.content.words
    return Reworded(diff.changes(before, after), letters.pieces(before)) if before != after else None


def _fields(message: Message) -> tuple[tuple[str, str], ...]:
    """What the CRM asked for, name by name."""
    given = ((name, letters.without_code(value, message)) for name, value in message.content.fields)
    return tuple((letters.spelled(name), letters.spelled(value)) for name, value in given)


def _there(tx: Tx, message_id: str, staff: Staff) -> str:
    message = store.get(tx, message_id)
    return message.id if message and signoff.sees(tx, message, staff) else ""


def _clock(message: Message, here: Runtime, zone: tzinfo) -> str:
    now = here.clock()
    if message.state is State.HELD and message.hold_expires_at:
        end = message.hold_expires_at
        return f"Dropped, not sent, if nobody says yes by {words.at(end, zone)} ({words.left(end - now)})."
    if message.state is State.CLEARED and message.due_at and here.account(message):
        return f"Goes out {words.leaves(message.due_at, now, zone)}."
    if message.state is State.SENT and message.sent_at:
        return f"Went out {words.at(message.sent_at, zone)}."
    return ""


def _call(message: Message, zone: tzinfo) -> str:
    """What is still to be said by phone."""
    if message.task not in OPEN_TASKS:
        return ""
    when = f" {words.at(message.task_at, zone)}" if message.task_at else ""
    return f"{words.TASKS[message.task]}{when}."


def _doubts(message: Message, zone: tzinfo, may: tuple[str, ...], staff: Staff) -> tuple[Doubt, ...]:
    """What was found, the worst first; what one tap can answer is asked while the message waits."""
    taps = message.state is State.HELD and staff.role in signoff.DECIDERS
    return tuple(
        Doubt(
            stops=finding.verdict == "stop",
            reason=finding.reason,
            evidence=finding.evidence,
            proposal=words.proposed(finding, zone, may),
            asked=asking.asked(finding) if taps else None,
        )
        for finding in sorted(message.findings, key=lambda finding: finding.verdict != "stop")
    )
