"""What a vendor's file must offer: one way in, one way out, one way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sayso.message import Account, Answer, Content, Draft, Inbound, Malformed, Message, Outgoing, Receipt, Request, Sent


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
    """What a CRM asks at a door: `act` is create, fetch, list, withdraw, part, medium, amend or forward.

    `path` says which part of a message is shown, what is amended, or where a forwarded read goes.
    """

    act: str
    login: str = ""
    crm_id: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which of a source's messages a list asks for; `page` is zero-based and `after` the last id seen.

    `channels` are those that the wanted endpoints can be of; empty for all.
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


@dataclass(frozen=True, slots=True)
class Viewer:
    """Through whose eyes an answer is written: the CRM's issued login, and now.

    `failed_rejects` is for a CRM that ignores `canceled`: it hears of a reject as a failure.
    `closed_regions` are the countries whose numbers get no texts.
    """

    login: str
    now: datetime
    country: str = "US"
    failed_rejects: bool = False
    closed_regions: frozenset[str] = frozenset()


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
    """What somebody changes in a message before it goes; None leaves it as it is."""

    to: str | None = None
    body: str | None = None
    media: tuple[str, ...] | None = None
    variables: Mapping[str, str] | None = None


class Face(Protocol):
    """How a CRM hears of its messages: in the words of the door they came in at."""

    def restate(self, message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
        """What the CRM is to hear of a receipt, or of our own decision; None when it asked to hear nothing."""
        ...

    def sign(self, outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
        """The headers and body of a relay, signed at this moment with the secret that we issued."""
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

    def compose(self, content: Content, channel: str, country: str) -> Content:
        """What our own door took, in the vendor's fields and spelling; Malformed names a field it cannot take."""
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

    def part(self, call: Call, request: Request, message: Message, viewer: Viewer) -> Answer:
        """What hangs on a message (its media), as the vendor would show it."""
        ...

    def amend(self, call: Call, request: Request, message: Message, viewer: Viewer) -> Amendment:
        """What is to change of a message that is over; Malformed in the vendor's words while it is not."""
        ...

    def too_late(self, message: Message, viewer: Viewer) -> Malformed:
        """What a CRM hears that withdraws what has gone already."""
        ...

    def refusal(self, message: Message) -> Malformed:
        """What a CRM hears of a message that was stopped at once."""
        ...

    def error(self, problem: Malformed) -> Answer:
        """Any problem in the vendor's own shape."""
        ...

    def formatted(self, answer: Answer, path: str) -> Answer:
        """The answer in the format that a path inside the door asks for."""
        ...

    def forward(self, call: Call, request: Request, account: Account, http: Http) -> Answer:
        """An allow-listed read, asked of the vendor, with our credentials and ids taken out."""
        ...

    def read_template(self, name: str, account: Account, http: Http) -> Template | None:
        """The words kept at the vendor under this name, read-only; None when it has none, Unknown when it is silent."""
        ...

    def fill_template(self, template: Template, content: Content) -> str:
        """What the recipient would read: the template with this message's values, gaps left as they are."""
        ...

    def revise(self, content: Content, change: Change, country: str) -> Content:
        """The content with the change in it; Malformed, in words that staff understand, where it cannot be."""
        ...

    def fresh_id(self, content: Content) -> str:
        """An id in the vendor's shape for a message that no CRM handed in."""
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

    @property
    def NOTED(self) -> Answer: ...  # noqa: N802

    def inbound(self, request: Request, account: Account) -> Inbound:
        """What somebody wrote back, verified first; Denied when the signature is not the vendor's."""
        ...

    def retell(self, inbound: Inbound, viewer: Viewer, url: str, our_url: str, replied_to: str | None) -> Outgoing:
        """What the CRM hears of it at `url`: our ids for the vendor's, and its media at our own door."""
        ...

    def replies(self, answer: Answer, inbound: Inbound, viewer: Viewer, url: str) -> tuple[list[Draft], list[str]]:
        """What the CRM's answer wants to write back, and in words what of it was left out."""
        ...

    def medium(self, inbound: Inbound, path: str, account: Account, http: Http) -> Answer:
        """One of the media that came with it, asked of the vendor; Malformed when there is none, or no answer."""
        ...


class Pretender(Protocol):
    """A vendor that is not there, for test mode: a module with these names. `WORDS` has every delivery it speaks of."""

    @property
    def WORDS(self) -> Mapping[str, tuple[str, str]]: ...  # noqa: N802

    def account(self, derived: Callable[[str], str]) -> Account:
        """Keys in the vendor's shape; `derived` makes text that nobody outside can guess."""
        ...

    def respond(self, method: str, url: str, body: bytes, held: Account) -> Answer:
        """What the vendor would answer to a request of ours."""
        ...

    def call_back(self, message: Message, delivery: str, held: Account, url: str) -> Request:
        """The signed callback by which the vendor would say what became of a message."""
        ...
