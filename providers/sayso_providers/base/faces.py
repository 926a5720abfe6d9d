"""The two sides of a vendor that face outwards: who carries messages, and at whose door a CRM comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sayso.message import (
    Account,
    Answer,
    Content,
    Draft,
    Inbound,
    Json,
    Malformed,
    Message,
    Outgoing,
    Receipt,
    Request,
    Sent,
)
from sayso_providers.base.http import Http
from sayso_providers.base.shapes import Amendment, Call, Change, Entry, Order, Query, Side, Template, Viewer


class Face(Protocol):
    """How a CRM hears of its messages: in the words of the door they came in at."""

    def restate(self, message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
        """What the CRM is to hear of a receipt, or of our own decision; None when it asked to hear nothing."""
        ...

    def sign(self, outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
        """The headers and body of a relay, signed at this moment with the secret that we issued."""
        ...


class Vendor(Protocol):
    """Who carries messages: a module with these names.

    `CHANNELS` is what it carries, `TOGETHER` how many messages of one request one call may carry. `SETTINGS` names the
    settings an account is made of, by the part of Account they become (`more.` before one of its further parts), and
    `NEEDED` those parts without which there is no account.
    """

    @property
    def NAME(self) -> str: ...  # noqa: N802
    @property
    def CHANNELS(self) -> frozenset[str]: ...  # noqa: N802
    @property
    def TOGETHER(self) -> int: ...  # noqa: N802
    @property
    def SETTINGS(self) -> Mapping[str, str]: ...  # noqa: N802
    @property
    def NEEDED(self) -> frozenset[str]: ...  # noqa: N802
    @property
    def STATUSES(self) -> Mapping[str, str]: ...  # noqa: N802
    @property
    def OPTED_OUT(self) -> frozenset[str]: ...  # noqa: N802

    def compose(self, content: Content, channel: str, country: str) -> Content:
        """What our own door took, in the vendor's fields and spelling; Malformed names a field it cannot take."""
        ...

    def revise(self, content: Content, change: Change, country: str) -> Content:
        """The content with the change in it; Malformed, in words that staff understand, where it cannot be."""
        ...

    def fresh_id(self, content: Content) -> str:
        """An id in the vendor's shape for a message that no CRM handed in."""
        ...

    def read_template(self, name: str, account: Account, http: Http) -> Template | None:
        """The words kept at the vendor under this name, read-only; None when it has none, Unknown when it is silent."""
        ...

    def fill_template(self, template: Template, content: Content) -> str:
        """What the recipient would read: the template with this message's values, gaps left as they are."""
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


class Teller(Protocol):
    """In whose words a CRM hears what somebody wrote, and answers it."""

    def retell(self, inbound: Inbound, viewer: Viewer, url: str, our_url: str, replied_to: str | None) -> Outgoing:
        """What the CRM hears of it at `url`: our ids for the vendor's, and its media at our own door."""
        ...

    def replies(self, answer: Answer, inbound: Inbound, viewer: Viewer, url: str) -> tuple[list[Draft], list[str]]:
        """What the CRM's answer wants to write back, and in words what of it was left out."""
        ...


class Ears(Teller, Protocol):
    """A vendor through which people write to us: a module with these names beside a Vendor's."""

    @property
    def NOTED(self) -> Answer: ...  # noqa: N802

    def inbound(self, request: Request, account: Account) -> Inbound:
        """What somebody wrote back, verified first; Denied when the signature is not the vendor's."""
        ...

    def medium(self, inbound: Inbound, path: str, account: Account, http: Http) -> Answer:
        """One of the media that came with it, asked of the vendor; Malformed when there is none, or no answer."""
        ...


class Postbag(Protocol):
    """A vendor that posts receipts and what people wrote to one address: a module with these names."""

    def heard(self, request: Request, account: Account) -> list[Inbound]:
        """What people wrote, verified first; Denied when the signature is not the vendor's."""
        ...

    def greet(self, request: Request, token: str) -> Answer:
        """The answer to the vendor's handshake; Denied when it does not show our token."""
        ...


class Provider(Face, Vendor, Protocol):
    """A vendor at whose own kind of door CRMs come in: a module with these names. `DOOR` is its path's first part."""

    @property
    def DOOR(self) -> str: ...  # noqa: N802
    @property
    def BODY_LIMIT(self) -> int: ...  # noqa: N802

    def credentials(self, request: Request) -> tuple[str, str]:
        """The login and secret a CRM shows; Malformed in the vendor's way when there is none."""
        ...

    def route(self, request: Request) -> Call:
        """What is asked; Malformed 404 or 405 for everything we do not offer."""
        ...

    def key(self, request: Request) -> str | None:
        """The idempotency key of a create request, as the vendor takes one; Malformed when it is none."""
        ...

    def accept(self, request: Request, viewer: Viewer) -> list[Draft]:
        """The valid messages of one create request; Malformed with the vendor's own code otherwise."""
        ...

    def acknowledge(self, messages: Sequence[Message], viewer: Viewer) -> Answer:
        """What the CRM hears once its messages are stored."""
        ...

    def refusal(self, message: Message) -> Malformed | None:
        """What a CRM hears of a message that was stopped at once; None where it is told later, as the vendor would."""
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


class Shelf(Provider, Protocol):
    """A door at which CRMs also look at their messages, and take them back."""

    def query(self, request: Request, viewer: Viewer) -> Query:
        """Which messages a list request wants."""
        ...

    def show(self, message: Message, viewer: Viewer) -> Answer:
        """One message as the vendor would show it."""
        ...

    def show_page(self, messages: Sequence[Message], query: Query, more: bool, viewer: Viewer) -> Answer:
        """One page of messages as the vendor would list them."""
        ...

    def withdrawn(self, message: Message, viewer: Viewer) -> Answer:
        """What a CRM hears that has taken a message back."""
        ...

    def too_late(self, message: Message, viewer: Viewer) -> Malformed:
        """What a CRM hears that withdraws what has gone already."""
        ...


class Recaller(Shelf, Protocol):
    """A door at which CRMs also take back, for a while, what the vendor has already."""

    def recall(self, message: Message, account: Account, http: Http) -> None:
        """Ask the vendor to stop a message that it has; Malformed in its own words where it does not."""
        ...


class Book(Provider, Protocol):
    """A door at which CRMs keep postal addresses of their own, under ids that stand for them."""

    def entry(self, request: Request, viewer: Viewer) -> Mapping[str, Json]:
        """The valid address of one create request."""
        ...

    def query(self, request: Request, viewer: Viewer) -> Query:
        """Which addresses a list request wants."""
        ...

    def show_entry(self, entry: Entry, viewer: Viewer) -> Answer:
        """One address as the vendor would show it."""
        ...

    def show_entries(self, entries: Sequence[Entry], query: Query, more: bool, viewer: Viewer) -> Answer:
        """One page of addresses as the vendor would list them."""
        ...

    def dropped(self, crm_id: str) -> Answer:
        """What a CRM hears that has deleted an address."""
        ...

    def pieces_with(self, address_id: str) -> tuple[str, ...]:
        """The CRM's ids of the messages of which one may show an address under this id."""
        ...

    def address_in(self, message: Message, address_id: str) -> Mapping[str, Json]:
        """The address that a message shows under this id; empty for none."""
        ...


class Press(Protocol):
    """A vendor that prints: a module with this name beside a Vendor's."""

    def sides(self, message: Message, found: Template | None) -> Sequence[Side]:
        """Every side of a piece with its values filled in, as a person may look at it; `found` is its template."""
        ...


class Scheduler(Provider, Protocol):
    """A door at which CRMs name runs of messages, and pause or cancel them."""

    def order(self, call: Call, request: Request) -> Order:
        """What is wanted of which run."""
        ...


class Gallery(Shelf, Protocol):
    """A door at which messages have parts that can be looked at, and can be changed once they are over."""

    def part(self, call: Call, request: Request, message: Message, viewer: Viewer) -> Answer:
        """What hangs on a message (its media), as the vendor would show it."""
        ...

    def amend(self, call: Call, request: Request, message: Message, viewer: Viewer) -> Amendment:
        """What is to change of a message that is over; Malformed in the vendor's words while it is not."""
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
