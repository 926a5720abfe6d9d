"""A made-up year lived through: told and handed in at our own doors, on a clock of its own; nothing is ever sent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sayso import access, issue, store
from sayso.extension import Sayso
from sayso.message import Json
from sayso.shopyear.judging import Judged, judge
from sayso.shopyear.shapes import Heard, Sent, Told, Year

START = datetime(2026, 1, 1, tzinfo=UTC)
NEXT_MORNING = timedelta(hours=12)
"""How long a message waits before it is judged: tills export at night, and what they say is then looked at."""


@dataclass
class Shop:
    """A sayso whose clock is the year's, asked through its own doors without a network."""

    app: Flask
    client: FlaskClient
    clock: list[datetime]
    tokens: dict[str, dict[str, str]]
    waiting: list[tuple[Sent, str]] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    told: dict[tuple[str, bool], dict[str, list[Json]]] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    took: list[float] = field(default_factory=list)

    def live(self, events: Iterable[Told | Heard | Sent]) -> list[Judged]:
        """Everything in its order; each message judged the next morning."""
        for event in events:
            self._judge(event.at - NEXT_MORNING)
            self.clock[0] = event.at
            if isinstance(event, Told):
                self._note(event)
                continue
            self._tell()
            if isinstance(event, Sent):
                self._send(event)
            else:
                heard = {"from": event.sender, "text": event.text, "channel": "sms"}
                self._post("/api/inbound", heard, "crm", 202)
        self._tell()
        self._judge(self.clock[0] + timedelta(days=1))
        return self.judged

    def _note(self, told: Told) -> None:
        """Keep facts until the next message, for a call costs more than what is in it."""
        ids = {(name, _id(item)) for name, items in told.lists.items() for item in items}
        if ids & self.named:
            self._tell()
        self.named |= ids
        body = self.told.setdefault((told.source, told.by_staff), {})
        for name, items in told.lists.items():
            body.setdefault(name, []).extend(items)

    def _tell(self) -> None:
        for (source, by_staff), body in self.told.items():
            more = {"source": source} if by_staff else {}
            self._post("/api/facts", body | more, "staff" if by_staff else source, 200)
        self.told.clear()
        self.named.clear()

    def _send(self, sent: Sent) -> None:
        started = time.perf_counter()
        answer = self.client.post("/api/messages", json=dict(sent.body), headers=self.tokens["crm"])
        self.took.append(time.perf_counter() - started)
        _expect(answer, 202, 409)
        said = answer.get_json()
        self.waiting.append((sent, str((said.get("message") or said)["id"])))

    def _judge(self, until: datetime) -> None:
        ready = [one for one in self.waiting if one[0].at < until]
        if ready:
            self._tell()
        for sent, message_id in ready:
            self.waiting.remove((sent, message_id))
            with self.app.extensions["sayso"].runtime.store.read() as tx:
                message = store.get(tx, message_id)
            if message:
                self.judged.append(judge(sent, message))
            self.client.post(f"/api/messages/{message_id}/withdraw", json={}, headers=self.tokens["crm"])

    def _post(self, path: str, body: object, who: str, status: int) -> None:
        _expect(self.client.post(path, json=body, headers=self.tokens[who]), status)


def open_shop(folder: Path, database: str = "") -> Shop:
    """A shop on its first day, on a temporary database."""
    clock = [START]
    app = Flask("shop_year", instance_path=str(folder / "instance"))
    given = {"SAYSO_QUIET_HOURS": "off", "SAYSO_SECRET_KEY": "k" * 40, "SAYSO_BURST_BRAKE": "off"}
    app.config.update(given | ({"SAYSO_DATABASE_URL": database} if database else {}))
    Sayso(app, clock=lambda: clock[0])

    def begin(tx: store.Tx) -> dict[str, str]:
        tokens = {name: str(issue.issue(tx, store.add_source(tx, name))["token"]) for name in ("crm", "book")}
        return tokens | {"staff": access.add_token(tx, store.add_staff(tx, "wren@hartwell.example.com", "manager"))}

    tokens = app.extensions["sayso"].runtime.store.write(begin)
    headers = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    return Shop(app, app.test_client(), clock, headers)


def sample(year: Year, size: int, seed: int = 1) -> Iterator[Told | Heard | Sent]:
    """All that was told, and a share of the messages, of every story the same."""
    rng, kept = Random(seed), set[int]()  # noqa: S311 (no secret)
    stories: dict[str, list[int]] = {}
    for n, event in enumerate(year.events):
        if isinstance(event, Sent):
            stories.setdefault(event.case, []).append(n)
    share = size / len(year.messages)
    for found in stories.values():
        kept |= set(rng.sample(found, min(len(found), max(1, round(share * len(found))))))
    return (event for n, event in enumerate(year.events) if n in kept or not isinstance(event, Sent))


def _expect(answer: TestResponse, *statuses: int) -> None:
    """That the year is made as the doors want it; RuntimeError with what they say if not."""
    if answer.status_code not in statuses:
        raise RuntimeError(f"{answer.status_code}: {answer.get_data(as_text=True)[:500]}")


def _id(item: Json) -> str:
    """What makes an item the same as another of its list, for those lists that tell of one thing more than once."""
    said = item if isinstance(item, dict) else {}
    return str(said.get("id") or (said.get("a"), said.get("b"), said.get("person"), said.get("address")))
