"""Decisions at our own door: staff decide on the version and the words that they were shown."""

from __future__ import annotations

from sayso import signoff, store, wording
from sayso.access import callers
from sayso.api.manners import Reader, checked_id, conflict_document, guarded, json_body
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Json, Malformed
from sayso.signoff import Wish


@callers("staff")
@guarded
def decide(reader: Reader, message_id: str, kind: str) -> Json | tuple[Json, int]:
    """One decision on the version that was shown; 409 with what changed when it is another by now."""
    if reader.staff is None:
        raise Denied("Only staff decide; use a staff token.")
    if kind not in signoff.DECISIONS:
        raise Malformed(
            404, "not_found", f"There is no decision {kind[:40]!r}; there are {', '.join(signoff.DECISIONS)}."
        )
    wish = _wish(kind)
    here = runtime()
    try:
        after = signoff.decide(here, reader.staff, checked_id(message_id), wish)
    except Conflict as conflict:
        return conflict_document(reader.staff, conflict), 409
    with here.store.read() as tx:
        return wording.whole(tx, here, store.get(tx, after.id) or after, reader.staff)


def _wish(kind: str) -> Wish:
    body = json_body()
    version, content_hash = body.get("version"), body.get("content_hash")
    if isinstance(version, bool) or not isinstance(version, int) or not isinstance(content_hash, str):
        raise Malformed(400, "version", "Send the version (a number) and the content_hash of the message you saw.")
    reason, note = body.get("reason"), body.get("note")
    if kind == "reject" and reason not in (None, *signoff.REASONS):
        raise Malformed(400, "reason", f"reason must be one of {', '.join(signoff.REASONS)}.")
    if not (note is None or isinstance(note, str)) or len(note or "") > 2000:
        raise Malformed(400, "note", "note must be a text of at most 2000 characters.")
    return Wish(kind, version, content_hash, str(reason or "other") if kind == "reject" else None, note or "")
