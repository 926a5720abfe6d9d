"""The worlds of WhatsApp, whose CRMs come in at our own door, and of a mail server, whose tills come in over SMTP."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from sayso.message import Account
from tests.conftest import MakeHouse
from tests.contract.world import OTHER, STILL, TOLD_BY_US, Callback, Place, Told, saying
from tests.handing_in import post as hand_in_json
from tests.mail_server import PASSWORD, USER, Upstream, listening, upstream
from tests.vendors import Heard
from tests.whatsapp_world import (
    APP_SECRET,
    BUSINESS,
    PHONE_ID,
    SHOP,
    TOKEN,
    FakeWhatsApp,
    a_meta,
    bag,
    signature,
    status_of,
)

NUMBERS = {"crm": "+919876543210", OTHER: "+971501234567"}
MAILS = {"crm": "kayla@example.com", OTHER: "rebecca.canary@example.com"}
NAMES = {"crm": "Kayla Reed", OTHER: "Rebecca Canary"}


@dataclass
class WhatsAppWorld:
    """WhatsApp, and CRMs at our own door."""

    place: Place
    fake: FakeWhatsApp
    keys = (APP_SECRET, "6f" * 16, "00" * 16)
    secrets = (TOKEN, PHONE_ID, BUSINESS, APP_SECRET)
    DELIVERED, NO, WAIT = "delivered", "131026", 90
    ELSEWHERE = THERE = "+919876543299"
    TOLD: ClassVar[Mapping[str, str]] = TOLD_BY_US

    def hand_in(self, source: str, words: str) -> str:
        given = {"channel": "whatsapp", "to": NUMBERS[source], "from": SHOP, "body": words}
        answer = hand_in_json(self.place.house, given | {"callback_url": self.place.hears_at(source)}, source)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def asked(self, words: str) -> object:
        asked = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": NUMBERS["crm"], "type": "text"}
        return asked | {"text": {"body": words, "preview_url": False}}

    def took(self) -> list[object]:
        ours = ("id", "path", "bearer", "biz_opaque_callback_data")
        return [{name: value for name, value in one.items() if name not in ours} for one in self.fake.sent]

    def vendor_ids(self) -> list[str]:
        return [str(one["id"]) for one in self.fake.sent]

    def told(self, heard: Heard, source: str) -> Told:
        return self.place.opened(heard, source, "id")

    def look_around(self, source: str, crm_id: str) -> None:
        look_at_our_door(self.place, source, crm_id)

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        body = bag(statuses=[status_of(self.fake.sent[-1], word, conversation={"id": BUSINESS})])
        return Callback(f"{self.place.house.url}/callbacks/whatsapp", signature(body, self.keys[key]), body)

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        error = said["error"]
        return isinstance(error, dict) and bool(error["message"])

    def saying(self, what: str) -> AbstractContextManager[None]:
        no = f'{{"error": {{"code": {self.NO}, "message": "{PHONE_ID} with {TOKEN} cannot"}}}}'
        answers = {"forbidden": (403, {}, b"{}"), "no": (400, {}, no.encode())}
        assert self.fake.server
        return saying(self.fake.server, what, answers | {"busy": (429, {"Retry-After": str(self.WAIT)}, b"{}")})

    def elsewhere(self, account: Account) -> Account:
        return replace(account, api_url="http://127.0.0.1:1")


@contextmanager
def with_whatsapp(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[WhatsAppWorld]:
    """A WhatsApp by which both CRMs write."""
    routes = '[sources.crm]\nroutes = { whatsapp = "whatsapp" }\n[sources.other]\nroutes = { whatsapp = "whatsapp" }\n'
    Path("sayso.toml").write_text(routes, "utf-8")
    keys = {"whatsapp_token": TOKEN, "whatsapp_phone_id": PHONE_ID}
    keys["whatsapp_app_secret"] = ", ".join(WhatsAppWorld.keys[: 2 if rotating else 1])
    with a_meta() as fake:
        assert fake.server
        house = make_house(database_url=database_url, **STILL, **keys, whatsapp_api_url=fake.server.url)
        yield WhatsAppWorld(Place(house), fake)


@dataclass
class SmtpWorld:
    """The shop's own mail server, and tills with `smtplib` at our listener."""

    place: Place
    fake: Upstream
    port: int
    secrets = (PASSWORD,)
    DELIVERED, NO, WAIT = "", "5.1.1", 60
    ELSEWHERE = THERE = "scott@example.com"
    TOLD: ClassVar[Mapping[str, str]] = TOLD_BY_US

    def hand_in(self, source: str, words: str) -> str:
        given = self.place.house.source(source)["smtp"]
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            replies = [client.login(given["username"], given["password"]), client.mail("till@shop.example.com")]
            replies += [client.rcpt(MAILS[source]), client.data(self._mail(source, words))]
        assert replies[-1][0] == 250, replies
        self.place.answers += [one[1] for one in replies]
        return replies[-1][1].decode().rpartition(" ")[2]

    def asked(self, words: str) -> object:
        return "till@shop.example.com", [MAILS["crm"]], self._mail("crm", words)

    @staticmethod
    def _mail(source: str, words: str) -> bytes:
        lines = (
            f"From: The Shop <till@shop.example.com>\r\nTo: {NAMES[source]} <{MAILS[source]}>\r\nX-Mailer: Till 9\r\n"
        )
        lines += f"Subject: Your ring\r\nMessage-ID: <{words[:4]}.{source}@shop.example.com>\r\nMIME-Version: 1.0\r\n"
        return f"{lines}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n.dotted\r\n".encode()

    def took(self) -> list[object]:
        return [(one.sender, one.to, one.raw) for one in self.fake.mails]

    def vendor_ids(self) -> list[str]:
        return [f"Q{n}" for n in range(len(self.fake.mails))]

    def told(self, heard: Heard, source: str) -> Told:
        return self.place.opened(heard, source, "crm_id")

    def look_around(self, source: str, crm_id: str) -> None:
        look_at_our_door(self.place, source, crm_id)

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        return Callback(f"{self.place.house.url}/callbacks/smtp", {}, b'{"word": "delivered"}')

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        return "error" in said

    @contextmanager
    def saying(self, what: str) -> Iterator[None]:
        over, usual = threading.Event(), self.fake.handle_DATA

        async def late(server: SMTP, session: Session, envelope: Envelope) -> str:
            reply = await usual(server, session, envelope)
            while not over.is_set():
                await asyncio.sleep(0.02)
            return reply

        says = {"busy": {"RCPT": "450 4.2.0 Come again"}, "no": {"RCPT": f"550 {self.NO} Not for {USER} {PASSWORD}"}}
        self.fake.says, self.fake.drops = says.get(what, {}), "after" if what == "lost" else ""
        self.fake.handle_DATA = late if what == "silent" else usual  # type: ignore[method-assign]  # a server's own reply
        yield
        over.set()
        self.fake.says, self.fake.drops, self.fake.handle_DATA = {}, "", usual  # type: ignore[method-assign]

    def elsewhere(self, account: Account) -> Account:
        return replace(account, more={"host": "127.0.0.1", "port": "1"})


@contextmanager
def with_smtp(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[SmtpWorld]:
    """A mail server that wants a password, and our listener before it."""
    with upstream(wants_user=True) as fake:
        server = {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": fake.port}
        login = {"smtp_relay_username": USER, "smtp_relay_password": PASSWORD}
        place = Place(make_house(database_url=database_url, **STILL, **server, **login))
        for source in ("crm", OTHER):
            place.listen(source, "events")
        with listening(place.house) as port:
            yield SmtpWorld(place, fake, port)


def look_at_our_door(place: Place, source: str, crm_id: str) -> None:
    """Everything that a CRM of our own door can ask."""
    for path in ("", f"/{crm_id}", "?q=Canary", "?limit=100"):
        place.get(f"/api/messages{path}", source)
    for path in ("/api/purposes", "/api/openapi.json", "/api/inbound"):
        place.get(path, source)
