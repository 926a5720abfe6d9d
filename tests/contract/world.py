"""What the contract tests know of a vendor: how a CRM hands in, what the vendor took, and how it calls back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import requests
from flask import Response, request
from standardwebhooks.webhooks import Webhook

from sayso import store
from sayso.message import Account
from tests.conftest import House
from tests.vendors import Heard, Server, plain_http

CRM, OTHER = "crm", "other"
"""Two sources of one house, which must not hear of one another."""
SAID = tuple[int, dict[str, str], bytes]
SCOTT = {"name": "Scott Miller", "line1": "5 Elm St", "city": "Reno", "region": "NV", "postal_code": "89502"}
POSTAL = json.dumps(SCOTT)
TOLD_BY_US: Mapping[str, str] = {"sent": "message.sent", "delivered": "message.delivered", "failed": "message.failed"}
"""What a CRM of our own door hears."""
STILL = {"start": False, "vendor_timeout": "4"}


@dataclass(frozen=True)
class Callback:
    """One post of a vendor's, byte for byte."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    def post(self) -> requests.Response:
        """Our answer to it."""
        return plain_http().post(self.url, data=self.body, headers=dict(self.headers), timeout=10)


@dataclass(frozen=True)
class Told:
    """What a CRM heard, once its signature proved it: of which message, in which word, with which code."""

    crm_id: str
    word: str
    code: str | None = None


@dataclass
class Place:
    """A house, the vendor behind it, and everything that CRMs were answered."""

    house: House
    answers: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        @self.house.app.after_request
        def keep(response: Response) -> Response:
            if not request.path.startswith("/callbacks"):
                self.answers.append(str(response.headers).encode() + response.get_data())
            return response

    def hears_at(self, source: str) -> str:
        """Where a CRM hears of its messages."""
        return f"{self.house.crm.url}/{source}"

    def listen(self, source: str, name: str) -> None:
        """Let a source hear at its place what its messages do not say themselves."""
        self.house.source(source)

        def keep(tx: store.Tx) -> None:
            found = store.find_source(tx, name=source)
            assert found
            store.set_webhooks(tx, found, {name: self.hears_at(source)})

        self.house.store.write(keep)

    def get(self, path: str, source: str = CRM, **more: object) -> requests.Response:
        """One look of a CRM's at our own door, unless `more` says who is there."""
        token = {"Authorization": f"Bearer {self.house.source(source)['token']}"}
        given = {"headers": token} | more
        return plain_http().get(self.house.url + path, timeout=10, **given)  # type: ignore[arg-type]  # requests' own names

    def opened(self, heard: Heard, source: str, name: str) -> Told:
        """A Standard Webhook, verified by the specification's own library; `name` is where the CRM's own id stands."""
        said = Webhook(str(self.house.source(source)["webhook_secret"])).verify(heard.body, heard.headers)
        return Told(said["data"][name], said["type"], said["data"]["error_code"])


class World(Protocol):
    """One vendor as the contract tests meet it: see `Callback` and `Told` for what passes."""

    place: Place
    DELIVERED: str
    """The vendor's word for a message that arrived."""
    TOLD: Mapping[str, str]
    """What the CRM hears when a message was `sent`, `delivered` or `failed`."""
    NO: str
    """The code of the vendor's definite no."""
    WAIT: int
    """For how many seconds a busy vendor wants to be left alone."""
    ELSEWHERE: str
    """Somebody else, as staff would write their address, of which `THERE` is a part that the vendor sees."""
    THERE: str
    secrets: tuple[str, ...]
    """The vendor's keys and account ids, which nobody outside may see."""

    def hand_in(self, source: str, words: str) -> str:
        """The CRM's id of a message with these words."""
        ...

    def asked(self, words: str) -> object:
        """The whole request of the CRM, as the vendor is to get it."""
        ...

    def took(self) -> list[object]:
        """What the vendor has, without what is ours in it."""
        ...

    def vendor_ids(self) -> list[str]:
        """The vendor's own ids of what it has."""
        ...

    def told(self, heard: Heard, source: str) -> Told:
        """What a CRM heard, verified with the secret that we issued to it."""
        ...

    def look_around(self, source: str, crm_id: str) -> None:
        """A CRM asks for all that it can see, and for a message that is another's."""
        ...

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        """The vendor says this word of the last message, signed with one of its keys (2: with a wrong one)."""
        ...

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        """Whether an error is one in the vendor's own words."""
        ...

    def saying(self, what: str) -> AbstractContextManager[None]:
        """For as long as the block lasts the vendor is `busy`, says `no` or `forbidden`, is `silent` or `lost`."""
        ...

    def elsewhere(self, account: Account) -> Account:
        """The account at a place where nobody listens."""
        ...


Opening = Callable[..., AbstractContextManager[World]]
"""`opening(make_house, database_url, rotating=False)`: a world for as long as the block lasts."""


@contextmanager
def saying(vendor: Server, what: str, answers: Mapping[str, SAID]) -> Iterator[None]:
    """An HTTP vendor that says something else for a while; what is `lost` or late it has taken all the same."""
    usual, over = vendor.answer, threading.Event()

    def late(heard: Heard) -> SAID:
        usual(heard)
        over.wait(10)
        return 0, {}, b""

    def lost(heard: Heard) -> SAID:
        usual(heard)
        return 0, {}, b""

    known: Mapping[str, Callable[[Heard], SAID]] = {"silent": late, "lost": lost}
    vendor.answer = known.get(what) or (lambda heard: answers[what])
    try:
        yield
    finally:
        over.set()
        vendor.answer = usual
