"""The forms of a batch's page: sign off the clear rest, stop all, look twice, take it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from flask import Response, redirect, request, url_for

from sayso import signing, signoff, store
from sayso.access import callers
from sayso.desk import batches, guard
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Malformed
from sayso.runtime import Runtime
from sayso.signing import Asked
from sayso.store import Signing, Staff

KINDS = ("approve", "reject")
NOT_WHOLE = "The form was not complete. Go back, reload the page and try again."
LONGEST_NUMBER = 20


@callers("staff")
@guard.page
def sign(staff: Staff, batch_id: str) -> Response | tuple[str, int]:
    """A yes to the clear ones, or a no to all, of exactly the list that the page showed."""
    here = runtime()
    with here.store.read() as tx:
        batch = batches.find(tx, here, staff, batch_id)
    asked = _asked()
    return _done(staff, batch_id, lambda: signing.sign(here, staff, batch, asked))


@callers("staff")
@guard.page
def move(staff: Staff, batch_id: str, signing_id: str, what: str) -> Response | tuple[str, int]:
    """What is done about a sign-off that was begun: agree, drop, or back."""
    here = runtime()
    with here.store.read() as tx:
        batch = batches.find(tx, here, staff, batch_id)
        found = store.find_signing(tx, signing_id) if batches.ID.fullmatch(signing_id) else None
    if what not in MOVES or found is None or found.batch_id != batch.id:
        raise Malformed(404, "not_found", "There is no such page.")
    return _done(staff, batch_id, lambda: MOVES[what](here, staff, signing_id))


@callers("staff")
@guard.page
def again(staff: Staff, batch_id: str, **rest: str) -> Response:
    """The address of a form, opened again later: it decides nothing, it shows the batch."""
    return redirect(url_for(".desk_batch", batch_id=batch_id), 303)  # type: ignore[return-value]  # a Response of the same kind


def _agree(here: Runtime, staff: Staff, signing_id: str) -> Signing:
    return signing.agree(here, staff, signing_id, request.form.get("count", "")[:LONGEST_NUMBER])


MOVES: dict[str, Callable[[Runtime, Staff, str], Signing]] = {
    "agree": _agree,
    "drop": signing.drop,
    "back": signing.take_back,
}


def _done(staff: Staff, batch_id: str, change: Callable[[], Signing]) -> Response | tuple[str, int]:
    """On to the batch's page; where it was not done, the page as it is now with why."""
    try:
        change()
    except Conflict as conflict:
        return batches.shown(staff, batch_id, str(conflict)), 409
    except Denied as denied:
        return batches.shown(staff, batch_id, str(denied)), 403
    except Malformed as problem:
        if problem.code != "count":
            raise
        return batches.shown(staff, batch_id, str(problem)), 400
    return redirect(url_for(".desk_batch", batch_id=batch_id), 303)  # type: ignore[return-value]  # a Response of the same kind


def _asked() -> Asked:
    form = request.form
    kind, digest, upto, reason = (form.get(name, "") for name in ("kind", "digest", "upto", "reason"))
    at = _moment(form.get("at", ""))
    if kind not in KINDS or at is None or not batches.ID.fullmatch(upto) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise Malformed(400, "form", NOT_WHOLE)
    if kind == "reject" and reason not in signoff.REASONS:
        raise Malformed(400, "reason", NOT_WHOLE)
    typed = form.get("count", "")[:LONGEST_NUMBER]
    return Asked(kind, digest, upto, at, typed, reason if kind == "reject" else None)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
