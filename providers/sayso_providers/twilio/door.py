"""The way in: what a Twilio client sends, checked at once by Twilio's own rules and codes."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header

from sayso.message import Content, Draft, Malformed, Request
from sayso_providers.base import Call, Query, Viewer
from sayso_providers.twilio import fields as rules

DOOR = "2010-04-01"
BODY_LIMIT = 1_000_000
MOST_FIELDS = 1_000
REPEATED = frozenset({"MediaUrl", "PersistentAction"})
# https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource (read 2026-11-21)
KNOWN = frozenset(
    "To StatusCallback ApplicationSid MaxPrice ProvideFeedback Attempt ValidityPeriod ForceDelivery ContentRetention "
    "AddressRetention SmartEncoded PersistentAction TrafficType ShortenUrls ScheduleType SendAt SendAsMms "
    "ContentVariables RiskCheck From FallbackFrom MessagingServiceSid Body MediaUrl ContentSid Status".split()
)
FOLDED = {name.lower(): name for name in KNOWN}
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
LONGEST_PAGE = 1000
PAGE_TOKEN = re.compile(r"PA([0-9A-Z]{26})")
READS = frozenset({"", "IncomingPhoneNumbers", "Balance"})
PATH = re.compile(r"/Accounts/(?P<account>[^/]+?)(?:/(?P<kind>[A-Za-z]+)(?:/(?P<sid>[^/]+?))?)?(?:\.json)?")


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


def route(request: Request) -> Call:
    """Create, fetch, list, cancel, or one of the few reads that key checks need."""
    match = PATH.fullmatch(request.path)
    if not match:
        raise _not_found(request)
    account, kind, sid = match["account"], match["kind"] or "", match["sid"] or ""
    if kind == "Messages":
        return Call(_act(request, sid), account, sid)
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
    sender = rules.sender(given, to, viewer.country)
    rules.require_words(given, media)
    callback = rules.url(given.get("StatusCallback"), 21609, "StatusCallback")
    send_at, expires_at = rules.times(given, viewer.now)
    prefix = rules.CHANNEL_PREFIX.match(to)
    channel = prefix[1] if prefix else ("mms" if media else "sms")
    content = Content(
        to=(to,),
        sender=sender,
        body=given.get("Body"),
        media=media,
        fields=fields,
        callback_url=callback,
        template=given.get("ContentSid") or None,
    )
    crm_id = ("MM" if media else "SM") + secrets.token_hex(16)
    return [Draft(channel, "twilio", crm_id, content, send_at=send_at, expires_at=expires_at)]


def query(request: Request, viewer: Viewer) -> Query:
    """The filters and the page of a list request; a filter that no message can match finds none."""
    given = dict(_pairs(request.query))
    token = PAGE_TOKEN.fullmatch(given.get("PageToken", ""))
    if given.get("PageToken") and not token:
        raise Malformed(400, 20001, "The PageToken is not one of a page that was listed here.")
    to, sender = given.get("To", "").strip(), given.get("From", "").strip()
    sent_from, sent_before = _sent(given)
    return Query(
        to=(rules.number(to, viewer.country) or to) if to else None,
        sender=(rules.any_sender(sender, viewer.country) or sender) if sender else None,
        sent_from=sent_from,
        sent_before=sent_before,
        size=min(rules.count(given, "PageSize", 50, 1, 999_999_999), LONGEST_PAGE),
        page=rules.count(given, "Page", 0, 0, 1_000_000),
        after=token[1] if token else None,
        raw={name: given[name] for name in FILTERS if given.get(name)},
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
    fields = _pairs(request.body)
    names = [name for name, _ in fields]
    for name in names:
        meant = FOLDED.get(re.sub(r"[^a-z]", "", name.lower()), name)
        if meant != name:
            raise Malformed(400, 20001, f"The parameter {name[:40]!r} is written {meant!r}.")
        if name in KNOWN and name not in REPEATED and names.count(name) > 1:
            raise Malformed(400, 20001, f"The parameter {name!r} was given more than once.")
    return fields


def _pairs(raw: bytes | str) -> tuple[tuple[str, str], ...]:
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    except UnicodeDecodeError as error:
        raise Malformed(400, 20001, "The parameters are not UTF-8.") from error
    except ValueError as error:
        raise Malformed(400, 20001, f"More than {MOST_FIELDS} parameters.") from error


def _act(request: Request, sid: str) -> str:
    if sid and not re.fullmatch(r"(SM|MM)[0-9a-fA-F]{32}", sid):
        raise _not_found(request)
    acts = {
        ("POST", False): "create",
        ("GET", False): "list",
        ("GET", True): "fetch",
        ("POST", True): "withdraw",
    }
    method = "GET" if request.method == "HEAD" else request.method
    act = acts.get((method, bool(sid)))
    if act is None:
        raise _not_allowed(request)
    if act == "withdraw" and dict(form(request)).get("Status") != "canceled":
        raise Malformed(400, 20001, "Only Status=canceled can be set on a message that has not gone.")
    return act


def _sent(given: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    """The bounds on the time of sending; a day without a time is meant whole, on its end as well."""
    day, after, before = (given.get(name, "") for name in ("DateSent", "DateSent>", "DateSent<"))
    try:
        if day:
            start = rules.moment(day).replace(hour=0, minute=0, second=0, microsecond=0)
            return start, start + timedelta(days=1)
        end = rules.moment(before) if before else None
        if end:
            end += timedelta(days=1) if len(before) <= len("YYYY-MM-DD") else timedelta(seconds=1)
        return (rules.moment(after) if after else None), end
    except (ValueError, OverflowError) as error:
        raise Malformed(400, 20001, "DateSent must be a date (YYYY-MM-DD).") from error


def _not_found(request: Request) -> Malformed:
    return Malformed(404, 20404, f"The requested resource /{DOOR}{request.path[:200]} was not found")


def _not_allowed(request: Request) -> Malformed:
    return Malformed(405, 20004, f"Method {request.method} is not allowed on /{DOOR}{request.path[:200]}")
