"""The vendor-shaped doors, the callbacks and the health check: HTTP in, one step called, HTTP out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from sayso import callbacks, intake, store
from sayso.access import callers
from sayso.message import Answer, Conflict, Denied, Malformed, Message, Request
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.withdrawal import withdraw
from sayso_providers import Call, Provider, Query, Viewer

logger = logging.getLogger("sayso")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
KEY = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at a vendor's door, once we know whose it is and what it asks."""

    here: Runtime
    provider: Provider
    source: Source
    asked: Request
    call: Call
    purpose: str | None

    @property
    def viewer(self) -> Viewer:
        """Through whose eyes the answer is written."""
        return self.here.viewer(self.call.login)


def runtime() -> Runtime:
    """The present app's runtime."""
    return current_app.extensions["sayso"].runtime  # type: ignore[no-any-return]  # extensions is a dict of anything


def add_doors(blueprint: Blueprint, providers: dict[str, Provider]) -> None:
    """Every vendor's door, with and without a purpose in front; doubled slashes are the same place."""
    for provider in providers.values():
        door, callback = _door(provider), _callback(provider)
        for before in ("", "/for/<purpose>", "//for/<purpose>"):
            for middle in ("/", "//"):
                rule = f"{before}{middle}{provider.DOOR}"
                for rest in ("", "/<path:rest>", "//<path:rest>"):
                    _route(blueprint, rule + rest, f"door_{provider.NAME}", door, METHODS)
        for rule in (f"/callbacks/{provider.NAME}", f"/callbacks/{provider.NAME}/<token>"):
            _route(blueprint, rule, f"callback_{provider.NAME}", callback, METHODS)
    nowhere = _no_door(providers)
    for rule in ("/for/<path:rest>", "/for//<path:rest>"):
        _route(blueprint, rule, "no_door", nowhere, METHODS)
    _route(blueprint, "/callbacks/<path:rest>", "no_callback", nowhere, METHODS)
    _route(blueprint, "/healthz", "healthz", healthz, ("GET",))


@callers("anyone")
def healthz() -> Response:
    """200 while messages can be taken, 503 while not."""
    try:
        with runtime().store.read() as tx:
            store.read_stops(tx)
        return _respond(Answer(200, b'{"ok": true}\n', {"Content-Type": "application/json"}))
    except SQLAlchemyError:
        logger.exception("the database does not answer")
        return _respond(Answer(503, b'{"ok": false}\n', {"Content-Type": "application/json"}))


def _route(blueprint: Blueprint, rule: str, name: str, view: Callable[..., Response], methods: tuple[str, ...]) -> None:
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
        try:
            return _respond(_enter(provider, _read(provider, rest), purpose))
        except Malformed as problem:
            return _respond(provider.error(problem))
        except Conflict as conflict:
            return _respond(provider.error(Malformed(409, "conflict", str(conflict))))
        except RequestEntityTooLarge:
            most = f"The request is larger than {provider.BODY_LIMIT} bytes."
            return _respond(provider.error(Malformed(413, "too_large", most)))
        except ClientDisconnected:
            return _respond(provider.error(Malformed(400, "malformed", "The request ended before its body did.")))
        except SQLAlchemyError:
            logger.exception("the database does not answer")
            busy = provider.error(Malformed(503, "unavailable", "Sayso cannot store messages just now; try again."))
            return _respond(replace(busy, headers={**busy.headers, "Retry-After": "5"}))
        except Exception:
            logger.exception("a door failed")
            return _respond(provider.error(Malformed(500, "internal", "An internal error occurred; nothing was lost.")))

    return door


def _no_door(providers: dict[str, Provider]) -> Callable[..., Response]:
    @callers("anyone")
    def no_door(rest: str) -> Response:
        meant = [provider for provider in providers.values() if f"/{provider.DOOR}/" in f"/{rest}/"]
        text = "There is nothing here: it is /for/<purpose>/ and then the vendor's path."
        return _respond((meant or list(providers.values()))[0].error(Malformed(404, "not_found", text)))

    return no_door


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


def _create(visit: Visit) -> Answer:
    viewer = visit.viewer
    key = visit.asked.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise Malformed(400, "malformed", "An Idempotency-Key is 1 to 64 visible ASCII characters.")
    drafts = visit.provider.accept(visit.asked, viewer)
    stored = [
        intake.take(visit.here, visit.source, replace(draft, purpose=draft.purpose or visit.purpose), key)
        for draft in drafts
    ]
    for message in stored:
        if intake.refused_at_once(message):
            raise visit.provider.refusal(message)
    return visit.provider.acknowledge([intake.as_born(message) for message in stored], viewer)


def _fetch(visit: Visit) -> Answer:
    with visit.here.store.read() as tx:
        return visit.provider.show(_own(tx, visit), visit.viewer)


def _list(visit: Visit) -> Answer:
    viewer = visit.viewer
    query = visit.provider.query(visit.asked, viewer)
    with visit.here.store.read() as tx:
        found = _page(tx, visit, query)
    return visit.provider.show_page(found[: query.size], query, len(found) > query.size, viewer)


def _page(tx: Tx, visit: Visit, query: Query) -> tuple[Message, ...]:
    return store.sent_page(
        tx,
        visit.source.id,
        visit.provider.NAME,
        limit=query.size + 1,
        offset=0 if query.after else query.page * query.size,
        after=query.after,
        to=query.to,
        sender=query.sender,
        sent_from=query.sent_from,
        sent_before=query.sent_before,
    )


def _withdraw(visit: Visit) -> Answer:
    try:
        message = withdraw(visit.here, lambda tx: _own(tx, visit))
    except Conflict as conflict:
        raise visit.provider.too_late(conflict.message or _now(visit)) from conflict
    return visit.provider.show(message, visit.viewer)


def _now(visit: Visit) -> Message:
    with visit.here.store.read() as tx:
        return _own(tx, visit)


def _forward(visit: Visit) -> Answer:
    account = visit.here.accounts.get(visit.provider.NAME)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set yet: messages are held, and nothing is sent.")
    return visit.provider.forward(visit.call, visit.asked, account, visit.here.vendor_http)


ACTS: dict[str, Callable[[Visit], Answer]] = {
    "create": _create,
    "fetch": _fetch,
    "list": _list,
    "withdraw": _withdraw,
    "forward": _forward,
}


def _own(tx: Tx, visit: Visit) -> Message:
    message = store.get(tx, visit.call.crm_id, visit.source.id)
    if message is None or message.crm_id != visit.call.crm_id:
        path = f"/{visit.provider.DOOR}{visit.asked.path[:200]}"
        raise Malformed(404, "not_found", f"The requested resource {path} was not found")
    return message


def _callback(provider: Provider) -> Callable[..., Response]:
    @callers("vendor")
    def callback(token: str | None = None) -> Response:
        try:
            if request.method != "POST":
                raise Malformed(405, "method", "Callbacks are posted.")
            callbacks.take(runtime(), provider.NAME, token, _read(provider, ""))
            return _respond(Answer(204, b"", {}))
        except Denied as denied:
            return _respond(provider.error(Malformed(403, "signature", str(denied))))
        except Malformed as problem:
            return _respond(provider.error(problem))
        except RequestEntityTooLarge:
            return _respond(provider.error(Malformed(413, "too_large", "The callback is too large.")))
        except Exception:
            logger.exception("a callback could not be stored")
            return _respond(provider.error(Malformed(503, "unavailable", "Not stored; send it again.")))

    return callback


def _read(provider: Provider, rest: str) -> Request:
    """The request as a vendor's file reads it: its path inside the door, its URL as the outside knows it."""
    request.max_content_length = provider.BODY_LIMIT
    inside = re.sub("/{2,}", "/", f"/{rest}").rstrip("/")
    query = request.query_string.decode("latin-1")
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = runtime().public_url + request.path[len(_prefix()) :] + (f"?{query}" if query else "")
    return Request(request.method, inside, query, headers, request.get_data(cache=False), url)


def _prefix() -> str:
    return current_app.extensions["sayso"].prefix  # type: ignore[no-any-return]  # extensions is a dict of anything


def _respond(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, headers=dict(answer.headers))
    if "Content-Type" not in answer.headers:
        response.headers.pop("Content-Type", None)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
