"""What settings must not say together, each with its mend; what is wrong alone never gets here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sayso_config import urls, values
from sayso_config.purposes import PurposeRow, purposes
from sayso_config.regions import has_hours, is_region, regions
from sayso_config.roles import knows, matrix, said_verdicts, shipped_matrix, told_beyond, would_tell
from sayso_config.settings import PurposeTable, RoleTable, Settings

API_URLS = ("twilio_api_url", "sendgrid_api_url", "lob_api_url", "whatsapp_api_url")
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Unsafe:
    """One refused combination: where to mend it, how, and what it cannot be judged without."""

    loc: tuple[str, ...]
    text: str
    beside: tuple[str, ...] = ()


def unsafe(settings: Settings) -> Iterator[Unsafe]:
    """Every dangerous combination in the settings."""
    yield from _window(settings)
    yield from _keys(settings)
    yield from _plain_http(settings)
    yield from _failpoint(settings)
    yield from _purposes(settings)
    yield from _regions(settings)


def _window(settings: Settings) -> Iterator[Unsafe]:
    needed = settings.vendor_latest_accept + settings.vendor_list_lag - settings.vendor_timeout
    if settings.unconfirmed_window < needed - 1e-6:
        yield Unsafe(
            ("unconfirmed_window",),
            "is shorter than vendor_latest_accept + vendor_list_lag - vendor_timeout, so a message could go "
            f"twice: set it to {needed:.10g} or more",
            ("vendor_latest_accept", "vendor_list_lag", "vendor_timeout"),
        )


def _keys(settings: Settings) -> Iterator[Unsafe]:
    key = settings.secret_key
    if key is not None and len(key.get_secret_value()) < SHORTEST_KEY:
        yield Unsafe(("secret_key",), f"is too short: set {SHORTEST_KEY} random characters or more")
    postgresql = (settings.database_url or "").startswith("postgresql")
    if key is None and (postgresql or settings.redis_url):
        yield Unsafe(
            ("secret_key",),
            f"is missing, and with PostgreSQL or Redis none is made by itself: set {SHORTEST_KEY} random "
            "characters or more, the same for every process",
        )
    if settings.twilio_account_sid and settings.twilio_auth_token is None:
        yield Unsafe(("twilio_auth_token",), "is missing: set it beside twilio_account_sid")
    if settings.twilio_auth_token is not None and not settings.twilio_account_sid:
        yield Unsafe(("twilio_account_sid",), "is missing: set it beside twilio_auth_token")


def _plain_http(settings: Settings) -> Iterator[Unsafe]:
    named: dict[tuple[str, ...], str] = {(name,): str(getattr(settings, name)) for name in API_URLS}
    named |= {("accounts", name): str(account.get("api_url", "")) for name, account in settings.accounts.items()}
    public = settings.public_url or ""
    if not urls.is_loopback(urls.host_of(public)):
        named["public_url",] = public
    for loc, url in named.items():
        if url.startswith("http://") and urls.host_of(url) not in settings.allow_private_hosts:
            yield Unsafe(
                loc,
                f"goes over plain http to {urls.host_of(url)}, which allow_private_hosts does not name: "
                "write https://, or name the host there if it is in your own network",
                ("allow_private_hosts",),
            )


def _failpoint(settings: Settings) -> Iterator[Unsafe]:
    if settings.failpoint and settings.mode != "test" and not settings.allow_private_hosts:
        yield Unsafe(
            ("failpoint",),
            "breaks sayso on purpose and is for tests only: take it away, or set mode to test",
            ("mode", "allow_private_hosts"),
        )


def _purposes(settings: Settings) -> Iterator[Unsafe]:
    """What the settings say of purposes, for all shops and for one, against the one rule of the matrix."""
    known = {row.name: row for row in purposes(settings)}
    said: dict[tuple[str, ...], Mapping[str, RoleTable]] = {("purposes",): settings.purposes}
    said |= {("stores", name, "purposes"): shop.purposes for name, shop in settings.stores.items()}
    for loc, tables in said.items():
        for name, table in tables.items():
            if row := known.get(name):
                yield from _verdicts((*loc, name), row, table)
            else:
                yield Unsafe((*loc, name), f"is no purpose that sayso knows{values.near(name, known)}")
    for name, own in settings.purposes.items():
        if own.discloses is not None and (row := known.get(name)):
            yield from _discloses(settings, row, own)


def _verdicts(loc: tuple[str, ...], row: PurposeRow, table: RoleTable) -> Iterator[Unsafe]:
    for role, verdict in said_verdicts(table):
        lost = _lost(row, role)
        if verdict == "allow" and lost:
            yield Unsafe((*loc, role), f"= allow {would_tell(role, lost)}: write hold or stop")
        if verdict == "hold" and row.lane == "at_once":
            yield Unsafe((*loc, role), f"= hold cannot be: {row.name} is decided at once, so write allow or stop")


def _discloses(settings: Settings, row: PurposeRow, own: PurposeTable) -> Iterator[Unsafe]:
    """What a purpose tells by the settings, against the verdicts that they leave as they are shipped."""
    for (purpose, role), cell in matrix(settings).items():
        unsaid = purpose == row.name and role not in dict(said_verdicts(own))
        if unsaid and cell.verdict == "allow" and (lost := _lost(row, role)):
            text = f"{would_tell(role, lost)}, which is allowed as shipped: add {role} = hold or stop"
            yield Unsafe(("purposes", row.name, "discloses"), text)


def _lost(row: PurposeRow, role: str) -> tuple[str, ...]:
    """What a purpose's messages tell somebody in a role who does not know it and was not promised it."""
    return told_beyond(row.discloses - shipped_matrix()[row.name, role].agreed, knows()[role])


def _regions(settings: Settings) -> Iterator[Unsafe]:
    for code, table in settings.regions.items():
        if not is_region(code.upper()):
            text = 'is no region that sayso knows: write a country like "GB", a state like "US-FL", "US-*" or "*"'
            yield Unsafe(("regions", code), text)
        elif table.sms == "off" and len(code) != 2:
            yield Unsafe(("regions", code, "sms"), "= off is for whole countries: write it there")
    for code, region in regions(settings).items():
        if not has_hours(region):
            said = next((name for name in settings.regions if name.upper() in (code, code[:2])), code)
            yield Unsafe(("regions", said), f"leaves no time of the day in {code}: give hours that both share")
