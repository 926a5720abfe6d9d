"""A city of real processes on one PostgreSQL and one Redis: doors that take messages, workers that send them."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.conftest import House
from tests.crash.town import Zygote, _alive
from tests.redis_server import RedisServer
from tests.vendors import wait_for

BUYER, SHOP = "+14155550177", "+14155550100"


@dataclass
class City:
    """Two doors that stand for all tests, and the workers that a test starts; `house` is for looking into the store."""

    house: House
    doors: tuple[House, House]
    redis: RedisServer
    zygote: Zygote
    folder: Path
    clerk: dict[str, str]
    logs: dict[int, Path] = field(default_factory=dict)
    workers: list[int] = field(default_factory=list)

    def start(self, *argv: str, **settings: object) -> int:
        """The id of a new process with these settings beside the house's."""
        folder = self.folder / str(len(self.logs))
        folder.mkdir()
        (folder / "log").touch()
        env = {name: str(value) for name, value in self.house.app.config.items() if name.startswith("SAYSO_")}
        env |= {f"SAYSO_{name.upper()}": str(value) for name, value in settings.items()}
        pid = self.zygote.start(folder, env, *argv)
        self.logs[pid] = folder / "log"
        return pid

    def worker(self, *argv: str, **settings: object) -> int:
        """The id of a `sayso worker` that looks, or that has ended already."""
        pid = self.start("worker", *argv, **settings)
        self.workers.append(pid)
        wait_for(lambda: "looks for" in self.log(pid) or not _alive(pid), 30)
        return pid

    def log(self, pid: int) -> str:
        """What a process has said."""
        return self.logs[pid].read_text()

    def ask(self, pid: int, sign: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to one of our processes."""
        assert pid in self.logs
        os.kill(pid, sign)

    def wait_for_end(self, pid: int) -> None:
        """Wait until a process is gone."""
        wait_for(lambda: not _alive(pid), 30)

    def kill_workers(self) -> None:
        """Kill -9 what still runs."""
        self.end(self.workers)
        self.workers.clear()

    def end(self, pids: list[int]) -> None:
        """Kill -9 these processes of ours."""
        for pid in pids:
            if _alive(pid):
                self.ask(pid, signal.SIGKILL)
            self.wait_for_end(pid)

    def hand_in(self, words: str, door: int = 0) -> str:
        """The CRM's id of a message handed in at a door."""
        given = self.house.source()["twilio"]
        url = f"{self.doors[door].url}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
        form = {"To": BUYER, "From": SHOP, "Body": words, "StatusCallback": f"{self.house.crm.url}/twilio"}
        answer = requests.post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sid"])

    def approve(self, sid: str, door: int = 1) -> float:
        """A clerk says yes at a door; how many seconds the answer took."""
        url = f"{self.doors[door].url}/api/messages/{sid}"
        shown = requests.get(url, headers=self.clerk, timeout=30).json()
        body = {"version": shown["version"], "content_hash": shown["content_hash"]}
        answer = requests.post(f"{url}/approve", json=body, headers=self.clerk, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.elapsed.total_seconds()

    def approved(self, *words: str) -> list[str]:
        """The CRM's ids of messages that came in at one door and were approved at the other, several at a time."""

        def one(turn: int) -> str:
            sid = self.hand_in(words[turn], turn % 2)
            self.approve(sid, 1 - turn % 2)
            return sid

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, range(len(words))))

    def bodies(self) -> list[str]:
        """What the vendor took in this test, in alphabetical order."""
        return sorted(message["Body"] for message in list(self.house.twilio.messages))
