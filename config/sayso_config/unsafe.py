"""What settings must not say together, each with its mend; what is wrong alone never gets here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sayso_config import urls, values
from sayso_config.purposes import shipped_purposes
from sayso_config.settings import Settings

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
    known = [row.name for row in shipped_purposes()]
    for name in settings.purposes:
        if name not in known:
            yield Unsafe(("purposes", name), f"is no purpose that sayso knows{values.near(name, known)}")
