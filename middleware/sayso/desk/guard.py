"""What stands before every page of the desk: who is signed in, where a form came from, and how a browser may use it."""

from __future__ import annotations

import functools
import hashlib
import hmac
import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from sayso import access, shadow, store
from sayso.desk import words
from sayso.doors import runtime
from sayso.message import OPEN_TASKS, Denied, Malformed
from sayso.runtime import Runtime
from sayso.store import Staff

logger = logging.getLogger("sayso")
BODY_LIMIT = 100_000
STATIC = Path(__file__).parent / "static"
STYLE = hashlib.sha256((STATIC / "desk.css").read_bytes()).hexdigest()[:12]
# https://cheatsheetseries.owasp.org/cheatsheets/Content_Security_Policy_Cheat_Sheet.html (read 2026-11-21)
# Referrer-Policy is not "no-referrer": browsers then call the origin of our own forms "null".
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WORDS = {
    404: "There is no such page.",
    405: "There is no such page.",
    413: "That was too long. Go back and shorten it.",
}
Body = Response | str | tuple[str, int]
Page = Callable[..., Body]


def page(view: Page) -> Callable[..., Response]:
    """A page for somebody who is signed in; everybody else is asked to sign in first."""

    def enter(**values: str) -> Body:
        staff = current_staff()
        if staff is None:
            return redirect(url_for(".desk_sign_in", then=request.path), 303)  # type: ignore[return-value]  # a Response of the same kind
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
        response = _answer(view, values)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if _secure(runtime()):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return answer


def render(name: str, staff: Staff | None = None, **values: object) -> str:
    """A template of the desk with what every page needs."""
    csrf, to_phone = csrf_token() if staff else "", 0
    if staff:
        with runtime().store.read() as tx:
            to_phone = store.count_tasks(tx, OPEN_TASKS, staff.stores, unseen_by=staff.email)
    shared = {"csrf": csrf, "to_phone": to_phone, "ways": words.WAYS, "outcomes": words.CALLS, "reasons": words.REASONS}
    shared |= {"testing": runtime().mode == "test", "in_shadow": shadow.is_on(runtime()), "would": shadow.VERDICTS}
    return render_template(f"sayso/{name}.html", staff=staff, style=STYLE, **shared, **values)


def hosted() -> bool:
    """Whether the host app says who is signed in, so that we ask nobody for a password."""
    return current_app.extensions["sayso"].hooks.reviewer is not None


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
    if known is None or (known.role, known.stores) != (role, wanted):
        known = runtime().store.write(lambda tx: store.add_staff(tx, email, role, wanted))
    return None if known.disabled else known


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


def forget_session(response: Response) -> Response:
    """Take the session from the browser; a `__Host-` cookie is only dropped by a secure one."""
    here = runtime()
    response.delete_cookie(cookie_name(here), secure=_secure(here), httponly=True, samesite="Lax", path="/")
    return response


def csrf_token() -> str:
    """The token that a form of this session carries; it says nothing of the session itself."""
    staff = getattr(g, "sayso_staff", None)
    owner = f"reviewer {staff.id}" if staff and hosted() else session_token() or ""
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


def _answer(view: Page, values: dict[str, str]) -> Response:
    try:
        if request.method not in ("GET", "HEAD"):
            require_own_origin()
        return make_response(view(**values))
    except Denied as denied:
        return _problem(403, str(denied))
    except Malformed as problem:
        return _problem(problem.status, str(problem))
    except HTTPException as error:
        status = error.code or 500
        return _problem(status, WORDS.get(status, "That could not be read. Go back, reload the page and try again."))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        return _problem(503, "Sayso cannot reach its records just now. Nothing was changed; try again in a moment.")
    except Exception:
        logger.exception("a page of the desk failed")
        return _problem(500, "Something went wrong on our side. No message was lost; try again in a moment.")


def _problem(status: int, text: str) -> Response:
    return make_response(render_template("sayso/problem.html", staff=None, text=text, style=STYLE), status)


def _secure(here: Runtime) -> bool:
    return here.public_url.startswith("https://")
