"""The page of what is to be said by phone: who, about what, since when, and how the call went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from flask import request

from sayso import signoff, store
from sayso.access import callers
from sayso.deciding.sitting import is_secret
from sayso.desk import cards, choices, guard, letters, view, words
from sayso.doors import runtime
from sayso.message import OPEN_TASKS, Message
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

MOST = 100
ASK = "Phone the buyer; the number on file is shared, so ask at the till"


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make."""

    message: Message
    who: str
    numbers: tuple[tuple[str, str], ...]
    about: str
    words: str
    since: str
    again: str
    late: bool
    last: str
    note: str
    zone: str
    may: tuple[str, ...]


@callers("staff")
@guard.page
def calls(staff: Staff) -> str:
    """Everybody who is to be phoned, those with a time by their time."""
    here, done = runtime(), request.args.get("done", "")
    with here.store.read() as tx:
        found = store.open_tasks(tx, OPEN_TASKS, staff.stores, MOST, unseen_by=staff.email)
        listed = [_call(tx, here, message, staff) for message in found]
        toast = view.toast(tx, here, done, staff) if done else None
    return guard.render("calls", staff, calls=listed, toast=toast, kept=cards.NOTHING_KEPT)


def _call(tx: Tx, here: Runtime, message: Message, staff: Staff) -> Call:
    zone, decisions = view.zone(here, message), store.read_decisions(tx, message.id)
    phoned = [decision for decision in decisions if decision.kind == "phone"]
    asked = next((decision.at for decision in phoned if not decision.reason), message.updated_at)
    subject, other = letters.spelled(message.subject or ""), choices.to_phone(message)
    secret = other is None and any(map(is_secret, message.findings))
    return Call(
        message=message,
        who=ASK if secret else letters.spelled(other[1] if other else message.person or ""),
        numbers=() if secret else choices.numbers(message),
        about=" · ".join(part for part in (words.spoken(message.purpose or ""), subject) if part),
        words=letters.short(message.content.words, 160),
        since=f"{words.at(asked, zone)} ({words.ago(tx.now - asked)})",
        again=_again(message, zone),
        late=bool(message.task_at and message.task_at <= tx.now),
        last=words.TASKS.get(message.task or "", ""),
        note=letters.spelled(phoned[-1].note) if phoned else "",
        zone=words.clock_name(zone),
        may=signoff.possible(here, message, staff),
    )


def _again(message: Message, zone: tzinfo) -> str:
    return words.at(message.task_at, zone) if message.task_at else ""
