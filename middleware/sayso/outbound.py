"""The only file that speaks HTTP outwards: it knows whether a failed request had begun to leave."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.retry import Retry

from sayso import failpoint, message, outbound_mail

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_NO_HEADERS: Mapping[str, str] = {}
# What frames a request is ours to say: a caller's value for one of these is dropped.
_OURS = frozenset({"accept-encoding", "connection", "content-length", "expect", "host", "transfer-encoding"})
# No user or password, no backslash, no letter outside ASCII: every reader of such a URL sees the same host.
_URL = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?([/?][!-\[\]-~]*)?", re.I)
# No CRM lives here, whatever a version of `ipaddress` says: all IPv6 outside 2000::/3 (as ::ffff:0:0/96 and
# 64:ff9b::/96, which hide IPv4), then the protocol, Teredo and 6to4 networks within it and in IPv4.
_NEVER = ("::/3", "4000::/2", "8000::/1", "2001::/23", "2002::/16", "192.0.0.0/24", "192.88.99.0/24")


class Http:
    """Calls vendors or, with `guard`, addresses a CRM gave us; threads may share one, forks may not."""

    def __init__(
        self,
        *,
        timeout: float,
        private_hosts: frozenset[str] = frozenset(),
        guard: bool = False,
        limit: int = 1_000_000,
    ) -> None:
        self._timeout, self._private_hosts, self._guard, self._limit = timeout, private_hosts, guard, limit

    @cached_property
    def _adapter(self) -> _Adapter:
        """Made for the first request: to read all authorities takes a tenth of a second and megabytes."""
        return _Adapter(pool_connections=16, pool_maxsize=16, max_retries=Retry(0, read=False))

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        deadline: float | None = None,
    ) -> message.Answer:
        """The whole answer, whatever its status, in `timeout` seconds at most; no redirect is followed.

        Raises TryLater when not one byte of the request left (as past `deadline`, a time.monotonic() value)
        and Unknown when one did and no whole answer came back. An answer that states no length is whole when
        the other side closes. Header names may be read in any case; the body is as it came over the wire.
        """
        adapter = self._adapter  # before the time of the call begins
        call = self._call(url, deadline)
        token = _CALL.set(call)
        try:
            kept = {name: value for name, value in headers.items() if name.lower() not in _OURS}
            # The libraries see no path, so none of their log lines can show it; putrequest puts it in.
            bare = requests.Request(method, call.origin, headers={"User-Agent": "sayso"} | kept, data=body)
            return self._exchange(adapter, call, bare.prepare())
        except (message.TryLater, message.Unknown):
            raise
        except Exception as error:
            raise _verdict(call, error) from error
        finally:
            _CALL.reset(token)

    @cached_property
    def _mail_tls(self) -> ssl.SSLContext:
        return outbound_mail.trusting(DEFAULT_CA_BUNDLE_PATH)

    def mail(
        self, account: message.Account, sender: str, to: Sequence[str], mime: bytes, *, deadline: float | None = None
    ) -> message.Answer:
        """What the account's mail server said last, by its own code; `headers` has whom it would not take, and why.

        Raises TryLater when the mail's end had not left yet, and Unknown when it had and no answer came.
        """
        return outbound_mail.deliver(
            account,
            sender,
            to,
            mime,
            timeout=self._timeout,
            deadline=deadline,
            private_hosts=self._private_hosts,
            tls=lambda: self._mail_tls,
        )

    def close(self) -> None:
        """Lets go of the connections kept for the next call."""
        if "_adapter" in vars(self):
            self._adapter.close()

    def _call(self, url: str, deadline: float | None) -> _Call:
        found = _URL.fullmatch(url.partition("#")[0])
        if not found:
            raise message.TryLater("Nothing was sent: the URL must be https://host/path, ASCII, no user.")
        scheme, host, port, target = found[1].lower(), found[2].lower(), found[3] or "", found[4] or ""
        private = host.strip("[]") in self._private_hosts
        if scheme == "http" and not private:
            raise message.TryLater(f"Nothing was sent: {host} must be https, or be listed as a private host.")
        return _Call(
            host=host.strip("[]"),
            origin=f"{scheme}://{host}{port}/",
            target=target if target.startswith("/") else f"/{target}",
            guarded=self._guard and not private,
            ends=time.monotonic() + self._timeout,
            deadline=deadline,
        )

    def _exchange(self, adapter: _Adapter, call: _Call, request: requests.PreparedRequest) -> message.Answer:
        # No Session: it would add proxies, .netrc and cookies, and read a redirect's body without bound.
        response = adapter.send(request, stream=True, timeout=self._timeout)
        call.in_head, body = False, b""
        with response.raw as raw:
            if response.status_code < 200:
                raise message.Unknown("Only an interim answer could be read; ask before sending again.")
            while len(body) <= self._limit and (more := raw.read(65_536, decode_content=False)):
                body += more
            if len(body) > self._limit:
                raise message.Unknown(f"The answer is over {self._limit} bytes; ask before sending again.")
        return message.Answer(response.status_code, body, response.headers)


def _verdict(call: _Call, error: BaseException) -> message.TryLater | message.Unknown:
    while cause := error.__cause__ or error.__context__:
        error = cause
    reason = type(error).__name__
    if call.wrote:
        return message.Unknown(f"{call.host} may have it; no answer ({reason}); ask before sending again.")
    return message.TryLater(f"Nothing was sent to {call.host} ({reason}); it may be tried again.")


@dataclass(slots=True)
class _Call:
    """What the connection must know of the call it serves; `wrote` turns true at the request's first byte."""

    host: str
    origin: str
    target: str
    guarded: bool
    ends: float
    deadline: float | None
    wrote: bool = False
    in_head: bool = True

    def left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this call is over")
        return left


_CALL: ContextVar[_Call] = ContextVar("call")


class _Wire(socket.socket):
    """A socket that gives each read and write what is left of the call's time, and keeps the fence.

    So a server that drips, or sips, holds a thread for `timeout` and no longer (sendall's is for all of it, over
    TLS too). Only finding a name is bounded by the system's resolver instead (resolv.conf): nothing was written
    by then, and the fence comes after it. A TLS handshake goes past these methods: its bytes are not the
    request's, and the time that connecting left is its bound.
    """

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        call = _CALL.get()
        if call.wrote:  # the headers come first, alone
            failpoint.hit("mid_request")
        self.settimeout(call.left())
        if not call.wrote and call.deadline is not None and time.monotonic() >= call.deadline:
            raise message.TryLater(f"Nothing was sent to {call.host}: it is too late for this attempt.")
        call.wrote = True
        super().sendall(data, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        failpoint.hit("before_answer_read")
        self.settimeout(_CALL.get().left())
        count = super().recv_into(buffer, nbytes or memoryview(buffer).nbytes, flags)
        if not count and _CALL.get().in_head:  # http.client would take half the headers for all of them
            raise ConnectionAbortedError("the connection ended within the headers")
        return count


class _TlsWire(_Wire, ssl.SSLSocket):
    """The same over TLS."""


class _Connection(HTTPConnection):
    """A connection to the address that was checked, which carries the caller's own path, once."""

    def _new_conn(self) -> socket.socket:
        return _connect(_CALL.get(), self.port)

    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        call = _CALL.get()
        if call.wrote:  # a library that tries again by itself would send twice
            raise message.Unknown(f"{call.host} may have it; not sent twice; ask before sending again.")
        super().putrequest(method, call.target, skip_host, skip_accept_encoding)


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS; SNI and certificate are for the name in the URL, whatever its address."""


def _connect(call: _Call, port: int) -> _Wire:
    try:
        found = socket.getaddrinfo(call.host, port, type=socket.SOCK_STREAM)
        passed = [(one[0], one[4]) for one in found if not call.guarded or _is_public(str(one[4][0]))]
        failure: OSError = PermissionError("it has no public address")
        for tried, (family, address) in enumerate(passed):
            wire = _Wire(family, socket.SOCK_STREAM)
            try:
                wire.settimeout(call.left() / (len(passed) - tried))
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                wire.connect(address)
                wire.settimeout(call.left())
                return wire
            except OSError as error:
                wire.close()
                failure = error
        raise failure
    except (OSError, ValueError) as error:
        # Not left to urllib3, which takes a reset while connecting for one in mid-request and reads on.
        raise message.TryLater(f"Nothing was sent to {call.host}: {error}.") from error


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    never = any(address in ipaddress.ip_network(network) for network in _NEVER)
    return address.is_global and not address.is_multicast and not never


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()  # trusts the machine's authorities; the library's come on top
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = _TlsWire
    return context


class _Adapter(HTTPAdapter):
    """The library's pools with our connections in them; nothing is tried twice."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: object) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=_tls(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: object, url: object, verify: object, cert: object) -> None:
        """Adds nothing: the context verifies, and would otherwise read its file again at each connection."""
