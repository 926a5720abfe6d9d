"""What sayso adds on the way: an at-once message, and an approved one, against calling the vendor directly."""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.server import create_request, free_port, sayso

ANSWER = b'{"sid": "SM%032x", "status": "queued"}'


class Vendor:
    """A vendor that answers at once and notes when it heard."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self.listener = socket.create_server(("127.0.0.1", free_port()))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        file = connection.makefile("rb")
        while line := file.readline():
            size = 0
            while (line := file.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    size = int(line[15:])
            file.read(size)
            self.heard.append(time.perf_counter())
            body = ANSWER % len(self.heard)
            head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)


def measure(rounds: int = 100) -> list[str]:
    """A line a ratio of medians."""
    vendor = Vendor()
    settings = {
        "SAYSO_TWILIO_ACCOUNT_SID": "AC" + "f0" * 16,
        "SAYSO_TWILIO_AUTH_TOKEN": "ab" * 16,
        "SAYSO_TWILIO_API_URL": f"http://127.0.0.1:{vendor.port}",
        "SAYSO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "SAYSO_UNDO_SECONDS": "0",
    }
    with tempfile.TemporaryDirectory() as name, sayso(Path(name), **settings) as (server, given):
        environ = {"SAYSO_PORT": str(server.port), **settings}
        direct = [_until_heard(vendor, vendor.port, create_request(given, n)) for n in range(rounds)]
        at_once = [_until_heard(vendor, server.port, _code(given, n)) for n in range(rounds)]
        approved = _approvals(vendor, server.port, given, folder=Path(name), environ=environ, rounds=rounds)
    base = statistics.median(direct)
    return [
        f"at-once message until the vendor hears ÷ direct call: {statistics.median(at_once) / base:.1f}"
        f" ({statistics.median(at_once) * 1000:.1f} ms ÷ {base * 1000:.1f} ms)",
        f"approval until the vendor hears ÷ direct call: {statistics.median(approved) / base:.1f}"
        f" ({statistics.median(approved) * 1000:.1f} ms ÷ {base * 1000:.1f} ms)",
    ]


def _code(given: dict[str, str], n: int) -> bytes:
    request = create_request(given, n, "/for/otp")
    old = b"Your+order+%d+is+ready.+Reply+to+ask." % n
    new = (b"Your+code+is+%06d" % (100_000 + n)).ljust(len(old), b"+")
    return request.replace(old, new)


def _until_heard(vendor: Vendor, port: int, request: bytes) -> float:
    count = len(vendor.heard)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        started = time.perf_counter()
        connection.sendall(request)
        connection.recv(65536)
        return _heard_after(vendor, count) - started


def _heard_after(vendor: Vendor, count: int) -> float:
    end = time.perf_counter() + 5
    while len(vendor.heard) <= count:
        if time.perf_counter() > end:
            raise RuntimeError("the vendor heard nothing")
        time.sleep(0.0002)
    return vendor.heard[count]


def _create(port: int, request: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return str(json.loads(answer.read())["sid"])


def _approvals(
    vendor: Vendor, port: int, given: dict[str, str], *, folder: Path, environ: dict[str, str], rounds: int
) -> list[float]:
    program = [sys.executable, "-m", "sayso.cli"]
    for words in (["staff", "add", "a@example.com", "--role", "admin"], ["token", "add", "a@example.com", "--json"]):
        said = subprocess.run([*program, *words], cwd=folder, env=environ, capture_output=True, check=True)
    headers = {"Authorization": f"Bearer {json.loads(said.stdout)['token']}", "Content-Type": "application/json"}
    api, found = http.client.HTTPConnection("127.0.0.1", port), []
    for n in range(10_000, 10_000 + rounds):
        sid = _create(port, create_request(given, n))
        api.request("GET", f"/api/messages/{sid}", headers=headers)
        shown = json.loads(api.getresponse().read())
        body = json.dumps({"version": shown["version"], "content_hash": shown["content_hash"]})
        count, started = len(vendor.heard), time.perf_counter()
        api.request("POST", f"/api/messages/{sid}/approve", body=body, headers=headers)
        api.getresponse().read()
        found.append(_heard_after(vendor, count) - started)
    return found
