"""What an operator's watch sees: whether messages can be taken, and how much waits where (Prometheus' text format)."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sayso.runtime import Runtime
from sayso.store.watch import Watch, read_watch

if TYPE_CHECKING:
    from prometheus_client import Metric

logger = logging.getLogger("sayso")
KIND = "text/plain; version=0.0.4; charset=utf-8"
KEPT = 10.0
PATIENCE = 2.0
FORWARDED = ("Forwarded", "Via", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")


class Lookout:
    """One app's watch: it counts every ten seconds at most, and waits for no database that hangs."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._lock, self._patience = threading.Lock(), patience
        self._seen: tuple[float, Watch, datetime] | None = None
        self._asking: _Asking | None = None

    def is_ready(self, look: Callable[[], bool]) -> bool:
        """What `look` says within a second or two; False when it fails or takes longer."""
        with self._lock:
            asking = self._asking
            if asking is None or asking.answered.is_set():
                asking = self._asking = _Asking(look)
                asking.start()
        return asking.answered.wait(self._patience) and asking.good

    def page(self, here: Runtime) -> bytes:
        """The metrics, in text that Prometheus reads; nobody's name, number or words are in it."""
        from prometheus_client import CollectorRegistry, generate_latest  # heavy: only where it is asked for

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Gauges(here, *self._look(here)))
        return generate_latest(registry)

    def _look(self, here: Runtime) -> tuple[Watch, datetime]:
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > KEPT:
                with here.store.read() as tx:
                    self._seen = time.monotonic(), read_watch(tx), tx.now
            return self._seen[1:]


class _Asking(threading.Thread):
    """One look at the database, in a thread of its own that nobody has to wait for."""

    def __init__(self, look: Callable[[], bool]) -> None:
        super().__init__(name="sayso-ready", daemon=True)
        self._ask, self.good, self.answered = look, False, threading.Event()

    def run(self) -> None:
        try:
            self.good = self._ask()
        except Exception:
            logger.exception("the database does not answer")
        finally:
            self.answered.set()


class _Gauges:
    """The watch as a collector of a registry of its own."""

    def __init__(self, here: Runtime, seen: Watch, at: datetime) -> None:
        self._here, self._seen, self._at = here, seen, at

    def collect(self) -> Iterator[Metric]:
        """Every metric with its sentence."""
        seen, accounts = self._seen, self._here.accounts
        resting = {name: int(name in seen.breakers) for name in sorted({*accounts, *seen.breakers})}
        yield _gauge("messages", "Messages in each state.", "state", seen.messages)
        yield _gauge("relays", "What CRMs are still to hear: waiting, parked (place not allowed), dead (given up).",
                     "state", seen.relays)  # fmt: skip
        yield _gauge("breakers_open", "1 while a vendor account is left alone.", "account", resting)
        yield _gauge("stops", "Stops in force.", "", {"": seen.stops})
        yield _gauge("test_mode", "1 where nothing leaves.", "", {"": int(self._here.mode == "test")})
        yield _gauge("shadow_mode", "1 where everything goes out at once.", "", {"": int(self._here.mode == "shadow")})
        for name, since, sentence in (
            ("oldest_due_age", seen.oldest_due, "How long the message has waited that is due longest; 0 for none."),
            ("oldest_unconfirmed_age", seen.oldest_unconfirmed, "How long nobody has known whether a message went."),
            ("oldest_held_age", seen.oldest_held, "How long the message has waited that is held longest."),
        ):
            age = max(0.0, (self._at - since).total_seconds()) if since else 0.0
            yield _gauge(f"{name}_seconds", sentence, "", {"": age})
        yield _incidents(seen.incidents)


def may_look(address: str | None, headers: Mapping[str, str], public_url: str) -> bool:
    """Whether somebody on this machine asks a sayso that only this machine reaches, and no proxy for somebody else."""
    if not _is_local(urlsplit(public_url).hostname or ""):
        return False
    host = headers.get("Host", "").rpartition(":")[0] or headers.get("Host", "")
    forwarded = any(name in headers for name in FORWARDED)
    return not forwarded and _is_loopback(address or "") and _is_local(host.strip("[]"))


def _is_local(host: str) -> bool:
    return host == "localhost" or _is_loopback(host)


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _gauge(name: str, sentence: str, label: str, values: Mapping[str, float]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"sayso_{name}", sentence, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], number)
    return family


def _incidents(kinds: Mapping[str, int]) -> Metric:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily("sayso_incidents", "What should not have happened, by kind.", labels=["kind"])
    for kind, number in sorted(kinds.items()):
        family.add_metric([kind], number)
    return family
