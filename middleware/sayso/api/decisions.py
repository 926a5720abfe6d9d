"""Decisions at our own door: staff decide on the version and the words that they were shown, one by one or many."""

from __future__ import annotations

from collections.abc import Mapping

from sayso import signoff, store, wording
from sayso.access import callers
from sayso.api.manners import ID, Reader, checked_id, conflict_document, document, guarded, json_body
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Json, Malformed, Message, SaysoError
from sayso.signoff import Wish
from sayso.store import Staff

SHOWN, SAID = ("version", "content_hash"), ("note", "reason")
IN_BULK = ("approve", "reject", "delay", "suppress", "undo", "phone", "arrived")
MOST, MOST_UNTYPED, MOST_ALONE = 500, 25, 200
ALONE: frozenset[str] = frozenset()


@callers("staff")
@guarded
def decide(reader: Reader, message_id: str, kind: str) -> Json | tuple[Json, int]:
    """One decision on the version that was shown; 409 with what changed when it is another by now."""
    staff = _staff(reader)
    _require_kind(kind, tuple(signoff.DECISIONS))
    body, here = json_body(), runtime()
    if not isinstance(body.get("content_hash"), str):
        raise Malformed(400, "content_hash", "Send the content_hash of the message you saw, beside its version.")
    wish = _wish(kind, body, body)
    try:
        after = signoff.decide(here, staff, checked_id(message_id), wish)
    except Conflict as conflict:
        return conflict_document(staff, conflict), 409
    return _shown(after, staff), 201 if kind == "redirect" else 200


@callers("staff")
@guarded
def decide_many(reader: Reader) -> Json | tuple[Json, int]:
    """One decision for a frozen list of messages; a result for each, 207 when some were not taken."""
    staff, body = _staff(reader), json_body()
    kind = body.get("decision", body.get("kind"))
    if not isinstance(kind, str) or {"decision", "kind"} <= body.keys():
        raise Malformed(400, "decision", 'Say which decision, as in {"decision": "approve", "messages": [...]}.')
    _require_kind(kind, IN_BULK)
    listed = _listed(body.get("messages"))
    _require_guarded(kind, listed, body.get("count"))
    said = {name: value for name, value in body.items() if name not in ("decision", "kind", "messages", "count")}
    if strange := next((name for name in SHOWN if name in said), None):
        raise Malformed(400, strange, f"{strange} belongs to each message of the list.")
    wishes = [(message_id, _wish(kind, item, said, frozenset(listed))) for message_id, item in listed.items()]
    results = [_result(*found, staff) for found in signoff.decide_all(runtime(), staff, wishes)]
    return {"results": list(results)}, 200 if all(result["ok"] for result in results) else 207


def _staff(reader: Reader) -> Staff:
    if reader.staff is None:
        raise Denied("Only staff decide; use a staff token.")
    if reader.staff.role not in signoff.DECIDERS:
        raise Denied("You may look, but not decide.")
    return reader.staff


def _require_kind(kind: str, known: tuple[str, ...]) -> None:
    if kind in signoff.DECISIONS and kind not in known:
        raise Malformed(
            400, "decision", f"“{kind}” is for one message at a time; for many there are {', '.join(known)}."
        )
    if kind not in known:
        raise Malformed(404, "not_found", f"There is no decision {kind[:40]!r}; there are {', '.join(known)}.")


def _wish(kind: str, shown: Mapping[str, Json], body: Mapping[str, Json], batch: frozenset[str] = ALONE) -> Wish:
    version, content_hash = shown.get("version"), shown.get("content_hash")
    if isinstance(version, bool) or not isinstance(version, int):
        raise Malformed(400, "version", "Send the version (a number) of the message you saw.")
    if content_hash is not None and not isinstance(content_hash, str):
        raise Malformed(400, "content_hash", "content_hash must be a text.")
    reason, note = body.get("reason"), body.get("note")
    if kind != "reject" and reason is not None:
        raise Malformed(400, "reason", "Only reject has a reason; write it into note.")
    if reason not in (None, *signoff.REASONS):
        raise Malformed(400, "reason", f"reason must be one of {', '.join(signoff.REASONS)}.")
    if not (note is None or isinstance(note, str)) or len(note or "") > 2000:
        raise Malformed(400, "note", "note must be a text of at most 2000 characters.")
    given = {name: value for name, value in body.items() if name not in (*SHOWN, *SAID)}
    return Wish(
        kind,
        version,
        content_hash,
        str(reason or "other") if kind == "reject" else None,
        note or "",
        given=given,
        batch=batch,
    )


def _listed(messages: Json) -> dict[str, Mapping[str, Json]]:
    """The frozen list by id; Malformed when it is none, is too long or names a message twice."""
    if not isinstance(messages, list) or not messages:
        raise Malformed(400, "messages", 'messages must be a list of {"id": …, "version": …}.')
    if len(messages) > MOST:
        raise Malformed(400, "messages", f"At most {MOST} messages at a time; these are {len(messages)}.")
    listed: dict[str, Mapping[str, Json]] = {}
    for item in messages:
        named = item.get("id") if isinstance(item, dict) and item.keys() <= {"id", *SHOWN} else None
        if not isinstance(item, dict) or not isinstance(named, str) or not ID.fullmatch(named):
            raise Malformed(400, "messages", "Every message in the list needs an id and a version, and no more.")
        if named in listed:
            raise Malformed(400, "messages", f"{named[:40]!r} is in the list twice.")
        listed[named] = item
    return listed


def _require_guarded(kind: str, listed: Mapping[str, object], count: Json) -> None:
    """Above 25 the number is typed; above 200 yeses two people are needed where the shop has as many."""
    if count is not None and (isinstance(count, bool) or count != len(listed)):
        raise Malformed(400, "count", f"count must be {len(listed)}, the number of messages in the list.")
    if count is None and len(listed) > MOST_UNTYPED:
        raise Malformed(400, "count", f"These are {len(listed)}: type the number as count, so that all know how many.")
    if kind not in signoff.YES or len(listed) <= MOST_ALONE:
        return
    here = runtime()
    with here.store.read() as tx:
        shops = store.shops_of(tx, tuple(listed))
    if not here.read_policy().two_people.isdisjoint(shops):
        raise Denied(f"One person says yes to at most {MOST_ALONE} at a time here; let a second one take the rest.")


def _result(message_id: str, found: Message | SaysoError, staff: Staff) -> dict[str, Json]:
    if isinstance(found, Message):
        return {"id": message_id, "ok": True, "status": 200, "message": _shown(found, staff)}
    if isinstance(found, Conflict):
        problem: Json = conflict_document(staff, found)
        return {"id": message_id, "ok": False, "status": 409, "problem": problem}
    status = found.status if isinstance(found, Malformed) else 403
    return {"id": message_id, "ok": False, "status": status, "problem": document(status, str(found))}


def _shown(after: Message, staff: Staff) -> Json:
    with runtime().store.read() as tx:
        return wording.whole(tx, runtime(), store.get(tx, after.id) or after, staff)
