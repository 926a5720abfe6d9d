"""The desk: the pages on which staff see what waits and say what may go; complete without JavaScript."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_from_directory

from sayso import store
from sayso.access import callers
from sayso.desk import (
    batch_forms,
    batches,
    bursts,
    calls,
    cards,
    deciding,
    entry,
    guard,
    not_sent,
    preview,
    sayings,
    shadowed,
    surprises,
    taps,
    view,
)
from sayso.doors import METHODS, runtime
from sayso.message import Malformed, telephony
from sayso.runtime import Runtime
from sayso.store import Asked, Staff, Tx

PAGE, LONGEST_SEARCH = 100, 200
WAITING = ("received", "held", "unconfirmed")


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /desk/."""
    for rule, name, function, methods in (
        ("/desk", "desk_list", waiting, ("GET",)),
        ("/desk/", "desk_list", waiting, ("GET",)),
        ("/desk/history", "desk_history", history, ("GET",)),
        ("/desk/calls", "desk_calls", calls.calls, ("GET",)),
        ("/desk/bursts/<batch_id>", "desk_burst", bursts.page, ("GET",)),
        ("/desk/bursts/<batch_id>", "desk_burst_stop", bursts.stop, ("POST",)),
        ("/desk/batches", "desk_batches", batches.listed, ("GET",)),
        ("/desk/batches/<batch_id>", "desk_batch", batches.page, ("GET",)),
        ("/desk/batches/<batch_id>", "desk_batch_sign", batch_forms.sign, ("POST",)),
        ("/desk/batches/<batch_id>/pieces", "desk_batch_pieces", batches.pieces, ("GET",)),
        ("/desk/batches/<batch_id>/not-sent", "desk_not_sent", not_sent.page, ("GET",)),
        ("/desk/batches/<batch_id>/not-sent.csv", "desk_not_sent_file", not_sent.download, ("GET",)),
        ("/desk/batches/<batch_id>/<signing_id>/<what>", "desk_batch_move", batch_forms.move, ("POST",)),
        ("/desk/batches/<batch_id>/<signing_id>/<what>", "desk_batch_moved", batch_forms.again, ("GET",)),
        ("/desk/shadow", "desk_shadow", shadowed.page, ("GET",)),
        ("/desk/surprises", "desk_surprises", surprises.page, ("GET",)),
        ("/desk/surprises", "desk_open", surprises.opened, ("POST",)),
        ("/desk/surprises/<key>/<answer>", "desk_surprise", surprises.answered, ("GET", "POST")),
        ("/desk/messages/<message_id>", "desk_card", card, ("GET",)),
        ("/desk/messages/<message_id>/<kind>", "desk_decide", deciding.decide, ("POST",)),
        ("/desk/messages/<message_id>/<kind>", "desk_decided", deciding.decided, ("GET",)),
        ("/desk/messages/<message_id>/piece/<side>", "desk_piece", preview.piece, ("GET",)),
        ("/desk/messages/<message_id>/allow", "desk_allow", deciding.allow, ("POST",)),
        ("/desk/messages/<message_id>/confirm", "desk_confirm", taps.confirm, ("POST",)),
        ("/desk/sign-in", "desk_sign_in", entry.sign_in, ("GET", "POST")),
        ("/desk/sign-out", "desk_sign_out", entry.sign_out, ("POST",)),
        ("/desk/invite/<token>", "desk_invite", entry.invite, ("GET", "POST")),
        ("/desk/static/<path:name>", "desk_static", static, ("GET",)),
        ("/desk/<path:rest>", "desk_nowhere", nowhere, METHODS),
    ):
        blueprint.add_url_rule(rule, name, function, methods=methods, provide_automatic_options=False)


@callers("staff")
@guard.page
def waiting(staff: Staff) -> str:
    """What waits for a person, the soonest to be dropped on top."""
    here, done = runtime(), request.args.get("done", "")
    with here.store.read() as tx:
        runs, together = batches.rows(tx, here, staff), bursts.rows(tx, here, staff)
        but = batches.folded(runs)
        found, unread = store.waiting(tx, WAITING, staff.stores, PAGE, unseen_by=staff.email, but=but)
        counts = store.count_states(tx, staff.stores, unseen_by=staff.email)
        stops, alarms = view.stops_seen(store.read_stops(tx), staff), store.read_alarms(tx)
        toast = view.toast(tx, here, done, staff) if done else None
    lines = [view.line(here, message) for message in found]
    total = sum(counts.get(state, 0) for state in WAITING)
    above = {"stops": stops, "alarms": alarms, "toast": toast, "runs": runs, "unread": unread}
    return guard.render("list", staff, lines=lines, bursts=together, counts=counts, total=total, **above)


@callers("staff")
@guard.page
def history(staff: Staff) -> str:
    """What became of the latest messages, or of those that somebody searches for."""
    here = runtime()
    after = request.args.get("after", "")[:26] or None
    q = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:LONGEST_SEARCH]
    with here.store.read() as tx:
        asked = _asked(tx, here, q) if q else None
        found = store.recent(tx, limit=PAGE + 1, after=after, stores=staff.stores, asked=asked, unseen_by=staff.email)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    lines = [view.line(here, message) for message in found[:PAGE]]
    return guard.render("history", staff, lines=lines, more=more, q=q)


@callers("staff")
@guard.page
def card(staff: Staff, message_id: str) -> str:
    """One message: who, what exactly, why, the evidence, the clock, and what may be decided; looking is noted."""
    here, message = runtime(), cards.seen(runtime(), staff, message_id)
    here.store.write(
        lambda tx: store.write_trail(
            tx, f"staff:{staff.id}", "opened", {}, message_id=message.id, version=message.version
        )
    )
    shown = cards.opened(here, staff, message)
    with here.store.read() as tx:
        toast = view.toast(tx, here, message.id, staff) if request.args.get("done") else None
    noted = sayings.TAPPED.get(request.args.get("noted", ""), "")
    sides = preview.shown(here, message)
    return guard.render("card", staff, card=shown, sides=sides, toast=toast, noted=noted, kept=cards.NOTHING_KEPT)


@callers("anyone")
@guard.open_page
def static(name: str) -> Response:
    """The desk's style sheet, under an address that changes with it."""
    response = send_from_directory(guard.STATIC, name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@callers("anyone")
@guard.open_page
def nowhere(rest: str) -> Response:
    """Every other address of the desk."""
    raise Malformed(404, "not_found", "There is no such page.")


def _asked(tx: Tx, here: Runtime, text: str) -> Asked:
    """A search in the messages of every CRM; the shops that somebody works for limit it, as they limit the list."""
    sources = tuple(source.id for source in store.read_sources(tx))
    number = telephony.e164(text, here.read_policy().default_country)
    return Asked(text, sources, tuple(here.providers), number)
