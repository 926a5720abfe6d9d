"""The Flask plug-in: `Sayso(app)` mounts the doors, the API and the desk; nothing is written before it is used."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Blueprint, Flask, current_app

from sayso import accounts, api, back_doors, desk, dispatch, doors, logs, relay, sweep
from sayso.access import Doorkeeper
from sayso.api.drafting import KNOWN
from sayso.building import PolicyFile, build
from sayso.mapping import read_presets
from sayso.message import Json, Message, Unsafe
from sayso.runtime import Runtime
from sayso.store import Clock
from sayso.watch import Lookout
from sayso.worker import Bell, Workers
from sayso_config import Settings, load
from sayso_providers import DOORS, REGISTRY

FactsHook = Callable[[Message], Mapping[str, Json]]
ReviewerHook = Callable[[], Mapping[str, Json] | None]
SENDERS, RELAYERS = 4, 2


class Hooks:
    """What a host adds: its own facts, and who is signed in there."""

    facts: FactsHook | None = None
    reviewer: ReviewerHook | None = None


class House:
    """One app's sayso, at `app.extensions["sayso"]`: its settings, and its runtime from the first use on."""

    def __init__(self, app: Flask, settings: Settings, prefix: str, hooks: Hooks, clock: Clock) -> None:
        self.settings, self.prefix, self.hooks, self.clock = settings, prefix, hooks, clock
        self.folder = Path(app.instance_path)
        self.policy = PolicyFile(settings, _given(app), Path("sayso.toml").absolute())
        self.presets = read_presets(settings, KNOWN)
        self.workers: Workers | None = None
        self.doorkeeper = Doorkeeper()
        self.lookout = Lookout()
        self._app = weakref.ref(app)
        self._runtime: Runtime | None = None
        self._lock = threading.Lock()

    @property
    def runtime(self) -> Runtime:
        """The parts the steps share; made at first use, when the database is brought up to date."""
        if self._runtime is None:
            with self._lock:
                self._runtime = self._runtime or self._build()
        return self._runtime

    def start(self) -> None:
        """Start the dispatcher, the relay and the sweep in this process; where Redis is set, workers have them."""
        here = self.runtime
        if self.settings.redis_url is None:
            self._start(Workers(_steps(here)))

    def work(self, look_every: float = 1.0) -> None:
        """Start here what `start` leaves to the workers: woken through Redis, and looking by themselves besides."""
        from sayso.worker.far import Ear  # heavy, and an extra

        here, leaving = self._with_own_bells(), threading.Event()

        def hear() -> None:
            here.dispatch_bell.ring()
            here.relay_bell.ring()

        ear = Ear(self.settings.redis_url or "", hear, leaving)
        self._start(Workers([*_steps(here), (ear.listen, Bell())], leaving, look_every))

    def work_off(self) -> None:
        """Send, relay and sweep what is due now, in the calling thread."""
        here, busy = self._with_own_bells(), True
        while busy:
            busy = sum(run_due(here) for run_due in (sweep.run_due, dispatch.run_due, relay.run_due)) > 0

    def stop(self) -> None:
        """End the threads, each after what it is doing: a call to a vendor or a CRM is over within a lease."""
        with self._lock:
            workers, self.workers = self.workers, None
        if workers:
            workers.stop(self.runtime.lease_seconds)

    def _with_own_bells(self) -> Runtime:
        """The runtime of a process that is woken, where the others' rings reach it."""
        return replace(self.runtime, dispatch_bell=Bell(), relay_bell=Bell())

    def _start(self, workers: Workers) -> None:
        """Start threads, unless some run here already."""
        with self._lock:
            if self.workers is None:
                self.workers = workers
                workers.start()

    def _build(self) -> Runtime:
        return build(
            self.settings,
            self.policy,
            folder=self.folder,
            prefix=self.prefix,
            given_facts=self._facts,
            clock=self.clock,
        )

    def _facts(self, message: Message) -> Mapping[str, Json]:
        """What the host's hook says, in an app context without a request, also when a request asks."""
        app, hook = self._app(), self.hooks.facts
        if hook is None or app is None:
            return {}

        def ask() -> Mapping[str, Json]:
            with app.app_context():
                return hook(message)

        return Context().run(ask)


def _steps(here: Runtime) -> list[tuple[Callable[[], bool], Bell]]:
    """What the threads of a process that dispatches repeat, each with what wakes it."""
    senders = [(partial(dispatch.run_due, here), here.dispatch_bell)] * SENDERS
    relayers = [(partial(relay.run_due, here), here.relay_bell)] * RELAYERS
    return [*senders, *relayers, (partial(sweep.run_due, here), Bell())]


class Sayso:
    """The plug-in: `Sayso(app, url_prefix="/sayso")`, or `init_app` later; the app's SAYSO_* config keys count."""

    def __init__(self, app: Flask | None = None, *, url_prefix: str = "", clock: Clock | None = None) -> None:
        self._hooks, self._prefix, self._clock = Hooks(), url_prefix.rstrip("/"), clock
        self._apps: weakref.WeakSet[Flask] = weakref.WeakSet()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, *, url_prefix: str | None = None) -> None:
        """Mount sayso in an app; Unsafe (or a settings error) says what to mend. Nothing is written yet."""
        if "sayso" in app.extensions:
            raise Unsafe("This app has a sayso already; make one Sayso an app.")
        logs.guard()
        prefix = self._prefix if url_prefix is None else url_prefix.rstrip("/")
        settings = load(os.environ, given=_given(app))
        accounts.check(settings)
        house = House(app, settings, prefix, self._hooks, self._clock or _utc_now)
        app.register_blueprint(_blueprint(), url_prefix=prefix or None)
        app.extensions["sayso"] = house
        self._apps.add(app)

    def facts(self, hook: FactsHook) -> FactsHook:
        """Decorator: what the host knows about a message, in the facts API's shapes; called in an app context."""
        self._hooks.facts = hook
        return hook

    def reviewer(self, hook: ReviewerHook) -> ReviewerHook:
        """Decorator: who is signed in at the host, as {"email", "role", "stores"}, or None."""
        self._hooks.reviewer = hook
        return hook

    def start(self, app: Flask | None = None) -> None:
        """Start the dispatcher in this process, unless workers have it; call it after fork, with the app or in it."""
        self._house(app).start()

    def stop(self, app: Flask | None = None) -> None:
        """End the dispatcher of this process."""
        self._house(app).stop()

    def exempt_csrf(self, csrf: object) -> None:
        """Tell a host's CSRFProtect that our routes guard themselves; done by itself at the first request, too."""
        for app in self._apps:
            _exempt(csrf, app.blueprints["sayso"])

    def _house(self, app: Flask | None) -> House:
        if app is None and not current_app and len(self._apps) == 1:
            app = next(iter(self._apps))
        return (app or current_app).extensions["sayso"]  # type: ignore[no-any-return]  # extensions is a dict of anything


def _given(app: Flask) -> dict[str, object]:
    return {name: value for name, value in app.config.items() if name.startswith("SAYSO_")}


def _blueprint() -> Blueprint:
    blueprint = Blueprint("sayso", "sayso", template_folder="desk/templates")
    doors.add_doors(blueprint, DOORS)
    back_doors.add_back_doors(blueprint, REGISTRY, DOORS)
    api.add_routes(blueprint)
    desk.add_routes(blueprint)

    @blueprint.url_value_preprocessor
    def exempt(endpoint: str | None, values: dict[str, object] | None) -> None:
        _exempt(current_app.extensions.get("csrf"), blueprint)

    return blueprint


def _exempt(csrf: object, blueprint: object) -> None:
    exempt = getattr(csrf, "exempt", None)
    if callable(exempt):
        exempt(blueprint)


def _utc_now() -> datetime:
    return datetime.now(UTC)
