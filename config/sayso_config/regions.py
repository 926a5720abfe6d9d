"""Which hours and which consent hold where: the lines of regions.csv, with what the settings change in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from phonenumbers import SUPPORTED_REGIONS

from sayso_config import tables, values
from sayso_config.settings import RegionTable, Settings

WINDOWS: Mapping[str, str] = MappingProxyType(
    {"marketing": "marketing", "marketing_sat": "marketing", "marketing_sun": "marketing", "service": "service"}
)
"""The parts of the day in which something may go, and the one that holds where one of them is not said."""
EVERYWHERE = "*"

Region = Mapping[str, str]


def regions(settings: Settings) -> Mapping[str, Region]:
    """What holds in each country, each state (US-FL), where a state is not known (US-*) and anywhere else (*).

    A country says what `*` does where it says nothing. A state can only be stricter than its country: its hours are
    those that both leave, and its days without marketing are those of both.
    """
    own = {code.upper(): _said(table) for code, table in settings.regions.items()}
    said = {code: {**shipped_regions().get(code, {}), **own.get(code, {})} for code in [*shipped_regions(), *own]}
    countries = {code: {**said[EVERYWHERE], **region} for code, region in said.items() if "-" not in code}
    states = {
        code: _stricter(countries.get(code[:2], countries[EVERYWHERE]), region)
        for code, region in said.items()
        if "-" in code
    }
    return {code: _without_none(region) for code, region in {**countries, **states}.items()}


@cache
def shipped_regions() -> Mapping[str, Region]:
    """What holds where as sayso ships it; a state without its country's part."""
    return read_regions(tables.shipped_text("regions.csv"))


def read_regions(text: str) -> Mapping[str, Region]:
    """The lines of a regions.csv, or a SettingsError that names every line which is wrong."""
    columns = ("code", *(key for key in RegionTable.model_fields if key != "sms"))
    return MappingProxyType(dict(tables.read("regions.csv", text, columns, _row)))


def is_region(code: str) -> bool:
    """Whether it is a country, a state of one, or a star for whatever is not known."""
    if code == EVERYWHERE:
        return True
    return code[:2] in SUPPORTED_REGIONS and bool(re.fullmatch(r"[A-Z]{2}(-(\*|[A-Z0-9]{1,3}))?", code, re.ASCII))


def has_hours(region: Region) -> bool:
    """Whether every part of the day that is said begins before it ends."""
    return all(values.is_window(region[key]) for key in WINDOWS if key in region)


def _row(cells: tables.Cells, before: list[tuple[str, Region]]) -> tuple[str, Region]:
    code = cells["code"]
    if not is_region(code) or code in dict(before):
        raise ValueError("code must be a country or a state that no other line has")
    return code, _said(RegionTable.model_validate({key: cell for key, cell in cells.items() if key != "code"}))


def _said(table: RegionTable) -> Region:
    return {key: value for key, value in table.model_dump(exclude={"sms"}).items() if value is not None}


def _stricter(country: Region, state: Region) -> Region:
    hours = {key: _both(country, state, key, usual) for key, usual in WINDOWS.items() if key in {**country, **state}}
    days = [region["no_days"] for region in (country, state) if "no_days" in region]
    return {**country, **state, **hours, **({"no_days": values.no_days(" ".join(days))} if days else {})}


def _both(country: Region, state: Region, key: str, usual: str) -> str:
    """The part of the day that is in the hours of both."""
    found = [region.get(key) or region.get(usual) for region in (country, state)]
    spans = [window.split("-") for window in found if window]
    return f"{max(first for first, _ in spans)}-{min(last for _, last in spans)}"


def _without_none(region: Region) -> Region:
    return {key: value for key, value in region.items() if (key, value) != ("no_days", "none")}
