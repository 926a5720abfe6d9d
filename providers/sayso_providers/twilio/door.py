"""The way in: what a Twilio client sends, checked at once by Twilio's own rules and codes."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import phonenumbers

from sayso.message import Content, Draft, Malformed, Request
from sayso_providers.base import Call, Query, Viewer

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
CHANNEL_PREFIX = re.compile(r"(whatsapp|messenger|rcs):(.+)", re.DOTALL)
ALPHANUMERIC_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
SHORT_CODE = re.compile(r"[0-9]{3,8}")
READS = frozenset({"", "IncomingPhoneNumbers", "Balance"})
PATH = re.compile(r"/Accounts/(?P<account>[^/]+?)(?:/(?P<kind>[A-Za-z]+)(?:/(?P<sid>[^/]+?))?)?(?:\.json)?")


def credentials(request: Request) -> tuple[str, str]:
    """The account SID and token of HTTP Basic authentication, and no other."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        login, colon, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        login = colon = secret = ""
    if scheme.lower() != "basic" or not colon:
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
    to = _recipient(given, viewer.country)
    sender = _sender(given)
    _require_words(given, media)
    callback = _url(given.get("StatusCallback"), 21609, "StatusCallback")
    send_at, expires_at = _times(given, viewer.now)
    prefix = CHANNEL_PREFIX.match(to)
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
    """The filters and the page of a list request."""
    given = dict(_pairs(request.query))
    size, page = _count(given, "PageSize", 50, 1, 1000), _count(given, "Page", 0, 0, 1_000_000)
    token = given.get("PageToken", "")
    day, after, before = (_moment(given.get(name)) for name in ("DateSent", "DateSent>", "DateSent<"))
    kept = {name: given[name] for name in ("To", "From", "DateSent", "DateSent<", "DateSent>") if given.get(name)}
    return Query(
        to=_number(given["To"], viewer.country) if given.get("To") else None,
        sender=given.get("From") or None,
        sent_from=day or after,
        sent_before=day + timedelta(days=1) if day else before,
        size=size,
        page=page,
        after=token.removeprefix("PA") or None,
        raw=kept,
    )


def form(request: Request) -> tuple[tuple[str, str], ...]:
    """The form's fields in order; refused when two readers could read it differently."""
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
    mime, _, parameters = kind.partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if mime.strip().lower() != "application/x-www-form-urlencoded" or charset not in ("", "charset=utf-8"):
        raise Malformed(415, 20415, "Send application/x-www-form-urlencoded in UTF-8.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Malformed(415, 20415, "Send the form without a Content-Encoding.")
    if request.query:
        raise Malformed(400, 20001, "Send the parameters in the body, not in the URL.")
    fields = _pairs(request.body)
    names = [name for name, _ in fields]
    for name in names:
        if FOLDED.get(name.lower(), name) != name:
            raise Malformed(400, 20001, f"The parameter {name!r} is written {FOLDED[name.lower()]!r}.")
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


def _recipient(given: Mapping[str, str], country: str) -> str:
    if not given.get("To", "").strip():
        raise Malformed(400, 21604, "A 'To' phone number is required.")
    number = _number(given["To"], country)
    if number is None:
        raise Malformed(400, 21211, f"Invalid 'To' Phone Number: {given['To'][:80]}")
    return number


def _number(raw: str, country: str) -> str | None:
    prefix = CHANNEL_PREFIX.fullmatch(raw.strip())
    if prefix and prefix[1] == "messenger":
        return raw.strip()
    try:
        parsed = phonenumbers.parse(prefix[2] if prefix else raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed) or parsed.extension:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{prefix[1]}:{number}" if prefix else number


def _sender(given: Mapping[str, str]) -> str | None:
    sender, service = given.get("From", "").strip(), given.get("MessagingServiceSid", "")
    if service and not re.fullmatch(r"MG[0-9a-fA-F]{32}", service):
        raise Malformed(400, 21701, f"The Messaging Service {service[:80]} does not exist.")
    if not sender:
        if not service:
            raise Malformed(400, 21603, "A 'From' phone number or a MessagingServiceSid is required.")
        return None
    prefix = CHANNEL_PREFIX.fullmatch(sender)
    if prefix or ALPHANUMERIC_SENDER.fullmatch(sender) or SHORT_CODE.fullmatch(sender):
        return sender
    number = _number(sender, "US") if sender.startswith("+") or sender.isdigit() else None
    if number is None:
        raise Malformed(400, 21212, f"Invalid 'From' Phone Number: {sender[:80]}")
    return number


def _require_words(given: Mapping[str, str], media: Sequence[str]) -> None:
    body = given.get("Body", "")
    if not body and not media and not given.get("ContentSid"):
        raise Malformed(400, 21602, "Message body is required.")
    if len(body) > 1600:
        raise Malformed(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if given.get("ContentSid") and not re.fullmatch(r"HX[0-9a-fA-F]{32}", given["ContentSid"]):
        raise Malformed(400, 21655, "The ContentSid is invalid.")
    if len(media) > 10:
        raise Malformed(400, 21623, "Number of media files exceeds allowed limit of 10.")
    for link in media:
        _url(link, 21620, "MediaUrl")


def _url(raw: str | None, code: int, name: str) -> str | None:
    if not raw:
        return None
    try:
        parts = urlsplit(raw)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or len(raw) > 4000 or re.search(r"[\x00-\x20\x7f]", raw):
        raise Malformed(400, code, f"The '{name}' URL is not a valid URL: {raw[:80]}")
    return raw


def _times(given: Mapping[str, str], now: datetime) -> tuple[datetime | None, datetime | None]:
    """When it is to go, and when it is not worth sending any more."""
    if "SendAt" in given or "ScheduleType" in given:
        return (at := _send_at(given, now)), at
    if "ValidityPeriod" not in given:
        return None, None
    seconds = _count(given, "ValidityPeriod", 36000, 1, 36000)
    return None, now + timedelta(seconds=seconds)


def _send_at(given: Mapping[str, str], now: datetime) -> datetime:
    if given.get("ScheduleType") != "fixed":
        raise Malformed(400, 35114, "SendAt needs ScheduleType=fixed.")
    if not given.get("MessagingServiceSid"):
        raise Malformed(400, 35118, "MessagingServiceSid is required to schedule a message.")
    try:
        at = datetime.fromisoformat(given.get("SendAt", ""))
    except ValueError as error:
        raise Malformed(400, 35114, "SendAt is not an ISO 8601 timestamp.") from error
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    if not timedelta(seconds=300) < at - now <= timedelta(days=35):
        raise Malformed(400, 35115, "SendAt must be more than 5 minutes and at most 35 days ahead.")
    return at


def _count(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = given.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", raw) or not low <= int(raw) <= high:
        raise Malformed(400, 20001, f"{name} must be a whole number from {low} to {high}.")
    return int(raw)


def _moment(raw: str | None) -> datetime | None:
    if not raw:
        return None
    try:
        at = datetime.fromisoformat(raw)
    except ValueError as error:
        raise Malformed(400, 20001, f"{raw[:40]!r} is not a date (YYYY-MM-DD).") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _not_found(request: Request) -> Malformed:
    return Malformed(404, 20404, f"The requested resource /{DOOR}{request.path[:200]} was not found")


def _not_allowed(request: Request) -> Malformed:
    return Malformed(405, 20004, f"Method {request.method} is not allowed on /{DOOR}{request.path[:200]}")
