"""The settings: one frozen, checked shape for every key of default.toml, where the values come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from sayso_config import urls, values


class SettingsError(ValueError):
    """The settings cannot be used: `problems` says each with its mend, and never a secret."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def complaints(error: ValidationError) -> list[tuple[tuple[str, ...], str, str]]:
    """Where, of which kind and what pydantic complains about, without the values that it saw."""
    found = error.errors(include_url=False, include_input=False)
    return [(tuple(str(part) for part in one["loc"]), one["type"], _worded(one["msg"])) for one in found]


def _worded(message: str) -> str:
    plain = re.sub(r"^(Value error, |Input |String )", "", message)
    return re.sub(r"^should ", "must ", plain)


UNSET = BeforeValidator(values.unset)
Text = Annotated[str | None, UNSET]
Secret = Annotated[SecretStr | None, UNSET]
DatabaseUrl = Annotated[str, AfterValidator(urls.database_url)]
RedisUrl = Annotated[str, AfterValidator(urls.redis_url)]
PublicUrl = Annotated[str, AfterValidator(urls.public_url)]
ApiUrl = Annotated[str, AfterValidator(urls.api_url)]
Account = Annotated[dict[str, object], AfterValidator(urls.account)]
Failpoint = Annotated[str, AfterValidator(values.failpoint)]
Seconds = Annotated[float, BeforeValidator(values.number), Field(ge=0, le=values.LONGEST)]
Span = Annotated[Seconds, Field(gt=0)]
Port = Annotated[int, BeforeValidator(values.number), Field(ge=1, le=65535)]
Zone = Annotated[str, AfterValidator(values.zone)]
Words = Annotated[str, Field(min_length=1)]
SignOff = Annotated[str, AfterValidator(values.sign_off)]
Validity = Annotated[str, BeforeValidator(values.validity)]
Disclosed = Annotated[frozenset[str], BeforeValidator(values.disclosed)]
Days = Annotated[int, BeforeValidator(values.number), Field(ge=1, le=3660)]
Count = Annotated[int, BeforeValidator(values.number), Field(ge=1, le=1000)]
Window = Annotated[str, AfterValidator(values.window)]
Lane = Literal["at_once", "sign_off"]
OnExpiry = Literal["drop", "refuse", "phone_task", "escalate", "next_channel"]
Verdict = Literal["allow", "hold", "stop"]


class Table(BaseModel):
    """A table of settings that cannot change and knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PolicyTable(Table):
    """`[policy]`: the thresholds that hold for every message."""

    hold_for: Span
    duplicate_window: Seconds
    time_zone: Annotated[Zone | None, UNSET]
    greeting_days: Days
    couple_days: Days
    hint_days: Days
    occasion_days: Days
    place_days: Days
    place_print_days: Days
    bereaved_days: Days
    deceased_match_days: Days
    surprise_days: Days
    surprise_margin_days: Annotated[int, BeforeValidator(values.number), Field(ge=0, le=3660)]
    recent_days: Days
    twin_days: Days
    marketing_cap: Count
    contact_cap: Count
    cap_days: Days
    print_cut_off: Annotated[str | None, AfterValidator(values.clock), UNSET]


class PurposeCells(Table):
    """The cells of one line of purposes.csv that say how the purpose is treated."""

    principal_is: Words
    lane: Lane
    sign_off_within: SignOff
    valid_for: Validity
    on_expiry: OnExpiry
    discloses: Disclosed


class RoleTable(Table):
    """What differs from the line of roles.csv for a role; `[stores.<id>.purposes.<name>]` for one shop."""

    principal: Verdict | None = None
    gift_recipient_before: Verdict | None = None
    gift_recipient_after: Verdict | None = None
    wishlist_owner: Verdict | None = None
    partner: Verdict | None = None
    ex_partner: Verdict | None = None
    household_member: Verdict | None = None
    staff: Verdict | None = None
    unknown: Verdict | None = None


class PurposeTable(RoleTable):
    """`[purposes.<name>]`: what differs from this purpose's row, and from its verdict for a role."""

    auto_clear: bool | None = None
    principal_is: Words | None = None
    lane: Lane | None = None
    sign_off_within: SignOff | None = None
    valid_for: Validity | None = None
    on_expiry: OnExpiry | None = None
    discloses: Disclosed | None = None


class StoreTable(Table):
    """`[stores.<id>]`: a shop's clock, its hours, who signs off there, by name or number, and its own verdicts."""

    time_zone: Annotated[Zone | None, UNSET] = None
    opening_hours: str | Mapping[str, object] | None = None
    approvers: Annotated[int, Field(ge=1)] | tuple[str, ...] | None = None
    purposes: Mapping[str, RoleTable] = Field(default_factory=dict)


class SourceTable(Table):
    """`[sources.<name>]`: which vendor account and vendor serve it, and how it hears of a reject."""

    account: str | tuple[str, ...] | None = None
    rejected: Literal["canceled", "failed"] = "canceled"
    routes: Mapping[str, str] = Field(default_factory=dict)


class RegionTable(Table):
    """`[regions.<code>]`: whether texts go there, and when and with which consent offers and services may."""

    marketing: Annotated[Window | None, UNSET] = None
    marketing_sat: Annotated[Window | None, UNSET] = None
    marketing_sun: Annotated[Window | None, UNSET] = None
    service: Annotated[Window | None, UNSET] = None
    no_days: Annotated[Annotated[str, AfterValidator(values.no_days)] | None, UNSET] = None
    consent: Annotated[Annotated[str, AfterValidator(values.consent)] | None, UNSET] = None
    sms: Literal["on", "off"] = "on"


class FactsTable(Table):
    """`[[presets.<name>.facts]]`: one list of facts, each item's fields by their JMESPath expressions."""

    list: Words
    each: str | None = None
    fields: Mapping[str, str]


class PresetTable(Table):
    """`[presets.<name>]`: what a CRM's own body becomes, messages or facts; `like` names one that it changes."""

    like: str | None = None
    says: str | None = None
    page: str | None = None
    signed: Literal["shopify"] | None = None
    key: str | None = None
    each: str | None = None
    message: Mapping[str, str] = Field(default_factory=dict)
    facts: tuple[FactsTable, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Settings(Table):
    """Every setting, checked and frozen; `default.toml` says what each one is, `load` makes one."""

    database_url: Annotated[DatabaseUrl | None, UNSET] = Field(repr=False)
    redis_url: Annotated[RedisUrl | None, UNSET] = Field(repr=False)
    public_url: Annotated[PublicUrl | None, UNSET]
    secret_key: Secret

    twilio_account_sid: Text
    twilio_auth_token: Secret
    twilio_api_url: ApiUrl
    sendgrid_api_key: Secret
    sendgrid_event_public_key: Text
    sendgrid_api_url: ApiUrl
    lob_api_key: Secret
    lob_webhook_secret: Secret
    lob_api_url: ApiUrl
    whatsapp_token: Secret
    whatsapp_phone_id: Text
    whatsapp_app_secret: Secret
    whatsapp_api_url: ApiUrl
    smtp_relay_host: Text
    smtp_relay_port: Port
    smtp_relay_username: Text
    smtp_relay_password: Secret

    vendor_timeout: Span
    unconfirmed_window: Seconds
    vendor_latest_accept: Seconds
    vendor_list_lag: Seconds
    undo_seconds: Seconds
    quiet_hours: Annotated[str, AfterValidator(values.quiet_hours)]
    default_country: Annotated[str, AfterValidator(values.country)]
    burst_brake: Annotated[str, AfterValidator(values.burst_brake)]
    mode: Literal["enforce", "shadow", "test"]

    host: str
    port: Port
    smtp_host: str
    smtp_port: Port
    smtp_tls_cert: Text
    smtp_tls_key: Text
    allow_private_hosts: Annotated[frozenset[str], BeforeValidator(urls.private_hosts)]
    failpoint: Annotated[Failpoint | None, UNSET]

    policy: PolicyTable
    purposes: Mapping[str, PurposeTable]
    stores: Mapping[str, StoreTable]
    accounts: Mapping[str, Account] = Field(repr=False)
    sources: Mapping[str, SourceTable]
    regions: Mapping[str, RegionTable]
    presets: Mapping[str, PresetTable]

    @property
    def closed_regions(self) -> frozenset[str]:
        """The countries whose numbers get no texts."""
        return frozenset(code.upper() for code, table in self.regions.items() if table.sms == "off")

    @property
    def quiet_minutes(self) -> tuple[int, int] | None:
        """The minutes of the day at which the quiet hours start and end; None when they are off."""
        return values.quiet_minutes(self.quiet_hours)

    @property
    def brake_limit(self) -> tuple[int, float] | None:
        """How many messages in how many seconds the burst brake lets through; None when it is off."""
        return values.brake_limit(self.burst_brake)
