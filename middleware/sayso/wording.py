"""A message as our own API words it: the shape that interface.md promises, without anything a reader may not see."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from sayso import signoff, store
from sayso.message import Finding, Json, Message
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

SAME = (
    *("id", "crm_id", "idempotency_key", "store", "channel", "provider", "state", "stop_reason", "version"),
    *("content_hash", "purpose", "subject", "person", "delivery", "provider_id", "error_code", "repeats", "batch_id"),
    *("door", "parent_id", "edition", "task"),
)
TIMES = ("send_at", "due_at", "hold_expires_at", "sent_at", "task_at", "created_at", "updated_at")


def whole(tx: Tx, runtime: Runtime, message: Message, staff: Staff | None) -> dict[str, Json]:
    """The whole message for staff, or for its own source when `staff` is None: times as ISO 8601."""
    source = store.find_source(tx, source_id=message.source_id)
    return {
        **{name: getattr(message, name) for name in SAME},
        **{name: _iso(getattr(message, name)) for name in TIMES},
        "source": source.name if source else None,
        "to": [{"address": to, "person": message.person, "role": None, "evidence": None} for to in message.content.to],
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
        "findings": [finding_json(finding, staff) for finding in message.findings],
        "may": list(signoff.possible(runtime, message, staff)) if staff else [],
        "attempts": _attempts(tx, message, staff),
        "decisions": _decisions(tx, message, staff),
        "receipts": _receipts(tx, message),
    }


def _original(tx: Tx, message: Message, staff: Staff | None) -> dict[str, Json]:
    """What an edited message said when it came in, for staff alone."""
    edited = message.edited_by and message.edition > 1
    return {"original": store.editions(tx, message)[0].words} if staff and edited else {}


def _parts(message: Message) -> Json:
    """The parts of a printed piece that came in at our own door."""
    given = dict(message.content.fields).get("content") if message.provider == "lob" else None
    return dict(json.loads(given)) if given and message.door == "api" else None


def finding_json(finding: Finding, staff: Staff | None) -> dict[str, Json]:
    """A finding with its key; its evidence is for staff, and so is a reason that speaks of others."""
    proposal = dict(finding.proposal) if finding.proposal else None
    shown = {name: getattr(finding, name) for name in ("key", "check", "verdict", "reason", "evidence")}
    hidden = {} if staff else {"reason": finding.told, "evidence": ""}
    return shown | hidden | {"proposal": proposal}


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
