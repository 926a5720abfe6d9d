"""`sayso backtest`: what another policy would have done with the messages of the last days; it writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from sayso import facts, reporting, screening, shadow, store
from sayso.message import Facts, Finding, Json, Message, Unsafe
from sayso.operating import as_json, say, there
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso.store.reporting import arrived_before, gone


@dataclass(frozen=True, slots=True)
class Judged:
    """What one policy says of a message."""

    purpose: str | None
    verdict: str
    findings: Mapping[str, Finding]

    def beyond(self, other: Judged) -> list[str]:
        """The sentences of what is found here and not there, or not with the same verdict."""
        known = {key: found.verdict for key, found in other.findings.items()}
        return [found.reason for key, found in self.findings.items() if known.get(key) != found.verdict]


@dataclass(frozen=True, slots=True)
class Change:
    """A message that the other policy treats otherwise."""

    message_id: str
    before: Judged
    after: Judged

    @property
    def reason(self) -> str:
        """What is found now, else what is found no more."""
        fresh, lost = self.after.beyond(self.before), self.before.beyond(self.after)
        if fresh or not lost:
            return fresh[0] if fresh else "The same is found; its purpose goes another way."
        return f"No longer: {lost[0]}"


@dataclass(slots=True)
class Outcome:
    """What came of a backtest: every verdict before and after, what each check finds, and what changes."""

    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    erased: int = 0
    made_here: int = 0
    cut: bool = False

    def add(self, message: Message, before: Judged, after: Judged) -> None:
        """Count one message."""
        self.moves[before.verdict, after.verdict] += 1
        self.before.update({found.check for found in before.findings.values()})
        self.after.update({found.check for found in after.findings.values()})
        if before.verdict != after.verdict:
            self.changes.append(Change(message.id, before, after))
        elif before.beyond(after) or after.beyond(before):
            self.others.append(message.id)

    @property
    def checks(self) -> dict[str, tuple[int, int]]:
        """In how many messages each check finds something, before and after, where that differs."""
        names = sorted({*self.before, *self.after})
        return {name: (self.before[name], self.after[name]) for name in names if self.before[name] != self.after[name]}


def add_commands(group: AppGroup) -> None:
    """Put this command into the program's group."""
    group.command()(backtest)


@click.option(
    "--settings",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="A whole sayso.toml, as it would be instead of the one in force.",
)
@reporting.since_option
@as_json
def backtest(file: Path, since: timedelta, as_json: bool) -> None:
    """What another policy would have done: every message judged again, by the policy in force and by that of FILE."""
    here = there()
    try:
        other = current_app.extensions["sayso"].policy.under(here, file)
    except Unsafe as error:
        raise click.ClickException(str(error)) from error
    begin = here.clock() - since
    found = compare(here, other, begin)
    say(_as_json(found, begin), as_json, *_lines(found))


def compare(here: Runtime, other: Runtime, since: datetime) -> Outcome:
    """What changes with the other runtime's policy, with the facts as they are known now."""
    found, looked = Outcome(), 0
    for tx, page in reporting.walk(here, since, reporting.MOST):
        looked += len(page)
        erased = gone(tx, [message.id for message in page])
        for message in page:
            if message.id in erased or message.deleted_at:
                found.erased += 1
            elif message.door == "desk":
                found.made_here += 1  # by staff, who decide on it whatever is found
            else:
                came = _as_it_came(tx, message)
                found.add(message, _judge(tx, here, came), _judge(tx, other, came))
    found.cut = looked >= reporting.MOST
    return found


def _as_it_came(tx: Tx, message: Message) -> Message:
    """The message with the CRM's own words, as nobody had changed them yet."""
    return replace(message, content=store.editions(tx, message)[0]) if message.edition > 1 else message


def _judge(tx: Tx, here: Runtime, message: Message) -> Judged:
    """What is found by one policy when it is the moment at which the message came."""
    then = replace(tx, now=message.created_at)
    seen = _as_of(then, message, facts.gather(then, here, message, store.known_facts(tx, message.id)))
    found = {finding.key: finding for finding in screening.screen(message, seen).findings}
    purpose = screening.as_read(message, seen).purpose
    return Judged(purpose, shadow.verdict(message, tuple(found.values()), seen), found)


def _as_of(tx: Tx, message: Message, seen: Facts) -> Facts:
    """The facts without the messages that came later: ids sort by time."""
    burst = 0
    if brake := seen.policy.burst_brake:
        begin = tx.now - timedelta(seconds=brake[1])
        burst = 1 + arrived_before(tx, message.source_id, begin, message.id, limit=brake[0] + 1)
    contacts = tuple(contact for contact in seen.contacts if contact.message_id < message.id)
    twins = tuple(twin for twin in seen.twins if twin.message_id < message.id)
    return replace(seen, contacts=contacts, twins=twins, burst=burst)


def _as_json(found: Outcome, since: datetime) -> dict[str, Json]:
    changes: list[Json] = [
        {
            "id": change.message_id,
            "purpose": change.after.purpose,
            "from": change.before.verdict,
            "to": change.after.verdict,
            "reason": change.reason,
        }
        for change in found.changes
    ]
    return {
        "since": since.isoformat(),
        "of": found.moves.total(),
        "moves": [{"from": old, "to": new, "count": count} for (old, new), count in sorted(found.moves.items())],
        "checks": {name: {"before": old, "after": new} for name, (old, new) in found.checks.items()},
        "changes": changes,
        "other_findings": list(found.others),
        "left_out": {"erased": found.erased, "made_here": found.made_here},
        "cut": found.cut,
    }


def _lines(found: Outcome) -> Iterator[str]:
    yield f"{found.moves.total()} messages judged again; {len(found.changes)} would have gone another way."
    yield from (f"  {old} → {new}: {count}" for (old, new), count in sorted(found.moves.items()))
    yield from (f"  {name} finds something in {new} instead of {old}" for name, (old, new) in found.checks.items())
    yield from _changed(found.changes)
    if found.others:
        yield f"{len(found.others)} more have other findings and the same end."
    if found.erased or found.made_here:
        yield f"Left out: {found.erased} erased, {found.made_here} made on the desk."
    if found.cut:
        yield f"Only the newest {reporting.MOST} messages were looked at."


def _changed(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        purpose = change.after.purpose or "no purpose"
        yield f"{change.message_id} {purpose}: {change.before.verdict} → {change.after.verdict}. {change.reason}"
