"""The way in: what a Lob client sends, checked at once by Lob's own rules and codes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from sayso.message import Draft, Malformed, Request
from sayso_providers.base import Call, Viewer
from sayso_providers.lob import pieces
from sayso_providers.lob.forms import pairs, read
from sayso_providers.lob.kinds import KINDS, invalid

DOOR = "v1"
BODY_LIMIT = 30_000_000
LONGEST_KEY = 256
KEY = "idempotency_key"
PIECE = re.compile(r"/(?P<resource>[a-z_]+)(?:/(?P<id>[A-Za-z0-9_]+))?")
ACTS: Mapping[tuple[str, bool], str] = {
    ("GET", False): "list",
    ("POST", False): "create",
    ("GET", True): "fetch",
    ("DELETE", True): "withdraw",
}
"""What can be done, by the method and whether the path names a piece."""
PLACES: Mapping[tuple[str, bool], str] = {
    ("GET", False): "list",
    ("POST", False): "add",
    ("GET", True): "show",
    ("DELETE", True): "drop",
}
"""The same for addresses."""


def credentials(request: Request) -> tuple[str, str]:
    """No login, and the API key that stands where HTTP Basic authentication has the user."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")[0]
    except ValueError:  # not base64, not ASCII, or not UTF-8 inside
        secret = ""
    if scheme.lower() != "basic" or not secret:
        raise Malformed(401, "unauthorized", "Authorization required.")
    return "", secret


def route(request: Request) -> Call:
    """Create, fetch, list or cancel a piece, or the same for an address; everything else is Lob's own 404."""
    match = PIECE.fullmatch(request.path)
    method = "GET" if request.method == "HEAD" else request.method
    resource, named = (match["resource"], match["id"] or "") if match else ("", "")
    if resource == "addresses" and (what := PLACES.get((method, bool(named)))):
        if named and not named.startswith("adr_"):
            raise Malformed(404, "not_found", "address not found")
        return Call("place", crm_id=named, path=what)
    act = ACTS.get((method, bool(named)))
    if resource not in KINDS or act is None:
        text = f"The endpoint {request.method[:10]} /{DOOR}{request.path[:200]} is not known here."
        raise Malformed(404, "unrecognized_endpoint", text)
    if named and not named.startswith(f"{KINDS[resource].prefix}_"):
        raise Malformed(404, "not_found", f"{KINDS[resource].channel} not found")
    return Call(act, crm_id=named, path=resource)


def key(request: Request) -> str | None:
    """The idempotency key of a create, from its header or the query, the same key for each resource apart."""
    given = [value for name, value in pairs(request.query) if name == KEY]
    if "idempotency-key" in request.headers:
        given.append(request.headers["idempotency-key"])
    if len(given) > 1:
        raise invalid("Send the idempotency key in the header or in the URL, and not in both.", "bad_request")
    if not given:
        return None
    if not 1 <= len(given[0]) <= LONGEST_KEY:
        raise invalid(f"An idempotency key has 1 to {LONGEST_KEY} characters.", "bad_request")
    return hashlib.sha256(f"{request.path}|{given[0]}".encode()).hexdigest()


def accept(request: Request, viewer: Viewer) -> list[Draft]:
    """The one piece of a create request."""
    others = [name for name, _ in pairs(request.query) if name != KEY]
    if others:
        raise invalid(f"{others[0][:60]} belongs into the body, not into the URL.", "bad_request")
    return [pieces.draft(KINDS[request.path.strip("/")], read(request), viewer)]
