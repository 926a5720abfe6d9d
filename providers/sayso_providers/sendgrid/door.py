"""The way in: what a SendGrid client sends, checked at once by SendGrid's own rules."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from sayso.message import Draft, Json, Malformed, Request
from sayso.message.bodies import from_json
from sayso_providers.base import Call, Viewer
from sayso_providers.sendgrid import rules
from sayso_providers.sendgrid.drafts import drafts

DOOR = "v3"
BODY_LIMIT = 30 * 1024 * 1024
KEY = re.compile(r"[\x21-\x7e]{1,64}")
ID = "[A-Za-z0-9_-]{1,100}"
Acts = Mapping[str, str]
# Beside what is ours, the reads by which plug-ins test a key and let people choose a template or a group.
ROUTES: tuple[tuple[re.Pattern[str], Acts], ...] = tuple(
    (re.compile(path), acts)
    for path, acts in (
        (r"/mail/send", {"POST": "create"}),
        (r"/mail/batch", {"POST": "run"}),
        (rf"/mail/batch/(?P<run>{ID})", {"GET": "run"}),
        (r"/user/scheduled_sends", {"GET": "run", "POST": "run"}),
        (rf"/user/scheduled_sends/(?P<run>{ID})", {"GET": "run", "PATCH": "run", "DELETE": "run"}),
        (r"/scopes|/user/(?:profile|account)", {"GET": "forward"}),
        (rf"/templates(?:/{ID}(?:/versions/{ID})?)?", {"GET": "forward"}),
        (r"/asm/groups(?:/\d{1,12})?", {"GET": "forward"}),
    )
)


def credentials(request: Request) -> tuple[str, str]:
    """No login, and the API key of Bearer authentication."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Malformed(401, "", "authorization required")
    return "", key.strip()


def key(request: Request) -> str | None:
    """The Idempotency-Key, which is ours: SendGrid itself has none."""
    given = request.headers.get("idempotency-key")
    if given is not None and not KEY.fullmatch(given):
        raise Malformed(400, "malformed", "An Idempotency-Key is 1 to 64 visible ASCII characters.")
    return given


def route(request: Request) -> Call:
    """A mail, a run of mails, or one of the few reads that go on to SendGrid; all else would be a way past the hold."""
    if request.headers.get("on-behalf-of"):
        raise Malformed(403, "", "access forbidden: this key has no subusers.")
    method = "GET" if request.method == "HEAD" else request.method
    for pattern, acts in ROUTES:
        if found := pattern.fullmatch(request.path):
            if method not in acts:
                raise Malformed(405, "method", "method not allowed")
            return Call(acts[method], crm_id=found.groupdict().get("run") or "", path=request.path)
    raise Malformed(404, "not_found", "not found")


def accept(request: Request, viewer: Viewer) -> list[Draft]:
    """A draft for each personalization; none where the request is only to be checked (sandbox mode)."""
    body = read_json(request)
    rules.check(body, viewer.now)
    settings = body.get("mail_settings")
    sandbox = settings.get("sandbox_mode") if isinstance(settings, dict) else None
    if isinstance(sandbox, dict) and sandbox.get("enable") is True:
        return []
    return drafts(body, viewer.now)


def read_json(request: Request) -> dict[str, Json]:
    """The JSON object of a request; Malformed where two readers could read it differently."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Malformed(415, "", "Content-Type should be application/json.")
    try:
        found = from_json(_unpacked(request))
    except ValueError as error:
        raise Malformed(400, "malformed", "Bad Request") from error
    if not isinstance(found, dict):
        raise Malformed(400, "malformed", "Bad Request")
    return found


def _unpacked(request: Request) -> bytes:
    """The body, which may be packed with gzip."""
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        return request.body
    if packing != "gzip":
        raise Malformed(415, "", "The Content-Encoding may be gzip only.")
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = unpacking.decompress(request.body, BODY_LIMIT)
    except zlib.error as error:
        raise ValueError("this is not gzip") from error
    if unpacking.unconsumed_tail:
        raise Malformed(413, "too_large", "too large")
    return plain
