"""A server under measurement: started as a process of its own, asked for its CPU and memory, ended by its id."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Server:
    """A running process that listens on a port."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, seconds: float) -> None:
        self.process, self.port, self.start_seconds = process, port, seconds

    def cpu(self) -> float:
        """Seconds of processor time so far (Linux)."""
        ticks = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Resident memory (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], folder: Path, settings: Mapping[str, str], port: int) -> Iterator[Server]:
    """The process of a command once it answers on its port; it is ended with the block."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    environ |= {"PYTHONPATH": str(ROOT), **settings}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - started < 30:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended at once") from None
                time.sleep(0.01)
        yield Server(process, port, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def floor(folder: Path, database: str) -> Iterator[Server]:
    """The bare handler."""
    port = free_port()
    with running([sys.executable, "-m", "bench.floor", str(port), database], folder, {}, port) as server:
        yield server


@contextmanager
def sayso(folder: Path, **more: str) -> Iterator[tuple[Server, dict[str, str]]]:
    """The whole program on its embedded default, and the Twilio credentials of one source."""
    port = free_port()
    settings = {"SAYSO_PORT": str(port), "SAYSO_BURST_BRAKE": "off", "SAYSO_QUIET_HOURS": "off", **more}
    program = [sys.executable, "-m", "sayso.cli"]
    added = subprocess.run(
        [*program, "source", "add", f"bench-{port}", "--json"],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        check=True,
    )
    with running([*program, "run"], folder, settings, port) as server:
        yield server, json.loads(added.stdout)["twilio"]


def create_request(given: Mapping[str, str], n: int, purpose: str = "") -> bytes:
    """A keyless create at the Twilio door, different each time."""
    import base64

    to, words = f"%2B1415{n % 8_000_000 + 2_000_000:07d}", f"Your+order+{n}+is+ready.+Reply+to+ask."
    body = f"To={to}&From=%2B14155550100&Body={words}".encode()
    basic = base64.b64encode(f"{given['account_sid']}:{given['auth_token']}".encode()).decode()
    lines = (
        f"POST {purpose}/2010-04-01/Accounts/{given['account_sid']}/Messages.json HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Basic {basic}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
