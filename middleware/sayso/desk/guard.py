"""What stands before every page of the desk: who is signed in, where a form came from, and how a browser may use it."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for

from sayso import access, store
from sayso.doors import runtime
from sayso.message import Denied, Malformed
from sayso.runtime import Runtime
from sayso.store import Staff

BODY_LIMIT = 100_000
# https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html (read 2026-11-21)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Body = Response | str | tuple[str, int]
Page = Callable[..., Body]


def page(view: Page) -> Callable[..., Response]:
    """A page for somebody who is signed in; everybody else is asked to sign in first."""

    def enter(**values: str) -> Body:
        staff = current_staff()
        if staff is None:
            return redirect(url_for(".desk_sign_in", then=request.path if request.method == "GET" else None))  # type: ignore[return-value]  # a Response of the same kind
        g.sayso_staff = staff
        if request.method == "POST":
            require_own_form(request.form.get("csrf", ""))
        return view(staff, **values)

    return open_page(functools.wraps(view)(enter))


def open_page(view: Page) -> Callable[..., Response]:
    """A page for anybody, with the desk's headers; what goes wrong is a page in the desk's words."""

    @functools.wraps(view)
    def answer(**values: str) -> Response:
        request.max_content_length = BODY_LIMIT
        try:
            if request.method == "POST":
                require_own_origin()
            response = make_response(view(**values))
        except Denied as denied:
            response = make_response(render_template("sayso/problem.html", text=str(denied)), 403)
        except Malformed as problem:
            response = make_response(render_template("sayso/problem.html", text=str(problem)), problem.status)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if _secure(runtime()):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return answer


def current_staff() -> Staff | None:
    """Who is here: the host's signed-in user where the host tells us, else the person of our own session."""
    hook = current_app.extensions["sayso"].hooks.reviewer
    if hook is None:
        return access.signed_in(runtime(), session_token())
    said = hook()
    if not said or not isinstance(said.get("email"), str) or said.get("role") not in access.ROLES:
        return None
    stores = said.get("stores")
    wanted = tuple(str(name) for name in stores) if isinstance(stores, list | tuple) else None
    email, role = str(said["email"]), str(said["role"])
    with runtime().store.read() as tx:
        known = store.find_staff(tx, email=email)
    if known and (known.role, known.stores) == (role, wanted):
        return None if known.disabled else known
    return runtime().store.write(lambda tx: store.add_staff(tx, email, role, wanted))


def session_token() -> str | None:
    """The session cookie's value."""
    return request.cookies.get(cookie_name(runtime()))


def cookie_name(here: Runtime) -> str:
    """`__Host-` where the outside speaks https; plain http is for one's own machine only."""
    return "__Host-sayso" if _secure(here) else "sayso"


def keep_session(response: Response, session: str) -> Response:
    """Give the browser its session."""
    here = runtime()
    response.set_cookie(cookie_name(here), session, secure=_secure(here), httponly=True, samesite="Lax", path="/")
    return response


def csrf_token() -> str:
    """The token that a form of this session carries; it says nothing of the session itself."""
    staff = getattr(g, "sayso_staff", None)
    owner = session_token() or (f"reviewer {staff.id}" if staff else "")
    return runtime().store.seal.hash("csrf", owner)


def require_own_form(token: str) -> None:
    """Denied unless the form was made for this session."""
    if not hmac.compare_digest(token.encode(), csrf_token().encode()):
        raise Denied("This form is from another session. Go back, reload the page and try again.")


def require_own_origin() -> None:
    """Denied when the browser says that the form came from elsewhere."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Denied("This form came from another site.")
    origin = request.headers.get("Origin")
    ours = {urlsplit(runtime().public_url).netloc, request.host}
    if origin is not None and urlsplit(origin).netloc not in ours:
        raise Denied("This form came from another site.")


def _secure(here: Runtime) -> bool:
    return here.public_url.startswith("https://")
