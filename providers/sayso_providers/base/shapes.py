"""What passes between the steps and a vendor's file: calls, queries, viewers, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.message import Account, Answer, Content, Json, Message
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
    of it; `before` asks for the page that ends where this id begins; `total` is how many there are, where that is
    `counted`. `created` and `goes` are from when until before when they came in and are to go, `scheduled` whether
    they go later than they came, `failed` whether they went wrong; `by_date` sorts by when they go, `upward` puts the
    oldest first. `fits` is asked of each message that all else fits, of so many a call as can be read at once; `ends`
    are the ids of the first and the last that was looked at, from where the pages beside it begin.
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
    counted: bool = False
    total: int | None = None
    created: tuple[datetime | None, datetime | None] = (None, None)
    goes: tuple[datetime | None, datetime | None] = (None, None)
    scheduled: bool | None = None
    failed: bool | None = None
    by_date: bool = False
    upward: bool = False
    fits: Callable[[Message], bool] | None = None
    ends: tuple[str, str] | None = None


def _nobody(address_id: str) -> Mapping[str, Json] | None:
    """No address is kept."""
    return None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes an answer is written: the CRM's issued login, and now.

    `failed_rejects` is for a CRM that ignores `canceled`: it hears of a reject as a failure.
    `closed_regions` are the countries whose numbers get no texts; `hears_at` where this CRM hears what is not told at
    a URL of the message's own; `our_url` the public address of our mount point. `known_address` finds one of the CRM's
    own postal addresses, in its door's words, by the id that it has there.
    """

    login: str
    now: datetime
    country: str = "US"
    failed_rejects: bool = False
    closed_regions: frozenset[str] = frozenset()
    hears_at: str | None = None
    our_url: str = ""
    known_address: Callable[[str], Mapping[str, Json] | None] = field(default=_nobody, compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One postal address that a CRM keeps at its door: our id, the id that it has there, and what it says."""

    id: str
    crm_id: str
    data: Mapping[str, Json]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a printed piece, as a person may look at it: `kind` is its media type, empty where it lies elsewhere.

    `name` is the field that it came in, `said` what that field said of it.
    """

    name: str
    kind: str
    data: bytes
    said: str = ""


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
class Order:
    """What a CRM wants of its runs: `ref` is what it calls one (empty for all), `settle` the state that it is to be in.

    `settle` gets the present state, None where there is no such run, and raises Malformed in the vendor's words;
    `answer` words what the CRM hears of the runs and their states by then; an order that only looks keeps nothing.
    """

    ref: str
    settle: Callable[[str | None], str]
    answer: Callable[[Mapping[str, str]], Answer]
    look: bool = False


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
