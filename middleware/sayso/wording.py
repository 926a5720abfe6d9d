"""A message as our own API words it: the shape that interface.md promises, without anything a reader may not see."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sayso import shadow, signoff, store
from sayso.message import ABOUT_PEOPLE, Finding, Json, Message
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

SAME = (
    *("id", "crm_id", "idempotency_key", "store", "channel", "provider", "state", "stop_reason", "version"),
    *("content_hash", "purpose", "subject", "person", "delivery", "provider_id", "error_code", "repeats", "batch_id"),
    *("door", "parent_id", "edition", "task"),
)
SIDES = ("front", "back", "outside", "inside", "file")
TIMES = ("send_at", "due_at", "hold_expires_at", "sent_at", "task_at", "created_at", "updated_at")


def whole(tx: Tx, runtime: Runtime, message: Message, staff: Staff | None) -> dict[str, Json]:
    """The whole message for staff, or for its own source when `staff` is None: times as ISO 8601."""
    source = store.find_source(tx, source_id=message.source_id)
    return {
        **{name: getattr(message, name) for name in SAME},
        **{name: _iso(getattr(message, name)) for name in TIMES},
        "source": source.name if source else None,
        **_read(message, staff),
        "would": shadow.would(message),
        "from": message.content.sender,
        "body": message.content.body,
        **_original(tx, message, staff),
        "template": message.content.template,
        "seen": message.content.seen,
        "subject_line": message.content.subject_line,
        "html": message.content.html,
        "content": _parts(message),
        "metadata": dict(message.content.metadata),
        "callback_url": message.content.callback_url,
        "media": list(message.content.media),
        "findings": [
            finding_json(one, staff, own=_is_own(message)) for one in message.findings if staff or not one.for_staff
        ],
        "may": list(signoff.possible(runtime, message, staff)) if staff else [],
        "attempts": _attempts(tx, message, staff),
        "decisions": _decisions(tx, message, staff),
        "receipts": _receipts(tx, message),
    }


def _original(tx: Tx, message: Message, staff: Staff | None) -> dict[str, Json]:
    """What an edited message said when it came in, for staff alone."""
    edited = (message.edited_by or message.door == "desk") and message.edition > 1
    return {"original": store.editions(tx, message)[0].words} if staff and edited else {}


def _parts(message: Message) -> Json:
    """The parts of a printed piece that came in at our own door."""
    content, fields = message.content, dict(message.content.fields)
    if message.door != "api" or message.provider != "lob" or content.body is not None or content.html is not None:
        return None
    return {name: fields[name] for name in SIDES if name in fields} or None


def _is_own(message: Message) -> bool:
    """Whether all that the last screening read about people came from the message's own source."""
    return message.reading.get("own") is not False


def _read(message: Message, staff: Staff | None) -> dict[str, Json]:
    """What it is for, what about, and who its people are, with how we know; what another source told is for staff."""
    shown = staff is not None or _is_own(message)
    reading = message.reading if shown else {}
    rows = reading.get("to")
    known = {row["address"]: row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    nobody: dict[str, Json] = {"person": None, "role": None, "evidence": None}
    named = {name: found for name in ("purpose", "subject") if isinstance(found := reading.get(name), dict)}
    return {
        "to": [
            {"address": to, **{name: known.get(to, nobody).get(name) for name in nobody}}
            | ({"person": message.person} if message.person else {})
            for to in message.content.to
        ],
        **{name: found["name"] for name, found in named.items() if getattr(message, name) is None},
        "inferred": {name: found["how"] for name, found in named.items() if found["inferred"]},
    }


def finding_json(finding: Finding, staff: Staff | None, *, own: bool = True) -> dict[str, Json]:
    """A finding with its key; its evidence is for staff, and so is a reason that speaks of others.

    What was found by another source's facts (not `own`) is for staff alone, but for the verdict.
    """
    proposal = dict(finding.proposal) if finding.proposal else None
    shown = {name: getattr(finding, name) for name in ("key", "check", "verdict", "reason", "evidence")}
    if staff:
        return shown | {"proposal": proposal}
    if not own and finding.check in ABOUT_PEOPLE:
        return shown | {"key": finding.check, "reason": finding.told, "evidence": "", "proposal": None}
    reason = finding.reason if own and finding.check in ABOUT_PEOPLE else finding.told
    return shown | {"reason": reason, "evidence": "", "proposal": proposal}


def _attempts(tx: Tx, message: Message, staff: Staff | None) -> list[Json]:
    """Every try; its token stays with us, and what the vendor said of our account stays with staff."""
    return [
        {
            "n": n,
            "started_at": _iso(attempt.started_at),
            "ended_at": _iso(attempt.ended_at),
            "outcome": attempt.outcome,
            **({"detail": attempt.detail} if staff else {}),
        }
        for n, attempt in enumerate(store.read_attempts(tx, message.id), start=1)
    ]


def _decisions(tx: Tx, message: Message, staff: Staff | None) -> list[Json]:
    """Every decision; who made it and their note are for staff alone."""
    found = []
    for decision in store.read_decisions(tx, message.id):
        row: dict[str, Json] = {**asdict(decision), "at": _iso(decision.at)}
        hidden = () if staff else ("by", "note", "given")
        found.append({name: value for name, value in row.items() if name not in hidden})
    return list(found)


def _receipts(tx: Tx, message: Message) -> list[Json]:
    return [
        {"delivery": receipt.delivery, "word": receipt.word, "error_code": receipt.error_code, "at": _iso(at)}
        for receipt, at in store.read_receipts(tx, message.id)
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
