"""The doors in the back: what vendors post, and what an operator's watch asks."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from sayso import access, callbacks, inbound, watch
from sayso.access import callers
from sayso.api.manners import problem as problem_document
from sayso.doors import METHODS, add_route, no_door, read_request, respond, runtime
from sayso.message import Answer, Denied, Malformed, SaysoError
from sayso_providers import DOORS, EARS, POSTBAGS, Provider, Vendor

logger = logging.getLogger("sayso")
POSTED, BAGGED = 1_000_000, 4_000_000
"""How many bytes of callbacks a vendor may post at once, and how many together with what people write.

What people write by itself may be as large as what CRMs send.
"""


def add_back_doors(blueprint: Blueprint, vendors: Mapping[str, Vendor], doors: Mapping[str, Provider]) -> None:
    """Every vendor's callbacks, what people write back, the health check and the metrics."""
    for name in vendors:
        callback = _postbag(name) if name in POSTBAGS else _callback(name)
        for rule in (f"/callbacks/{name}", f"/callbacks/{name}/<token>"):
            add_route(blueprint, rule, f"callback_{name}", callback, METHODS)
    for name in EARS:
        add_route(blueprint, f"/inbound/{name}", f"inbound_{name}", _inbound(name), METHODS)
    for place in ("callbacks", "inbound"):
        add_route(blueprint, f"/{place}/<path:rest>", f"no_{place}", no_door(doors), METHODS)
    add_route(blueprint, "/healthz", "healthz", healthz, ("GET",))
    add_route(blueprint, "/metrics", "metrics", metrics, ("GET",))


@callers("anyone")
def healthz() -> Response:
    """200 while messages can be taken, 503 while not, also while the database hangs."""
    ready = _is_ready(current_app.extensions["sayso"].lookout)
    body = b'{"ok": true}\n' if ready else b'{"ok": false}\n'
    return respond(Answer(200 if ready else 503, body, {"Content-Type": "application/json"}))


@callers("operator")
def metrics() -> Response:
    """How much waits where, for whoever asks on this machine or shows a staff member's API token."""
    try:
        if not watch.may_look(request.remote_addr, dict(request.headers), runtime().public_url) and not _shows_token():
            return problem_document(401, "Send Authorization: Bearer with a staff token, or ask on the machine itself.")
        page = current_app.extensions["sayso"].lookout.page(runtime())
        return respond(Answer(200, page, {"Content-Type": watch.KIND}))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        return problem_document(503, "Sayso cannot reach its database just now; try again.")


def _is_ready(lookout: watch.Lookout) -> bool:
    """The first request to a host's app makes the tables, for as long as that takes; only then is time short."""
    try:
        here = runtime()
    except (SQLAlchemyError, SaysoError):
        logger.exception("the database cannot be used")
        return False
    return lookout.is_ready(here.store.is_current)


def _shows_token() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    with runtime().store.read() as tx:
        return scheme.lower() == "bearer" and access.token_staff(tx, token.strip()) is not None


def _callback(name: str) -> Callable[..., Response]:
    @callers("vendor")
    def callback(token: str | None = None) -> Response:
        def take() -> Answer:
            callbacks.take(runtime(), name, token, read_request(POSTED, ""))
            return Answer(204, b"", {})

        return respond(_posted(name, take))

    return callback


def _postbag(name: str) -> Callable[..., Response]:
    """One address for a handshake, receipts and what people write; a token in the path says nothing there."""

    def take() -> Answer:
        asked, here = read_request(BAGGED, ""), runtime()
        if asked.method == "GET":
            return POSTBAGS[name].greet(asked, here.store.seal.hash("handshake", name))
        inbound.take_both(here, name, POSTBAGS[name], asked)
        return Answer(200, b"", {})

    @callers("vendor")
    def callback(token: str | None = None) -> Response:
        return respond(_posted(name, take, ("GET", "POST")))

    return callback


def _inbound(name: str) -> Callable[..., Response]:
    most = DOORS[name].BODY_LIMIT if name in DOORS else POSTED

    @callers("vendor")
    def wrote() -> Response:
        return respond(_posted(name, lambda: inbound.take(runtime(), name, read_request(most, ""))))

    return wrote


def _posted(name: str, take: Callable[[], Answer], methods: tuple[str, ...] = ("POST",)) -> Answer:
    """What a vendor hears that posts to us: 403 without its signature, and 2xx only once it is stored."""
    try:
        if request.method not in methods:
            raise Malformed(405, "method", "This is for posting.")
        return take()
    except Denied as denied:
        return _no(name, Malformed(403, "signature", str(denied)))
    except Malformed as problem:
        return _no(name, problem)
    except RequestEntityTooLarge:
        return _no(name, Malformed(413, "too_large", "That is too large."))
    except Exception:
        logger.exception("what a vendor posted could not be stored")
        return _no(name, Malformed(503, "unavailable", "Not stored; send it again."))


def _no(name: str, problem: Malformed) -> Answer:
    """In the words of the vendor's own door, where it has one here."""
    if name in DOORS:
        return DOORS[name].error(problem)
    body = json.dumps({"error": {"message": str(problem)}}).encode()
    return Answer(problem.status, body, {"Content-Type": "application/json"})
