"""The way in: what a Twilio client sends, checked at once by Twilio's own rules and codes."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace

from werkzeug.http import parse_options_header

from sayso.message import Content, Draft, Malformed, Request
from sayso_providers.base import Call, Query, Viewer
from sayso_providers.base.names import by_letters, meant
from sayso_providers.twilio import fields as rules
from sayso_providers.twilio.paging import paged, pairs

DOOR = "2010-04-01"
BODY_LIMIT = 1_000_000
REPEATED = frozenset({"MediaUrl", "PersistentAction"})
# https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource (read 2026-11-21)
KNOWN = frozenset(
    "To StatusCallback ApplicationSid MaxPrice ProvideFeedback Attempt ValidityPeriod ForceDelivery ContentRetention "
    "AddressRetention SmartEncoded PersistentAction TrafficType ShortenUrls ScheduleType SendAt SendAsMms "
    "ContentVariables RiskCheck From FallbackFrom MessagingServiceSid Body MediaUrl ContentSid Status".split()
)
FOLDED = by_letters(KNOWN)
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
PAGE_TOKEN = re.compile(r"PA([0-9A-Z]{26})")
KEY = re.compile(r"[\x21-\x7e]{1,64}")
READS = frozenset({"", "IncomingPhoneNumbers", "Balance"})
MESSAGE, MEDIUM = re.compile(r"(SM|MM)[0-9a-fA-F]{32}"), re.compile(r"ME[0-9a-fA-F]{32}")
PATH = re.compile(
    r"/Accounts/(?P<account>[^/]+?)(?:/(?P<kind>[A-Za-z]+)(?:/(?P<sid>[^/]+?)"
    r"(?:/(?P<part>[A-Za-z]+)(?:/(?P<medium>[^/]+?))?)?)?)?(?P<suffix>\.json|\.xml)?"
)
ACTS: Mapping[tuple[bool, str, bool], Mapping[str, str]] = {
    (False, "", False): {"GET": "list", "POST": "create"},
    (True, "", False): {"GET": "fetch", "POST": "update", "DELETE": "amend"},
    (True, "Media", False): {"GET": "part"},
    (True, "Media", True): {"GET": "part", "DELETE": "amend"},
    (True, "Feedback", False): {"POST": "amend"},
}
"""What can be done where: by whether the path names a message, which part of it, and whether one medium."""


def credentials(request: Request) -> tuple[str, str]:
    """The account SID and token of HTTP Basic authentication, and no other."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        login, _, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:  # not base64, not ASCII, or not UTF-8 inside
        login = secret = ""
    if scheme.lower() != "basic" or not login or not secret:
        raise Malformed(401, 20003, "Authenticate")
    return login, secret


def key(request: Request) -> str | None:
    """The Idempotency-Key, which is ours: Twilio itself has none."""
    given = request.headers.get("idempotency-key")
    if given is not None and not KEY.fullmatch(given):
        raise Malformed(400, "malformed", "An Idempotency-Key is 1 to 64 visible ASCII characters.")
    return given


def route(request: Request) -> Call:
    """Create, fetch, list, cancel, redact, delete, media, feedback, or one of the few reads that key checks need."""
    match = PATH.fullmatch(request.path)
    if not match:
        raise _not_found(request)
    account, kind, sid = match["account"], match["kind"] or "", match["sid"] or ""
    if account != credentials(request)[0]:  # before the body is read: another account's door tells nothing
        raise Malformed(401, 20003, "Authenticate")
    if kind == "Messages":
        return _of_messages(request, match, Call("", account, sid))
    if kind in READS and not sid:
        if request.method not in ("GET", "HEAD"):
            raise _not_allowed(request)
        return Call("forward", account, path=f"/{kind}" if kind else "")
    raise _not_found(request)


def accept(request: Request, viewer: Viewer) -> list[Draft]:
    """The one message of a create request."""
    fields = form(request)
    given = dict(fields)
    media = tuple(value for name, value in fields if name == "MediaUrl" and value)
    to = rules.recipient(given, viewer.country)
    rules.require_open(to, viewer.closed_regions)
    sender = rules.sender(given, to, viewer.country)
    rules.require_words(given, media)
    callback = rules.url(given.get("StatusCallback"), 21609, "StatusCallback")
    send_at, expires_at = rules.times(given, viewer.now)
    prefix = rules.CHANNEL_PREFIX.match(to)
    pictured = bool(media) or given.get("SendAsMms", "").lower() == "true"
    channel = prefix[1] if prefix else ("mms" if pictured else "sms")
    content = Content(
        to=(to,),
        sender=sender,
        body=given.get("Body"),
        media=media,
        fields=fields,
        callback_url=callback,
        template=given.get("ContentSid") or None,
    )
    crm_id = ("MM" if pictured else "SM") + secrets.token_hex(16)
    return [Draft(channel, "twilio", crm_id, content, send_at=send_at, expires_at=expires_at)]


def query(request: Request, viewer: Viewer) -> Query:
    """The filters and the page of a list request; a filter that no message can match finds none."""
    given = dict(pairs(request.query))
    token = PAGE_TOKEN.fullmatch(given.get("PageToken", ""))
    if given.get("PageToken") and not token:
        raise Malformed(400, 20001, "The PageToken is not one of a page that was listed here.")
    to, sender = given.get("To", "").strip(), given.get("From", "").strip()
    return replace(
        paged(given, "DateSent", FILTERS),
        to=(rules.number(to, viewer.country) or to) if to else None,
        sender=(rules.any_sender(sender, viewer.country) or sender) if sender else None,
        after=token[1] if token else None,
        channels=rules.channels(to) if to else (),
    )


def form(request: Request) -> tuple[tuple[str, str], ...]:
    """The form's fields in order; refused when two readers could read it differently."""
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
    mime, options = parse_options_header(kind)
    charset = options.pop("charset", "utf-8").lower()
    if mime.lower() != "application/x-www-form-urlencoded" or charset not in ("utf-8", "utf8") or options:
        raise Malformed(415, 20415, "Send application/x-www-form-urlencoded in UTF-8.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Malformed(415, 20415, "Send the form without a Content-Encoding.")
    if request.query:
        raise Malformed(400, 20001, "Send the parameters in the body, not in the URL.")
    fields = pairs(request.body)
    names = [name for name, _ in fields]
    for name in names:
        if (its := meant(name, FOLDED)) != name:
            raise Malformed(400, 20001, f"The parameter {name[:40]!r} is written {its!r}.")
        if name in KNOWN and name not in REPEATED and names.count(name) > 1:
            raise Malformed(400, 20001, f"The parameter {name!r} was given more than once.")
    return fields


def _of_messages(request: Request, match: re.Match[str], call: Call) -> Call:
    part, medium = match["part"] or "", match["medium"] or ""
    acts = ACTS.get((bool(call.crm_id), part, bool(medium)))
    strange = (call.crm_id and not MESSAGE.fullmatch(call.crm_id)) or (medium and not MEDIUM.fullmatch(medium))
    if acts is None or strange:
        raise _not_found(request)
    method = "GET" if request.method == "HEAD" else request.method
    act = acts.get(method)
    if act is None:
        raise _not_allowed(request)
    if act == "update":
        return _update(request, call)
    if medium and method == "GET" and not match["suffix"]:
        return replace(call, act="medium", path=f"{part}/{medium}")
    return replace(call, act=act, path=f"{part}/{medium}".rstrip("/"))


def _update(request: Request, call: Call) -> Call:
    """A cancel or a redaction, and nothing between the two."""
    given = {name: value for name, value in form(request) if name in ("Status", "Body")}
    if given == {"Status": "canceled"}:
        return replace(call, act="withdraw")
    if given == {"Body": ""}:
        return replace(call, act="amend", path="Body")
    text = "Send Status=canceled to cancel a message, or an empty Body to redact one that is over, and nothing else."
    raise Malformed(400, 20001, text)


def _not_found(request: Request) -> Malformed:
    return Malformed(404, 20404, f"The requested resource /{DOOR}{request.path[:200]} was not found")


def _not_allowed(request: Request) -> Malformed:
    return Malformed(405, 20004, f"Method {request.method} is not allowed on /{DOOR}{request.path[:200]}")
