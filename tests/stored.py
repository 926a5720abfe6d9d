"""Messages put straight into a store, for the tests of what is below the steps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from sayso import store
from sayso.message import Content, Finding, Message, State
from sayso.store import Screening, Store, Tx

T = TypeVar("T")
KEY = "k" * 40
BUYER = "+14155550177"
_number = count(1)


class Ticking:
    """A clock that goes on by a millisecond whenever it is looked at, and by more when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The next moment."""
        self.now += timedelta(milliseconds=1)
        return self.now


def source_of(tx: Tx, name: str = "crm", shop: str | None = None) -> store.Source:
    """The source of that name, added when it is new."""
    return store.find_source(tx, name=name) or store.add_source(tx, name, store=shop)


def draft(tx: Tx, state: State = State.HELD, *, source: str = "crm", to: str = BUYER, **more: object) -> Message:
    """A message as intake would build it."""
    content = Content((to,), "+14155550100", "Your ring is ready.")
    message = {
        "id": store.new_id(tx.now),
        "crm_id": f"SM{next(_number):032x}",
        "source_id": source_of(tx, source).id,
        "channel": "sms",
        "provider": "twilio",
        "door": "twilio",
        "state": state,
        "version": 1,
        "content_hash": store.content_hash(tx.seal, content, "sms"),
        "content": content,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    return Message(**message | more)  # type: ignore[arg-type]  # each value is of its field


def keep(tx: Tx, state: State = State.HELD, **more: object) -> Message:
    """A message as it is stored, with one finding."""
    finding = Finding("words", "test", "Look at it.")
    message = draft(tx, state, findings=(finding,), **more)
    return store.insert(tx, message, message.crm_id, Screening("policy", (finding,), {}))


def reread(here: Store, message: Message) -> Message:
    """The message as it is now."""
    with here.read() as tx:
        found = store.get(tx, message.id)
    assert found
    return found


def at_once(calls: Iterable[Callable[[], T]]) -> list[T | Exception]:
    """What calls that start together return or raise, each in its own thread."""
    calls = list(calls)
    results: list[T | Exception] = [RuntimeError("never ran")] * len(calls)
    start = threading.Barrier(len(calls))

    def run(n: int, call: Callable[[], T]) -> None:
        start.wait(30)
        try:
            results[n] = call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            results[n] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
