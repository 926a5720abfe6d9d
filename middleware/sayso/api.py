"""Our own door: JSON in, JSON out, RFC 9457 problems; a staff token decides, a source token sees its own."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from sayso import access, signoff, store, withdrawal, wording
from sayso.access import callers
from sayso.doors import METHODS, runtime
from sayso.message import Conflict, Denied, Json, Malformed, Message, State
from sayso.signoff import Wish
from sayso.store import Source, Staff, Tx

logger = logging.getLogger("sayso")
BODY_LIMIT = 1_000_000
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a source for its own messages, or a member of staff."""

    source: Source | None
    staff: Staff | None


View = Callable[..., Response]


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /api/."""
    for rule, view, methods in (
        ("/api/messages", messages, ("GET",)),
        ("/api/messages/<message_id>", one_message, ("GET",)),
        ("/api/messages/<message_id>/withdraw", withdraw, ("POST",)),
        ("/api/messages/<message_id>/<kind>", decide, ("POST",)),
        ("/api/purposes", purposes, ("GET",)),
        ("/api/counts", counts, ("GET",)),
    ):
        name = f"api_{view.__name__}"
        blueprint.add_url_rule(rule, name, view, methods=methods, strict_slashes=False, provide_automatic_options=False)
        others = tuple(
            method for method in METHODS if method not in methods and not (method == "HEAD" and "GET" in methods)
        )
        _add(blueprint, rule, f"{name}_not_allowed", not_allowed, others)
    for rule in ("/api", "/api/<path:rest>"):
        _add(blueprint, rule, "api_not_found", not_found, METHODS)


def _add(blueprint: Blueprint, rule: str, name: str, view: View, methods: tuple[str, ...]) -> None:
    blueprint.add_url_rule(rule, name, view, methods=methods, strict_slashes=False, provide_automatic_options=False)


def guarded(view: Callable[..., Json | tuple[Json, int]]) -> View:
    """Find out who asks, and turn everything that goes wrong into a problem document."""

    @functools.wraps(view)
    def answer(**values: str) -> Response:
        try:
            request.max_content_length = BODY_LIMIT
            with runtime().store.read() as tx:
                reader = _reader(tx)
            result = view(reader, **values)
        except Malformed as problem:
            return _problem(problem.status, str(problem))
        except Denied as denied:
            return _problem(403, str(denied))
        except RequestEntityTooLarge:
            return _problem(413, f"The request is larger than {BODY_LIMIT} bytes.")
        except ClientDisconnected:
            return _problem(400, "The request ended before its body did.")
        except SQLAlchemyError:
            logger.exception("the database does not answer")
            return _problem(503, "Sayso cannot reach its database just now; try again.")
        except Exception:
            logger.exception("the API failed")
            return _problem(500, "An internal error occurred; nothing was lost.")
        return _json(result[0], result[1]) if isinstance(result, tuple) else _json(result, 200)

    return answer


@callers("source or staff")
@guarded
def messages(reader: Reader) -> Json:
    """A page of messages, newest first."""
    given = request.args
    limit = _limit(given.get("limit", "50"))
    if any("\x00" in value for value in given.values()):
        raise Malformed(400, "query", "The query has a character that nothing here has.")
    after, state = given.get("after"), given.get("state")
    if state is not None and state not in set(State):
        raise Malformed(400, "state", f"There is no state {state[:40]!r}; there are {', '.join(State)}.")
    with runtime().store.read() as tx:
        found = store.recent(
            tx,
            limit=limit + 1,
            after=after,
            state=state,
            purpose=given.get("purpose"),
            store=given.get("store"),
            stores=reader.staff.stores if reader.staff else None,
            source_id=reader.source.id if reader.source else None,
        )
        shown = [wording.whole(tx, runtime(), message, reader.staff) for message in found[:limit]]
    more = len(found) > limit
    kept = {name: value for name, value in given.items() if name in ("state", "purpose", "store", "limit")}
    following = url_for(".api_messages", after=found[limit - 1].id, **kept) if more else None  # type: ignore[arg-type]  # strings
    return {"messages": list(shown), "next": following}


@callers("source or staff")
@guarded
def one_message(reader: Reader, message_id: str) -> Json:
    """One message by our id or the CRM's."""
    with runtime().store.read() as tx:
        return wording.whole(tx, runtime(), _readable(tx, reader, message_id), reader.staff)


@callers("source")
@guarded
def withdraw(reader: Reader, message_id: str) -> Json:
    """Stop a message that has not gone; 409 once it is too late."""
    if reader.source is None:
        raise Denied("Only the CRM that sent a message can withdraw it; staff reject it.")

    try:
        message = withdrawal.withdraw(runtime(), lambda tx: _readable(tx, reader, message_id))
    except Conflict as conflict:
        raise Malformed(409, "too_late", str(conflict)) from conflict
    with runtime().store.read() as tx:
        return wording.whole(tx, runtime(), message, None)


@callers("staff")
@guarded
def decide(reader: Reader, message_id: str, kind: str) -> Json | tuple[Json, int]:
    """One decision on the version that was shown; 409 with what changed when it is another by now."""
    if reader.staff is None:
        raise Denied("Only staff decide; use a staff token.")
    if kind not in signoff.DECISIONS:
        raise Malformed(
            404, "not_found", f"There is no decision {kind[:40]!r}; there are {', '.join(signoff.DECISIONS)}."
        )
    wish = _wish(kind)
    here = runtime()
    try:
        after = signoff.decide(here, reader.staff, _id(message_id), wish)
    except Conflict as conflict:
        return _conflict(reader.staff, conflict), 409
    with here.store.read() as tx:
        return wording.whole(tx, here, store.get(tx, after.id) or after, reader.staff)


@callers("source or staff")
@guarded
def purposes(reader: Reader) -> Json:
    """Every purpose with one sentence."""
    known = runtime().read_policy().purposes.values()
    return {"purposes": [{"name": p.name, "lane": p.lane, "sentence": p.sentence} for p in known]}


@callers("staff")
@guarded
def counts(reader: Reader) -> Json:
    """How many messages are in each state."""
    if reader.staff is None:
        raise Denied("Only staff see the counts; use a staff token.")
    with runtime().store.read() as tx:
        return dict.fromkeys(State, 0) | dict(store.count_states(tx, reader.staff.stores))


@callers("anyone")
def not_found(**values: str) -> Response:
    """404 in our own dialect."""
    return _problem(404, "There is nothing here; see /api/messages and /api/purposes.")


@callers("anyone")
def not_allowed(**values: str) -> Response:
    """405 in our own dialect."""
    return _problem(405, f"{request.method} is not possible here.")


def _reader(tx: Tx) -> Reader:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and token:
        staff = access.token_staff(tx, token)
        if staff:
            return Reader(None, staff)
        source = store.source_by_secret(tx, "token", token)
        if source:
            return Reader(source, None)
    raise Malformed(401, "credentials", "Send Authorization: Bearer with a token of this sayso.")


def _readable(tx: Tx, reader: Reader, message_id: str) -> Message:
    message = store.get(tx, _id(message_id), reader.source.id if reader.source else None)
    if message is None or (reader.staff and not signoff.sees(message, reader.staff)):
        raise Malformed(404, "not_found", "There is no such message.")
    return message


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise Malformed(404, "not_found", "There is no such message.")
    return text


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 200:
        raise Malformed(400, "limit", "limit must be a whole number from 1 to 200.")
    return int(text)


def _wish(kind: str) -> Wish:
    body = _body()
    version, content_hash = body.get("version"), body.get("content_hash")
    if isinstance(version, bool) or not isinstance(version, int) or not isinstance(content_hash, str):
        raise Malformed(400, "version", "Send the version (a number) and the content_hash of the message you saw.")
    reason, note = body.get("reason"), body.get("note")
    if kind == "reject" and reason not in (None, *signoff.REASONS):
        raise Malformed(400, "reason", f"reason must be one of {', '.join(signoff.REASONS)}.")
    if not (note is None or isinstance(note, str)) or len(note or "") > 2000:
        raise Malformed(400, "note", "note must be a text of at most 2000 characters.")
    return Wish(kind, version, content_hash, str(reason or "other") if kind == "reject" else None, note or "")


def _body() -> dict[str, Json]:
    try:
        body = json.loads(request.get_data(cache=False), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise Malformed(400, "json", f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise Malformed(400, "json", "The body must be a JSON object.")
    return body


def _no_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key was given twice")
    return dict(pairs)


def _conflict(staff: Staff, conflict: Conflict) -> Json:
    here, present = runtime(), None
    if conflict.message:
        with here.store.read() as tx:
            present = wording.whole(tx, here, conflict.message, staff)
    return _document(409, str(conflict)) | {"message": present}


def _document(status: int, detail: str) -> dict[str, Json]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def _problem(status: int, detail: str) -> Response:
    return _json(_document(status, detail), status)


def _json(body: Json, status: int) -> Response:
    kind = "application/problem+json" if status >= 400 else "application/json"
    response = Response(json.dumps(body), status, content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
