"""What happened to a message, and who is looking at it: decisions, attempts and receipts in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sayso import store
from sayso.desk import letters, words
from sayso.message import Message
from sayso.store import Decision, Staff, Tx

LOOKING = timedelta(minutes=2)
LATEST, LATELY, LONGEST = 5, timedelta(days=7), 400


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `version` is the message's after it, where it changed the message."""

    moment: datetime
    at: str
    text: str
    version: int = 0


def looking(tx: Tx, message: Message, staff: Staff) -> str:
    """Who else opened this just now, so that two people do not read the same card unknowing."""
    for row in reversed(store.read_trail(tx, message.id)):
        if row.at is None or tx.now - row.at > LOOKING:
            return ""
        if row.event == "opened" and row.actor != f"staff:{staff.id}":
            other = store.find_staff(tx, staff_id=row.actor.removeprefix("staff:"))
            return f"{other.email if other else 'Somebody'} opened this {words.ago(tx.now - row.at)}."
    return ""


def happened(tx: Tx, message: Message, zone: tzinfo, staff: Staff) -> list[Happening]:
    """Everything that happened, oldest first, in sentences."""
    rows = [(message.created_at, "The CRM handed it in.", 1)]
    rows += [
        (decision.at, _decided(decision, staff, zone), decision.version + 1)
        for decision in store.read_decisions(tx, message.id)
    ]
    rows += [*_moved(tx, message), *_tried(tx, message), *_wrote(tx, message)]
    for receipt, at in store.read_receipts(tx, message.id):
        error = f" (error {receipt.error_code})" if receipt.error_code else ""
        rows.append((at, f"The vendor says: {letters.spelled(receipt.word)}{error}.", 0))
    rows.sort(key=lambda row: row[0])
    return [Happening(at, words.at(at, zone), text, version) for at, text, version in rows]


def _wrote(tx: Tx, message: Message) -> Iterator[tuple[datetime, str, int]]:
    """What the person wrote to the shop lately, and what we took it for."""
    for reply in store.replies(tx, message.content.to, LATEST):
        if reply.at > message.created_at - LATELY:
            said = letters.spelled(reply.heard.text[:LONGEST].strip()) or "a picture"
            yield reply.at, f"They wrote: “{said}”{words.MEANINGS.get(reply.kind, '')}", 0


def _decided(decision: Decision, staff: Staff, zone: tzinfo) -> str:
    who = "You" if decision.by == staff.email else decision.by
    note = f" “{letters.spelled(decision.note)}”" if decision.note else ""
    return f"{who} {_did(decision, zone)}.{note}"


def _did(decision: Decision, zone: tzinfo) -> str:
    """What somebody decided, with what the decision needed beside."""
    kind, reason, given = decision.kind, decision.reason or "", decision.given
    did = words.DECISIONS.get(kind, words.spoken(kind))
    until = words.moment(given.get("at" if kind == "phone" else "until"))
    if kind == "phone" and reason:
        did, reason = words.CALLED.get(reason, did), ""
    if kind == "suppress" and given.get("scope") == "all":
        did = "said that nothing at all goes there any more"
    when = f" {'at' if kind == 'phone' else 'until'} {words.at(until, zone)}" if until else ""
    return did + when + (f": {words.REASONS.get(reason, reason).lower()}" if reason else "")


def _moved(tx: Tx, message: Message) -> Iterator[tuple[datetime, str, int]]:
    for row in store.read_trail(tx, message.id):
        by = row.actor.partition(":")[0]
        text = words.MOVED.get((by, str(row.detail.get("to")))) if row.event == "moved" else None
        if text and row.at:
            yield row.at, text, row.version or 0


def _tried(tx: Tx, message: Message) -> Iterator[tuple[datetime, str, int]]:
    for attempt in store.read_attempts(tx, message.id):
        said = words.OUTCOMES.get(attempt.outcome or "", "The vendor's answer was lost.")
        detail = f" {letters.spelled(attempt.detail)}" if attempt.detail else ""
        yield attempt.started_at, f"{said}{detail}" if attempt.ended_at else "The vendor is being called.", 0
