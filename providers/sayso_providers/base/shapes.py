"""What passes between the steps and a vendor's file: calls, queries, viewers, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.message import Account, Answer, Content, Message
from sayso_providers.base.http import Http


@dataclass(frozen=True, slots=True)
class Call:
    """What a CRM asks at a door: `act` is create, fetch, list, withdraw, part, medium, amend, forward or run.

    `path` says which part of a message is shown, what is amended, or where a forwarded read goes.
    """

    act: str
    login: str = ""
    crm_id: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which of a source's messages a list asks for; `page` is zero-based and `after` the last id seen.

    `channels` are those that the wanted endpoints can be of, empty for all; `metadata` what the messages carry, each
    of it; `before` asks for the page that ends where this id begins.
    """

    to: str | None = None
    sender: str | None = None
    sent_from: datetime | None = None
    sent_before: datetime | None = None
    size: int = 50
    page: int = 0
    after: str | None = None
    channels: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes an answer is written: the CRM's issued login, and now.

    `failed_rejects` is for a CRM that ignores `canceled`: it hears of a reject as a failure.
    `closed_regions` are the countries whose numbers get no texts; `hears_at` where this CRM hears what is not told at
    a URL of the message's own; `our_url` the public address of our mount point.
    """

    login: str
    now: datetime
    country: str = "US"
    failed_rejects: bool = False
    closed_regions: frozenset[str] = frozenset()
    hears_at: str | None = None
    our_url: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a CRM changes of a message that is over, and the `answer` that it hears then.

    `ask` asks the vendor that has the message, before anything changes here; Malformed when it says no. `keep` is
    what stays of each edition of the content, and `deleted` takes the message out of its CRM's sight.
    """

    answer: Callable[[Message], Answer]
    ask: Callable[[Account, Http], None] | None = None
    keep: Callable[[Content], Content] | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The words that a vendor keeps under a name, each text that a recipient would read apart, not yet filled in."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changes in a message before it goes; None leaves it as it is.

    `to` is another address in place of the first (a postal one is the JSON of our own door), `drop` the addresses
    that no longer get it.
    """

    to: str | None = None
    body: str | None = None
    media: tuple[str, ...] | None = None
    variables: Mapping[str, str] | None = None
    subject_line: str | None = None
    drop: tuple[str, ...] = ()
