"""What a vendor's file must offer: one way in, one way out, one way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sayso.message import Account, Answer, Draft, Malformed, Message, Outgoing, Receipt, Request, Sent


class Http(Protocol):
    """What a vendor's file speaks through: it raises TryLater before the first byte left, Unknown after."""

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = ...,
        deadline: float | None = None,
    ) -> Answer:
        """The vendor's whole answer."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """What a CRM asks at a door: `act` is create, fetch, list, withdraw or forward."""

    act: str
    login: str = ""
    crm_id: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which of a source's messages a list asks for; `page` is zero-based and `after` the last id seen."""

    to: str | None = None
    sender: str | None = None
    sent_from: datetime | None = None
    sent_before: datetime | None = None
    size: int = 50
    page: int = 0
    after: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes an answer is written: the CRM's issued login, and now.

    `failed_rejects` is for a CRM that ignores `canceled`: it hears of a reject as a failure.
    """

    login: str
    now: datetime
    country: str = "US"
    failed_rejects: bool = False


class Face(Protocol):
    """How a CRM hears of its messages: in the words of the door they came in at."""

    def restate(self, message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
        """What the CRM is to hear of a receipt, or of our own decision; None when it asked to hear nothing."""
        ...

    def sign(self, outgoing: Outgoing, secret: str, event_id: str) -> tuple[Mapping[str, str], bytes]:
        """The headers and body of a relay, signed with the secret that we issued."""
        ...


class Provider(Face, Protocol):
    """One vendor: a module with these names. `DOOR` is its path's first part, `CHANNELS` what it carries."""

    @property
    def NAME(self) -> str: ...  # noqa: N802
    @property
    def DOOR(self) -> str: ...  # noqa: N802
    @property
    def BODY_LIMIT(self) -> int: ...  # noqa: N802
    @property
    def STATUSES(self) -> Mapping[str, str]: ...  # noqa: N802
    @property
    def OPTED_OUT(self) -> frozenset[str]: ...  # noqa: N802

    def credentials(self, request: Request) -> tuple[str, str]:
        """The login and secret a CRM shows; Malformed in the vendor's way when there is none."""
        ...

    def route(self, request: Request) -> Call:
        """What is asked; Malformed 404 or 405 for everything we do not offer."""
        ...

    def accept(self, request: Request, viewer: Viewer) -> list[Draft]:
        """The valid messages of one create request; Malformed with the vendor's own code otherwise."""
        ...

    def query(self, request: Request, viewer: Viewer) -> Query:
        """Which messages a list request wants."""
        ...

    def acknowledge(self, messages: Sequence[Message], viewer: Viewer) -> Answer:
        """What the CRM hears once its messages are stored."""
        ...

    def show(self, message: Message, viewer: Viewer) -> Answer:
        """One message as the vendor would show it."""
        ...

    def show_page(self, messages: Sequence[Message], query: Query, more: bool, viewer: Viewer) -> Answer:
        """One page of messages as the vendor would list them."""
        ...

    def too_late(self, message: Message) -> Malformed:
        """What a CRM hears that withdraws what has gone already."""
        ...

    def refusal(self, message: Message) -> Malformed:
        """What a CRM hears of a message that was stopped at once."""
        ...

    def error(self, problem: Malformed) -> Answer:
        """Any problem in the vendor's own shape."""
        ...

    def forward(self, call: Call, request: Request, account: Account, http: Http) -> Answer:
        """An allow-listed read, asked of the vendor, with our credentials and ids taken out."""
        ...

    def send(
        self,
        messages: Sequence[Message],
        account: Account,
        http: Http,
        *,
        callback_url: str,
        now: datetime,
        deadline: float,
    ) -> Sent:
        """Hand the messages to the vendor; raises Refused, TryLater or Unknown."""
        ...

    def receipts(self, request: Request, account: Account) -> list[Receipt]:
        """The receipts of one callback, verified first; Denied when the signature is not the vendor's."""
        ...
