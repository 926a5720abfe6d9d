"""What the tests of several processes share: one city, whose workers and whose Redis are each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import requests
from flask import Flask

from sayso import Sayso
from tests.conftest import Clock, House
from tests.crash.town import Zygote, free_port, settings
from tests.postgres import fresh_database
from tests.redis_server import RedisServer
from tests.scale.city import City
from tests.vendors import FakeTwilio, serve, wait_for


@pytest.fixture(scope="session")
def whole_city(
    postgres_server: str, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """Two doors on a database of their own."""
    with ExitStack() as stack:
        twilio, ports = FakeTwilio(), (free_port(), free_port())
        vendor = stack.enter_context(serve(twilio.answer))
        crm = stack.enter_context(serve(lambda heard: (200, {}, b"")))
        database = stack.enter_context(fresh_database(postgres_server))
        zygote = Zygote()
        stack.callback(zygote.close)
        app = Flask("city", instance_path=str(tmp_path_factory.mktemp("instance")))
        more = {"database_url": database, "redis_url": redis_server.url, "vendor_timeout": "1"}
        app.config.update(settings(ports[0], vendor.url, **more))
        Sayso(app)
        house = House(app, f"http://127.0.0.1:{ports[0]}", Clock(), twilio, vendor, crm)
        stack.callback(house.store.close)
        house.source()
        doors = (house, replace(house, url=f"http://127.0.0.1:{ports[1]}"))
        made = City(house, doors, redis_server, zygote, tmp_path_factory.mktemp("city"), house.staff())
        pids = [made.start("run", port=port) for port in ports]
        stack.callback(made.end, pids)
        for door in doors:
            wait_for(lambda door=door: _is_open(door), 60)
        yield made


@pytest.fixture
def city(whole_city: City, redis: RedisServer) -> Iterator[City]:
    """The city with an empty Redis and without workers, in which this test is the first to be heard of."""
    house = whole_city.house
    house.twilio.messages.clear()
    house.crm.heard.clear()
    house.twilio.before = lambda: None
    yield whole_city
    whole_city.kill_workers()


def _is_open(door: House) -> bool:
    try:
        return requests.get(f"{door.url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False
