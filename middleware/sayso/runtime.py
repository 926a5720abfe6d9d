"""What the six steps share in one app: the store, the policy, the vendors' accounts and the two bells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sayso.message import Account, Json, Message, Policy
from sayso.outbound import Http
from sayso.store import Clock, Store
from sayso.worker import Bell
from sayso_providers import Face, Provider, Viewer

GivenFacts = Callable[[Message], Mapping[str, Json] | None]


@dataclass(frozen=True, slots=True)
class Runtime:
    """One app's parts; the steps read them and change only the store."""

    store: Store
    clock: Clock
    read_policy: Callable[[], Policy]
    providers: Mapping[str, Provider]
    faces: Mapping[str, Face]
    failed_rejects: frozenset[str]
    mode: str
    accounts: Mapping[str, Account]
    zones: Mapping[str, ZoneInfo]
    public_url: str
    undo_seconds: float
    vendor_timeout: float
    vendor_http: Http
    relay_http: Http
    given_facts: GivenFacts
    dispatch_bell: Bell
    relay_bell: Bell

    @property
    def lease_seconds(self) -> float:
        """How long a claimed message belongs to one dispatcher."""
        return 2 * self.vendor_timeout + 10

    def viewer(self, login: str, source: str = "") -> Viewer:
        """Through whose eyes a vendor's file words an answer: the login that a source (by its name) uses."""
        return Viewer(login, self.clock(), self.read_policy().default_country, source in self.failed_rejects)
