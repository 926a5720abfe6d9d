"""`sayso report`: what would have waited in shadow mode, and how often people overturn what a check found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

import click
from flask.cli import AppGroup

from sayso import shadow, store
from sayso.message import Json, Message
from sayso.operating import as_json, say, there
from sayso.runtime import Runtime
from sayso.screening import NEVER_ACCEPTED
from sayso.store import Staff, Tx
from sayso.store.reporting import Decided, decided, found_before

PAGE, MOST = 200, 20_000
"""How much is read at once, and how much a report looks at, the newest first."""
ENOUGH, TOO_OFTEN = 200, 0.98
"""After so many decisions a check that is overturned more often than this only trains people to say yes."""
BY_LAW = frozenset({"suppressed_address", "suppressed_person", "closed_region", "consent", "quiet_hours"})
"""What nobody proposes to relax, however often people say yes."""
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What became of the messages of shadow mode, had it been enforce: how many, and those with findings."""

    counts: Mapping[str, int] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    cut: bool = False

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.counts.values())

    @property
    def by_check(self) -> dict[str, list[str]]:
        """The ids of those in which each check found something, the check that found most first."""
        found: dict[str, list[str]] = {}
        for message in self.messages:
            for check in dict.fromkeys(finding.check for finding in message.findings):
                found.setdefault(check, []).append(message.id)
        return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


@dataclass(frozen=True, slots=True)
class Tally:
    """What people decided where one check had found something: how often each kind of decision."""

    check: str
    kinds: Mapping[str, int]

    @property
    def seen(self) -> int:
        """How many decisions."""
        return sum(self.kinds.values())

    @property
    def overturned(self) -> int:
        """How many of them let the message go as it was."""
        return self.kinds.get("approve", 0)

    @property
    def asks_too_often(self) -> bool:
        """Whether it should be relaxed."""
        often = self.seen >= ENOUGH and self.overturned / self.seen > TOO_OFTEN
        return often and self.check not in BY_LAW


def add_commands(group: AppGroup) -> None:
    """Put this command into the program's group."""
    group.command()(report)


def _ago(context: click.Context, option: click.Parameter, text: str) -> timedelta:
    read = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", text)
    if read is None:
        raise click.BadParameter(f"{text!r} is not like 12h, 30d or 4w.", context, option)
    return timedelta(**{UNITS[read[2]]: int(read[1])})


def since_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option for how far back to look."""
    text = "How far back: 12h, 30d, 4w."
    return click.option("--since", default="30d", show_default=True, callback=_ago, help=text)(command)


@since_option
@as_json
def report(since: timedelta, as_json: bool) -> None:
    """What would have waited in shadow mode, and how often people overturn what each check finds."""
    here = there()
    begin = here.clock() - since
    found, counted = shadowed(here, begin), tallies(here, begin)
    result: dict[str, Json] = {"since": begin.isoformat(), "shadow": _shadow_json(found)}
    result |= {"checks": [_tally_json(tally) for tally in counted]}
    say(result, as_json, *_shadow_lines(found, begin), *_tally_lines(counted))


def walk(here: Runtime, since: datetime, most: int, staff: Staff | None = None) -> Iterator[tuple[Tx, list[Message]]]:
    """The messages since a moment, the newest first, page by page, each page with the moment it was read at.

    Where `staff` is given only those that they see.
    """
    after, stores, unseen_by = None, staff.stores if staff else None, staff.email if staff else None
    while most > 0:
        with here.store.read() as tx:
            limit = min(PAGE, most)
            page = store.recent(tx, limit=limit, after=after, stores=stores, unseen_by=unseen_by)
            found = list(takewhile(lambda message: message.created_at >= since, page))
            yield tx, found
        if len(found) < limit:
            return
        after, most = found[-1].id, most - limit


def shadowed(here: Runtime, since: datetime, staff: Staff | None = None, most: int = MOST) -> Shadowed:
    """What would have become of the messages of shadow mode since then."""
    counts, kept, looked = Counter[str](), [], 0
    for _, page in walk(here, since, most, staff):
        looked += len(page)
        for message in page:
            if would := shadow.would(message):
                counts[would] += 1
                kept += [message] if would in ("held", "stopped") else []
    return Shadowed(counts, kept, looked >= most)


def tallies(here: Runtime, since: datetime) -> tuple[Tally, ...]:
    """What people decided where each check had found something, the check that was seen most first."""
    with here.store.read() as tx:
        made = _final(decided(tx, since, MOST))
    counts: dict[str, Counter[str]] = {}
    known: dict[str, set[str]] = {}
    for start in range(0, len(made), PAGE):
        with here.store.read() as tx:
            found = found_before(tx, made[start : start + PAGE])
        for one, findings in found.items():
            told = known.setdefault(one.message_id, set())
            fresh = [finding for finding in findings if finding.key not in told]
            for check in {finding.check for finding in fresh}:
                waits = all(f.key.startswith(NEVER_ACCEPTED) for f in fresh if f.check == check)
                kind = "delay" if waits and one.kind == "approve" else one.kind
                counts.setdefault(check, Counter())[kind] += 1
            told |= {finding.key for finding in fresh}
    found_most = sorted(counts.items(), key=lambda one: (-one[1].total(), one[0]))
    return tuple(Tally(check, kinds) for check, kinds in found_most)


def _final(made: Sequence[Decided]) -> list[Decided]:
    """The decisions that nobody took back, message by message."""
    kept: dict[str, list[Decided]] = {}
    for one in made:
        its = kept.setdefault(one.message_id, [])
        if one.kind == "undo":
            del its[-1:]
        elif one.kind != "arrived":
            its.append(one)
    return [one for its in kept.values() for one in its]


def _shadow_json(found: Shadowed) -> dict[str, Json]:
    messages: list[Json] = [
        {
            "id": message.id,
            "purpose": message.purpose,
            "verdict": shadow.would(message),
            "checks": list(dict.fromkeys(finding.check for finding in message.findings)),
            "reasons": [finding.reason for finding in message.findings],
        }
        for message in found.messages
    ]
    counts: dict[str, Json] = {name: found.counts.get(name, 0) for name in shadow.VERDICTS}
    by_check: dict[str, Json] = {check: list(ids) for check, ids in found.by_check.items()}
    return {"of": found.total, **counts, "by_check": by_check, "messages": messages, "cut": found.cut}


def _tally_json(tally: Tally) -> dict[str, Json]:
    same: dict[str, Json] = {"check": tally.check, "seen": tally.seen, "overturned": tally.overturned}
    return same | {"decisions": dict(tally.kinds), "relax": tally.asks_too_often}


def _shadow_lines(found: Shadowed, since: datetime) -> Iterator[str]:
    if not found.total:
        yield f"Since {since:%Y-%m-%d} nothing went through in shadow mode (SAYSO_MODE=shadow)."
        return
    held, stopped = found.counts.get("held", 0), found.counts.get("stopped", 0)
    yield f"Shadow: would have held {held} of {found.total}, stopped {stopped}. Of all of them:"
    yield from (f"  {found.counts.get(name, 0)} {words}" for name, words in shadow.VERDICTS.items())
    yield from (f"  {check}: {len(ids)}" for check, ids in found.by_check.items())
    for message in found.messages:
        yield f"{message.id} {shadow.would(message)}: {' '.join(finding.reason for finding in message.findings)}"
    if found.cut:
        yield f"Only the newest {MOST} messages were looked at."


def _tally_lines(counted: Sequence[Tally]) -> Iterator[str]:
    yield "What people decided where a check had found something:" if counted else "Nobody has decided on a finding."
    for tally in counted:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.kinds.items()))
        share = 100 * tally.overturned / tally.seen
        yield f"  {tally.check}: seen {tally.seen}, overturned {tally.overturned} ({share:.0f} %): {kinds}"
        if tally.asks_too_often:
            yield "    It asks too often to be read. Relax it, and try that first: sayso backtest --settings FILE."
