"""The bell between processes: Redis carries a wake-up, a few at most, and when it is away nobody waits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from sayso.worker import MOST_RINGS, Workers
from sayso.worker.far import QUEUE, Ear, FarBell, count_workers
from tests.redis_server import RedisServer
from tests.vendors import wait_for

Listen = Callable[[], list[float]]


@pytest.fixture
def listen(redis: RedisServer) -> Iterator[Listen]:
    """Start an ear; the list that it makes longer by one for each wake-up it hears."""
    ending: list[Workers] = []

    def start() -> list[float]:
        heard: list[float] = []
        leaving = threading.Event()
        ear = Ear(redis.url, lambda: heard.append(time.monotonic()), leaving)
        ending.append(Workers([(ear.listen, FarBell(redis.url))], leaving, seconds=0.1))
        ending[-1].start()
        return heard

    yield start
    for workers in ending:
        workers.stop()


@pytest.fixture
def mute() -> Iterator[str]:
    """The URL of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def test_a_ring_is_heard_by_whoever_listens(redis: RedisServer, listen: Listen) -> None:
    heard = listen()

    FarBell(redis.url).ring()

    wait_for(lambda: heard)


def test_a_ring_waits_for_somebody_who_listens(redis: RedisServer, listen: Listen) -> None:
    FarBell(redis.url).ring()

    wait_for(listen().__len__)


def test_a_thousand_rings_leave_few_wake_ups(redis: RedisServer) -> None:
    bell = FarBell(redis.url)

    for _ in range(1000):
        bell.ring()

    with redis.client() as client:
        assert Queue(QUEUE, connection=client, serializer=JSONSerializer).count == MOST_RINGS


def test_what_was_heard_leaves_nothing_in_redis(redis: RedisServer, listen: Listen) -> None:
    bell = FarBell(redis.url)
    for _ in range(5):
        bell.ring()

    heard = listen()
    wait_for(lambda: len(heard) == 5)

    with redis.client() as client:
        wait_for(lambda: not client.keys("rq:job:*") and not client.keys("rq:execution*"))
        assert Queue(QUEUE, connection=client, serializer=JSONSerializer).count == 0


def test_a_wake_up_says_nothing_about_a_message(redis: RedisServer) -> None:
    FarBell(redis.url).ring()

    with redis.client() as client:
        jobs = [client.hgetall(key) for key in client.keys("rq:job:*")]
    assert [job[b"description"] for job in jobs] == [b"wake-up"]
    (job,) = Queue(QUEUE, connection=Redis.from_url(redis.url), serializer=JSONSerializer).jobs
    assert (job.args, job.kwargs, job.meta) == ([], {}, {})


def test_a_function_that_a_stranger_leaves_in_redis_is_not_run(redis: RedisServer, listen: Listen, tmp_path) -> None:
    planted = tmp_path / "planted"
    with redis.client() as client:
        Queue(QUEUE, connection=client, serializer=JSONSerializer).enqueue_call("os.mkdir", (str(planted),))

    wait_for(listen().__len__)

    assert not planted.exists()


@pytest.mark.parametrize("away", ["killed", "mute"])
def test_a_thousand_rings_while_redis_is_away_hold_nobody_up(redis: RedisServer, mute: str, away: str) -> None:
    redis.kill()
    bell, start = FarBell(redis.url if away == "killed" else mute), time.monotonic()

    for _ in range(1000):
        bell.ring()

    assert time.monotonic() - start < 3


def test_an_outage_is_said_once_and_its_end_too(
    redis: RedisServer, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    heard = listen()
    FarBell(redis.url).ring()
    wait_for(lambda: heard)

    redis.kill()
    wait_for(lambda: "does not answer" in caplog.text)
    redis.start()
    wait_for(lambda: "answers again" in caplog.text)

    assert [(record.name, record.getMessage().split(":")[0]) for record in caplog.records] == [
        ("sayso", "Redis does not answer, so workers look by themselves every second"),
        ("sayso", "Redis answers again"),
    ]


@pytest.mark.parametrize("loss", ["killed", "emptied"])
def test_listening_goes_on_after_redis_was_lost(redis: RedisServer, listen: Listen, loss: str) -> None:
    heard = listen()
    FarBell(redis.url).ring()
    wait_for(lambda: heard)

    if loss == "killed":
        redis.kill()
        redis.start()
    else:
        redis.flush()
    heard.clear()
    FarBell(redis.url).ring()

    wait_for(lambda: heard)
    wait_for(lambda: count_workers(redis.url) == 1)


def test_who_leaves_is_gone_from_redis(redis: RedisServer) -> None:
    leaving = threading.Event()
    workers = Workers([(Ear(redis.url, lambda: None, leaving).listen, FarBell(redis.url))], leaving)
    workers.start()
    with redis.client() as client:
        wait_for(lambda: client.scard("rq:workers"))

        workers.stop()

        assert client.scard("rq:workers") == 0
