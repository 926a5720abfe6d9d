"""Who did not get a piece of a batch, and why: a page, and a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from flask import Response, request

from sayso import signing, signoff, store
from sayso.access import callers
from sayso.batching import outcome
from sayso.desk import batches, guard, letters, words
from sayso.doors import runtime
from sayso.message import Denied, Json, Message, State
from sayso.runtime import Runtime
from sayso.store import Batch, Staff, Tx

PAGE = 100
COLUMNS = ("name", "to", "why", "unused_gift_code", "purpose", "person", "id", "crm_id")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One piece that nobody got; the gift code that it would have brought can be given to somebody else."""

    id: str
    crm_id: str
    name: str
    to: str
    why: str
    code: str
    purpose: str
    person: str


@callers("staff")
@guard.page
def page(staff: Staff, batch_id: str) -> str:
    """Who did not get one, and why, a page at a time."""
    here, after = runtime(), request.args.get("after", "")
    with here.store.read() as tx:
        batch, mine = batches.find(tx, here, staff, batch_id), signing.sight(here.read_policy(), staff)
        after = after if batches.ID.fullmatch(after) else ""
        found = store.not_sent(tx, batch.id, mine, limit=PAGE + 1, after=after)
        left_out = [] if after else _left_out(tx, batch, staff)
        rows = _with_unused(tx, batch, [*left_out, *(_missed(message, staff) for message in found[:PAGE])])
    more = found[PAGE - 1].id if len(found) > PAGE else ""
    named = {"batch": batch, "title": letters.spelled(batch.name), "decides": staff.role in signoff.DECIDERS}
    return guard.render("not_sent", staff, rows=rows, more=more, first=not after, **named)


@callers("staff")
@guard.page
def download(staff: Staff, batch_id: str) -> Response:
    """All of them as a file; that it was taken is noted, for it has names and codes in it."""
    if staff.role not in signoff.DECIDERS:
        raise Denied("You may look, but not take this file with you.")
    here = runtime()
    with here.store.read() as tx:
        batch = batches.find(tx, here, staff, batch_id)
        rows = _with_unused(tx, batch, [*_left_out(tx, batch, staff), *_all(tx, here, staff, batch.id)])
    noted: dict[str, Json] = {"batch": batch.id, "count": len(rows)}
    here.store.write(lambda tx: store.write_trail(tx, f"staff:{staff.id}", "batch_exported", noted))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (row.name, row.to, row.why, row.code, row.purpose, row.person, row.id, row.crm_id)
        writer.writerow([safe(cell) for cell in cells])
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="not-sent-{batch.id}.csv"'
    return response


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _all(tx: Tx, here: Runtime, staff: Staff, batch_id: str) -> list[Missed]:
    mine, rows, after = signing.sight(here.read_policy(), staff), [], ""
    while found := store.not_sent(tx, batch_id, mine, limit=500, after=after):
        rows += [_missed(message, staff) for message in found]
        after = found[-1].id
    return rows


def _with_unused(tx: Tx, batch: Batch, rows: list[Missed]) -> list[Missed]:
    """The rows with those codes alone that are on no other card."""
    given = outcome.given(tx, batch, (row.code for row in rows))
    return [replace(row, code="" if row.code.casefold() in given else letters.spelled(row.code)) for row in rows]


def _missed(message: Message, staff: Staff) -> Missed:
    code = dict(message.content.metadata).get("gift_code", "")
    lost = message.state in (State.STOPPED, State.FAILED) and message.stop_reason != "redirected"
    unused = lost and staff.role in signoff.DECIDERS
    return Missed(
        id=message.id,
        crm_id=message.crm_id,
        name=letters.spelled(words.whom(message)),
        to=letters.spelled(words.masked(message.content.to[0])),
        why=letters.spelled(_why(message)),
        code=code if unused else "",
        purpose=words.spoken(message.purpose or ""),
        person=letters.spelled(message.person or ""),
    )


def _why(message: Message) -> str:
    """What became of it, and what was found in it before."""
    return words.sentence(message) if message.state is State.SENT else outcome.why(message)


def _left_out(tx: Tx, batch: Batch, staff: Staff) -> list[Missed]:
    """The lines of a file that did not get in."""
    found, decides = outcome.left_out(store.read_run(tx, batch.id).get("left_out")), staff.role in signoff.DECIDERS
    said = [(letters.spelled(one.to), letters.spelled(one.why), one.code if decides else "") for one in found]
    return [Missed("", "", who, "", why, code, "", "") for who, why, code in said]
