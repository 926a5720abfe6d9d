"""The vendor accounts: one a vendor from the settings, further ones by name, and which of them carries what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import SecretStr

from sayso.message import Account
from sayso_config import Settings, SettingsError
from sayso_providers import REGISTRY
from sayso_providers.base import Vendor

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def check(settings: Settings) -> None:
    """SettingsError with everything that is wrong in [accounts], and with what [sources] say of them and of routes."""
    problems = [problem for name, table in settings.accounts.items() for problem in _account_faults(name, table)]
    for source, said in settings.sources.items():
        problems += [*_choice_faults(settings, source, _names(said.account)), *_route_faults(source, said.routes)]
    if problems:
        raise SettingsError(tuple(problems))


def vendor_accounts(settings: Settings) -> dict[str, Account]:
    """Every account whose keys are set, by its name; a vendor's first one is called like the vendor.

    A vendor that needs no keys has one where a source's routes name it.
    """
    routed = {name for table in settings.sources.values() for name in table.routes.values()}
    usual = {name: vendor for name, vendor in REGISTRY.items() if vendor.NEEDED or name in routed}
    found = {name: _account(vendor, name, _of_settings(settings, vendor)) for name, vendor in usual.items()}
    for name, table in settings.accounts.items():
        vendor = REGISTRY[str(table["provider"])]
        values = {part: _text(table.get(key)) for key, part in _keys(vendor).items()}
        values["api_url"] = values.get("api_url") or _of_settings(settings, vendor).get("api_url", "")
        found[name] = _account(vendor, name, values)
    return {name: account for name, account in found.items() if account}


def routes(settings: Settings) -> dict[str, dict[str, str]]:
    """Which vendor carries a channel, for the sources that say so."""
    return {name: dict(table.routes) for name, table in settings.sources.items() if table.routes}


def chosen(settings: Settings) -> dict[tuple[str, str], str]:
    """The account that carries a source's messages at a vendor, where it is not the vendor's first: by both names."""
    vendors = _vendors(settings)
    named = ((source, name) for source, table in settings.sources.items() for name in _names(table.account))
    return {(source, vendors[name]): name for source, name in named}


def _account_faults(name: str, table: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with one table, in words that repeat no value of it: any may be a secret."""
    known = [one for one, vendor in REGISTRY.items() if vendor.SETTINGS]
    vendor, said = REGISTRY.get(str(table.get("provider"))), f"[accounts.{name}]"
    if not NAME.fullmatch(name) or name in REGISTRY:
        yield f"{said} needs another name: letters, digits, - and _, and not that of a vendor"
    if vendor is None or vendor.NAME not in known:
        yield f"{said} provider is missing or nobody that has accounts: write one of {', '.join(known)}"
        return
    keys = _keys(vendor)
    for key, value in table.items():
        if key not in keys and key != "provider":
            yield f"{said} {key[:40]} is no key of {vendor.NAME}{_near(key, keys)}; it takes {', '.join(keys)}"
        elif not _is_plain(value):
            yield f"{said} {key} must be a text"
    for key, part in keys.items():
        if part in vendor.NEEDED and not _text(table.get(key)):
            yield f"{said} {key} is missing: copy it from {vendor.NAME}'s console"


def _choice_faults(settings: Settings, source: str, names: tuple[str, ...]) -> Iterator[str]:
    vendors, seen = _vendors(settings), dict[str, str]()
    for name in names:
        vendor = vendors.get(name)
        if vendor is None:
            yield f"[sources.{source}] account: there is no [accounts.{name[:40]}]{_near(name, vendors)}"
        elif vendor in seen:
            yield f"[sources.{source}] account: {seen[vendor]} and {name} are both {vendor}'s: name one for each vendor"
        seen[vendor or name] = name


def _route_faults(source: str, given: Mapping[str, str]) -> Iterator[str]:
    channels = sorted({channel for vendor in REGISTRY.values() for channel in vendor.CHANNELS})
    for channel, name in given.items():
        able = [one for one, vendor in REGISTRY.items() if channel in vendor.CHANNELS]
        if channel not in channels:
            yield f"[sources.{source}] routes: there is no channel {channel[:40]!r}; there are {', '.join(channels)}"
        elif name not in able:
            yield f"[sources.{source}] routes: {name[:40]!r} does not carry {channel}: write {' or '.join(able)}"


def _names(said: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The accounts that a source names: a comma list, or an array."""
    names = said.split(",") if isinstance(said, str) else said or ()
    return tuple(name.strip() for name in names if name.strip())


def _vendors(settings: Settings) -> dict[str, str]:
    """The vendor of every account that a source can name, the first ones included."""
    return {**{name: name for name in REGISTRY}, **{k: str(v.get("provider")) for k, v in settings.accounts.items()}}


def _keys(vendor: Vendor) -> dict[str, str]:
    """The part of an account by its key in a table: the setting without what all of the vendor's begin with."""
    shared = next(iter(vendor.SETTINGS.values()), "").partition("_")[0] + "_"
    return {setting.removeprefix(shared): part for part, setting in vendor.SETTINGS.items()}


def _of_settings(settings: Settings, vendor: Vendor) -> dict[str, str]:
    """The parts of a vendor's first account; what has no setting of its own stands in [accounts] only."""
    return {part: _text(getattr(settings, setting, None)) for part, setting in vendor.SETTINGS.items()}


def _is_plain(value: object) -> bool:
    """A text or a number, or several: keys while they are rotated."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, str | int) and not isinstance(one, bool) for one in values)


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return "" if value is None else str(value).strip()


def _near(word: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(word, list(known), 1)
    return f": did you mean {close[0]}?" if close else ""


def _account(vendor: Vendor, name: str, values: Mapping[str, str]) -> Account | None:
    """The account, or None where a part that it needs is not set."""
    if not all(values.get(part) for part in vendor.NEEDED):
        return None
    more = {part.removeprefix("more."): value for part, value in values.items() if part.startswith("more.")}
    keys = tuple(key.strip() for key in values.get("callback_keys", "").split(",") if key.strip())
    user, secret, url = (values.get(part, "") for part in ("user", "secret", "api_url"))
    return Account(vendor.NAME, name, url, user, secret, keys, more)
