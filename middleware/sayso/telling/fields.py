"""What one field of a fact may hold: each reader gives the value as we keep it, or says what to mend."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sayso import endpoints
from sayso.message import Json, Malformed

AHEAD = timedelta(days=1)
LONGEST_ID, LONGEST_LINE, LONGEST_TEXT, MOST_LISTED = 200, 300, 4000, 500
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
JOINERS = "\u200c\u200d\u00a0"
"""Not printable, and yet part of Persian names, of emoji and of French."""
TWINS: Mapping[str, str] = {"person": "people", "people": "person"}
"""Names that mean the same, of which each list has only one."""
SUBJECT = re.compile(r"([a-z][a-z_]{0,39})/(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """When and where a fact is read: the moment, and the country whose people write numbers without its code."""

    now: datetime
    country: str


Reader = Callable[[str, Json, Place], Json]


def wrong(field: str, text: str) -> Malformed:
    """The refusal of an item because of one field."""
    return Malformed(400, field, text)


def near(name: str, known: Collection[str], alike: float = 0.8) -> str:
    """`; did you mean people?` where a name is nearly one that is known, else nothing."""
    twin = TWINS.get(name.lower())
    found = [twin] if twin in known else difflib.get_close_matches(name.lower(), known, 1, alike)
    return f"; did you mean {found[0]}?" if found else ""


def shown(text: str) -> str:
    """What somebody wrote, as a sentence quotes it."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def ident(name: str, raw: Json, place: Place) -> Json:
    """An id as a text; a whole number counts as one."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if abs(raw) < 10**30 else None
    if not isinstance(raw, str):
        raise wrong(name, f"{name} must be an id: a text or a whole number.")
    if not raw.strip() or len(raw) > LONGEST_ID or not raw.isprintable():
        raise wrong(name, f"{name} must be an id of 1 to {LONGEST_ID} characters, without control characters.")
    return raw.strip()


def idents(name: str, raw: Json, place: Place) -> Json:
    """A list of ids."""
    return [ident(f"{name}[{n}]", item, place) for n, item in enumerate(_listed(name, raw))]


def ident_or_more(name: str, raw: Json, place: Place) -> Json:
    """One id, or a list of them."""
    return idents(name, raw, place) if isinstance(raw, list) else ident(name, raw, place)


def line(name: str, raw: Json, place: Place) -> Json:
    """A text on one line."""
    return _text(name, raw, LONGEST_LINE, "\t")


def text(name: str, raw: Json, place: Place) -> Json:
    """A text as it was written, of several lines perhaps."""
    return _text(name, raw, LONGEST_TEXT, "\t\n\r")


def term(name: str, raw: Json, place: Place) -> Json:
    """A word of the CRM's own, in small letters: `mothers_day`."""
    return re.sub(r"[\s-]+", "_", str(_text(name, raw, LONGEST_LINE, "")).casefold())


def one_of(*known: str) -> Reader:
    """A reader of a word from a closed list."""

    def read(name: str, raw: Json, place: Place) -> Json:
        word = term(name, raw, place)
        if word not in known:
            said = f"{name} must be one of {', '.join(known)}, not {shown(str(raw))}"
            raise wrong(name, said + (near(str(word), known, 0.6) or "."))
        return word

    return read


def flag(name: str, raw: Json, place: Place) -> Json:
    """Yes or no."""
    if not isinstance(raw, bool):
        raise wrong(name, f"{name} must be true or false.")
    return raw


def moment(name: str, raw: Json, place: Place) -> Json:
    """A moment in ISO 8601 with its zone, or a day."""
    try:
        if isinstance(raw, str) and DAY.fullmatch(raw):
            return date.fromisoformat(raw).isoformat()
        at = datetime.fromisoformat(raw if isinstance(raw, str) else "")
        if at.tzinfo:
            return at.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise wrong(name, f"{name} must be a day or a time in ISO 8601 with its zone, such as 2026-12-24T15:00:00Z.")


def past(name: str, raw: Json, place: Place) -> Json:
    """A moment that has come; a day of grace, for clocks and zones differ."""
    found = moment(name, raw, place)
    at = when(found)
    if at is not None and at > place.now + AHEAD:
        raise wrong(name, f"{name} is in the future; it says when something was known or happened.")
    return found


def when(value: Json) -> datetime | None:
    """The moment of a value as `moment` keeps it; a day counts from its midnight in UTC."""
    if not isinstance(value, str):
        return None
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def zone(name: str, raw: Json, place: Place) -> Json:
    """A time zone by its name."""
    try:
        return ZoneInfo(raw if isinstance(raw, str) else "").key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of zones, such as "America", is none
        raise wrong(name, f"{name} must be the name of a time zone, such as America/Los_Angeles.") from error


def language(name: str, raw: Json, place: Place) -> Json:
    """A language's tag."""
    if not isinstance(raw, str) or not LANGUAGE.fullmatch(raw):
        raise wrong(name, f"{name} must be a language's tag, such as en or es-MX.")
    return raw


def phones(name: str, raw: Json, place: Place) -> Json:
    """Numbers in E.164."""
    return _each(name, raw, lambda field, item: endpoints.phone(field, item, place.country))


def emails(name: str, raw: Json, place: Place) -> Json:
    """E-mail addresses in small letters."""
    return _each(name, raw, lambda field, item: endpoints.email(field, item).lower())


def addresses(name: str, raw: Json, place: Place) -> Json:
    """Postal addresses, each with its country."""
    return [address(f"{name}[{n}]", item, place) for n, item in enumerate(_listed(name, raw))]


def address(name: str, raw: Json, place: Place) -> Json:
    """One postal address as an object, with its country."""
    if not isinstance(raw, dict):
        raise wrong(name, f"{name} must be an address: an object with {', '.join(endpoints.PLACE[1:])}.")
    known = endpoints.PLACE
    for field in raw:
        if field not in known:
            more = near(field, known) or f"; it has {', '.join(known)}."
            raise wrong(name, f"An address has no {shown(field)}{more}")
    most, said = endpoints.LONGEST_LINE, [field for field in known if raw.get(field)]
    given = {field: _text(f"{name}.{field}", raw[field], most, "") for field in said}
    if not given.get("line1") or not (given.get("city") or given.get("postal_code")):
        raise wrong(name, f"{name} must have line1, and city or postal_code.")
    given["country"] = str(given.get("country") or place.country).upper()
    if not endpoints.is_country(str(given["country"])):
        raise wrong(name, f"{name}.country must be a country's two letters, such as US.")
    return given


def endpoint(name: str, raw: Json, place: Place) -> Json:
    """A number, an e-mail address, or an address object."""
    if isinstance(raw, dict):
        return address(name, raw, place)
    if isinstance(raw, str) and "@" in raw:
        return endpoints.email(name, raw).lower()
    return endpoints.phone(name, raw.removeprefix("whatsapp:") if isinstance(raw, str) else raw, place.country)


def subject(kinds: Mapping[str, str]) -> Reader:
    """A reader of what something is about, as kind/id; `kinds` has the kinds there are."""

    def read(name: str, raw: Json, place: Place) -> Json:
        found = SUBJECT.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            raise wrong(name, f"{name} must be kind/id, such as purchase/8812.")
        if found[1] not in kinds:
            more = near(found[1], kinds, 0.6) or f"; there are {', '.join(kinds)}."
            raise wrong(name, f"There is no kind {shown(found[1])}{more}")
        return f"{found[1]}/{ident(name, found[2], place)}"

    return read


def items(name: str, raw: Json, place: Place) -> Json:
    """Pieces: ids, or objects with what the CRM knows of them."""
    return [
        anything(f"{name}[{n}]", item, place) if isinstance(item, dict) else ident(f"{name}[{n}]", item, place)
        for n, item in enumerate(_listed(name, raw))
    ]


def anything(name: str, raw: Json, place: Place) -> Json:
    """A field that we do not know: kept, as long as it is short."""
    try:
        plain = json.dumps(raw, allow_nan=False, ensure_ascii=False)
        plain.encode()
    except (ValueError, RecursionError) as error:  # half a character is a ValueError too
        raise wrong(name, f"{name} cannot be kept: it is too deep, no number, or has half a character.") from error
    if len(plain) > LONGEST_TEXT:
        raise wrong(name, f"{name} cannot be kept: it is longer than {LONGEST_TEXT} characters.")
    return raw


def _text(name: str, raw: Json, most: int, allowed: str) -> Json:
    if not isinstance(raw, str):
        raise wrong(name, f"{name} must be a text.")
    if len(raw) > most:
        raise wrong(name, f"{name} must have at most {most} characters.")
    if not raw.translate(dict.fromkeys(map(ord, allowed + JOINERS))).isprintable():
        raise wrong(name, f"{name} has control characters or other letters that nobody can see.")
    return raw.strip()


def _listed(name: str, raw: Json) -> list[Json]:
    if not isinstance(raw, list):
        raise wrong(name, f"{name} must be a list.")
    if len(raw) > MOST_LISTED:
        raise wrong(name, f"{name} must have at most {MOST_LISTED} entries.")
    return raw


def _each(name: str, raw: Json, read: Callable[[str, Json], str]) -> Json:
    found: list[Json] = [read(f"{name}[{n}]", item) for n, item in enumerate(_listed(name, raw))]
    return list(dict.fromkeys(found))
