"""From a message to what the desk's lists show of it: one line, one toast, the stops above them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sayso import signoff, store
from sayso.desk import letters, reading, words
from sayso.message import OPEN_TASKS, Message, State
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
    whom: str
    state: str
    when: str
    clock: str
    repeats: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Toast:
    """What a person's own decision came to, and how to take it back: `message` is the one it was made on."""

    message: Message
    text: str
    undoable: bool


def line(here: Runtime, message: Message) -> Line:
    """One message in a list: the sentence first, the endpoint masked."""
    left = message.hold_expires_at - here.clock() if message.hold_expires_at else None
    waits = message.state in (State.HELD, State.RECEIVED)
    return Line(
        id=message.id,
        sentence=words.sentence(message),
        words=letters.short(message.content.words, 110),
        purpose=words.spoken(reading.reading(message).purpose or "no purpose given"),
        to=letters.spelled(words.masked(message.content.to[0])),
        whom=letters.spelled(words.whom(message)),
        state=words.STATES[message.state],
        when=words.at(message.updated_at, zone(here, message)),
        clock=f"Dropped {words.left(left)}, not sent" if left is not None and waits else "",
        repeats=message.repeats,
        urgent=message.state is State.UNCONFIRMED or (left is not None and waits and left < SOON),
    )


def toast(tx: Tx, here: Runtime, message_id: str, staff: Staff) -> Toast | None:
    """What this person's decision on a message came to; nothing when the latest one is not theirs."""
    message = store.get(tx, message_id)
    if message is None or not signoff.sees(tx, message, staff):
        return None
    parent = store.get(tx, message.parent_id) if message.parent_id else None
    if parent and not store.read_decisions(tx, message.id):
        said = toast(tx, here, parent.id, staff) if parent.stop_reason == "redirected" else None
        return said and Toast(said.message, "A new message waits for your yes.", said.undoable)
    decisions = store.read_decisions(tx, message.id)
    if not decisions or decisions[-1].by != staff.email:
        return None
    return Toast(message, _told(here, message, decisions[-1].kind), "undo" in signoff.possible(here, message, staff))


def stops_seen(stops: tuple[Stop, ...], staff: Staff) -> tuple[Stop, ...]:
    """The stops that concern this person's shops."""
    return tuple(stop for stop in stops if not stop.store or staff.stores is None or stop.store in staff.stores)


def stops_for(stops: tuple[Stop, ...], message: Message, source: str) -> tuple[Stop, ...]:
    """The stops that keep this message here, while it could go."""
    if message.state not in (State.RECEIVED, State.HELD, State.CLEARED):
        return ()
    its = {"source": source, "store": message.store, "purpose": message.purpose, "channel": message.channel}
    return tuple(stop for stop in stops if all(getattr(stop, part) in (None, value) for part, value in its.items()))


def without_keys(here: Runtime, message: Message) -> str:
    """What to say of a message that nothing can carry at present; empty where its account's keys are set."""
    if message.state not in (State.RECEIVED, State.HELD, State.CLEARED) or here.account(message):
        return ""
    return f"Nothing can carry it now: the keys of “{message.carrier}” are not set. It waits until they are."


def zone(here: Runtime, message: Message) -> tzinfo:
    """The clock on the shop's wall; UTC, and said so, where nobody told us which that is."""
    name = here.read_policy().default_zone
    return here.zones.get(message.store or "") or (ZoneInfo(name) if name else UTC)


def _told(here: Runtime, message: Message, kind: str) -> str:
    if message.state is State.CLEARED and (waits := without_keys(here, message)):
        return f"It may go. {waits}"
    if message.state is State.CLEARED and message.due_at:
        return f"It may go, and leaves {words.leaves(message.due_at, here.clock(), zone(here, message))}."
    if kind == "phone" and message.task not in OPEN_TASKS:
        return "Noted. Nothing is left to do."
    if kind == "phone" and message.task == "call_back" and message.task_at:
        return f"Noted. Call back {words.at(message.task_at, zone(here, message))}."
    if kind in words.TOASTS:
        return words.TOASTS[kind]
    return "It waits again." if message.state is State.HELD else words.sentence(message)
