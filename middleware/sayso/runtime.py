"""What the six steps share in one app: the store, the policy, the vendors' accounts and the two bells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sayso.carriers import CARRIERS, STAND_INS
from sayso.message import Account, Json, Message, Policy
from sayso.store import Clock, Store
from sayso.worker import Bell
from sayso_providers import Ears, Face, Provider, Teller, Template, Vendor, Viewer
from sayso_providers.base import Http

GivenFacts = Callable[[Message], Mapping[str, Json] | None]
Said = tuple[datetime, Template | str | None]


@dataclass(frozen=True, slots=True)
class Runtime:
    """One app's parts; the steps read them and change only the store.

    `quick_http` asks a vendor while somebody waits, `media_http` for a picture; `templates` is what a vendor said
    lately of its templates, by account and name. `providers` carry messages, at `doors` CRMs come in, through `ears`
    people write to us, and `tellers` word it for a CRM; `routes` say by which vendor a source's channel goes, and
    `chosen` by which account.
    """

    store: Store
    clock: Clock
    read_policy: Callable[[], Policy]
    providers: Mapping[str, Vendor]
    doors: Mapping[str, Provider]
    ears: Mapping[str, Ears]
    tellers: Mapping[str, Teller]
    faces: Mapping[str, Face]
    failed_rejects: frozenset[str]
    mode: str
    accounts: Mapping[str, Account]
    routes: Mapping[str, Mapping[str, str]]
    chosen: Mapping[tuple[str, str], str]
    zones: Mapping[str, ZoneInfo]
    public_url: str
    undo_seconds: float
    vendor_timeout: float
    vendor_http: Http
    relay_http: Http
    quick_http: Http
    media_http: Http
    given_facts: GivenFacts
    dispatch_bell: Bell
    relay_bell: Bell
    templates: dict[tuple[str, str], Said] = field(default_factory=dict)

    @property
    def lease_seconds(self) -> float:
        """How long a claimed message belongs to one dispatcher."""
        return 2 * self.vendor_timeout + 10

    def viewer(self, login: str, source: str = "", hears_at: str | None = None) -> Viewer:
        """Through whose eyes a vendor's file words an answer: the login that a source (by its name) uses."""
        policy, failed = self.read_policy(), source in self.failed_rejects
        return Viewer(
            login, self.clock(), policy.default_country, failed, policy.closed_regions, hears_at, self.public_url
        )

    def account_of(self, source: str, provider: str) -> str:
        """The name of the account by which a source's messages leave at a vendor, whether its keys are set or not."""
        return self.chosen.get((source, provider), provider)

    def carriers(self, source: str) -> Mapping[str, str]:
        """The vendor of each channel, for a source (by its name) that may have routes of its own."""
        held = {account.provider for account in self.accounts.values()}
        usual = {channel: name for channel, name in STAND_INS.items() if name in held and CARRIERS[channel] not in held}
        return {**CARRIERS, **usual, **self.routes.get(source, {})}

    def account(self, message: Message) -> Account | None:
        """The account that carries a message; None while its keys are not set."""
        return self.accounts.get(message.carrier)

    def accounts_at(self, provider: str) -> tuple[Account, ...]:
        """Every account that we have at a vendor."""
        return tuple(account for account in self.accounts.values() if account.provider == provider)
