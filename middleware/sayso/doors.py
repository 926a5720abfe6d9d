"""The vendor-shaped doors: HTTP in, one step called, HTTP out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from sayso.access import callers
from sayso.acts import ACTS, Visit
from sayso.message import Answer, Conflict, Malformed, Request
from sayso.runtime import Runtime
from sayso_providers import Provider

logger = logging.getLogger("sayso")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def runtime() -> Runtime:
    """The present app's runtime."""
    return current_app.extensions["sayso"].runtime  # type: ignore[no-any-return]  # extensions is a dict of anything


def add_doors(blueprint: Blueprint, providers: Mapping[str, Provider]) -> None:
    """Every vendor's door, with and without a purpose in front; doubled slashes are the same place."""
    for provider in providers.values():
        door = _door(provider)
        for before in ("", "/for/<purpose>", "//for/<purpose>"):
            for middle in ("/", "//"):
                rule = f"{before}{middle}{provider.DOOR}"
                for rest in ("", "/<path:rest>", "//<path:rest>"):
                    add_route(blueprint, rule + rest, f"door_{provider.NAME}", door, METHODS)
    nowhere = no_door(providers)
    for rule in ("/for/<path:rest>", "/for//<path:rest>"):
        add_route(blueprint, rule, "no_door", nowhere, METHODS)


def add_route(
    blueprint: Blueprint, rule: str, name: str, view: Callable[..., Response], methods: tuple[str, ...]
) -> None:
    """Add a route of which no spelling of slashes is redirected."""

    def add(state: BlueprintSetupState) -> None:
        state.app.add_url_rule(  # not the blueprint's own, which would make one of two slashes in front
            f"{state.url_prefix or ''}{rule}",
            f"{state.name_prefix}.{state.name}.{name}".lstrip("."),
            view,
            methods=methods,
            strict_slashes=False,
            merge_slashes=False,
            provide_automatic_options=False,
        )

    blueprint.record(add)


def _door(provider: Provider) -> Callable[..., Response]:
    @callers("source")
    def door(rest: str = "", purpose: str | None = None) -> Response:
        return respond(provider.formatted(_answer(provider, rest, purpose), rest))

    return door


def _answer(provider: Provider, rest: str, purpose: str | None) -> Answer:
    """What the caller hears, whatever happens."""
    try:
        return _enter(provider, read_request(provider.BODY_LIMIT, rest), purpose)
    except Malformed as problem:
        return provider.error(problem)
    except Conflict as conflict:
        return provider.error(Malformed(409, "conflict", str(conflict)))
    except RequestEntityTooLarge:
        most = f"The request is larger than {provider.BODY_LIMIT} bytes."
        return provider.error(Malformed(413, "too_large", most))
    except ClientDisconnected:
        return provider.error(Malformed(400, "malformed", "The request ended before its body did."))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        busy = provider.error(Malformed(503, "unavailable", "Sayso cannot store messages just now; try again."))
        return replace(busy, headers={**busy.headers, "Retry-After": "5"})
    except Exception:
        logger.exception("a door failed")
        return provider.error(Malformed(500, "internal", "An internal error occurred; nothing was lost."))


def no_door(providers: Mapping[str, Provider]) -> Callable[..., Response]:
    """What a path hears that is near a door and is none, in the words of the vendor it may mean."""

    @callers("anyone")
    def nowhere(rest: str) -> Response:
        meant = [provider for provider in providers.values() if f"/{provider.DOOR}/" in f"/{rest}/"]
        text = "There is nothing here: it is /for/<purpose>/ and then the vendor's path."
        return respond((meant or list(providers.values()))[0].error(Malformed(404, "not_found", text)))

    return nowhere


def _enter(provider: Provider, asked: Request, purpose: str | None) -> Answer:
    here = runtime()
    login, secret = provider.credentials(asked)
    source = current_app.extensions["sayso"].doorkeeper.source(here, provider.NAME, secret, login)
    if source is None:
        raise Malformed(401, "credentials", "Authenticate")
    if purpose is not None and purpose not in here.read_policy().purposes:
        raise Malformed(404, "not_found", f"There is no purpose {purpose[:80]!r}: see the list at /api/purposes.")
    call = provider.route(asked)
    if call.login and call.login != login:
        raise Malformed(401, "credentials", "Authenticate")
    return ACTS[call.act](Visit(here, provider, source, asked, call, purpose))


def read_request(limit: int, rest: str) -> Request:
    """The request as a vendor's file reads it: its path inside the door, its URL as outside; 413 beyond `limit`."""
    request.max_content_length = limit
    inside = re.sub("/{2,}", "/", f"/{rest}").rstrip("/")
    query = request.query_string.decode("latin-1")
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = runtime().public_url + request.path[len(_prefix()) :] + (f"?{query}" if query else "")
    return Request(request.method, inside, query, headers, request.get_data(cache=False), url, runtime().clock())


def _prefix() -> str:
    return current_app.extensions["sayso"].prefix  # type: ignore[no-any-return]  # extensions is a dict of anything


def respond(answer: Answer) -> Response:
    """A step's answer as Flask's."""
    response = Response(answer.body, answer.status, headers=dict(answer.headers))
    if "Content-Type" not in answer.headers:
        response.headers.pop("Content-Type", None)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
