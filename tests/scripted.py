"""Servers that play a script to whoever connects: they answer, lose the answer, wait or hang up."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
Script = Callable[["Server", socket.socket], None]


class Server:
    """Listens on this machine and plays its script to all who connect; `heard` is what they wrote."""

    def __init__(self, script: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None):
        is_all = host == "::"
        family = socket.AF_INET6 if is_all else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, dualstack_ipv6=is_all, backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/"
        self.script, self.tls = script, tls
        self.heard, self.plays = list[bytes](), list[threading.Thread]()
        self.knock, self.knocked = None, threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                conn, caller = self.listener.accept()
                if caller[1] == self.knock:
                    self.knocked.set()
                    continue
                play = threading.Thread(target=self.play, args=(conn,), daemon=True)
                play.start()
                self.plays.append(play)

    def play(self, conn: socket.socket) -> None:
        conn.settimeout(5)
        with contextlib.suppress(OSError), conn, contextlib.ExitStack() as stack:
            talk = stack.enter_context(self.tls.wrap_socket(conn, server_side=True)) if self.tls else conn
            self.script(self, talk)

    @property
    def opened(self) -> int:
        """How many connections were ever made: whoever knocks now comes after all of them."""
        self.knocked.clear()
        with socket.socket(self.listener.family) as last:
            last.bind((self.listener.getsockname()[0], 0))
            self.knock = last.getsockname()[1]
            last.connect(self.listener.getsockname())
            assert self.knocked.wait(5)
        return len(self.plays)

    def read(self, conn: socket.socket) -> bytes:
        """One request, or what there was of it when the client hung up."""
        got = b""
        while not _is_whole(got) and (more := conn.recv(65536)):
            got += more
        self.heard += [got] if got else []
        return got

    def settle(self) -> Server:
        """Itself, when all that was written to it has been heard."""
        for play in self.plays[: self.opened]:
            play.join(5)
        return self


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    lengths = [int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")]
    return bool(end) and len(body) >= sum(lengths)


def closes(server: Server, conn: socket.socket) -> None:
    """Hang up."""


def resets(server: Server, conn: socket.socket) -> None:
    """Hang up rudely."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def waits(server: Server, conn: socket.socket) -> None:
    """Read all there is and say nothing."""
    while server.read(conn):
        pass


def unread(then: Script) -> Script:
    """Go on when a request has come, without reading it."""

    def script(server: Server, conn: socket.socket) -> None:
        select.select([conn], [], [], 5)
        then(server, conn)

    return script


def sips(server: Server, conn: socket.socket) -> None:
    """Read too slowly."""
    while conn.recv(65_536):
        time.sleep(0.01)


def floods(server: Server, conn: socket.socket) -> None:
    """Write without end."""
    while True:
        conn.sendall(b"." * 65_536)


def answers(server: Server, conn: socket.socket) -> None:
    """Answer every request with its own body."""
    while request := server.read(conn):
        body = request.partition(b"\r\n\r\n")[2]
        conn.sendall(b"HTTP/1.1 201 Created\r\nX-Word: queued\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def says(answer: bytes, then: Script = closes) -> Script:
    """Read one request, say this, and go on."""

    def script(server: Server, conn: socket.socket) -> None:
        server.read(conn)
        conn.sendall(answer)
        then(server, conn)

    return script


def drips(first: bytes, drop: bytes) -> Script:
    """Read one request and answer it drop by drop, without end."""

    def drip(server: Server, conn: socket.socket) -> None:
        while True:
            conn.sendall(drop)
            time.sleep(0.02)

    return says(first, then=drip)
