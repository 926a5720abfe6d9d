"""What every route of our own door shares: who asks, what a body must be, and problems as RFC 9457 words them."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from sayso import access, signoff, store, wording
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Json, Malformed, Message
from sayso.message.bodies import from_json
from sayso.store import Source, Staff, Tx

logger = logging.getLogger("sayso")
BODY_LIMIT = 1_000_000
ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a source for its own messages, or a member of staff."""

    source: Source | None
    staff: Staff | None


View = Callable[..., Response]


def bearer(tx: Tx) -> Reader:
    """Whose token the request has; Malformed 401 where it has none that works."""
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


def guarded(
    view: Callable[..., Json | tuple[Json, int] | Response],
    body_limit: int = BODY_LIMIT,
    who: Callable[[Tx], Reader] = bearer,
) -> View:
    """Find out who asks, and turn everything that goes wrong into a problem document."""

    @functools.wraps(view)
    def answer(**values: str) -> Response:
        try:
            request.max_content_length = body_limit
            with runtime().store.read() as tx:
                reader = who(tx)
            result = view(reader, **values)
            if isinstance(result, Response):
                return result
        except Malformed as bad:
            return problem(bad.status, str(bad))
        except Denied as denied:
            return problem(403, str(denied))
        except RequestEntityTooLarge:
            return problem(413, f"The request is larger than {body_limit} bytes.")
        except ClientDisconnected:
            return problem(400, "The request ended before its body did.")
        except SQLAlchemyError:
            logger.exception("the database does not answer")
            return problem(503, "Sayso cannot reach its database just now; try again.")
        except Exception:
            logger.exception("the API failed")
            return problem(500, "An internal error occurred; nothing was lost.")
        return as_json(result[0], result[1]) if isinstance(result, tuple) else as_json(result, 200)

    return answer


def readable(tx: Tx, reader: Reader, message_id: str) -> Message:
    """The message of that id, where this reader may see it; Malformed 404 otherwise."""
    message = store.get(tx, checked_id(message_id), reader.source.id if reader.source else None)
    if message is None or (reader.staff and not signoff.sees(tx, message, reader.staff)):
        raise Malformed(404, "not_found", "There is no such message.")
    return message


def checked_id(text: str) -> str:
    """An id as ours can be; Malformed 404 for any other text."""
    if not ID.fullmatch(text):
        raise Malformed(404, "not_found", "There is no such message.")
    return text


def json_body() -> dict[str, Json]:
    """The body, a JSON object in which no key stands twice; Malformed 400 otherwise."""
    body = read_json(request.get_data(cache=False))
    if not isinstance(body, dict):
        raise Malformed(400, "json", "The body must be a JSON object.")
    return body


def read_json(data: bytes) -> Json:
    """JSON that every reader reads alike; Malformed 400 for anything else."""
    try:
        return from_json(data)
    except ValueError as error:
        raise Malformed(400, "json", f"The body is not JSON: {error}") from error


def conflict_document(staff: Staff, conflict: Conflict) -> Json:
    """What changed, with the message as it is now."""
    here, present = runtime(), None
    if conflict.message:
        with here.store.read() as tx:
            present = wording.whole(tx, here, conflict.message, staff)
    return document(409, str(conflict)) | {"message": present}


def document(status: int, detail: str) -> dict[str, Json]:
    """A problem document (RFC 9457)."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def problem(status: int, detail: str) -> Response:
    """A problem document as an answer."""
    return as_json(document(status, detail), status)


def as_json(body: Json, status: int) -> Response:
    """An answer in JSON."""
    return as_bytes(json.dumps(body).encode(), status)


def as_bytes(body: bytes, status: int) -> Response:
    """An answer whose JSON is written already."""
    kind = "application/problem+json" if status >= 400 else "application/json"
    response = Response(body, status, content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
