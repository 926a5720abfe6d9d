"""What a written URL or host means; what is refused is never repeated, for a URL may carry a password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?")
_DATABASES = {
    "sqlite://": "sqlite://",
    "postgres://": "postgresql+psycopg://",
    "postgresql://": "postgresql+psycopg://",
    "postgresql+psycopg://": "postgresql+psycopg://",
}


def private_hosts(value: object) -> frozenset[str]:
    """The hosts of a comma list or a list of texts, in lower case and without the brackets of IPv6."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Iterable) or not all(isinstance(part, str) for part in parts):
        raise ValueError('must be a comma list of hosts, like "localhost, crm.local"')
    return frozenset(_bare_host(part) for part in parts if part.strip())


def _bare_host(text: str) -> str:
    host = _canonical(text.strip().lower().removeprefix("[").removesuffix("]"))
    if not _HOST.fullmatch(host) and not _address(host):
        raise ValueError("must name bare hosts: no scheme, port, path, range or star")
    return host


def _canonical(host: str) -> str:
    return str(_address(host) or host.rstrip("."))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def public_url(text: str) -> str:
    """An http(s) URL of scheme, host, optional port and path, without a slash at its end."""
    parts = _split(text, "https://sayso.example.com/path")
    return f"{parts.scheme}://{_host_and_port(parts)}{parts.path.rstrip('/')}"


def api_url(text: str) -> str:
    """An http(s) URL of scheme, host and optional port only."""
    parts = _split(text, "https://api.example.com")
    if parts.path not in ("", "/"):
        raise ValueError("must be scheme, host and port only: take its path away")
    return f"{parts.scheme}://{_host_and_port(parts)}"


def account(table: dict[str, object]) -> dict[str, object]:
    """A further vendor account with its `api_url`, if it has one, checked like the first account's."""
    if "api_url" not in table:
        return table
    try:
        return {**table, "api_url": api_url(str(table["api_url"]))}
    except ValueError as error:
        raise ValueError(f"api_url {error}") from None


def _split(text: str, example: str) -> SplitResult:
    if any(not "!" <= char <= "~" or char == "\\" for char in text):
        raise ValueError("has a character that belongs in no URL: write it in plain ASCII, without spaces")
    try:
        parts = urlsplit(text)
        named = _HOST.fullmatch(parts.hostname or "") or _address(parts.hostname or "")
        fits = parts.scheme in ("http", "https") and named and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"must be a URL of scheme and host, like {example}")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise ValueError("must carry no user, password, query or fragment: take them away")
    return parts


def _host_and_port(parts: SplitResult) -> str:
    host = parts.hostname or ""
    bare = f"[{host}]" if ":" in host else host
    return bare if parts.port is None else f"{bare}:{parts.port}"


def host_of(url: str) -> str:
    """The host of a checked URL as `private_hosts` writes it."""
    return _canonical(urlsplit(url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself: localhost, 127.0.0.0/8 or ::1."""
    address = _address(host)
    if isinstance(address, IPv4Address):
        return address in IPv4Network("127.0.0.0/8")
    return host == "localhost" or address == IPv6Address("::1")


def database_url(text: str) -> str:
    """A SQLite URL as it is, a PostgreSQL URL with the driver that sayso uses."""
    for written, meant in _DATABASES.items():
        if text.startswith(written):
            return meant + text.removeprefix(written)
    raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME: no other database is served")


def redis_url(text: str) -> str:
    """The URL of a Redis, as it is."""
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text
