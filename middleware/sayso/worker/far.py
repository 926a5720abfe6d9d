"""The bell between processes: the only module that knows Redis and RQ, which carry a wake-up and nothing else.

The database says what is due and workers look by themselves, too: what is lost, late or doubled here costs a moment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from sayso.worker import MOST_RINGS, Bell

logger = logging.getLogger("sayso")
QUEUE, WAKE_UP = "sayso", "sayso.wake_up"
PATIENCE, REST = 0.5, 5.0
LISTEN, KEEP_FAILED, LONGEST_JOB = 1, 60, 30


class FarBell(Bell):
    """Each ring wakes one worker in another process; while Redis is away, nobody waits for it and nothing is lost."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._queue = Queue(QUEUE, connection=_connect(url), serializer=JSONSerializer)
        self._redis = Health()

    def ring(self) -> None:
        """Leave a wake-up for the workers, unless enough of them wait there already."""
        if not self._redis.may_be_asked():
            return
        try:
            if self._queue.count < MOST_RINGS:
                self._queue.enqueue_call(
                    WAKE_UP, timeout=LONGEST_JOB, result_ttl=0, failure_ttl=KEEP_FAILED, description="wake-up"
                )
        except Exception as error:  # noqa: BLE001  # what was committed is not undone by a bell
            self._redis.failed(error)
        else:
            self._redis.answered()


class Ear:
    """Hears what other processes ring, with an RQ worker in the thread that listens, until it is time to leave."""

    def __init__(self, url: str, hear: Callable[[], None], leaving: threading.Event) -> None:
        self._url, self._hear, self._leaving, self._redis = url, hear, leaving, Health()
        logging.getLogger("rq").setLevel(logging.ERROR)
        logging.getLogger("rq.worker").addFilter(_is_news)

    def listen(self) -> bool:
        """Listen while Redis answers; False when it does not, or it is time to leave."""
        try:
            _Listener(_connect(self._url), self._hear, self._redis, self._leaving).work()
        except (RedisError, OSError) as error:
            self._redis.failed(error)
        return False


class Health:
    """Whether Redis answers; said once when it stops, and once when it is back."""

    def __init__(self) -> None:
        self._away, self._again, self._lock = False, 0.0, threading.Lock()

    def may_be_asked(self) -> bool:
        """False for a few seconds after each failure, so that a thousand requests do not each wait."""
        with self._lock:
            if self._away and time.monotonic() < self._again:
                return False
            self._again = time.monotonic() + REST
            return True

    def failed(self, error: Exception) -> None:
        """Redis did not answer."""
        with self._lock:
            was_away, self._away = self._away, True
        if not was_away:
            logger.warning("Redis does not answer, so workers look by themselves every second: %s", error)

    def answered(self) -> None:
        """Redis did answer."""
        with self._lock:
            was_away, self._away = self._away, False
        if was_away:
            logger.info("Redis answers again")


def count_workers(url: str) -> int:
    """How many workers Redis has heard of lately; a RedisError when it does not answer."""
    connection = _connect(url)
    return SimpleWorker.count(queue=Queue(QUEUE, connection=connection))


class _Listener(SimpleWorker):
    """RQ's worker without fork, fit for a thread: no signal handlers, no commands from Redis, and it can leave."""

    death_penalty_class = TimerDeathPenalty
    max_connection_wait_time = 2.0

    def __init__(self, connection: Redis, hear: Callable[[], None], redis: Health, leaving: threading.Event) -> None:
        class WakeUp(Job):
            """Whoever writes to Redis names a function; it is never looked at, let alone run."""

            def perform(self) -> None:
                hear()

        self._hear, self._redis, self._leaving = hear, redis, leaving
        super().__init__(
            [QUEUE], connection=connection, job_class=WakeUp, serializer=JSONSerializer, log_job_description=False
        )

    @property
    def dequeue_timeout(self) -> int:
        """How long one wait for a wake-up lasts."""
        return LISTEN

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Tell Redis that we are there, before and after each wait; where it has forgotten us, we start anew."""
        try:
            if pipeline is None and (self._leaving.is_set() or not self._is_known()):
                self._hear()  # RQ may have a wake-up in hand, which it lets fall
                raise StopRequested
            super().heartbeat(timeout, pipeline)
        except (RedisError, OSError) as error:
            self._redis.failed(error)
            raise
        self._redis.answered()

    def _is_known(self) -> bool:
        return bool(self.connection.sismember(self.redis_workers_keys, self.key))

    def subscribe(self) -> None:
        """RQ's remote commands could end the process; there are none here."""

    def _install_signal_handlers(self) -> None:
        """The command line has its own."""


def _connect(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )


def _is_news(record: logging.LogRecord) -> bool:
    """What RQ itself did not expect; that Redis is away we say ourselves, once."""
    error = record.exc_info[1] if record.exc_info else None
    return error is not None and not isinstance(error, RedisError | OSError)
