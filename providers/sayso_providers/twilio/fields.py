"""What Twilio's fields may hold: each rule that can be checked before the vendor is asked, with the vendor's code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from sayso.message import Malformed, telephony
from sayso.message.bodies import from_json
from sayso_providers.twilio.shape import SERVICE, service_of

CHANNEL_PREFIX = re.compile(r"(whatsapp|messenger|rcs):(.+)", re.DOTALL)
CHANNEL_NAME = re.compile(r"[\x21-\x7e]{1,100}")
ALPHANUMERIC_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
SHORT_CODE = re.compile(r"[0-9]{3,8}")


def recipient(given: Mapping[str, str], country: str) -> str:
    """The endpoint in E.164 (with its channel's prefix); Malformed 21604 or 21211 without one."""
    if not given.get("To", "").strip():
        raise Malformed(400, 21604, "A 'To' phone number is required.")
    found = number(given["To"], country)
    if found is None:
        raise Malformed(400, 21211, f"Invalid 'To' Phone Number: {given['To'][:80]}")
    return found


def number(raw: str, country: str) -> str | None:
    """A number in E.164, or a channel's address; None when it can be neither."""
    prefix = CHANNEL_PREFIX.fullmatch(raw.strip())
    if prefix and prefix[1] == "messenger":
        return prefix[0] if CHANNEL_NAME.fullmatch(prefix[2]) else None
    plain = telephony.e164(prefix[2] if prefix else raw, country)
    return f"{prefix[1]}:{plain}" if prefix and plain else plain


def require_open(to: str, closed: frozenset[str]) -> None:
    """Malformed 21408 for a number in a country that gets no texts."""
    if closed and not _channel(to) and telephony.region_of(to.rpartition(":")[2]) in closed:
        # https://www.twilio.com/docs/api/errors/21408 (read 2026-11-22)
        text = "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"
        raise Malformed(400, 21408, f"{text}: {to}.")


def channels(to: str) -> tuple[str, ...]:
    """The channels that a message to this endpoint can be of."""
    prefix = CHANNEL_PREFIX.fullmatch(to)
    return (prefix[1],) if prefix else ("sms", "mms")


def sender(given: Mapping[str, str], to: str, country: str) -> str | None:
    """The sender; None when a Messaging Service chooses it. Malformed when nothing could go from it to `to`."""
    written, service = given.get("From", "").strip(), service_of(given)
    if service and not SERVICE.fullmatch(service):
        raise Malformed(400, 21701, f"The Messaging Service {service[:80]} does not exist.")
    if not written and not service:
        raise Malformed(400, 21603, "A 'From' phone number or a MessagingServiceSid is required.")
    if not written or written == service:
        return None
    found = any_sender(written, country)
    if found is None:
        raise Malformed(400, 21212, f"Invalid 'From' Phone Number: {written[:80]}")
    if found == to:
        raise Malformed(400, 21266, "'To' and 'From' number cannot be the same.")
    if _channel(found) != _channel(to):
        raise Malformed(400, 21910, "Invalid From and To pair. From and To should be of the same channel.")
    return found


@lru_cache(maxsize=256)  # a shop has few senders
def any_sender(written: str, country: str) -> str | None:
    """A sender as it is stored: a number in E.164, a name, a short code or a channel's own name; None for no sender."""
    prefix = CHANNEL_PREFIX.fullmatch(written)
    if prefix and prefix[1] != "whatsapp":
        return written if CHANNEL_NAME.fullmatch(prefix[2]) else None
    if ALPHANUMERIC_SENDER.fullmatch(written) or SHORT_CODE.fullmatch(written):
        return written
    return number(written, country)


def require_words(given: Mapping[str, str], media: Sequence[str]) -> None:
    """Malformed unless there is something to send, of a size and shape that the vendor takes."""
    body, template = given.get("Body", ""), given.get("ContentSid", "")
    if not body and not media and not template:
        raise Malformed(400, 21602, "Message body is required.")
    if len(body) > 1600:
        raise Malformed(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if template and not re.fullmatch(r"HX[0-9a-fA-F]{32}", template):
        raise Malformed(400, 21655, "The ContentSid is invalid.")
    if template and given.get("ContentVariables") and not _is_object(given["ContentVariables"]):
        raise Malformed(400, 21656, "The ContentVariables Parameter is invalid.")
    if len(media) > 10:
        raise Malformed(400, 21623, "Number of media files exceeds allowed limit of 10.")
    for link in media:
        url(link, 21620, "MediaUrl")


def url(raw: str | None, code: int, name: str) -> str | None:
    """The URL as it came, None when it is empty; Malformed when nobody could call it."""
    if not raw:
        return None
    try:
        parts = urlsplit(raw)
        fine = parts.scheme in ("http", "https") and 0 < len(parts.hostname or "") <= 253 and parts.port != 0
    except ValueError:
        fine = False
    if not fine or len(raw) > 4000 or re.search(r"[\x00-\x20\x7f]", raw):
        raise Malformed(400, code, f"The '{name}' URL is not a valid URL: {raw[:80]}")
    return raw


def times(given: Mapping[str, str], now: datetime) -> tuple[datetime | None, datetime | None]:
    """When it is to go, and when it is not worth sending any more."""
    if given.get("SendAt") or given.get("ScheduleType"):
        return (at := _send_at(given, now)), at
    if not given.get("ValidityPeriod"):
        return None, None
    # https://www.twilio.com/docs/api/errors/21624 (read 2026-11-21)
    return None, now + timedelta(seconds=count(given, "ValidityPeriod", 36000, 1, 36000, code=21624))


def count(given: Mapping[str, str], name: str, default: int, low: int, high: int, *, code: int = 20001) -> int:
    """A whole number within its bounds."""
    raw = given.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", raw) or not low <= int(raw) <= high:
        raise Malformed(400, code, f"{name} must be a whole number from {low} to {high}.")
    return int(raw)


def moment(raw: str) -> datetime:
    """An ISO 8601 date or time as UTC, whatever zone it was written in; ValueError if it is none."""
    try:
        at = datetime.fromisoformat(raw)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the year is out of range") from error


def _send_at(given: Mapping[str, str], now: datetime) -> datetime:
    # https://www.twilio.com/docs/api/errors/35111, 35114, 35115 and 35118 (read 2026-11-21)
    if given.get("ScheduleType") != "fixed":
        raise Malformed(400, 35114, "SendAt needs ScheduleType=fixed.")
    if not service_of(given):
        raise Malformed(400, 35118, "MessagingServiceSid is required to schedule a message.")
    if not given.get("SendAt"):
        raise Malformed(400, 35111, "SendAt timestamp is missing.")
    try:
        at = moment(given["SendAt"])
    except ValueError as error:
        raise Malformed(400, 35114, "SendAt is not an ISO 8601 timestamp.") from error
    if not timedelta(seconds=300) < at - now <= timedelta(days=35):
        raise Malformed(400, 35115, "SendAt must be more than 5 minutes and at most 35 days ahead.")
    return at


def _channel(endpoint: str) -> str:
    """`rcs` is a way of carrying a text, so it goes with numbers; the others are worlds of their own."""
    prefix = CHANNEL_PREFIX.fullmatch(endpoint)
    return prefix[1] if prefix and prefix[1] != "rcs" else ""


def _is_object(raw: str) -> bool:
    try:
        return isinstance(from_json(raw, once=False), dict)
    except ValueError:
        return False
