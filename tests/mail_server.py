"""Mail on both sides of sayso: the shop's mail server as the vendor, and a till that mails through our listener."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sayso.smtp.listening import Listener
from tests.conftest import House, MakeHouse

USER, PASSWORD = "shop", "four words do well"
TILL, KAYLA, SCOTT = "till@shop.example.com", "kayla@example.com", "scott@example.com"
RECEIPT = (
    b"From: The Shop <till@shop.example.com>\r\n"
    b"To: Kayla Reed <kayla@example.com>\r\n"
    b"Subject: Your receipt\r\n"
    b"Message-ID: <8812@shop.example.com>\r\n"
    b"X-Mailer: The Till 9\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Thank you for your purchase, Kayla.\r\n"
    b".A line with a dot, and caf\xc3\xa9.\r\n"
    b"\r\n"
)


@dataclass
class Taken:
    """One mail that the shop's mail server took."""

    sender: str
    to: list[str]
    raw: bytes
    encrypted: bool
    user: str


@dataclass
class Upstream:
    """A real mail server; `says` are its replies by command, or by `RCPT` and an address, where they are not 250."""

    says: dict[str, str] = field(default_factory=dict)
    mails: list[Taken] = field(default_factory=list)
    drops: str = ""
    port: int = 0
    wants_user: bool = False
    tls: ssl.SSLContext | None = None
    heard: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  # the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Who it is from."""
        self.heard += options
        envelope.mail_from = address
        return self.says.get("MAIL", "250 Ok")

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whom it is for."""
        reply = self.says.get(f"RCPT {address}") or self.says.get("RCPT", "250 Ok")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The whole mail."""
        reply = self.says.get("DATA", f"250 2.0.0 Ok: queued as Q{len(self.mails)}")
        if reply.startswith("2"):
            shown = session.auth_data
            user = shown.login.decode() if isinstance(shown, LoginPassword) else ""
            encrypted = session.ssl is not None
            self.mails.append(
                Taken(envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"", encrypted, user)
            )
        if self.drops == "after":
            server.transport.abort()  # type: ignore[union-attr]
        return reply


class _Server(SMTP):
    def __init__(self, upstream: Upstream) -> None:
        def believes(server: SMTP, session: Session, envelope: Envelope, way: str, shown: LoginPassword) -> AuthResult:
            good = shown == LoginPassword(USER.encode(), PASSWORD.encode())
            return AuthResult(success=good, handled=False, auth_data=shown)

        super().__init__(
            upstream,
            enable_SMTPUTF8=True,
            hostname="mail.test",
            tls_context=upstream.tls,
            auth_required=upstream.wants_user,
            auth_require_tls=upstream.tls is not None,
            authenticator=believes,
            loop=asyncio.get_running_loop(),
        )
        self.upstream = upstream

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the library's name
        if self.upstream.drops != "before":
            await super().smtp_DATA(arg)
            return
        await self.push("354 Go on")
        await self._reader.read(1000)
        self.transport.abort()


@contextmanager
def upstream(**given: object) -> Iterator[Upstream]:
    """The shop's own mail server for as long as the block lasts."""
    server = Upstream(**given)  # type: ignore[arg-type]
    with _looping() as loop:

        async def start() -> asyncio.Server:
            return await loop.create_server(lambda: _Server(server), "127.0.0.1", 0)

        running = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
        server.port = running.sockets[0].getsockname()[1]
        yield server
        loop.call_soon_threadsafe(running.close)


@contextmanager
def _looping() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def listening(house: House, change: Callable[[Listener], None] = lambda listener: None) -> Iterator[int]:
    """Our listener on a free port, as `sayso smtp` runs it; its port."""
    listener, ready, found = Listener(house.app.extensions["sayso"]), threading.Event(), []
    listener.port = 0
    change(listener)

    def tell(port: int) -> None:
        found.append(port)
        ready.set()

    thread = threading.Thread(target=listener.run, args=(tell,), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        listener.leave()
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def signed_in(house: House, port: int, source: str = "crm") -> Iterator[smtplib.SMTP]:
    """A till's connection, signed in with what was issued to it."""
    given = house.source(source)["smtp"]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.login(given["username"], given["password"])
        yield client


def mailed(house: House, port: int, raw: bytes = RECEIPT, *to: str, sender: str = TILL, source: str = "crm") -> str:
    """The id by which a mail of the till was taken."""
    with signed_in(house, port, source) as client:
        assert client.mail(sender, ["BODY=8BITMIME", "SMTPUTF8"])[0] == 250
        for one in to or (KAYLA,):
            assert client.rcpt(one)[0] == 250
        code, said = client.data(raw)
    assert code == 250, said
    return said.decode().rpartition(" ")[2]


def refused(house: House, port: int, raw: bytes, *to: str) -> str:
    """What the till hears of a mail that is not taken."""
    with signed_in(house, port) as client:
        client.mail(TILL)
        for one in to or (KAYLA,):
            client.rcpt(one)
        code, said = client.data(raw)
    assert code >= 400, said
    return f"{code} {said.decode()}"


def certificate(folder: Path, name: str = "localhost") -> tuple[str, str]:
    """A certificate that this test made for itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    names = f"subjectAltName=DNS:{name},IP:127.0.0.1"
    line = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -addext {names}".split()
    subprocess.run([*line, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return str(cert), str(key)


@pytest.fixture
def server() -> Iterator[Upstream]:
    """The shop's own mail server."""
    with upstream() as here:
        yield here


@pytest.fixture
def shop(make_house: MakeHouse, server: Upstream) -> House:
    """A house in which nothing moves by itself, and whose mails leave through the shop's server."""
    return make_house(start=False, smtp_relay_host="127.0.0.1", smtp_relay_port=server.port)


@pytest.fixture
def port(shop: House) -> Iterator[int]:
    """The listener's port."""
    with listening(shop) as here:
        yield here
