"""Who does the work behind the requests: threads that wake by a bell, and look again by themselves when it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

logger = logging.getLogger("sayso")


MOST_RINGS = 16


class Bell:
    """Each ring wakes one who waits, now or next; a ring that is lost is made good by the next look."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings, self._woken = 0, time.monotonic()

    def ring(self) -> None:
        """Wake one who waits, or let the next one not wait."""
        with self._changed:
            self._rings = min(self._rings + 1, MOST_RINGS)
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Wait for a ring of one's own, or until nobody here has woken to look for some seconds."""
        with self._changed:
            while not self._rings and (left := self._woken + seconds - time.monotonic()) > 0:
                self._changed.wait(left)
            self._rings -= bool(self._rings)
            self._woken = time.monotonic()


class Workers:
    """Threads that each repeat one step while it finds work, and wait for its bell when it does not."""

    def __init__(
        self,
        steps: Sequence[tuple[Callable[[], bool], Bell]],
        leaving: threading.Event | None = None,
        seconds: float = 1.0,
    ) -> None:
        self._steps, self._seconds = steps, seconds
        self._leaving = leaving or threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; call it after fork."""
        for n, (step, bell) in enumerate(self._steps):
            thread = threading.Thread(target=self._repeat, args=(step, bell), name=f"sayso-{n}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float = 15.0) -> None:
        """Let every thread end what it is doing, for some seconds all in all."""
        self._leaving.set()
        for _, bell in self._steps:
            bell.ring()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _repeat(self, step: Callable[[], bool], bell: Bell) -> None:
        while not self._leaving.is_set():
            try:
                busy = step()
            except Exception:
                logger.exception("a step failed; it is tried again")
                busy = False
            if busy:
                bell.ring()  # there may be more than one of us can do
            elif not self._leaving.is_set():
                bell.wait(self._seconds)
