"""The vendor accounts: one a vendor from the settings, further ones by name, and which of them carries what."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from sayso.message import Account, Unsafe
from sayso_config import Settings
from sayso_providers import REGISTRY
from sayso_providers.base import Vendor


def vendor_accounts(settings: Settings) -> dict[str, Account]:
    """Every account whose keys are set, by its name; a vendor's first one is called like the vendor."""
    first = {name: _account(vendor, name, _of_settings(settings, vendor)) for name, vendor in REGISTRY.items()}
    found = {name: account for name, account in first.items() if account}
    for name, table in settings.accounts.items():
        found[name] = _further(settings, name, table)
    return found


def routes(settings: Settings) -> dict[str, dict[str, str]]:
    """Which vendor carries a channel, for the sources that say so."""
    return {name: _checked(name, table.routes) for name, table in settings.sources.items() if table.routes}


def chosen(settings: Settings) -> dict[tuple[str, str], str]:
    """The account that carries a source's messages at a vendor, where it is not the vendor's first: by both names."""
    further = {name: str(table.get("provider")) for name, table in settings.accounts.items()}
    found = {}
    for source, table in settings.sources.items():
        for name in (table.account or "").replace(",", " ").split():
            if name not in further:
                raise Unsafe(f"[sources.{source}] account = {name!r}: there is no [accounts.{name}]")
            found[source, further[name]] = name
    return found


def _checked(source: str, routes: Mapping[str, str]) -> dict[str, str]:
    for channel, name in routes.items():
        vendor = REGISTRY.get(name)
        if vendor is None or channel not in vendor.CHANNELS:
            able = ", ".join(one for one, known in REGISTRY.items() if channel in known.CHANNELS) or "nobody"
            raise Unsafe(f"[sources.{source}] routes: {name!r} does not carry {channel!r}; {able} does")
    return dict(routes)


def _further(settings: Settings, name: str, table: Mapping[str, object]) -> Account:
    vendor = REGISTRY.get(str(table.get("provider")))
    if vendor is None or name in REGISTRY:
        known = ", ".join(REGISTRY)
        raise Unsafe(f"[accounts.{name}] needs provider, one of {known}, and a name that is none of these")
    keys = {setting.removeprefix(_prefix(vendor)): part for part, setting in vendor.SETTINGS.items()}
    for key in table:
        if key not in keys and key != "provider":
            raise Unsafe(f"[accounts.{name}] {key}: unknown; it takes provider, {', '.join(keys)}")
    given = {part: table.get(key) for key, part in keys.items()}
    usual = _of_settings(settings, vendor)
    values = {part: _text(value) if value is not None else "" for part, value in given.items()}
    account = _account(vendor, name, {**values, "api_url": values.get("api_url") or usual.get("api_url", "")})
    if account is None:
        missing = [key for key, part in keys.items() if part in vendor.NEEDED and not values[part]]
        raise Unsafe(f"[accounts.{name}] lacks {', '.join(missing)}")
    return account


def _prefix(vendor: Vendor) -> str:
    """What the settings of a vendor have in common before their own word: twilio_ of twilio_auth_token."""
    return next(iter(vendor.SETTINGS.values())).partition("_")[0] + "_"


def _of_settings(settings: Settings, vendor: Vendor) -> dict[str, str]:
    return {part: _text(getattr(settings, setting)) for part, setting in vendor.SETTINGS.items()}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _account(vendor: Vendor, name: str, values: Mapping[str, str]) -> Account | None:
    """The account, or None where a part that it needs is not set."""
    if not all(values.get(part) for part in vendor.NEEDED):
        return None
    more = {part.removeprefix("more."): value for part, value in values.items() if part.startswith("more.")}
    keys = tuple(key.strip() for key in values.get("callback_keys", "").split(",") if key.strip())
    user, secret, url = (values.get(part, "") for part in ("user", "secret", "api_url"))
    return Account(vendor.NAME, name, url, user, secret, keys, more)
