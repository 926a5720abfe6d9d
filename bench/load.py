"""A small load: one thread, many kept-alive connections, each sending its next request when the last is answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What came of a load: requests a second, latencies in milliseconds, answers that were not 2xx."""

    per_second: float
    p50: float
    p99: float
    wrong: int


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started, self.heard = 0.0, b""

    def send(self, request: bytes) -> None:
        self.started, self.heard = time.perf_counter(), b""
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status, once the answer is whole."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.heard += chunk
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return None
        size = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        return int(head[9:12]) if len(body) >= size else None


def load(port: int, make: Callable[[int], bytes], *, connections: int = 32, seconds: float = 6.0) -> Result:
    """Send `make(n)` as fast as the server answers, for some seconds after a short warm-up."""
    chooser, count, wrong = selectors.DefaultSelector(), 0, 0
    for _ in range(connections):
        connection = _Connection(port)
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(make(count))
        count += 1
    latencies: list[float] = []
    warm, end = time.perf_counter() + 1.0, time.perf_counter() + 1.0 + seconds
    while (now := time.perf_counter()) < end:
        for key, _ in chooser.select(0.5):
            connection = key.data
            status = connection.read()
            if status is None:
                continue
            wrong += not 200 <= status < 300
            if now > warm:
                latencies.append(time.perf_counter() - connection.started)
            connection.send(make(count))
            count += 1
    for key in list(chooser.get_map().values()):
        key.data.socket.close()
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    return Result(len(latencies) / seconds, p50, p99, wrong)
