"""The only file that speaks SMTP outwards: it knows whether the end of a mail had left, which is when it counts."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sayso import failpoint
from sayso.message import Account, Answer, TryLater, Unknown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

TLS_FROM_THE_START, USUAL_PORT = 465, "587"
END_OF_LINE = re.compile(rb"\r\n|\r|\n")
LONGEST_REPLY = 500


@dataclass(slots=True)
class _Call:
    """One mail on its way: `ended` turns true when its end may have left."""

    host: str
    port: int
    private: bool
    deadline: float | None
    ended: bool = False

    def too_late(self) -> None:
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise TryLater(f"Nothing was sent to {self.host}: it is too late for this attempt.")


def deliver(
    account: Account,
    sender: str,
    to: Sequence[str],
    mime: bytes,
    *,
    timeout: float,
    deadline: float | None,
    private_hosts: frozenset[str],
    tls: Callable[[], ssl.SSLContext],
) -> Answer:
    """Hand one mail to the account's server, in `timeout` seconds at most; see `Http.mail` for what comes of it.

    It goes encrypted, to a server whose certificate is good by `tls`, unless the host is one of the private ones.
    """
    host = account.more.get("host", "").strip().lower()
    call = _Call(host, int(account.more.get("port") or USUAL_PORT), host in private_hosts, deadline)
    token = _ENDS.set(time.monotonic() + timeout)
    client = _Client(call, tls)
    try:
        _open(client, call, account)
        return _hand_over(client, call, sender, to, mime)
    except (TryLater, Unknown):
        raise
    except Exception as error:
        raise _verdict(call, error) from error
    finally:
        with suppress(OSError):
            client.close()
        _ENDS.reset(token)


def _verdict(call: _Call, error: Exception) -> TryLater | Unknown:
    if call.ended:
        reason = type(error.__cause__ or error.__context__ or error).__name__
        return Unknown(f"{call.host} may have the mail; no answer ({reason}); ask before sending again.")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = _plain(error.smtp_error)
        text = f"{call.host} refuses our user name and password: {error.smtp_code} {said}"
        return TryLater(text, alarm=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return TryLater(f"Nothing was sent: {call.host} takes no sign-in, but a user name is set.", alarm=True)
    if isinstance(error, ssl.SSLError):
        return TryLater(f"Nothing was sent to {call.host}: no good encryption ({error.reason or error}).", alarm=True)
    return TryLater(f"Nothing was sent to {call.host} ({type(error).__name__}); it may be tried again.")


def _open(client: _Client, call: _Call, account: Account) -> None:
    """Greet the server, encrypted unless it is a private one, and sign in."""
    _require(call, client.connect(call.host, call.port), 220)
    _require(call, client.ehlo(), 250)
    if not call.private and call.port != TLS_FROM_THE_START:
        if not client.has_extn("starttls"):
            mend = "let it offer STARTTLS, or list it in SAYSO_ALLOW_PRIVATE_HOSTS if it is in your own network"
            raise TryLater(f"Nothing was sent: {call.host} offers no encryption; {mend}.", alarm=True)
        client.starttls(context=client.tls())
        _require(call, client.ehlo(), 250)
    if account.user:
        client.login(account.user, account.secret)


def _require(call: _Call, reply: tuple[int, bytes], wanted: int) -> None:
    if reply[0] != wanted:
        text = f"Nothing was sent: {call.host} does not serve us: {reply[0]} {_plain(reply[1])}"
        raise TryLater(text, alarm=reply[0] >= 500)


def _hand_over(client: _Client, call: _Call, sender: str, to: Sequence[str], mime: bytes) -> Answer:
    """The envelope, then the mail; nothing is sent to anybody while one of them is to be tried again."""
    abroad = not all(one.isascii() for one in (sender.rpartition("@")[0], *(one.rpartition("@")[0] for one in to)))
    if abroad and not client.has_extn("smtputf8"):
        return Answer(553, b"5.6.7 The server takes no address with letters beyond ASCII.")
    reply = client.mail(_spelled(sender), _options(client, mime, abroad))
    if reply[0] != 250:
        return _answer(reply)
    refused: dict[str, str] = {}
    for one in to:
        reply = client.rcpt(_spelled(one))
        if 500 <= reply[0] < 600:
            refused[one] = f"{reply[0]} {_plain(reply[1])}"
        elif reply[0] not in (250, 251, 252):
            return _answer(reply)
    if len(refused) == len(to):
        return _answer(reply)
    reply = client.docmd("DATA")
    return _answer(reply) if reply[0] != 354 else _answer(_data(client, call, mime), refused)


def _data(client: _Client, call: _Call, mime: bytes) -> tuple[int, bytes]:
    """The server's word on the whole mail; its lines end as SMTP's do, so that no server sees an end within it."""
    lines = END_OF_LINE.sub(b"\r\n", mime)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")
    call.too_late()
    failpoint.hit("mid_request")
    client.send(stuffed)
    call.too_late()
    call.ended = True
    client.send(b".\r\n")
    failpoint.hit("before_answer_read")
    reply = client.getreply()
    if not 200 <= reply[0] < 600 or 300 <= reply[0] < 400:
        raise Unknown(f"{call.host} said nothing that can be read; ask before sending again.")
    with suppress(OSError):
        client.putcmd("QUIT")
    return reply


def _options(client: _Client, mime: bytes, abroad: bool) -> list[str]:
    """What the server must know of the mail, where it wants to."""
    head = mime[: mime.find(b"\r\n\r\n")]
    wanted = {
        f"SIZE={len(mime)}": client.has_extn("size"),
        "BODY=8BITMIME": not mime.isascii() and client.has_extn("8bitmime"),
        "SMTPUTF8": abroad or (not head.isascii() and client.has_extn("smtputf8")),
    }
    return [option for option, asked in wanted.items() if asked]


def _spelled(address: str) -> str:
    """The address with its domain as the wire has it."""
    name, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{name}{at}{domain.encode('idna').decode()}"


def _answer(reply: tuple[int, bytes], refused: dict[str, str] | None = None) -> Answer:
    return Answer(reply[0], _plain(reply[1]).encode(), refused or {})


def _plain(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:LONGEST_REPLY]


_ENDS: ContextVar[float] = ContextVar("ends")


def _left() -> float:
    left = _ENDS.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this call is over")
    return left


class _Wire(socket.socket):
    """A socket that gives each read and write what is left of the call's time."""

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        self.settimeout(_left())
        super().sendall(data, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(_left())
        return super().recv_into(buffer, nbytes or memoryview(buffer).nbytes, flags)


class _TlsWire(_Wire, ssl.SSLSocket):
    """The same over TLS."""


class _Client(smtplib.SMTP):
    """The library's client on our own sockets; where the port says so, encrypted from the start."""

    def __init__(self, call: _Call, tls: Callable[[], ssl.SSLContext]) -> None:
        super().__init__(local_hostname=_own_name())
        self._host, self._encrypted, self.tls = call.host, call.port == TLS_FROM_THE_START and not call.private, tls

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), _left())
        wire = _Wire(plain.family, plain.type, plain.proto, fileno=plain.detach())
        wire.settimeout(_left())
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls().wrap_socket(wire, server_hostname=host) if self._encrypted else wire


@cache
def _own_name() -> str:
    """What we call ourselves; the library would ask the name server each time."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


def trusting(authorities: str) -> ssl.SSLContext:
    """A context that believes the machine's authorities and those of this file."""
    context = ssl.create_default_context()
    context.load_verify_locations(authorities)
    context.sslsocket_class = _TlsWire
    return context
