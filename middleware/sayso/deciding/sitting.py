"""One decision while it is made: what was asked for, by whom, on which message, and until when it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sayso import facts, store
from sayso.checks import quiet_hours
from sayso.deciding.cut_off import cut_off
from sayso.message import Facts, Finding, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Batch, Staff, Tx

YES = frozenset({"approve", "delay"})
BULK_UNDO = 3
"""How many times longer many decisions at once can be undone."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reviewer asks for, on what they saw; `given` is what this kind of decision needs beside.

    `content_hash` is None where only the version was shown (each edit makes a new one); `batch` has the ids of all
    messages that the same person decides at once.
    """

    kind: str
    version: int
    content_hash: str | None
    reason: str | None = None
    note: str = ""
    given: Mapping[str, Json] = field(default_factory=dict)
    batch: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sitting:
    """One decision in its transaction: the message as it is, as it would be (`draft`), and what the host knows.

    `looked` is what is known of the message, where somebody has just gathered it in this transaction.
    """

    tx: Tx
    runtime: Runtime
    staff: Staff
    wish: Wish
    message: Message
    draft: Message
    known: facts.Given | None
    looked: Facts | None = None

    def move(self, to: State, **changes: object) -> Message:
        """Move the message in this person's name."""
        return store.move(self.tx, self.message, to, "reviewer", who=self.staff.id, changes=changes)

    @property
    def undo_until(self) -> datetime:
        """Until when this decision can be undone; a yes to a printed piece until its cut-off."""
        until = self.tx.now + timedelta(seconds=self.runtime.undo_seconds * (BULK_UNDO if self.wish.batch else 1))
        cut = cut_off(self.tx, self.runtime, self.message) if self.wish.kind in YES else None
        return max(until, cut) if cut else until

    @property
    def seen(self) -> Facts:
        """What is known of the message now."""
        return self.looked or facts.gather(self.tx, self.runtime, self.message, self.known or {})


def would_go(
    tx: Tx, runtime: Runtime, message: Message, seen: Facts, undo_until: datetime | None = None
) -> tuple[datetime, datetime]:
    """When an approval now lets a message go, by the undo window and the CRM's own time, and after the night."""
    window = tx.now + timedelta(seconds=runtime.undo_seconds)
    undo_until = undo_until or max(window, cut_off(tx, runtime, message) or window)
    earliest = max(undo_until, message.send_at or tx.now)
    return earliest, quiet_hours.next_allowed(seen, earliest, message)


def is_secret(finding: Finding) -> bool:
    """Whether a finding is about a surprise alone, so that it is no more once that is over."""
    return finding.check == "embargo" or (finding.check == "recipient_role" and finding.code == "gift_recipient_before")


def can_wait(message: Message) -> bool:
    """Whether all that stops a message is a surprise that ends by its day, as far as its last screening knows."""
    stops = [finding for finding in message.findings if finding.verdict == "stop"]
    ends = message.reading.get("surprises")
    known = ends if isinstance(ends, dict) else {}
    surprises = {finding.subject for finding in message.findings if finding.check == "embargo"}
    return bool(stops and surprises) and all(map(is_secret, stops)) and surprises <= known.keys()


def on_the_wall(runtime: Runtime, its: Message | Batch, at: datetime) -> str:
    """A moment as the shop's clock shows it; it says UTC where nobody told us which clock that is."""
    name = runtime.read_policy().default_zone
    zone = runtime.zones.get(its.store or "") or (ZoneInfo(name) if name else None)
    return f"{at.astimezone(zone or UTC):%d %b %Y, %H:%M}{'' if zone else ' UTC'}"
