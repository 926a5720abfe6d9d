"""A WhatsApp Cloud API that is a real HTTP server: it takes messages, keeps templates, and posts what comes back."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from standardwebhooks.webhooks import Webhook

from sayso import store
from tests.conftest import House, MakeHouse
from tests.handing_in import handed_in
from tests.vendors import Heard, Server, plain_http, serve
from tests.walk import decide, dispatched, relayed

TOKEN, PHONE_ID, APP_SECRET = "EAA" + "x" * 30, "106540352242922", "5e" * 16
SHOP, PRIYA, OMAR = "+919876500100", "+919876543210", "+971501234567"
BUSINESS = "102290129340398"
_numbers = itertools.count(1)


@dataclass
class FakeWhatsApp:
    """What Meta does with a message, and what it posts back."""

    sent: list[dict[str, object]] = field(default_factory=list)
    templates: dict[tuple[str, str], list[object]] = field(default_factory=dict)
    fault: tuple[int, dict[str, object]] | None = None
    server: Server | None = None

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request."""
        if heard.headers.get("authorization") not in (f"Bearer {TOKEN}", "Bearer second"):
            return self._error(401, 190, "Invalid OAuth access token.")
        if self.fault:
            status, body = self.fault
            return (0, {}, b"") if status == 0 else (status, {}, json.dumps(body).encode())
        if heard.method == "GET":
            found = [{"name": n, "language": k, "components": c} for (n, k), c in self.templates.items()]
            return 200, {}, json.dumps({"data": found}).encode()
        asked = json.loads(heard.body)
        wamid = f"wamid.{next(_numbers):040d}"
        self.sent.append(asked | {"id": wamid, "path": heard.path, "bearer": heard.headers["authorization"]})
        said = {"messaging_product": "whatsapp", "messages": [{"id": wamid, "message_status": "accepted"}]}
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()

    @staticmethod
    def _error(status: int, code: int, message: str) -> tuple[int, dict[str, str], bytes]:
        error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
        return status, {"Content-Type": "application/json"}, json.dumps({"error": error}).encode()


def status_of(sent: dict[str, object], word: str, **more: object) -> dict[str, object]:
    """One status, as Meta words it."""
    same = {"id": sent["id"], "status": word, "timestamp": "1763800000", "recipient_id": str(sent["to"]).lstrip("+")}
    return same | {"biz_opaque_callback_data": sent["biz_opaque_callback_data"]} | more


def wrote(text: str, sender: str = PRIYA, **more: object) -> dict[str, object]:
    """One text of somebody's, as Meta words it."""
    one = {"from": sender.lstrip("+"), "id": f"wamid.in{next(_numbers)}", "timestamp": "1763800001", "type": "text"}
    return one | {"text": {"body": text}} | more


def bag(phone_id: str = PHONE_ID, shop: str = SHOP, **value: object) -> bytes:
    """The body of one post of Meta's."""
    about = {"display_phone_number": shop.lstrip("+"), "phone_number_id": phone_id}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": about} | value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


def signature(body: bytes, key: str = APP_SECRET) -> dict[str, str]:
    """The header that Meta signs a post with."""
    return {"X-Hub-Signature-256": f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}"}


def post(house: House, body: bytes, key: str = APP_SECRET) -> requests.Response:
    """One signed post of Meta's."""
    return plain_http().post(f"{house.url}/callbacks/whatsapp", data=body, headers=signature(body, key), timeout=10)


def whatsapp(**more: object) -> dict[str, object]:
    """A WhatsApp to Priya that no other has the words of; a field that is None is left out."""
    given = {"channel": "whatsapp", "to": PRIYA, "from": SHOP, "body": f"Bangle number {next(_numbers)} is ready."}
    return {name: value for name, value in (given | more).items() if value is not None}


def template(name: str = "ring_ready/en_US", **values: str) -> dict[str, object]:
    """A WhatsApp from a template."""
    return whatsapp(body=None, content={"template": name, "variables": values})


def asked_for(house: House, meta: FakeWhatsApp, given: dict[str, object]) -> dict[str, object]:
    """What WhatsApp was asked to send for a message that was handed in and approved."""
    message = handed_in(house, given)
    decide(house, str(message["id"]), "approve")
    dispatched(house)
    return meta.sent[-1]


TOML = """
[sources.crm]
routes = { whatsapp = "whatsapp" }
"""


@contextmanager
def a_meta() -> Iterator[FakeWhatsApp]:
    """A running WhatsApp."""
    meta = FakeWhatsApp()
    with serve(meta.answer) as server:
        meta.server = server
        yield meta


def with_whatsapp(make_house: MakeHouse, meta: FakeWhatsApp, toml: str = TOML, **more: object) -> House:
    """A house whose `crm` writes by WhatsApp; nothing runs by itself."""
    Path("sayso.toml").write_text(toml, "utf-8")
    assert meta.server
    keys = {
        "whatsapp_token": TOKEN,
        "whatsapp_phone_id": PHONE_ID,
        "whatsapp_app_secret": APP_SECRET,
        "whatsapp_api_url": meta.server.url,
    }
    return make_house(start=False, **(keys | more))


@pytest.fixture
def meta() -> Iterator[FakeWhatsApp]:
    """A running WhatsApp."""
    with a_meta() as running:
        yield running


@pytest.fixture
def shop(make_house: MakeHouse, meta: FakeWhatsApp) -> House:
    """A house whose CRM writes by WhatsApp."""
    return with_whatsapp(make_house, meta)


def hears(house: House, **places: str) -> None:
    """Where the CRM hears things from now on."""
    house.source()
    house.store.write(lambda tx: store.set_webhooks(tx, store.find_source(tx, name="crm"), places))


def events(house: House) -> list[dict[str, object]]:
    """What the CRM heard, each verified as its receiver would."""
    relayed(house)
    opener = Webhook(house.source()["webhook_secret"])
    return [opener.verify(heard.body, heard.headers) for heard in house.crm.posts()]


def approved(house: House, **more: object) -> str:
    """The id of a message that WhatsApp took."""
    message = str(handed_in(house, whatsapp(**more))["id"])
    decide(house, message, "approve")
    dispatched(house)
    return message
