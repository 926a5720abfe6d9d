"""The doors in the back: what vendors post, and what an operator's watch asks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from sayso import callbacks, store
from sayso.access import callers
from sayso.doors import METHODS, add_route, no_door, read_request, respond, runtime
from sayso.message import Answer, Denied, Malformed
from sayso_providers import Provider

logger = logging.getLogger("sayso")


def add_back_doors(blueprint: Blueprint, providers: dict[str, Provider]) -> None:
    """Every vendor's callbacks, and the health check."""
    for provider in providers.values():
        callback = _callback(provider)
        for rule in (f"/callbacks/{provider.NAME}", f"/callbacks/{provider.NAME}/<token>"):
            add_route(blueprint, rule, f"callback_{provider.NAME}", callback, METHODS)
    add_route(blueprint, "/callbacks/<path:rest>", "no_callback", no_door(providers), METHODS)
    add_route(blueprint, "/healthz", "healthz", healthz, ("GET",))


@callers("anyone")
def healthz() -> Response:
    """200 while messages can be taken, 503 while not."""
    try:
        with runtime().store.read() as tx:
            store.read_stops(tx)
        return respond(Answer(200, b'{"ok": true}\n', {"Content-Type": "application/json"}))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        return respond(Answer(503, b'{"ok": false}\n', {"Content-Type": "application/json"}))


def _callback(provider: Provider) -> Callable[..., Response]:
    @callers("vendor")
    def callback(token: str | None = None) -> Response:
        try:
            if request.method != "POST":
                raise Malformed(405, "method", "Callbacks are posted.")
            callbacks.take(runtime(), provider.NAME, token, read_request(provider, ""))
            return respond(Answer(204, b"", {}))
        except Denied as denied:
            return respond(provider.error(Malformed(403, "signature", str(denied))))
        except Malformed as problem:
            return respond(provider.error(problem))
        except RequestEntityTooLarge:
            return respond(provider.error(Malformed(413, "too_large", "The callback is too large.")))
        except Exception:
            logger.exception("a callback could not be stored")
            return respond(provider.error(Malformed(503, "unavailable", "Not stored; send it again.")))

    return callback
