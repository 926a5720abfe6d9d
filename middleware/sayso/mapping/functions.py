"""What JMESPath cannot do by itself: dates, numbers, yes and no; what cannot be read is handed on as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jmespath.functions import Functions, signature

from sayso.message import Json, telephony

NO = frozenset({"no", "n", "false", "off", "0", "none"})
DAYS = ("%m/%d/%Y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y")
MOMENTS = (
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
)
MILLIS = 10**11
"""A number from here on is milliseconds since 1970 (it would be March 1973); a smaller one is no date."""


EXACT = 2**53
"""From here on a number with a point may be another one than was sent."""


def as_text(raw: Json) -> Json:
    """A number as a text, 8812.0 as the id that it was; one that may have lost digits, and anything else, as it is."""
    if isinstance(raw, float) and abs(raw) < EXACT:
        return str(int(raw)) if raw.is_integer() else str(raw)
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


class Known(Functions):
    """The functions that a preset may use beside JMESPath's own, each by its name behind `_func_`."""

    @signature({"types": []})
    def _func_text(self, raw: Json) -> Json:
        """A number as a text, where it says all that was sent."""
        return as_text(raw)

    @signature({"types": []})
    def _func_lower(self, raw: Json) -> Json:
        """A text in small letters, without blanks around it."""
        return raw.strip().lower() if isinstance(raw, str) else raw

    @signature({"types": []})
    def _func_words(self, raw: Json) -> Json:
        """The texts of a list as one, those that are empty left out."""
        parts = [as_text(part) for part in _listed(raw) if part is not None]
        if not all(isinstance(part, str) for part in parts):
            return raw
        return " ".join(part.strip() for part in map(str, parts) if part.strip()) or None

    @signature({"types": []}, {"types": ["string"]})
    def _func_parts(self, raw: Json, mark: str) -> Json:
        """The parts of a text between these marks."""
        return [part.strip() for part in raw.split(mark) if part.strip()] if isinstance(raw, str) and mark else raw

    @signature({"types": []})
    def _func_listed(self, raw: Json) -> Json:
        """A list as it is, and anything else as a list of one."""
        return raw if raw is None else _listed(raw)

    @signature({"types": []})
    def _func_value_of(self, raw: Json) -> Json:
        """The `value` of an object that has one; of any other object each field's."""
        if not isinstance(raw, dict):
            return raw
        inner = {name: one["value"] if isinstance(one, dict) and "value" in one else one for name, one in raw.items()}
        return raw.get("value", inner)

    @signature({"types": []})
    def _func_flag(self, raw: Json) -> Json:
        """Whether somebody says so: any word that is no no is a yes; nothing at all stays unknown."""
        said = [one for one in _listed(raw) if one is not None and str(one).strip()]
        return any(str(one).strip().lower() not in NO for one in said) if said else None

    @signature({"types": []}, {"types": []})
    def _func_number(self, raw: Json, country: Json) -> Json:
        """A telephone number in E.164, of this country where it does not say its own."""
        if not isinstance(raw, str) or not isinstance(country, str) or not country:
            return raw
        return telephony.e164(raw, country.upper()) or raw

    @signature({"types": []})
    def _func_us_day(self, raw: Json) -> Json:
        """A day in ISO 8601 from 11/30/1996, from a date in ISO 8601, or from milliseconds."""
        millis = _millis(raw)
        if millis:
            return millis.date().isoformat()
        text = raw.strip() if isinstance(raw, str) else ""
        found = next(_read(text, (*DAYS, *MOMENTS)), None)
        return found.date().isoformat() if found else raw

    @signature({"types": []}, {"types": ["string"]})
    def _func_us_moment(self, raw: Json, zone: str) -> Json:
        """A moment in ISO 8601 from 11/30/2026 4:20 PM in a zone; a date without a time is a day."""
        millis = _millis(raw)
        if millis:
            return millis.isoformat()
        text = raw.strip() if isinstance(raw, str) else ""
        found = next(_read(text, MOMENTS), None)
        if found is None:
            return self._func_us_day(raw)
        try:
            return found.replace(tzinfo=found.tzinfo or ZoneInfo(zone)).isoformat()
        except (ValueError, OSError, KeyError):  # no such zone: the field's own reader says that the time has none
            return raw


def _listed(raw: Json) -> list[Json]:
    return raw if isinstance(raw, list) else [raw]


def _millis(raw: Json) -> datetime | None:
    """The moment of milliseconds since 1970, as HubSpot keeps dates."""
    digits = raw if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 15 else None
    number = int(digits) if digits else raw
    if isinstance(number, bool) or not isinstance(number, int) or not MILLIS <= number < 10**14:
        return None
    return datetime.fromtimestamp(number / 1000, UTC)


def _read(text: str, shapes: tuple[str, ...]) -> Iterator[datetime]:
    """The moment in a text, by each shape that fits."""
    for shape in shapes:
        try:
            yield datetime.strptime(text, shape)  # its zone comes from the preset
        except ValueError:
            continue
