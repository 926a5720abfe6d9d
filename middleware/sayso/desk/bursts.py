"""The page of a burst: far more messages at once than usual are one row of the list, and one no stops them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from flask import request

from sayso import signoff, store
from sayso.access import callers
from sayso.desk import guard, letters, view, words
from sayso.doors import runtime
from sayso.message import Denied, Malformed, Message
from sayso.runtime import Runtime
from sayso.signoff import Wish
from sayso.store import Burst, Staff, Tx

SHOWN, AT_ONCE = 50, 200
BATCH, ID = re.compile(r"B[0-9a-f]{25}"), re.compile(r"[0-9A-Z]{26}")
NOUNS = {"sms": ("text", "texts"), "email": ("e-mail", "e-mails"), "whatsapp": ("WhatsApp", "WhatsApps")}
NOT_YOURS = "You may look, but not decide."


@dataclass(frozen=True, slots=True)
class Row:
    """One burst in the list: how many from where since when, and the words of one of them."""

    batch_id: str
    sentence: str
    words: str
    count: int
    last_id: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What one go came to: those that are stopped, of how many, and why others are not."""

    of: int
    lines: tuple[view.Line, ...]
    others: tuple[tuple[str, str], ...]


@callers("staff")
@guard.page
def page(staff: Staff, batch_id: str) -> str:
    """What waits in a burst: how many, the oldest of them, and a form that stops them all."""
    with runtime().store.read() as tx:
        burst = _burst(tx, staff, batch_id)
    return _page(staff, burst)


@callers("staff")
@guard.page
def stop(staff: Staff, batch_id: str) -> str | tuple[str, int]:
    """A no to all that the page counted, as many as one go takes; whoever mistyped the number stops none."""
    if staff.role not in signoff.DECIDERS:
        raise Denied(NOT_YOURS)
    here, upto = runtime(), request.form.get("upto", "")
    if not ID.fullmatch(upto):
        raise Malformed(400, "upto", "The form was not complete. Go back, reload the page and try again.")
    with here.store.read() as tx:
        burst = _burst(tx, staff, batch_id, upto)
        found = store.waiting_in(tx, batch_id, AT_ONCE, stores=staff.stores, unseen_by=staff.email, upto=upto)
    if re.sub(r"[\s,.']", "", request.form.get("count", "")) != str(burst.count):
        return _page(staff, burst, problem=f"Nothing was stopped. There are {burst.count:,}: please type that."), 400
    stopped = _stop(here, staff, found, burst.count)
    with here.store.read() as tx:
        left = store.bursts(tx, staff.stores, staff.email, batch_id=batch_id)
    return _page(staff, left[0] if left else None, stopped=stopped)


def rows(tx: Tx, here: Runtime, staff: Staff) -> list[Row]:
    """The bursts that wait, as far as this person sees them."""
    return [_row(tx, here, burst) for burst in store.bursts(tx, staff.stores, staff.email)]


def _burst(tx: Tx, staff: Staff, batch_id: str, upto: str = "") -> Burst:
    found = (
        store.bursts(tx, staff.stores, staff.email, batch_id=batch_id, upto=upto) if BATCH.fullmatch(batch_id) else ()
    )
    if not found:
        raise Malformed(404, "not_found", "None of these wait any more.")
    return found[0]


def _page(staff: Staff, burst: Burst | None, stopped: Stopped | None = None, problem: str = "") -> str:
    here, lines, row = runtime(), [], None
    if burst:
        with here.store.read() as tx:
            row = _row(tx, here, burst)
            found = store.waiting_in(tx, burst.batch_id, SHOWN, stores=staff.stores, unseen_by=staff.email)
        lines = [view.line(here, message) for message in found]
    more = {"lines": lines, "stopped": stopped, "problem": problem, "may": staff.role in signoff.DECIDERS}
    return guard.render("burst", staff, burst=row, at_once=AT_ONCE, **more)


def _row(tx: Tx, here: Runtime, burst: Burst) -> Row:
    source = store.find_source(tx, source_id=burst.source_id)
    one, many = NOUNS.get(burst.channel or "", ("message", "messages"))
    since = _since(burst.first, tx.now, view.zone(here, burst.sample))
    many_of = f"{burst.count:,} {one if burst.count == 1 else many} from {source.name if source else 'a CRM'}"
    return Row(
        batch_id=burst.batch_id,
        sentence=f"{many_of} since {since}, far more than usual: somebody should look before any goes",
        words=letters.short(burst.sample.content.words, 110),
        count=burst.count,
        last_id=burst.last_id,
    )


def _since(first: datetime, now: datetime, zone: tzinfo) -> str:
    """The hour, and the day where that is another one."""
    local = first.astimezone(zone)
    if local.date() != now.astimezone(zone).date():
        return words.at(first, zone)
    return f"{local:%H:%M}{' UTC' if zone is UTC else ''}"


def _stop(here: Runtime, staff: Staff, found: tuple[Message, ...], count: int) -> Stopped:
    ids = frozenset(message.id for message in found)
    wishes = [(one.id, Wish("reject", one.version, one.content_hash, "not_wanted", batch=ids)) for one in found]
    results = signoff.decide_all(here, staff, wishes)
    return Stopped(
        of=count,
        lines=tuple(view.line(here, after) for _, after in results if isinstance(after, Message)),
        others=tuple((message_id, str(why)) for message_id, why in results if not isinstance(why, Message)),
    )
