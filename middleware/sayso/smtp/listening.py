"""The listener itself: who may speak, over what line, how many at once, and how it ends. It blocks its loop nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Handed
from aiosmtpd.smtp import Session as Known
from sqlalchemy.exc import SQLAlchemyError

from sayso.extension import House
from sayso.message import Unsafe
from sayso.smtp import certificate, taking
from sayso.smtp.drafting import Envelope
from sayso.store import Source
from sayso_providers.base import mime

logger = logging.getLogger("sayso")
T = TypeVar("T")
LARGEST = 30_000_000
MOST_RECIPIENTS = 1000
MOST_CLIENTS, AT_ONCE = 100, 4
OF_ONE_HOST, OF_A_TRUSTED_HOST = 10, 50
"""So that no host keeps the others out; behind one that is trusted there may be many, a proxy's or a web server's."""
LONGEST_LINE = 65_536  # a till may write its whole HTML on one line; RFC 5321 has 998, and many servers take more
IDLE_FOR, LEAVES_WITHIN, LOOK_EVERY = 300.0, 60.0, 0.05
TRIES = {"AUTH": 3, "*": 1_000_000}
BUSY = "421 4.3.2 Too many clients are connected; try again in a minute."
LEAVING = "421 4.3.2 Sayso is ending; try again in a minute."
NO_ENTRY = "535 5.7.8 The user name and password are not those of a source."
ASK_LATER = "454 4.7.0 Sayso cannot look that up just now; try again."


class Listener:
    """Takes mails at the address of the settings until it is told to leave, then ends after those under way."""

    def __init__(self, house: House) -> None:
        settings = house.settings
        self.house, self.runtime = house, house.runtime
        self.host, self.port = settings.smtp_host, settings.smtp_port
        self.private = settings.allow_private_hosts
        self.name = urlsplit(self.runtime.public_url).hostname or "sayso"
        self.tls = certificate.read(settings.smtp_tls_cert, settings.smtp_tls_key)
        self.clients: set[Client] = set()
        self._pool = ThreadPoolExecutor(AT_ONCE, "smtp")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaving = asyncio.Event()
        if not (self.tls or certificate.is_own(self.host) or self.private):
            mend = "set SAYSO_SMTP_TLS_CERT and SAYSO_SMTP_TLS_KEY, or listen on 127.0.0.1"
            raise Unsafe(f"SAYSO_SMTP_HOST is {self.host}, where passwords would cross the network in the open: {mend}")
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the library tells it whom people write to

    def run(self, ready: Callable[[int], None]) -> None:
        """Serve until SIGTERM, SIGINT or `leave`; `ready` hears the port."""
        asyncio.run(self._serve(ready))

    def leave(self) -> None:
        """Take no more mails, and end when the present ones are done; from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._leaving.set)

    async def apart(self, call: Callable[[], T]) -> T:
        """What a call that waits for the database returns; no more than a few run at once."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def knows(self, shown: LoginPassword) -> Source | None:
        """The source of these credentials."""
        login, password = (part.decode("utf-8", "replace") for part in shown)
        return self.house.doorkeeper.source(self.runtime, "smtp", password, login)

    def trusts(self, peer: object) -> bool:
        """Whether a client may sign in without encryption: on this machine, or on a listed private host."""
        host = _host(peer)
        return certificate.is_own(host) or host in self.private

    def has_room(self, peer: object) -> bool:
        """Whether one more client may come from there."""
        most = OF_A_TRUSTED_HOST if self.trusts(peer) else OF_ONE_HOST
        there = sum(client.host == _host(peer) for client in self.clients)
        return len(self.clients) < MOST_CLIENTS and there < most

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, client: SMTP, session: Known, handed: Handed, address: str, options: list[str]
    ) -> str:
        """One more recipient, if it is an address."""
        found = mime.address(address)
        if found is None:
            return "553 5.1.3 That is no e-mail address."
        if len(handed.rcpt_tos) >= MOST_RECIPIENTS:
            return f"452 4.5.3 A mail goes to {MOST_RECIPIENTS} recipients at most."
        if found not in handed.rcpt_tos:
            handed.rcpt_tos.append(found)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, client: SMTP, session: Known, handed: Handed) -> str:  # noqa: N802  # the library's
        """The reply to a whole mail."""
        raw = handed.content if isinstance(handed.content, bytes) else b""
        envelope = Envelope((handed.mail_from or "").strip("<>"), tuple(handed.rcpt_tos), raw)
        return await self.apart(lambda: self._take(session.auth_data, envelope))

    async def handle_exception(self, error: Exception) -> str:
        """The reply where something broke."""
        logger.error("an SMTP client was not served", exc_info=error)
        return "451 4.3.0 An internal error occurred; try again."

    def connect(self) -> Client:
        """What serves one more client."""
        return Client(self)

    def _take(self, shown: object, envelope: Envelope) -> str:
        """The credentials are looked at again: a connection may live for hours."""
        try:
            source = self.knows(shown) if isinstance(shown, LoginPassword) else None
        except SQLAlchemyError:
            logger.exception("the database does not answer")
            return taking.LATER
        return taking.take(self.runtime, source, envelope) if source else NO_ENTRY

    async def _serve(self, ready: Callable[[int], None]) -> None:
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(ValueError, RuntimeError):  # only a process's first thread hears signals
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self._leaving.set)
        server = await self._loop.create_server(self.connect, self.host, self.port)
        ready(server.sockets[0].getsockname()[1])
        await self._leaving.wait()
        server.close()
        ends = self._loop.time() + LEAVES_WITHIN
        while self.clients and self._loop.time() < ends:
            for client in tuple(self.clients):
                await client.leave()
            await asyncio.sleep(LOOK_EVERY)
        self._pool.shutdown()


class Client(SMTP):
    """One client's connection."""

    line_length_limit = LONGEST_LINE

    def __init__(self, listener: Listener) -> None:
        super().__init__(
            listener,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=listener.name,
            ident="sayso",
            tls_context=listener.tls,
            timeout=IDLE_FOR,
            auth_required=True,
            command_call_limit=TRIES,
            authenticator=_shown,
            loop=asyncio.get_running_loop(),
        )
        self._listener = listener
        self.host = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Also after STARTTLS, when everything begins anew."""
        peer = transport.get_extra_info("peername")
        self._auth_require_tls = not self._listener.trusts(peer)
        self._is_one_too_many = self not in self._listener.clients and not self._listener.has_room(peer)
        self.host = _host(peer)
        if not self._is_one_too_many:
            self._listener.clients.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone, whoever ended it."""
        self._listener.clients.discard(self)
        super().connection_lost(error)

    async def leave(self) -> None:
        """Say goodbye, unless a mail is under way; after its end it is asked again."""
        if self.transport is None or self.transport.is_closing() or (self.envelope and self.envelope.mail_from):
            return
        with contextlib.suppress(ConnectionError):
            await self.push(LEAVING)
        if self.transport:
            self.transport.close()

    async def _handle_client(self) -> None:
        if self._is_one_too_many:
            await self.push(BUSY)
            if self.transport:
                self.transport.close()
            return
        await super()._handle_client()

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  # the library's name
        """Sign in; the way to do so may be named in small letters, too."""
        way, space, rest = (arg or "").partition(" ")
        await super().smtp_AUTH(f"{way.upper()}{space}{rest}")

    async def auth_PLAIN(self, _: object, args: list[str]) -> AuthResult:  # noqa: N802  # the library's name
        """Sign in with both at once."""
        return await self._judged(await super().auth_PLAIN(_, args))

    async def auth_LOGIN(self, _: object, args: list[str]) -> AuthResult:  # noqa: N802  # the library's name
        """Sign in with one after the other."""
        return await self._judged(await super().auth_LOGIN(_, args))

    async def _judged(self, result: AuthResult) -> AuthResult:
        """The library asks in its loop; we ask the database beside it."""
        shown = result.auth_data
        if not isinstance(shown, LoginPassword):
            return result
        try:
            source = await self._listener.apart(lambda: self._listener.knows(shown))
        except SQLAlchemyError:
            logger.exception("the database does not answer")
            return AuthResult(success=False, handled=False, message=ASK_LATER)
        if source is None:
            return AuthResult(success=False, handled=False, message=NO_ENTRY)
        return AuthResult(success=True, auth_data=shown)


def _host(peer: object) -> str:
    """The address of whoever is at the other end."""
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def _shown(server: SMTP, session: Known, handed: Handed, way: str, shown: object) -> AuthResult:
    """What the client shows, not yet believed."""
    return AuthResult(success=False, handled=False, auth_data=shown)
