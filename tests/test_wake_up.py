"""A worker does not wait for its next look: whatever happens at a door wakes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import House, MakeHouse, worker_beside
from tests.redis_server import RedisServer
from tests.vendors import wait_for
from tests.walk import approved, decide, hand_in, look, told


@pytest.fixture
def door(make_house: MakeHouse, redis: RedisServer) -> Iterator[House]:
    """A door whose worker looks once, and after that only when it is woken."""
    house = make_house(start=False, redis_url=redis.url)
    house.source()
    worker = worker_beside(house.app, house.clock, look_every=3600.0)
    with redis.client() as client:
        wait_for(lambda: client.scard("rq:workers"))
    yield house
    worker.stop()
    worker.runtime.store.close()


def approve_one(house: House) -> Callable[[], bool]:
    """Whether the message that is approved now was sent."""
    sid = approved(house)
    return lambda: look(house, sid).state == "sent"


def reject_one(house: House) -> Callable[[], bool]:
    """Whether the CRM has heard that the message that is rejected now was."""
    sid = hand_in(house, StatusCallback=f"{house.crm.url}/cb")
    decide(house, sid, "reject", reason="not_wanted")
    return lambda: told(house) == ["canceled"]


@pytest.mark.parametrize("happen", [approve_one, reject_one])
def test_what_is_decided_at_a_door_wakes_the_worker(door: House, happen: Callable[[House], Callable[[], bool]]) -> None:
    wait_for(happen(door))
