"""A CRM that mails through SendGrid's door: a house with a fake SendGrid, and the vendor's own client as the CRM."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sendgrid import SendGridAPIClient

from sayso import store
from sayso.message import Message
from tests.conftest import House, MakeHouse
from tests.fake_sendgrid import API_KEY, EventKey, FakeSendGrid
from tests.vendors import Server, plain_http, serve

KAYLA, SCOTT, NATE, SHOP = "kayla@example.com", "scott@example.com", "nate@example.com", "shop@jeweller.example"
_numbers = itertools.count(1)


@dataclass
class Post:
    """A running house whose mails a fake SendGrid takes."""

    house: House
    sendgrid: FakeSendGrid
    vendor: Server

    @property
    def key(self) -> str:
        """The API key that we issued to the CRM."""
        return self.house.source()["sendgrid"]["api_key"]

    def client(self) -> SendGridAPIClient:
        """The vendor's own client, with another host and key and nothing else changed."""
        return SendGridAPIClient(self.key, host=self.house.url)

    def send(self, body: object, path: str = "", **headers: str) -> requests.Response:
        """One mail-send request as it is."""
        url = f"{self.house.url}{path}/v3/mail/send"
        return plain_http().post(url, json=body, headers=self.headers(**headers), timeout=30)

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """Any other request at the door."""
        return plain_http().request(method, self.house.url + path, json=body, headers=self.headers(), timeout=30)

    def headers(self, **more: str) -> dict[str, str]:
        """What the CRM sends with every request."""
        return {"Authorization": f"Bearer {self.key}"} | {name.replace("_", "-"): text for name, text in more.items()}

    def sent(self, **more: object) -> str:
        """The X-Message-Id of a mail that was taken."""
        answer = self.send(mail(**more))
        assert (answer.status_code, answer.content) == (202, b""), answer.text
        return answer.headers["X-Message-Id"]

    def look(self, crm_id: str) -> Message:
        """A message as it is stored."""
        with self.house.store.read() as tx:
            found = store.get(tx, crm_id)
        assert found is not None
        return found

    def hears(self) -> str:
        """Where the CRM hears events from now on."""
        url = f"{self.house.crm.url}/events"

        def keep(tx: store.Tx) -> None:
            source = store.find_source(tx, name="crm")
            assert source
            store.set_webhooks(tx, source, {"sendgrid_events": url, "inbound": f"{self.house.crm.url}/parse"})

        self.house.source()
        self.house.store.write(keep)
        return url

    def tell(self, *events: dict[str, object], ago: float = 0, key: EventKey | None = None) -> requests.Response:
        """SendGrid posts events."""
        at = self.house.clock().timestamp() - ago
        return self.sendgrid.post(f"{self.house.url}/callbacks/sendgrid", list(events), at, key)


def mail(**more: object) -> dict[str, Any]:
    """A mail that no other has the words of; a field that is None is left out."""
    words = f"Ring number {next(_numbers)} is ready."
    given: dict[str, Any] = {
        "personalizations": [{"to": [{"email": KAYLA}]}],
        "from": {"email": SHOP, "name": "Smith & Sons"},
        "subject": "Your ring",
        "content": [{"type": "text/plain", "value": words}],
    }
    return {name: value for name, value in (given | more).items() if value is not None}


@pytest.fixture
def post(make_house: MakeHouse) -> Iterator[Post]:
    """A house with SendGrid beside it, whose dispatcher the tests run themselves."""
    with mailing(make_house, start=False) as made:
        yield made


class mailing:  # noqa: N801  # a block
    """A house with SendGrid beside it, for as long as the block lasts."""

    def __init__(self, make_house: MakeHouse, **settings: Any) -> None:
        self.make_house, self.settings, self.fake = make_house, settings, FakeSendGrid()

    def __enter__(self) -> Post:
        self.block = serve(self.fake.answer)
        vendor = self.block.__enter__()
        given = {
            "sendgrid_api_key": API_KEY,
            "sendgrid_api_url": vendor.url,
            "sendgrid_event_public_key": self.fake.key.public,
            **self.settings,
        }
        return Post(self.make_house(**given), self.fake, vendor)

    def __exit__(self, *error: object) -> None:
        self.block.__exit__(None, None, None)
