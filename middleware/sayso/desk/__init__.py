"""The desk: the pages on which staff see what waits and say what may go; complete without JavaScript."""

from __future__ import annotations

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)

from sayso import access, signoff, store
from sayso.access import callers
from sayso.desk import guard, view
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Malformed
from sayso.signoff import Wish
from sayso.store import Staff

STATIC = Path(__file__).parent / "static"
PAGE = 100


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /desk/."""
    for rule, name, function, methods in (
        ("/desk", "desk_list", waiting, ("GET",)),
        ("/desk/", "desk_list", waiting, ("GET",)),
        ("/desk/history", "desk_history", history, ("GET",)),
        ("/desk/messages/<message_id>", "desk_card", card, ("GET",)),
        ("/desk/messages/<message_id>/<kind>", "desk_decide", decide, ("POST",)),
        ("/desk/messages/<message_id>/allow", "desk_allow", allow, ("POST",)),
        ("/desk/sign-in", "desk_sign_in", sign_in, ("GET", "POST")),
        ("/desk/sign-out", "desk_sign_out", sign_out, ("POST",)),
        ("/desk/invite/<token>", "desk_invite", invite, ("GET", "POST")),
        ("/desk/static/<path:name>", "desk_static", static, ("GET",)),
    ):
        blueprint.add_url_rule(rule, name, function, methods=methods)


@callers("staff")
@guard.page
def waiting(staff: Staff) -> str:
    """What waits for a person, the soonest to be dropped on top."""
    here = runtime()
    with here.store.read() as tx:
        states = ("received", "held", "unconfirmed")
        found = store.waiting(tx, states, staff.stores, PAGE)
        counts = store.count_states(tx, staff.stores)
        stops, alarms = store.read_stops(tx), store.read_alarms(tx)
    lines = [view.line(here, message) for message in found]
    return _render("list", staff, lines=lines, counts=counts, stops=stops, alarms=alarms, page=PAGE)


@callers("staff")
@guard.page
def history(staff: Staff) -> str:
    """What became of the latest messages."""
    here = runtime()
    after = request.args.get("after", "")[:26] or None
    with here.store.read() as tx:
        found = store.recent(tx, limit=PAGE + 1, after=after, stores=staff.stores)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return _render("history", staff, lines=[view.line(here, message) for message in found[:PAGE]], more=more)


@callers("staff")
@guard.page
def card(staff: Staff, message_id: str) -> str:
    """One message: who, what exactly, why, the evidence, the clock, and what may be decided."""
    return _card(staff, message_id)


@callers("staff")
@guard.page
def decide(staff: Staff, message_id: str, kind: str) -> Response | tuple[str, int]:
    """A decision on the version shown; whoever comes second sees what changed, and keeps what they wrote."""
    if kind not in signoff.DECISIONS:
        raise Malformed(404, "not_found", "There is no such decision.")
    form = request.form
    version, reason = form.get("version", ""), form.get("reason", "other")
    if not version.isascii() or not version.isdigit() or reason not in signoff.REASONS:
        raise Malformed(400, "version", "The form was not complete. Go back and reload the page.")
    shown_hash, note = form.get("content_hash", ""), form.get("note", "")[:2000]
    wish = Wish(kind, int(version), shown_hash, reason if kind == "reject" else None, note)
    try:
        signoff.decide(runtime(), staff, message_id, wish)
    except Conflict as conflict:
        return _card(staff, message_id, changed=str(conflict), note=note), 409
    return redirect(url_for(".desk_card", message_id=message_id, done=kind), 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("staff")
@guard.page
def allow(staff: Staff, message_id: str) -> Response:
    """Let the CRM of this message be called back where it asked to be, and send what waited for that."""
    if staff.role not in ("manager", "admin"):
        raise Denied("A manager can allow this place.")
    with runtime().store.read() as tx:
        message = store.get(tx, message_id)
    if message is None or not signoff.sees(message, staff):
        raise Malformed(404, "not_found", "There is no such message.")

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
    """E-mail and password."""
    if request.method == "GET":
        return _render("sign_in", None, problem="", then=_inside(request.args.get("then", "")))
    try:
        session = access.sign_in(runtime(), request.form.get("email", ""), request.form.get("password", ""))
    except Denied as denied:
        page = _render("sign_in", None, problem=str(denied), then=_inside(request.form.get("then", "")))
        return make_response(page, 403)
    then = _inside(request.form.get("then", "")) or url_for(".desk_list")
    return guard.keep_session(make_response(redirect(then, 303)), session)


@callers("staff")
@guard.page
def sign_out(staff: Staff) -> Response:
    """End this session."""
    access.sign_out(runtime(), guard.session_token() or "")
    response = make_response(redirect(url_for(".desk_sign_in"), 303))
    response.delete_cookie(guard.cookie_name(runtime()), path="/")
    return response


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
        return _render("invite", None, known=known, email="", problem="")
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        session = access.redeem(runtime(), token, password, email)
    except Malformed as problem:
        return make_response(_render("invite", None, known=known, email=email, problem=str(problem)), 400)
    return guard.keep_session(make_response(redirect(url_for(".desk_list"), 303)), session)


@callers("anyone")
@guard.open_page
def static(name: str) -> Response:
    """The desk's style sheet."""
    return send_from_directory(STATIC, name)


def _card(staff: Staff, message_id: str, changed: str = "", note: str = "") -> str:
    here = runtime()
    with here.store.read() as tx:
        message = store.get(tx, message_id)
        if message is None or not signoff.sees(message, staff):
            raise Malformed(404, "not_found", "There is no such message.")
        shown = view.card(tx, here, message, staff)
    done = request.args.get("done", "")
    return _render("card", staff, card=shown, changed=changed, note=note, done=view.DONE.get(done, ""))


def _inside(path: str) -> str:
    """A path of our own to go on to after signing in, or none."""
    start = url_for(".desk_list")
    return path if path.startswith(start) and "\\" not in path and "//" not in path else ""


def _render(name: str, staff: Staff | None, **values: object) -> str:
    csrf = guard.csrf_token() if staff else ""
    return render_template(f"sayso/{name}.html", staff=staff, csrf=csrf, **values)
