"""A real process dies at each point of the fault model, is started again, and nothing is lost or sent twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from sayso import failpoint
from tests.conftest import House, MakeHouse
from tests.crash.town import SAYSO, Shop, Town, Zygote, free_port, set_up, settings, town, watch
from tests.vendors import FakeTwilio, Server, serve, wait_for
from tests.walk import hand_in, look, relays

POINTS = {number.partition(":")[0]: point for point, number in failpoint.POINTS.items()}
ENDS_UNCONFIRMED = {"C6", "C7"}
"""Where the vendor never had the message, which nobody here can know: a person must say."""


@dataclass(frozen=True)
class End:
    """How a walk ended: what was stored, and what the vendor and the CRM have seen."""

    died: bool
    state: str
    attempts: list[str | None]
    stored: int
    accepted: int
    events: list[str]
    decisions: int


@pytest.fixture(scope="module")
def crm() -> Iterator[Server]:
    """A CRM that takes every relay."""
    with serve(lambda heard: (200, {}, b"")) as server:
        yield server


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """What starts the processes."""
    made = Zygote()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote, crm: Server) -> Shop:
    """A database that was set up on the command line."""
    return set_up(zygote, tmp_path_factory.mktemp("shop") / "shop", crm.url)


@pytest.fixture(scope="module")
def ends(
    tmp_path_factory: pytest.TempPathFactory, zygote: Zygote, shop: Shop, crm: Server
) -> Iterator[dict[str, Future[End]]]:
    """Every point's walk; they run beside each other, for most of each is waiting for a lease to end."""
    folder = tmp_path_factory.mktemp("towns")
    with ThreadPoolExecutor(8) as threads:
        slow_first = sorted([*POINTS, "pause"], key=lambda name: name not in ("pause", "C12", "C13", "C6", "C7"))
        walks = {name: threads.submit(_walk, name, folder / name, zygote, shop, crm) for name in slow_first}
        yield walks


def _walk(name: str, folder: Path, zygote: Zygote, shop: Shop, crm: Server) -> End:
    spec = "C6:pause" if name == "pause" else f"{name}:kill"
    with town(zygote, shop, folder, crm) as made:
        made.start(spec)
        first, done = made.pid, threading.Event()
        watcher = watch(made, done)
        try:
            body = f"Walk {name}"
            sid = made.walk(body)
            if name == "pause":
                wait_for(lambda: made.message(sid)["state"] == "sent", 40)
        finally:
            done.set()
            watcher.join()
        return _end(made, sid, body, died=made.pid != first)


def _end(made: Town, sid: str, body: str, *, died: bool) -> End:
    shown = made.message(sid)
    listed = made.api("messages?limit=200").json()["messages"]
    return End(
        died=died,
        state=str(shown["state"]),
        attempts=[attempt["outcome"] for attempt in shown["attempts"]],
        stored=sum(message["body"] == body for message in listed),
        accepted=made.sent(body),
        events=[heard.headers["i-twilio-idempotency-token"] for heard in made.heard(sid)],
        decisions=len(shown["decisions"]),
    )


@pytest.mark.parametrize("name", POINTS)
def test_the_process_dies_at_the_point_and_the_message_is_neither_lost_nor_sent_twice(ends, name: str):
    end = ends[name].result(90)
    assert end.died, "the point was never passed"
    assert (end.stored, end.decisions) == (1, 1)
    assert end.state == ("unconfirmed" if name in ENDS_UNCONFIRMED else "sent")
    assert end.accepted == (0 if name in ENDS_UNCONFIRMED else 1)
    assert len(end.attempts) == 1


@pytest.mark.parametrize("name", [name for name in POINTS if name not in ENDS_UNCONFIRMED])
def test_the_crm_hears_at_least_once_and_always_with_the_same_event_id(ends, name: str):
    events = ends[name].result(90).events
    assert len(set(events)) == 1
    assert len(events) == (2 if name == "C13" else 1)


@pytest.mark.parametrize("name", sorted(ENDS_UNCONFIRMED))
def test_what_the_vendor_may_have_is_shown_with_an_attempt_of_unknown_outcome(ends, name: str):
    assert ends[name].result(90).attempts == ["unknown"]


def test_a_dispatcher_that_stood_still_for_two_leases_sends_nothing_then_and_once_later(ends):
    end = ends["pause"].result(90)
    assert (end.died, end.state, end.accepted) == (False, "sent", 1)
    assert end.attempts == ["unknown", "accepted"]


RAISED_UNCONFIRMED = {"C6", "C7"}


@pytest.mark.parametrize("name", POINTS)
def test_an_error_at_the_point_loses_nothing_and_sends_nothing_twice(make_house: MakeHouse, name: str):
    house = make_house(vendor_timeout="0.5")
    client_fields = {"Body": f"Raise {name}", "StatusCallback": house.crm.url + "/cb"}
    failpoint.arm(f"{name}:raise", 0)
    try:
        sid = wait_for(lambda: _try(hand_in, house, **client_fields))
        wait_for(lambda: house.decide(sid, "approve").status_code == 409 or look(house, sid).state != "held")
        wait_for(lambda: _rests(house, sid), 20)
    finally:
        failpoint.disarm()
    assert look(house, sid).state == ("unconfirmed" if name in RAISED_UNCONFIRMED else "sent")
    assert len(house.twilio.messages) == (0 if name in RAISED_UNCONFIRMED else 1)
    assert len({heard.headers["i-twilio-idempotency-token"] for heard in house.crm.posts()}) == len(relays(house, sid))


def _try(step, *args: object, **fields: object) -> str | None:
    try:
        return str(step(*args, **fields))
    except AssertionError:
        return None


def _rests(house: House, sid: str) -> bool:
    """Whether nothing is left to happen by itself; time passes quickly meanwhile."""
    house.clock.forward(seconds=2)
    if house.twilio.messages and look(house, sid).delivery != "delivered":
        house.twilio.call_back(house.twilio.messages[0], "delivered")
    message = look(house, sid)
    if message.state == "unconfirmed" and not house.twilio.messages:
        return True
    told = [relay.state for relay in relays(house, sid)]
    return message.state == "sent" and bool(told) and set(told) == {"done"}


def test_the_console_script_dies_at_a_failpoint_like_any_other_process(
    tmp_path: Path, zygote: Zygote, shop: Shop, crm: Server
):
    shutil.copytree(shop.folder, tmp_path / "here")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SAYSO_", "TWILIO_"))}
    with serve(lambda heard: (500, {}, b"")) as vendor:
        made = Town(zygote, shop, tmp_path / "here", FakeTwilio(), vendor, crm, free_port())
        env |= settings(made.port, vendor.url, failpoint="C1:kill")
        with open(tmp_path / "log", "wb") as log:
            process = subprocess.Popen([SAYSO, "run"], cwd=made.folder, env=env, stdout=log, stderr=log)
        try:
            wait_for(made.answers, 30)
            assert made.hand_in("Console") is None
            assert process.wait(10) == -signal.SIGKILL
        finally:
            process.kill()


class Bustle:
    """A CRM, a clerk and a vendor who go on whatever happens; `taken` is what was answered 201."""

    def __init__(self, made: Town, words: str) -> None:
        self.taken: dict[str, str] = {}
        self._made, self._words, self._done = made, words, threading.Event()
        acts = (self._hand_in, self._decide, self._call_back)
        self._threads = [threading.Thread(target=act) for act in acts]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Everybody ends what they are doing."""
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _hand_in(self) -> None:
        n = 0
        while not self._done.wait(0.02):
            body = f"{self._words} {n}"
            if sid := self._made.hand_in(body):
                self.taken[sid] = body
                n += 1

    def _decide(self) -> None:
        while not self._done.wait(0.02):
            self._made.approve_all()

    def _call_back(self) -> None:
        while not self._done.wait(0.02):
            self._made.call_back()


def test_twelve_kills_at_random_lose_nothing_and_send_nothing_twice(tmp_path, zygote: Zygote, shop: Shop, crm: Server):
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with town(zygote, shop, tmp_path / "town", crm) as made:
        made.start()
        bustle = Bustle(made, f"Kill {seed}")
        try:
            for _ in range(12):
                threading.Event().wait(chance.uniform(0.1, 0.9))  # not for a condition: the moment is the test
                made.kill()
                made.start()
        finally:
            bustle.stop()
        _settle(made)
        _judge(made, bustle.taken)


def _settle(made: Town) -> None:
    def settled() -> bool:
        made.call_back()
        answer = made.api("counts")
        counts = answer.json() if answer is not None else {"held": 1}
        made.approve_all()
        return not any(counts[state] for state in ("received", "held", "cleared", "sending"))

    wait_for(settled, 40)
    called = [message["sid"] for message in made.twilio.messages]
    wait_for(lambda: made.call_back() or all(made.called_back.get(sid) == 204 for sid in called), 10)


def _judge(made: Town, taken: dict[str, str]) -> None:
    sent = Counter(message["Body"] for message in made.twilio.messages)
    assert {body: count for body, count in sent.items() if count > 1} == {}, "sent twice"
    states = {sid: made.message(sid).get("state") for sid in taken}
    assert {sid for sid, state in states.items() if state not in ("sent", "unconfirmed")} == set(), "lost"
    assert {sid for sid, state in states.items() if state == "sent" and not sent[taken[sid]]} == set(), "never sent"
    assert {sid for sid, state in states.items() if state == "unconfirmed" and sent[taken[sid]]} == set(), "not found"
    assert len(taken) > 12, "too little happened between the kills"
    told = [sid for sid, state in states.items() if state == "sent"]
    wait_for(lambda: all(made.heard(sid) for sid in told), 40)
    for sid in told:
        assert len({heard.headers["i-twilio-idempotency-token"] for heard in made.heard(sid)}) == 1
