"""The page of shadow mode: what went out and would have waited, by check and message by message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sayso import reporting, shadow
from sayso.access import callers
from sayso.desk import guard, view, words
from sayso.desk.view import Line
from sayso.doors import runtime
from sayso.runtime import Runtime
from sayso.store import Staff

LOOK_BACK, MOST, SHOWN = timedelta(days=30), 2000, 100


@dataclass(frozen=True, slots=True)
class Row:
    """One message that would have waited: its line, what would have become of it, and why."""

    line: Line
    would: str
    reasons: tuple[str, ...]


@callers("staff")
@guard.page
def page(staff: Staff) -> str:
    """What would have waited in the last days, as far as this person sees it."""
    here = runtime()
    found = reporting.shadowed(here, here.clock() - LOOK_BACK, staff, MOST)
    checks = [(words.spoken(check).capitalize(), len(ids)) for check, ids in found.by_check.items()]
    return guard.render("shadowed", staff, found=found, checks=checks, rows=_rows(here, found))


def _rows(here: Runtime, found: reporting.Shadowed) -> list[Row]:
    return [
        Row(view.line(here, message), shadow.would(message) or "", tuple(one.reason for one in message.findings))
        for message in found.messages[:SHOWN]
    ]
