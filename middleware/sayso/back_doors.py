"""The doors in the back: what vendors post, and what an operator's watch asks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from sayso import access, callbacks, inbound, watch
from sayso.access import callers
from sayso.api.manners import problem as problem_document
from sayso.doors import METHODS, add_route, no_door, read_request, respond, runtime
from sayso.message import Answer, Denied, Malformed, SaysoError
from sayso_providers import Provider

logger = logging.getLogger("sayso")


def add_back_doors(blueprint: Blueprint, providers: dict[str, Provider]) -> None:
    """Every vendor's callbacks, what people write back, the health check and the metrics."""
    for provider in providers.values():
        callback = _callback(provider)
        for rule in (f"/callbacks/{provider.NAME}", f"/callbacks/{provider.NAME}/<token>"):
            add_route(blueprint, rule, f"callback_{provider.NAME}", callback, METHODS)
        add_route(blueprint, f"/inbound/{provider.NAME}", f"inbound_{provider.NAME}", _inbound(provider), METHODS)
    for place in ("callbacks", "inbound"):
        add_route(blueprint, f"/{place}/<path:rest>", f"no_{place}", no_door(providers), METHODS)
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


def _callback(provider: Provider) -> Callable[..., Response]:
    @callers("vendor")
    def callback(token: str | None = None) -> Response:
        def take() -> Answer:
            callbacks.take(runtime(), provider.NAME, token, read_request(provider, ""))
            return Answer(204, b"", {})

        return respond(_posted(provider, take))

    return callback


def _inbound(provider: Provider) -> Callable[..., Response]:
    @callers("vendor")
    def wrote() -> Response:
        return respond(_posted(provider, lambda: inbound.take(runtime(), provider.NAME, read_request(provider, ""))))

    return wrote


def _posted(provider: Provider, take: Callable[[], Answer]) -> Answer:
    """What a vendor hears that posts to us: 403 without its signature, and 2xx only once it is stored."""
    try:
        if request.method != "POST":
            raise Malformed(405, "method", "This is for posting.")
        return take()
    except Denied as denied:
        return provider.error(Malformed(403, "signature", str(denied)))
    except Malformed as problem:
        return provider.error(problem)
    except RequestEntityTooLarge:
        return provider.error(Malformed(413, "too_large", "That is too large."))
    except Exception:
        logger.exception("what a vendor posted could not be stored")
        return provider.error(Malformed(503, "unavailable", "Not stored; send it again."))
