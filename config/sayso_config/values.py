"""What one written value means: text in, checked value out, or a ValueError that says the mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

LONGEST = 10 * 366 * 86400
"""The longest time that a setting may say, in seconds."""

_CLOCKS = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)", re.ASCII)
_BRAKE = re.compile(r"([1-9]\d{0,8})\s*/\s*(\d{1,9}(?:\.\d+)?)", re.ASCII)
_SPAN = r"[1-9]\d{0,8}[smhd]"
_VALIDITY = re.compile(
    rf"[1-9]\d{{0,8}}|{_SPAN}|(?:subject_time|day_end|print_cutoff|campaign_end|due)(?:[+-]{_SPAN})?",
    re.ASCII,
)
_SIGN_OFF = re.compile(rf"|{_SPAN}|print_cutoff-{_SPAN}|([01]\d|2[0-3]):[0-5]\d local", re.ASCII)
_ON_PEOPLE = ("account", "address", "birth_date", "complaint", "date", "debt", "loss", "relationship")
_ON_PIECES = ("appointment", "item", "price", "purchase", "repair", "wishlist")
_DISCLOSED = frozenset({"any", *_ON_PEOPLE, *_ON_PIECES})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CONSENTS = ("granted", "soft", "casl", "none")
_CHANNELS = ("sms", "mms", "rcs", "whatsapp", "email", "letter", "postcard", "self_mailer")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def unset(value: object) -> object:
    """None for an empty text, which is how TOML and the environment say "not set"; else the value."""
    return None if value == "" else value


def number(value: object) -> object:
    """The value, unless it is true or false, which Python would take for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


def country(text: str) -> str:
    """A country's two letters in upper case."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError('must be the two letters of a country, like "US"')
    return text.upper()


def clock(text: str | None) -> str | None:
    """A time of the day as "HH:MM"; None stays None."""
    if text is not None and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError('must be a time of the day like "16:00", or empty')
    return text


def window(text: str) -> str:
    """The part of the day in which something may go, as "HH:MM-HH:MM"."""
    found = _CLOCKS.fullmatch(text)
    numbers = [int(part) for part in found.groups()] if found else []
    if not found or max(numbers[0::2]) > 24 or max(numbers[1::2]) > 59 or not numbers[:2] < numbers[2:] <= [24, 0]:
        raise ValueError('must be two times of one day like "09:00-20:00", the earlier one first')
    return "{:02}:{:02}-{:02}:{:02}".format(*numbers)


def is_window(text: str) -> bool:
    """Whether two times of the day leave any time between them."""
    first, last = text.split("-")
    return first < last


def no_days(text: str) -> str:
    """Days of the week in their order, as words; "none" where there are none."""
    words = set(text.split()) - {"none"}
    if not text.split() or not words <= set(_DAYS):
        raise ValueError(f'must be words out of: {" ".join(_DAYS)}; or "none"')
    return " ".join(day for day in _DAYS if day in words) or "none"


def consent(text: str) -> str:
    """The consent that offers need, "granted", and where a channel differs, "email=soft"."""
    usual, *others = text.split() or [""]
    pairs = [other.partition("=") for other in others]
    if usual not in _CONSENTS or not all(channel in _CHANNELS and kind in _CONSENTS for channel, _, kind in pairs):
        raise ValueError(
            f"must begin with one of {' '.join(_CONSENTS)}, and may go on like email=soft, for one of: "
            f"{' '.join(_CHANNELS)}"
        )
    return " ".join([usual, *(f"{channel}={kind}" for channel, kind in sorted({c: k for c, _, k in pairs}.items()))])


def quiet_hours(text: str) -> str:
    """The quiet part of the day as "HH:MM-HH:MM", or "off"."""
    if text.lower() == "off":
        return "off"
    found = _CLOCKS.fullmatch(text)
    numbers = [int(part) for part in found.groups()] if found else []
    if not found or max(numbers[0::2]) > 23 or max(numbers[1::2]) > 59:
        raise ValueError('must be two times of the day like "21:00-08:00", or "off"')
    if numbers[:2] == numbers[2:]:
        raise ValueError('starts and ends at the same time: write "off", or two different times')
    return "{:02}:{:02}-{:02}:{:02}".format(*numbers)


def quiet_minutes(text: str) -> tuple[int, int] | None:
    """The minutes of the day at which checked quiet hours start and end; None when they are off."""
    found = _CLOCKS.fullmatch(text)
    if not found:
        return None
    first, first_minute, last, last_minute = (int(part) for part in found.groups())
    return first * 60 + first_minute, last * 60 + last_minute


def burst_brake(text: str) -> str:
    """The brake as "COUNT/SECONDS", or "off"."""
    if text.lower() == "off":
        return "off"
    found = _BRAKE.fullmatch(text)
    if not found or not 0 < float(found[2]) <= LONGEST:
        raise ValueError('must be "COUNT/SECONDS" like "200/600", both above 0, or "off"')
    return f"{found[1]}/{found[2]}"


def brake_limit(text: str) -> tuple[int, float] | None:
    """How many messages in how many seconds a checked brake lets through; None when it is off."""
    found = _BRAKE.fullmatch(text)
    return (int(found[1]), float(found[2])) if found else None


def failpoint(text: str) -> str:
    """A named point and what breaks there."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+:(kill|pause|raise)", text):
        raise ValueError('must be "point:kill", "point:pause" or "point:raise"')
    return text


def zone(text: str) -> str:
    """The name of an IANA time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise ValueError(
            f"must be an IANA time zone like America/Los_Angeles{near(text, available_timezones())}"
        ) from None
    return text


def validity(value: object) -> str:
    """How long a purpose's messages stay worth sending, as text: seconds, "14d", or words like "day_end"."""
    text = str(number(value))
    if not _VALIDITY.fullmatch(text) or (seconds(text) or 0) > LONGEST:
        raise ValueError(
            'must be whole seconds, a span like "60s", "30m", "48h", "14d" (10 years at most), or a moment '
            'like "subject_time-24h", "day_end", "print_cutoff", "campaign_end", "due+1d"'
        )
    return text


def seconds(text: str) -> int | None:
    """The seconds of a span such as "48h"; None for words that only a subject can turn into a time."""
    if text.isdecimal():
        return int(text)
    return int(text[:-1]) * _UNITS[text[-1]] if re.fullmatch(_SPAN, text, re.ASCII) else None


def sign_off(text: str) -> str:
    """How soon a purpose's messages want a sign-off, as text; empty where none is needed."""
    if not _SIGN_OFF.fullmatch(text):
        raise ValueError('must be a span like "30m" or "4h", "print_cutoff-4h", or "10:00 local"')
    return text


def disclosed(value: object) -> frozenset[str]:
    """The kinds of fact that a purpose's messages disclose, from words in a text or a list."""
    words = value.split() if isinstance(value, str) else value
    told = frozenset(str(word) for word in words) if isinstance(words, Iterable) else None
    if told is None or not told <= _DISCLOSED:
        raise ValueError(f"must be words out of: {' '.join(sorted(_DISCLOSED))}")
    return told


def near(word: str, known: Iterable[str]) -> str:
    """`: did you mean "…"?` for a word close to a known one, else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f': did you mean "{close[0]}"?' if close else ""
