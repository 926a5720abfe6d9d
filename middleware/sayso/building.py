"""From settings to a runtime: the only place beside app.py that reads the settings whole."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from sayso import failpoint, pretend
from sayso.accounts import chosen, routes, vendor_accounts
from sayso.message import Account, Policy, Unsafe
from sayso.outbound import Http
from sayso.policing import policy_of
from sayso.runtime import GivenFacts, Runtime
from sayso.store import Clock, Store
from sayso.worker import Bell
from sayso_config import Settings, SettingsError, load
from sayso_providers import DOORS, EARS, FACES, REGISTRY, TELLERS
from sayso_providers.base import Http as VendorHttp

logger = logging.getLogger("sayso")
LOOK_AGAIN = 1.0
SHORTEST_KEY = 32
LARGEST_MEDIUM = 16 * 1024 * 1024  # https://www.twilio.com/docs/whatsapp/api (read 2026-11-22): media up to 16 MB


def build(
    settings: Settings, policy: PolicyFile, *, folder: Path, prefix: str, given_facts: GivenFacts, clock: Clock
) -> Runtime:
    """Everything an app needs, with its database brought up to date."""
    store = Store(_database_url(settings, folder), _secret_key(settings, folder), clock)
    store.upgrade()
    dispatch_bell, relay_bell = _bells(settings.redis_url)
    accounts = pretend.accounts(store) if settings.mode == "test" else vendor_accounts(settings)
    here = Runtime(
        store=store,
        clock=clock,
        read_policy=policy.read,
        providers=REGISTRY,
        doors=DOORS,
        ears=EARS,
        tellers=TELLERS,
        faces=FACES,
        failed_rejects=frozenset(name for name, table in settings.sources.items() if table.rejected == "failed"),
        mode=settings.mode,
        accounts=accounts,
        routes=routes(settings),
        chosen={} if settings.mode == "test" else chosen(settings),
        zones=_zones(settings),
        public_url=_public_url(settings, prefix),
        undo_seconds=settings.undo_seconds,
        vendor_timeout=settings.vendor_timeout,
        vendor_http=_vendor_http(settings, accounts, settings.vendor_timeout),
        relay_http=Http(timeout=10.0, private_hosts=settings.allow_private_hosts, guard=True, limit=65536),
        quick_http=_vendor_http(settings, accounts, min(2.0, settings.vendor_timeout)),
        media_http=_media_http(settings, accounts),
        given_facts=given_facts,
        dispatch_bell=dispatch_bell,
        relay_bell=relay_bell,
    )
    failpoint.arm(settings.failpoint, pause=2 * here.lease_seconds)
    return here


def _bells(redis_url: str | None) -> tuple[Bell, Bell]:
    """What wakes those who dispatch and relay: threads of this process, or the workers behind Redis."""
    if redis_url is None:
        return Bell(), Bell()
    try:
        from sayso.worker.far import FarBell  # heavy, and an extra
    except ImportError as error:
        raise Unsafe(f"SAYSO_REDIS_URL is set, which needs sayso[scale] installed ({error})") from error
    try:
        bell = FarBell(redis_url)
    except ValueError as error:
        raise Unsafe(f"SAYSO_REDIS_URL cannot be read: {error}") from error
    return bell, bell


def _zones(settings: Settings) -> dict[str, ZoneInfo]:
    """The clocks of the shops that say theirs."""
    return {name: ZoneInfo(shop.time_zone) for name, shop in settings.stores.items() if shop.time_zone}


def _public_url(settings: Settings, prefix: str) -> str:
    """Where the outside finds our mount point."""
    url = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    return url if prefix and url.endswith(prefix) else url + prefix


class PolicyFile:
    """The policy in force: read again when `sayso.toml` changes; a bad file keeps the old one and says so."""

    def __init__(self, settings: Settings, given: Mapping[str, object], path: Path) -> None:
        self._given, self._path, self._policy = given, path, policy_of(settings)
        self._stamp, self._looked, self._lock = self._stat(), time.monotonic(), threading.Lock()

    def read(self) -> Policy:
        """The policy; the file is looked at once a second at most."""
        if time.monotonic() - self._looked > LOOK_AGAIN:
            with self._lock:
                self._looked = time.monotonic()
                if (stamp := self._stat()) != self._stamp:
                    self._stamp = stamp
                    self._reload()
        return self._policy

    def under(self, runtime: Runtime, file: Path) -> Runtime:
        """The runtime as it would be with this file as its `sayso.toml`; Unsafe where the file is refused."""
        try:
            settings = load(os.environ, given=self._given, file=file)
        except SettingsError as error:
            raise Unsafe(str(error)) from error
        policy = policy_of(settings)
        return replace(runtime, read_policy=lambda: policy, zones=_zones(settings))

    def _reload(self) -> None:
        try:
            file = self._path if self._path.exists() else None
            self._policy = policy_of(load(os.environ, given=self._given, file=file))
            logger.info("the policy was read again; its hash is %s", self._policy.hash)
        except SettingsError as error:
            logger.error("%s is not taken, the policy stays as it was: %s", self._path, error)

    def _stat(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


def _vendor_http(settings: Settings, accounts: Mapping[str, Account], timeout: float) -> VendorHttp:
    """What vendors are called through; in test mode nothing leaves, whatever keys are set."""
    if settings.mode == "test":
        return pretend.Http(accounts)
    return Http(timeout=timeout, private_hosts=settings.allow_private_hosts)


def _media_http(settings: Settings, accounts: Mapping[str, Account]) -> VendorHttp:
    """What fetches a picture that somebody sent; the vendor names the place, so it is guarded as a stranger's."""
    if settings.mode == "test":
        return pretend.Http(accounts)
    return Http(timeout=10.0, private_hosts=settings.allow_private_hosts, guard=True, limit=LARGEST_MEDIUM)


def _database_url(settings: Settings, folder: Path) -> str:
    if settings.database_url:
        return settings.database_url
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'sayso.db'}"


def known_key(settings: Settings, folder: Path) -> str | None:
    """The secret key as it is set or kept; None where none was made yet."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = folder / "sayso.key"
    return path.read_text().strip() if path.exists() else None


def _secret_key(settings: Settings, folder: Path) -> str:
    """The key that everything is sealed with: the setting, else a file that only its owner reads, made once."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, fresh = folder / "sayso.key", folder / f"sayso.key.{secrets.token_hex(8)}"
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whole or not at all: another process may be starting, too
        fresh.unlink()
        _keep_name(folder)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise Unsafe(f"{path} holds no whole key: put back the one that this database was sealed with")
    return key


def _keep_name(folder: Path) -> None:
    """After a power cut the key is there, or nothing was sealed with it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
