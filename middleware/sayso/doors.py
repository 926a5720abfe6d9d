"""The vendor-shaped doors: HTTP in, one step called, HTTP out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from sayso import intake, store
from sayso.access import callers
from sayso.amending import amend
from sayso.message import Answer, Conflict, Malformed, Message, Request
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.withdrawal import withdraw
from sayso_providers import Amendment, Call, Provider, Query, Viewer

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
        return self.here.viewer(self.call.login, self.source.name)


def runtime() -> Runtime:
    """The present app's runtime."""
    return current_app.extensions["sayso"].runtime  # type: ignore[no-any-return]  # extensions is a dict of anything


def add_doors(blueprint: Blueprint, providers: dict[str, Provider]) -> None:
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
        return _enter(provider, read_request(provider, rest), purpose)
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


def no_door(providers: dict[str, Provider]) -> Callable[..., Response]:
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
        channels=query.channels,
    )


def _withdraw(visit: Visit) -> Answer:
    try:
        message = withdraw(visit.here, lambda tx: _own(tx, visit))
    except Conflict as conflict:
        raise visit.provider.too_late(conflict.message or _now(visit), visit.viewer) from conflict
    return visit.provider.show(message, visit.viewer)


def _now(visit: Visit) -> Message:
    with visit.here.store.read() as tx:
        return _own(tx, visit)


def _part(visit: Visit) -> Answer:
    return visit.provider.part(visit.call, visit.asked, _now(visit), visit.viewer)


def _medium(visit: Visit) -> Answer:
    """A picture that somebody sent, asked of the vendor; of what goes out we keep none and fetch none."""
    with visit.here.store.read() as tx:
        reply = store.find_reply(tx, visit.call.crm_id, visit.source.id)
    if reply is None:
        where = f"/{visit.provider.DOOR}{visit.asked.path[:200]}"
        raise Malformed(404, "not_found", f"The requested resource {where} was not found: it is at your own MediaUrl.")
    account = visit.here.accounts.get(visit.provider.NAME)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set, so nobody can be asked for the picture.")
    return visit.provider.medium(reply.heard, visit.call.path, account, visit.here.media_http)


def _amend(visit: Visit) -> Answer:
    def plan(message: Message) -> Amendment:
        return visit.provider.amend(visit.call, visit.asked, message, visit.viewer)

    return amend(visit.here, lambda tx: _own(tx, visit), plan)


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
    "part": _part,
    "medium": _medium,
    "amend": _amend,
    "forward": _forward,
}


def _own(tx: Tx, visit: Visit) -> Message:
    message = store.get(tx, visit.call.crm_id, visit.source.id)
    if message is None or message.crm_id != visit.call.crm_id or message.deleted_at:
        path = f"/{visit.provider.DOOR}{visit.asked.path[:200]}"
        raise Malformed(404, "not_found", f"The requested resource {path} was not found")
    return message


def read_request(provider: Provider, rest: str) -> Request:
    """The request as a vendor's file reads it: its path inside the door, its URL as the outside knows it."""
    request.max_content_length = provider.BODY_LIMIT
    inside = re.sub("/{2,}", "/", f"/{rest}").rstrip("/")
    query = request.query_string.decode("latin-1")
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = runtime().public_url + request.path[len(_prefix()) :] + (f"?{query}" if query else "")
    return Request(request.method, inside, query, headers, request.get_data(cache=False), url)


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
