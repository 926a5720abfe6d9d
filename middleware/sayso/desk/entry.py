"""Coming in and going out: the sign-in page, an invitation, the way to a host's own sign-in."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, request, url_for

from sayso import access, store
from sayso.access import callers
from sayso.desk import guard
from sayso.doors import runtime
from sayso.message import Denied, Malformed
from sayso.store import Staff


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


def _inside(path: str) -> str:
    """A path of our own to go on to after signing in, or none."""
    start = url_for(".desk_list")
    inside = path.startswith(start) and "//" not in path and re.fullmatch(r"[A-Za-z0-9/_.-]+", path)
    return path if inside else ""
