"""What tests share: a house on a temporary database, served over HTTP, with fake vendors around it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask
from twilio.rest import Client
from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from sayso import Sayso, access, issue, store
from sayso.extension import House as BuiltHouse
from sayso.runtime import Runtime
from sayso.store import Store
from tests.postgres import database_url, postgres_server, postgres_url
from tests.redis_server import redis, redis_server
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, FakeTwilio, Heard, Server, serve

KEY = "k" * 40
DEPLOYMENTS = ("sqlite-threads", "postgresql-threads", "postgresql-redis-rq")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let every test of a running house be run with sayso deployed in another way."""
    parser.addoption("--deployment", choices=DEPLOYMENTS, default=DEPLOYMENTS[0], help="How the fixture `house` runs.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In another deployment than the usual, only the tests that it makes a difference to."""
    if config.getoption("--deployment") != DEPLOYMENTS[0]:
        chosen = [item for item in items if "house" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
        items[:] = chosen


def answer_until_closed(server: BaseWSGIServer) -> None:
    """Serve until another thread closes the socket, and leave no thread and no connection behind."""
    with contextlib.suppress(OSError):
        server.run()
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(server._map, ignore_all=True)


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and no file of the present directory, reaches a test."""
    for name in [name for name in os.environ if name.startswith(("SAYSO_", "TWILIO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


class Clock:
    """A clock that tests set; it also moves by itself where `running`."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.fixed: datetime | None = None

    def __call__(self) -> datetime:
        """Now, as the test wants it."""
        return (self.fixed or datetime.now(UTC)) + self.offset

    def forward(self, **amount: float) -> None:
        """Let time pass."""
        self.offset += timedelta(**amount)


@dataclass
class House:
    """A running sayso, seen from outside and from inside."""

    app: Flask
    url: str
    clock: Clock
    twilio: FakeTwilio
    vendor: Server
    crm: Server
    issued: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        """The parts the steps share."""
        return self.app.extensions["sayso"].runtime

    @property
    def store(self) -> Store:
        """The database."""
        return self.runtime.store

    def source(self, name: str = "crm", **more: str) -> dict[str, dict[str, str]]:
        """The issued credentials of a source, whose callbacks the fake CRM takes."""
        if name not in self.issued:

            def add(tx: store.Tx) -> dict[str, dict[str, str]]:
                source = store.add_source(tx, name, **more)
                store.allow_origin(tx, source, self.crm.url, "test")
                return issue.issue(tx, source)

            self.issued[name] = self.store.write(add)
        return self.issued[name]

    def client(self, name: str = "crm", path: str = "") -> Client:
        """The real Twilio client as that CRM would set it up: base URL and credentials changed, nothing else."""
        given = self.source(name)["twilio"]
        client = Client(given["account_sid"], given["auth_token"])
        client.api.base_url = self.url + path
        return client

    def staff(
        self, email: str = "ana@example.com", role: str = "reviewer", stores: tuple[str, ...] | None = None
    ) -> dict[str, str]:
        """The headers of a member of staff's API token."""
        token = self.store.write(lambda tx: access.add_token(tx, store.add_staff(tx, email, role, stores)))
        return {"Authorization": f"Bearer {token}"}

    def message(self, crm_id: str) -> dict[str, object]:
        """A message as our API shows it."""
        return requests.get(f"{self.url}/api/messages/{crm_id}", headers=self.staff(), timeout=10).json()

    def decide(self, crm_id: str, kind: str, email: str = "ana@example.com", **more: object) -> requests.Response:
        """One decision on the message as it is now."""
        shown = self.message(crm_id)
        body = {"version": shown["version"], "content_hash": shown["content_hash"], **more}
        url = f"{self.url}/api/messages/{crm_id}/{kind}"
        return requests.post(url, json=body, headers=self.staff(email), timeout=10)

    def settings(self) -> dict[str, str]:
        """The settings a house of tests runs with."""
        return {}


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[MakeHouse]:
    """Houses on their own temporary database, each served by waitress on a free port; settings as keywords."""
    closing: list[Callable[[], None]] = []

    def make(*, start: bool = True, database_url: str = "", **settings: object) -> House:
        twilio = FakeTwilio()
        vendor_block, crm_block = serve(twilio.answer), serve(lambda heard: (200, {}, b""))
        vendor, crm = vendor_block.__enter__(), crm_block.__enter__()
        closing.extend([lambda: vendor_block.__exit__(None, None, None), lambda: crm_block.__exit__(None, None, None)])
        app = Flask(f"test{len(closing)}", instance_path=str(tmp_path / f"instance{len(closing)}"))
        app.config.update(
            {
                "SAYSO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
                "SAYSO_TWILIO_ACCOUNT_SID": VENDOR_SID,
                "SAYSO_TWILIO_AUTH_TOKEN": VENDOR_TOKEN,
                "SAYSO_TWILIO_API_URL": vendor.url,
                "SAYSO_QUIET_HOURS": "off",
                "SAYSO_UNDO_SECONDS": "0",
                "SAYSO_SECRET_KEY": KEY,
                "SAYSO_VENDOR_TIMEOUT": "2",
                **({"SAYSO_DATABASE_URL": database_url} if database_url else {}),
                **{f"SAYSO_{name.upper()}": value for name, value in settings.items()},
            }
        )
        server = create_server(Flask("port"), host="127.0.0.1", port=0, threads=8)
        url = f"http://127.0.0.1:{server.effective_port}"
        app.config.setdefault("SAYSO_PUBLIC_URL", url)
        clock = Clock()
        sayso = Sayso(app, clock=clock)
        server.application = app
        thread = threading.Thread(target=answer_until_closed, args=(server,), daemon=True)
        thread.start()
        closing.append(server.close)
        house = House(app, url, clock, twilio, vendor, crm)
        if start:
            sayso.start(app)
            closing.append(lambda: sayso.stop(app))
        if start and "redis_url" in settings:
            worker = worker_beside(app, clock)
            closing.extend([worker.runtime.store.close, worker.stop])
        closing.append(house.store.close)
        return house

    yield make
    for close in reversed(closing):
        close()


def worker_beside(app: Flask, clock: Clock, **more: float) -> BuiltHouse:
    """A second sayso with the settings of the first, which does what `sayso worker` does."""
    other = Flask(f"{app.name}_worker", instance_path=app.instance_path)
    other.config.update({name: value for name, value in app.config.items() if name.startswith("SAYSO_")})
    Sayso(other, clock=clock)
    worker: BuiltHouse = other.extensions["sayso"]
    worker.work(**more)
    return worker


@pytest.fixture(params=DEPLOYMENTS)
def deployed(request: pytest.FixtureRequest) -> House:
    """One running house, in each way that sayso is run."""
    return deploy(request, request.param)


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """One running house: on SQLite with threads, unless pytest was told otherwise."""
    return deploy(request, request.config.getoption("--deployment"))


def deploy(request: pytest.FixtureRequest, deployment: str) -> House:
    """A running house, which ends before its database does."""
    settings = {}
    if "postgresql" in deployment:
        settings["database_url"] = request.getfixturevalue("postgres_url")
    if "redis" in deployment:
        settings["redis_url"] = request.getfixturevalue("redis").url
    made: House = request.getfixturevalue("make_house")(**settings)
    return made


__all__ = [
    "Clock", "Heard", "House", "MakeHouse", "database_url", "postgres_server", "postgres_url", "redis", "redis_server",
]  # fmt: skip
