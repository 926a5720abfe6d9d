"""What staff sent to somebody else instead is about what it was made from: its purpose and its subject go with it."""

from __future__ import annotations

from dataclasses import dataclass

from sayso import store
from sayso.message import Json, Message, Named
from sayso.store import Tx


@dataclass(frozen=True, slots=True)
class First:
    """How the message that this one was made from was read; `key` is that of the fact that it was about."""

    purpose: Named | None = None
    subject: Named | None = None
    key: str | None = None


NOTHING = First()
HOW = "So was the message that this one was made from."


def first_of(tx: Tx, message: Message) -> First:
    """What was read in the first message of a redirected one; nothing for every other message."""
    parent = store.get(tx, message.parent_id) if message.parent_id and message.door == "desk" else None
    if parent is None:
        return NOTHING
    key = parent.reading.get("about")
    return First(
        _named(parent.reading.get("purpose")),
        _named(parent.reading.get("subject")),
        key if isinstance(key, str) else None,
    )


def _named(read: Json) -> Named | None:
    if not isinstance(read, dict) or not isinstance(read.get("name"), str):
        return None
    return Named(str(read["name"]), bool(read.get("inferred")), HOW)
