"""What passes between a door, a vendor and us: requests, answers, receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

VENDOR_NAMES: Mapping[str, str] = {
    "twilio": "Twilio",
    "sendgrid": "SendGrid",
    "lob": "Lob",
    "whatsapp": "WhatsApp",
    "mailhouse": "the mail house",
    "smtp": "the mail server",
}
"""What staff call a vendor, in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as a door sees it: `path` is inside the door, `url` what a vendor signed, `at` when it came."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller hears: a status, a body and its headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """A vendor account of ours: where it listens and the keys that only we hold.

    `callback_keys` verify what the vendor posts to us, where that is another key than `secret`; more than one while
    they are rotated. `more` are further settings of that vendor's, by their name in default.toml.
    """

    provider: str
    name: str
    api_url: str
    user: str
    secret: str = field(repr=False)
    callback_keys: tuple[str, ...] = field(default=(), repr=False)
    more: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The vendor took it: its own id, its own word for where the message is now, and for whom it would not take it."""

    provider_id: str
    word: str
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """One verified callback: `delivery` in our words, `word` in the vendor's, `event_key` the same for repeats.

    `crm_id` is the id of ours that the vendor gave back, where it does; `address` whom it speaks of, where a message
    has several recipients. `left` and `joined` name the one list of the vendor's that it left or joined again, in the
    words of a content's fields; `at` is when that was, by the vendor's clock. `accounts` are those of ours whose key it
    is signed with: `callbacks` fills them in, and a receipt that an earlier release stored has none.
    """

    provider_id: str
    event_key: str
    delivery: str
    word: str
    error_code: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    crm_id: str | None = None
    address: str | None = None
    left: str | None = None
    joined: str | None = None
    at: datetime | None = None
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person wrote to us: from where, to which number of ours, and every field as it came.

    `event_key` is the same for repeats, `crm_id` the id that the CRM will see; `said` is what the vendor itself
    took it for (stop, start, help), `replied_to` the vendor's id of the message it answers.
    """

    event_key: str
    crm_id: str
    sender: str
    to: str
    text: str
    channel: str
    said: str | None = None
    replied_to: str | None = None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One relay to a CRM, before it is signed: form fields, or a body that is JSON already."""

    url: str
    fields: tuple[tuple[str, str], ...]
    body: str | None = None
