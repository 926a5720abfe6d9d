"""The desk: the pages on which staff see what waits and say what may go; complete without JavaScript."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, redirect, request, send_from_directory, url_for

from sayso import access, facts, signoff, store
from sayso.access import callers
from sayso.desk import guard, view, words
from sayso.doors import METHODS, runtime
from sayso.message import Conflict, Denied, Malformed, Message
from sayso.signoff import Wish
from sayso.store import Staff

PAGE = 100
WAITING = ("received", "held", "unconfirmed")


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /desk/."""
    for rule, name, function, methods in (
        ("/desk", "desk_list", waiting, ("GET",)),
        ("/desk/", "desk_list", waiting, ("GET",)),
        ("/desk/history", "desk_history", history, ("GET",)),
        ("/desk/messages/<message_id>", "desk_card", card, ("GET",)),
        ("/desk/messages/<message_id>/<kind>", "desk_decide", decide, ("POST",)),
        ("/desk/messages/<message_id>/<kind>", "desk_decided", decided, ("GET",)),
        ("/desk/messages/<message_id>/allow", "desk_allow", allow, ("POST",)),
        ("/desk/sign-in", "desk_sign_in", sign_in, ("GET", "POST")),
        ("/desk/sign-out", "desk_sign_out", sign_out, ("POST",)),
        ("/desk/invite/<token>", "desk_invite", invite, ("GET", "POST")),
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
        found = store.waiting(tx, WAITING, staff.stores, PAGE)
        counts = store.count_states(tx, staff.stores)
        stops, alarms = view.stops_seen(store.read_stops(tx), staff), store.read_alarms(tx)
        toast = view.toast(tx, here, done, staff) if done else None
    lines = [view.line(here, message) for message in found]
    total = sum(counts.get(state, 0) for state in WAITING)
    return guard.render("list", staff, lines=lines, counts=counts, total=total, stops=stops, alarms=alarms, toast=toast)


@callers("staff")
@guard.page
def history(staff: Staff) -> str:
    """What became of the latest messages."""
    here = runtime()
    after = request.args.get("after", "")[:26] or None
    with here.store.read() as tx:
        found = store.recent(tx, limit=PAGE + 1, after=after, stores=staff.stores)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return guard.render("history", staff, lines=[view.line(here, message) for message in found[:PAGE]], more=more)


@callers("staff")
@guard.page
def card(staff: Staff, message_id: str) -> str:
    """One message: who, what exactly, why, the evidence, the clock, and what may be decided; looking is noted."""
    here, message = runtime(), _seen(staff, message_id)
    here.store.write(
        lambda tx: store.write_trail(
            tx, f"staff:{staff.id}", "opened", {}, message_id=message.id, version=message.version
        )
    )
    shown = _card(staff, message)
    with here.store.read() as tx:
        toast = view.toast(tx, here, message.id, staff) if request.args.get("done") else None
    return guard.render("card", staff, card=shown, toast=toast, reasons=words.REASONS)


@callers("staff")
@guard.page
def decide(staff: Staff, message_id: str, kind: str) -> Response | tuple[str, int]:
    """A decision on the version shown; whoever comes second sees what changed, and keeps what they wrote."""
    if kind not in signoff.DECISIONS:
        raise Malformed(404, "not_found", "There is no such decision.")
    form = request.form
    version, reason, note = form.get("version", ""), form.get("reason", "other"), form.get("note", "")[:2000]
    if not re.fullmatch(r"[0-9]{1,9}", version) or reason not in signoff.REASONS:
        raise Malformed(400, "version", "The form was not complete. Go back, reload the page and try again.")
    shown_hash = form.get("content_hash", "")
    wish = Wish(kind, int(version), shown_hash, reason if kind == "reject" else None, note)
    try:
        after = signoff.decide(runtime(), staff, message_id, wish)
    except Conflict:
        shown = _card(staff, _seen(staff, message_id))
        changed = view.changed(shown, wish.version, kind, (reason, note))
        return guard.render("card", staff, card=shown, changed=changed, reasons=words.REASONS), 409
    there = (
        url_for(".desk_card", message_id=after.id, done=1) if kind == "undo" else url_for(".desk_list", done=after.id)
    )
    return redirect(there, 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("staff")
@guard.page
def decided(staff: Staff, message_id: str, kind: str) -> Response:
    """The address of a form, opened again later: it decides nothing, it shows the card."""
    return redirect(url_for(".desk_card", message_id=message_id), 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("staff")
@guard.page
def allow(staff: Staff, message_id: str) -> Response:
    """Let the CRM of this message be called back where it asked to be, and send what waited for that."""
    if staff.role not in ("manager", "admin"):
        raise Denied("A manager can allow this place.")
    message = _seen(staff, message_id)

    def permit(tx: store.Tx) -> None:
        source = store.find_source(tx, source_id=message.source_id)
        for relay in store.read_relays(tx, message.id):
            if source and relay.state == "parked":
                store.allow_origin(tx, source, relay.origin, f"staff:{staff.id}")
                store.wake_relays(tx, "parked", source.id, relay.origin)

    runtime().store.write(permit)
    runtime().relay_bell.ring()
    return redirect(url_for(".desk_card", message_id=message_id), 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("anyone")
@guard.open_page
def sign_in() -> Response | str:
    """E-mail and password; where a host app signs people in, the way there."""
    then = _inside(request.values.get("then", ""))
    if guard.hosted():
        if guard.current_staff():
            return redirect(then or url_for(".desk_list"), 303)  # type: ignore[return-value]  # a Response of the same kind
        return make_response(guard.render("elsewhere"), 403)
    if request.method == "GET":
        return guard.render("sign_in", problem="", then=then, email="")
    email = request.form.get("email", "")
    try:
        session = access.sign_in(runtime(), email, request.form.get("password", ""))
    except Denied as denied:
        return make_response(guard.render("sign_in", problem=str(denied), then=then, email=email), 403)
    return guard.keep_session(make_response(redirect(then or url_for(".desk_list"), 303)), session)


@callers("staff")
@guard.page
def sign_out(staff: Staff) -> Response:
    """End this session."""
    access.sign_out(runtime(), guard.session_token() or "")
    return guard.forget_session(make_response(redirect(url_for(".desk_sign_in"), 303)))


@callers("invited")
@guard.open_page
def invite(token: str) -> Response | str:
    """A one-time link: looking at it changes nothing, choosing a password uses it up."""
    with runtime().store.read() as tx:
        key = store.find_key(tx, token, "invite")
    if key is None:
        raise Denied("This link was used already, or is too old. Ask for a new one.")
    known = key.staff.email if key.staff else ""
    if request.method == "GET":
        return guard.render("invite", known=known, email="", problem="")
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        session = access.redeem(runtime(), token, password, email)
    except Malformed as problem:
        return make_response(guard.render("invite", known=known, email=email, problem=str(problem)), 400)
    return guard.keep_session(make_response(redirect(url_for(".desk_list"), 303)), session)


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


def _seen(staff: Staff, message_id: str) -> Message:
    """The message, for somebody who works for its shop."""
    with runtime().store.read() as tx:
        message = store.get(tx, message_id)
    if message is None or not signoff.sees(message, staff):
        raise Malformed(404, "not_found", "There is no such message.")
    return message


def _card(staff: Staff, message: Message) -> view.Card:
    """The card of a message; the host is asked what it knows before the records are opened."""
    here = runtime()
    given = facts.ask_host(here, message) or {}
    with here.store.read() as tx:
        return view.card(tx, here, store.get(tx, message.id) or message, staff, given)


def _inside(path: str) -> str:
    """A path of our own to go on to after signing in, or none."""
    start = url_for(".desk_list")
    inside = path.startswith(start) and "//" not in path and re.fullmatch(r"[A-Za-z0-9/_.-]+", path)
    return path if inside else ""
