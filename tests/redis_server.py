"""A real Redis for tests: one server a test process, on its own socket, that a test may kill, empty and restart."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.vendors import wait_for


class RedisServer:
    """A server that keeps nothing on disk; its URL stays the same when it is killed and starts again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder}/redis.sock"

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is None:
            argv = [self._program, "--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no"]
            with open(self._folder / "log", "ab") as log:
                self._process = subprocess.Popen(argv, cwd=self._folder, stdout=log, stderr=log)
            wait_for(self._answers)

    def kill(self) -> None:
        """Kill -9; all that it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def flush(self) -> None:
        """Forget everything."""
        with self.client() as client:
            client.flushall()

    def client(self) -> Redis:
        """A client of one's own."""
        return Redis.from_url(self.url)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A server, running or not; without one to start, tests skip and say why, but fail in CI."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        _without("neither redis-server nor valkey-server is installed")
    folder = Path(tempfile.mkdtemp(prefix="sayso-redis-", dir="/tmp"))  # a socket's path must be short
    server = RedisServer(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis(redis_server: RedisServer) -> RedisServer:
    """An empty server that runs."""
    redis_server.start()
    redis_server.flush()
    return redis_server


def _without(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
