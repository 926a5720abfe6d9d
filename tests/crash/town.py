"""A town around one sayso process: a CRM, a clerk and a vendor who all try again when it does not answer."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.vendors import VENDOR_SID, VENDOR_TOKEN, FakeTwilio, Heard, Server, plain_http, serve, wait_for

TO, SHOP, KEY = "+14155550123", "+14155550100", "k" * 40
SAYSO = str(Path(sys.executable).parent / "sayso")


class Zygote:
    """The process that forks sayso processes for the tests of one module."""

    def __init__(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("SAYSO_", "TWILIO_"))}
        script = str(Path(__file__).with_name("zygote.py"))
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, script], stdin=pipe, stdout=pipe, text=True, env=env)
        self._lock = threading.Lock()

    def start(self, folder: Path, env: Mapping[str, str], *argv: str) -> int:
        """The id of a new sayso process."""
        asked = {"cwd": str(folder), "env": dict(env), "log": str(folder / "log"), "argv": argv}
        with self._lock:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the zygote; the processes it started are ended by those who asked for them."""
        self._process.stdin.close()
        self._process.wait(10)


@dataclass(frozen=True)
class Shop:
    """A database set up on the command line, to be copied for each town: its folder and who may come in."""

    folder: Path
    account: str
    secret: str
    token: str


def settings(port: int, vendor_url: str, **more: str) -> dict[str, str]:
    """The environment of a sayso process."""
    return {
        "SAYSO_PORT": str(port),
        "SAYSO_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SAYSO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "SAYSO_TWILIO_ACCOUNT_SID": VENDOR_SID,
        "SAYSO_TWILIO_AUTH_TOKEN": VENDOR_TOKEN,
        "SAYSO_TWILIO_API_URL": vendor_url,
        "SAYSO_QUIET_HOURS": "off",
        "SAYSO_UNDO_SECONDS": "0",
        "SAYSO_SECRET_KEY": KEY,
        "SAYSO_VENDOR_TIMEOUT": "0.5",
        **{f"SAYSO_{name.upper()}": value for name, value in more.items()},
    }


def set_up(zygote: Zygote, folder: Path, crm_url: str) -> Shop:
    """A source, a reviewer with a token and an allowed place to call back, all by the command line."""
    folder.mkdir()

    def say(*argv: str) -> dict[str, dict[str, str]]:
        pid = zygote.start(folder, settings(1, "http://127.0.0.1:1"), *argv, "--json")
        wait_for(lambda: not _alive(pid), 30)
        return dict(json.loads((folder / "log").read_text().splitlines()[-1]))

    issued = say("source", "add", "crm")["twilio"]
    say("source", "allow", "crm", crm_url)
    say("staff", "add", "ana@example.com", "--role", "reviewer")
    token = say("token", "add", "ana@example.com")["token"]
    return Shop(folder, issued["account_sid"], issued["auth_token"], str(token))


@dataclass
class Town:
    """One sayso process and everybody who talks to it."""

    zygote: Zygote
    shop: Shop
    folder: Path
    twilio: FakeTwilio
    vendor: Server
    crm: Server
    port: int
    pid: int = 0
    called_back: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where sayso listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, failpoint: str = "") -> None:
        """Start the process, with a failpoint or without, and wait until it listens or is dead again."""
        env = settings(self.port, self.vendor.url, failpoint=failpoint)
        self.pid = self.zygote.start(self.folder, env, "run")
        wait_for(lambda: self.answers() or not self.alive(), 30)

    def kill(self) -> None:
        """Kill -9."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
        wait_for(lambda: not self.alive())

    def alive(self) -> bool:
        """Whether the process is there."""
        return _alive(self.pid)

    def answers(self) -> bool:
        """Whether the process takes messages."""
        try:
            return plain_http().get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def hand_in(self, body: str, callback: str = "/cb") -> str | None:
        """One try of the CRM: our id once it was answered 201."""
        url = f"{self.url}/2010-04-01/Accounts/{self.shop.account}/Messages.json"
        form = {"To": TO, "From": SHOP, "Body": body, "StatusCallback": self.crm.url + callback}
        headers = {"Idempotency-Key": body.replace(" ", "-")}
        try:
            answer = plain_http().post(
                url, data=form, headers=headers, auth=(self.shop.account, self.shop.secret), timeout=3
            )
        except requests.RequestException:
            return None
        return str(answer.json()["sid"]) if answer.status_code == 201 else None

    def api(self, path: str, body: object = None) -> requests.Response | None:
        """One try of the clerk; None when there was no answer."""
        headers = {"Authorization": f"Bearer {self.shop.token}"}
        try:
            if body is None:
                return plain_http().get(f"{self.url}/api/{path}", headers=headers, timeout=3)
            return plain_http().post(f"{self.url}/api/{path}", json=body, headers=headers, timeout=3)
        except requests.RequestException:
            return None

    def message(self, sid: str) -> dict[str, object]:
        """A message as the clerk sees it; nothing while sayso does not answer."""
        answer = self.api(f"messages/{sid}")
        return answer.json() if answer is not None and answer.status_code == 200 else {}

    def approve(self, sid: str) -> int:
        """One click of the clerk on what is held: the status of the answer, 0 when there was none."""
        shown = self.message(sid)
        if shown.get("state") != "held":
            return 409 if shown else 0
        body = {"version": shown["version"], "content_hash": shown["content_hash"]}
        answer = self.api(f"messages/{sid}/approve", body)
        return answer.status_code if answer is not None else 0

    def approve_all(self) -> None:
        """One click of the clerk on everything that is held."""
        held = self.api("messages?state=held&limit=50")
        for message in held.json()["messages"] if held is not None and held.status_code == 200 else ():
            self.approve(message["crm_id"])

    def call_back(self) -> None:
        """One try of the vendor to call back for every message that it has not been answered 2xx for."""
        for message in list(self.twilio.messages):
            sid = message["sid"]
            if self.called_back.get(sid, 0) < 200:
                try:
                    self.called_back[sid] = self.twilio.call_back(message, "delivered").status_code
                except requests.RequestException:
                    self.called_back[sid] = 0

    def sent(self, body: str) -> int:
        """How often the vendor took a message with these words."""
        return sum(message["Body"] == body for message in list(self.twilio.messages))

    def heard(self, sid: str) -> list[Heard]:
        """What the CRM heard of a message."""
        return [heard for heard in list(self.crm.heard) if heard.form.get("MessageSid") == sid]

    def walk(self, body: str, seconds: float = 60.0) -> str:
        """Walk one message as far as it goes without a second approval; its id."""
        sid = wait_for(lambda: self.hand_in(body), seconds)
        assert isinstance(sid, str)
        wait_for(lambda: self.approve(sid) in (200, 409), seconds)

        def rests() -> bool:
            self.call_back()
            state = self.message(sid).get("state")
            if state == "unconfirmed":
                return self.sent(body) == 0
            return state == "sent" and bool(self.heard(sid)) and self._is_told(sid)

        wait_for(rests, seconds)
        return sid

    def _is_told(self, sid: str) -> bool:
        """Whether nothing is left to be told of a message."""
        import sqlite3

        with sqlite3.connect(f"file:{self.folder}/instance/sayso.db?mode=ro", uri=True) as database:
            open_ = "SELECT count(*) FROM sayso_relay r JOIN sayso_message m ON m.id = r.message_id "
            open_ += "WHERE m.crm_id = ? AND r.state IN ('waiting', 'taken')"
            return bool(database.execute(open_, (sid,)).fetchone()[0] == 0)


@contextmanager
def town(zygote: Zygote, shop: Shop, folder: Path, crm: Server) -> Iterator[Town]:
    """A town on its own copy of the shop's database; its process is dead when the block ends."""
    shutil.copytree(shop.folder, folder)
    twilio = FakeTwilio()
    with serve(twilio.answer) as vendor:
        made = Town(zygote, shop, folder, twilio, vendor, crm, free_port())
        try:
            yield made
        finally:
            if made.pid:
                made.kill()


def watch(made: Town, restarts: threading.Event) -> threading.Thread:
    """Start the process again, without a failpoint, each time it has died, until the event is set."""

    def look() -> None:
        while not restarts.wait(0.05):
            if not made.alive():
                made.start()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    return thread


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


__all__ = ["Shop", "Town", "Zygote", "free_port", "set_up", "town", "watch"]
