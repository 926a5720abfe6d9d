"""Batches on the desk: many messages that belong together are one row of the list, and a page, exceptions first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo

from flask import request

from sayso import signing, signoff, store
from sayso.access import callers
from sayso.desk import bursts, guard, kept, letters, runs, view, words
from sayso.doors import runtime
from sayso.message import Finding, Malformed, Message
from sayso.runtime import Runtime
from sayso.store import Batch, Place, Sight, Staff, Tally, Tx

FEW, MOST_ROWS, EXAMINED, IN_GROUP, PAGE = 3, 50, 300, 5, 100
"""How many waiting messages are plain lines; rows; exceptions that are looked through; lines of a group; of a page."""
ID = re.compile(r"[0-9A-Z]{26}")
PLACE = re.compile(r"([0-9])\.([0-9]{1,4})\.([0-9A-Z]{26})")
NOUNS = bursts.NOUNS | {
    "mms": ("text with a picture", "texts with a picture"),
    "postcard": ("postcard", "postcards"),
    "letter": ("letter", "letters"),
    "self_mailer": ("folded card", "folded cards"),
}
SAID = {
    "cleared": "may go",
    "sending": "are going out",
    "unconfirmed": "we do not know of",
    "sent": "went out",
    "failed": "were refused by the vendor",
    "stopped": "did not go out",
}
ODD = {
    "purpose": "It is for something else than the others.",
    "sender_hash": "It has another sender than the others.",
    "part": "It carries something else than the others.",
    "account": "It leaves by another account than the others.",
    "send_at": "It has another time to go than the others.",
    "person": "Nobody says which person it is for.",
}
WORKED_ON = "Somebody worked on these, or they are of a kind that is decided one by one."


@dataclass(frozen=True, slots=True)
class Row:
    """One batch in a list; `waiting` of its messages have no line of their own."""

    batch_id: str
    sentence: str
    detail: str
    clock: str
    chip: str
    waiting: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces with the same question: the sentence of one, how many they are, and some of them."""

    sentence: str
    count: int
    stops: bool
    lines: tuple[view.Line, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says of the list that its page showed."""

    count: int
    digest: str
    upto: str
    at: str


@dataclass(frozen=True, slots=True)
class Page:
    """A batch as its page shows it, in reading order; `looked` of `total` while it is still being looked at."""

    batch: Batch
    name: str
    origin: str
    sentence: str
    rest: str
    looked: int
    total: int
    coming: bool
    eyes: int
    examined: int
    groups: tuple[Group, ...]
    odd: tuple[tuple[view.Line, str], ...]
    samples: tuple[view.Line, ...]
    clear: Form | None
    held: Form | None
    second: str
    until: str
    runs: tuple[runs.Told, ...]


@callers("staff")
@guard.page
def page(staff: Staff, batch_id: str) -> str:
    """A batch: what it is, how far, what needs eyes, and forms that sign off the clear rest or stop all."""
    return shown(staff, batch_id)


@callers("staff")
@guard.page
def pieces(staff: Staff, batch_id: str) -> str:
    """All pieces of a batch, or those of one kind, exceptions first, a page at a time."""
    here, kind = runtime(), request.args.get("kind", "")
    known = (store.EYES, store.COMING, store.CLEAR, *SAID)
    at = PLACE.fullmatch(request.args.get("after", ""))
    after: Place | None = (int(at[1]), int(at[2]), at[3]) if at else None
    with here.store.read() as tx:
        batch, mine = find(tx, here, staff, batch_id), signing.sight(here.read_policy(), staff)
        wanted = kind if kind in known else ""
        found, more = store.piece_page(tx, batch.id, mine, kind=wanted, limit=PAGE, after=after)
    lines = [view.line(here, message) for message in found]
    place = ".".join(map(str, more)) if more else ""
    named = {"batch": batch, "title": letters.spelled(batch.name), "said": SAID}
    return guard.render("pieces", staff, lines=lines, kind=wanted, more=place, **named)


@callers("staff")
@guard.page
def listed(staff: Staff) -> str:
    """The latest batches, whatever became of them."""
    here, before = runtime(), request.args.get("before", "")
    with here.store.read() as tx:
        mine = signing.sight(here.read_policy(), staff)
        found = store.batches_seen(tx, mine, limit=PAGE + 1, before=before if ID.fullmatch(before) else None)
        rows = [
            (one.id, letters.spelled(one.name), _origin(tx, one, kept.zone(here, one.store))) for one in found[:PAGE]
        ]
    more = found[PAGE - 1].id if len(found) > PAGE else ""
    return guard.render("batches", staff, rows=rows, more=more)


def shown(staff: Staff, batch_id: str, problem: str = "") -> str:
    """The page of a batch, with what went wrong."""
    here, settled = runtime(), "now" in request.args
    with here.store.read() as tx:
        found = _page(tx, here, staff, find(tx, here, staff, batch_id), settled=settled or bool(problem))
    running = any(run.state == "running" for run in found.runs)
    moving = not problem and (running or (found.coming and not settled))
    policy = here.read_policy()
    with here.store.read() as tx:
        may = signing.may_sign(policy, store.batch_shops(tx, batch_id), staff)
    more = {"problem": problem, "moving": moving, "may": may, "decides": staff.role in signoff.DECIDERS}
    return guard.render("batch", staff, page=found, untyped=signing.UNTYPED, **more)


def rows(tx: Tx, here: Runtime, staff: Staff) -> list[Row]:
    """The batches with more than a few messages that wait, or may go and can still be taken back."""
    mine = signing.sight(here.read_policy(), staff)
    ids = store.batches_waiting(tx, mine, FEW, MOST_ROWS)
    tallies, begun = store.tallies(tx, ids, mine), store.open_signings(tx, ids)
    known = [batch for batch in (store.find_batch(tx, one) for one in ids) if batch]
    return [_row(tx, here, batch, tallies[batch.id], batch.id in begun) for batch in known]


def folded(found: list[Row]) -> tuple[str, ...]:
    """The batches of which what waits has no line of its own."""
    return tuple(row.batch_id for row in found if row.waiting)


def find(tx: Tx, here: Runtime, staff: Staff, batch_id: str) -> Batch:
    """The batch, for somebody who sees a piece of it; Malformed 404 otherwise."""
    mine = signing.sight(here.read_policy(), staff)
    batch = store.find_seen(tx, batch_id, mine) if ID.fullmatch(batch_id) else None
    if batch is None:
        raise Malformed(404, "not_found", "There is no such run.")
    return batch


def _row(tx: Tx, here: Runtime, batch: Batch, tally: Tally, begun: bool) -> Row:
    zone, waiting = kept.zone(here, batch.store), tally.waiting if tally.waiting > FEW else 0
    left = tally.dropped_at - tx.now if tally.dropped_at else None
    clock = f"The first is dropped {words.left(left)}, not sent" if left is not None and waiting else ""
    if not waiting and tally.leaves_at:
        clock = f"Can be taken back until {words.at(tally.leaves_at, zone)}"
    return Row(
        batch_id=batch.id,
        sentence=f"{letters.short(batch.name, 80)}: {_sentence(tally)}",
        detail=_origin(tx, batch, zone),
        clock=clock,
        chip="being decided on" if begun else "",
        waiting=waiting,
        urgent=bool(waiting) and left is not None and left < view.SOON,
    )


def _page(tx: Tx, here: Runtime, staff: Staff, batch: Batch, *, settled: bool) -> Page:
    policy = here.read_policy()
    mine, zone = signing.sight(policy, staff), kept.zone(here, batch.store)
    tally = store.tallies(tx, [batch.id], mine)[batch.id]
    unseen = max(0, (batch.total or 0) - store.count_all(tx, batch.id))
    coming = bool(tally.counts.get(store.COMING) or unseen)
    eyes, clear = tally.counts.get(store.EYES, 0), tally.counts.get(store.CLEAR, 0)
    found, _ = store.piece_page(tx, batch.id, mine, kind=store.EYES, limit=EXAMINED)
    told = runs.told(tx, here, staff, batch, tally)
    open_to = (settled or not coming) and not any(run.state in ("waiting", "running") for run in told)
    odd = store.odd_ones(tx, batch.id, mine) if clear else ()
    return Page(
        batch=batch,
        name=letters.spelled(batch.name),
        origin=_origin(tx, batch, zone),
        sentence=_sentence(tally),
        rest=_rest(tally),
        looked=tally.pieces - tally.counts.get(store.COMING, 0),
        total=tally.pieces + unseen,
        coming=coming,
        eyes=eyes,
        examined=len(found),
        groups=_groups(here, found),
        odd=tuple((view.line(here, one), ODD[why]) for one, why in _got(tx, odd)),
        samples=tuple(view.line(here, one) for one in store.spread(tx, batch.id, mine, clear)),
        clear=_form(tx, batch, mine, clear=True) if clear and open_to else None,
        held=_form(tx, batch, mine, clear=False) if eyes + clear and open_to else None,
        second=signing.needs(policy, store.batch_shops(tx, batch.id), store.batch_channels(tx, batch.id), clear),
        until=words.at(tally.leaves_at, zone) if tally.leaves_at else "",
        runs=told,
    )


def _got(tx: Tx, odd: tuple[tuple[str, str], ...]) -> list[tuple[Message, str]]:
    found = [(store.get(tx, message_id), why) for message_id, why in odd[:IN_GROUP]]
    return [(message, why) for message, why in found if message]


def _form(tx: Tx, batch: Batch, mine: Sight, *, clear: bool) -> Form:
    items = store.listed(tx, batch.id, mine, clear=clear, by=tx.now)
    return Form(len(items), signing.digest(tx, items), items[-1][0] if items else "", tx.now.isoformat())


def _groups(here: Runtime, found: tuple[Message, ...]) -> tuple[Group, ...]:
    """The exceptions by what is asked of them: what cannot go first, then the question that most have."""
    asked: dict[tuple[str, str, str], list[Message]] = {}
    for message in found:
        worst = _worst(message)
        asked.setdefault((worst.verdict, worst.check, worst.code) if worst else ("", "", ""), []).append(message)
    ordered = sorted(asked.items(), key=lambda one: (one[0][0] != "stop", -len(one[1])))
    return tuple(
        Group(
            sentence=words.sentence(alike[0]) if alike[0].findings else WORKED_ON,
            count=len(alike),
            stops=key[0] == "stop",
            lines=tuple(view.line(here, message) for message in alike[:IN_GROUP]),
        )
        for key, alike in ordered
    )


def _worst(message: Message) -> Finding | None:
    return min(message.findings, key=lambda finding: finding.verdict != "stop", default=None)


def _sentence(tally: Tally) -> str:
    """How many there are, how many of them are clear, and how many a person must see."""
    counts, pieces = tally.counts, f"{tally.pieces:,}"
    clear, eyes, coming = (counts.get(kind, 0) for kind in (store.CLEAR, store.EYES, store.COMING))
    if not tally.waiting:
        return f"{pieces}, {_rest(tally)}" if tally.pieces else "nothing has come in yet"
    need = f"{eyes:,} {'needs' if eyes == 1 else 'need'} eyes"
    later = f", {coming:,} still being looked at" if coming else ""
    return f"{pieces}, {clear:,} clear, {need}{later}"


def _rest(tally: Tally) -> str:
    """Where the decided ones are."""
    return ", ".join(f"{tally.counts[kind]:,} {said}" for kind, said in SAID.items() if tally.counts.get(kind))


def _origin(tx: Tx, batch: Batch, zone: tzinfo) -> str:
    source = store.find_source(tx, source_id=batch.source_id)
    many = NOUNS.get(batch.channel, ("message", "messages"))[1]
    shop = f", shop {batch.store}" if batch.store else ""
    return f"{many.capitalize()} from {source.name if source else 'a CRM'}{shop}, {words.at(batch.created_at, zone)}"
