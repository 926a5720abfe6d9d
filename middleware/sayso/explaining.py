"""`sayso explain`: what each check said of a message and why, stored or not; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from flask.cli import AppGroup

from sayso import facts, policing, screening, shadow, store, template_words, wording
from sayso.api import drafting
from sayso.message import Draft, Finding, Json, Message
from sayso.operating import OPERATOR, as_json, say, there
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.store.reporting import screened_under
from sayso.unscreened import unscreened

CHECKS = tuple(check.__module__.rpartition(".")[2] for check in screening.CHECKS)
OTHER_POLICY = "It was looked at under another policy than the one in force now; the cells below are those of now."


@dataclass(frozen=True, slots=True)
class Explained:
    """A message in JSON, how it reads, and what came of it since, as lines."""

    message: Message
    shown: dict[str, Json]
    remark: str = ""
    since: tuple[str, ...] = ()


def add_commands(group: AppGroup) -> None:
    """Put this command into the program's group."""
    group.command()(explain)


@click.argument("message", metavar="ID|FILE")
@click.option("--source", "name", help="For a FILE: the CRM that would hand it in; needed where there are several.")
@as_json
def explain(message: str, name: str | None, as_json: bool) -> None:
    """What each check says of a message, and why: a stored one by its ID, or a FILE as POST /api/messages takes it."""
    here, file = there(), Path(message)
    is_file = file.suffix == ".json" or file.is_file()
    found = _tried(here, _draft_of(here, file), name) if is_file else _stored(here, message)
    say(found.shown, as_json, *_lines(here, found))


def _stored(here: Runtime, message_id: str) -> Explained:
    """A message as it was looked at last, and what became of it."""
    with here.store.read() as tx:
        message = store.get(tx, message_id)
        if message is None:
            raise click.ClickException(f"There is no message {message_id!r}.")
        same = screened_under(tx, message.id) in (None, here.read_policy().hash)
        shown = wording.whole(tx, here, message, OPERATOR)
        return Explained(message, shown, "" if same else OTHER_POLICY, tuple(_became(tx, message)))


def _draft_of(here: Runtime, file: Path) -> Draft:
    """The draft of a body in a file."""
    try:
        body = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{file} is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise click.ClickException(f"{file} must be a JSON object, as POST /api/messages takes it.")
    place = drafting.Place(here.clock(), here.read_policy(), here.providers)
    draft, faults = drafting.draft(body, place)
    if draft is None:
        raise click.ClickException(f"{file}: {' '.join(said for _, said in faults)}")
    return draft


def _tried(here: Runtime, draft: Draft, name: str | None) -> Explained:
    """A draft as it would be born if it came in now; nothing of it is kept."""
    with here.store.read() as tx:
        source = _source(store.read_sources(tx), name)
    account = here.account_of(source.name, draft.provider)
    draft = replace(draft, content=template_words.fetch(here, draft.provider, draft.content, account))
    message = unscreened(here, source, draft, None)
    given = facts.ask_host(here, message)
    with here.store.read() as tx:
        seen = facts.gather(tx, here, message, given or {})
        found = shadow.noted(here, message, screening.screen(message, seen), seen)
        state, reason = shadow.born_state(here, message, found.findings, seen)
        reading = found.snapshot.get("reading")
        born = replace(message, state=state, stop_reason=reason, findings=found.findings)
        born = replace(born, reading=reading if isinstance(reading, dict) else {})
        silent = "" if given is not None else "The host's own records could not be asked."
        return Explained(born, wording.whole(tx, here, born, OPERATOR), f"Not stored: only tried. {silent}".strip())


def _source(known: Sequence[Source], name: str | None) -> Source:
    """The CRM of that name, or the only one there is."""
    fits = [source for source in known if name in (None, source.name)]
    if len(fits) != 1:
        there_are = ", ".join(source.name for source in known) or "none yet: sayso source add NAME"
        raise click.ClickException(f"Say which CRM hands it in, with --source; there are: {there_are}.")
    return fits[0]


def _lines(here: Runtime, found: Explained) -> Iterator[str]:
    message = found.message
    state = f"{message.state}, {message.stop_reason}" if message.stop_reason else message.state
    yield f"{message.id} is {state} (version {message.version}), delivery {message.delivery or 'unknown'}."
    if would := shadow.would(message):
        yield f"In mode enforce it {shadow.VERDICTS[would]}."
    if found.remark:
        yield found.remark
    yield from _read(here, message)
    yield "What each check said:"
    yield from _said(message.findings)
    yield from found.since


def _read(here: Runtime, message: Message) -> Iterator[str]:
    """How the message reads: purpose, subject, people, and the cell of the matrix for each."""
    named = {name: message.reading.get(name) for name in ("purpose", "subject")}
    for name, said in named.items():
        known = said if isinstance(said, dict) else {"name": getattr(message, name), "how": ""}
        yield f"{name.capitalize()}: {known['name'] or 'not known'}. {known['how']}".rstrip()
    purpose = named["purpose"]["name"] if isinstance(named["purpose"], dict) else message.purpose
    if isinstance(tells := message.reading.get("tells"), list) and tells:
        yield f"It tells: {', '.join(map(str, tells))}."
    rows = message.reading.get("to")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield f"To {row['address']}: {row['name'] or 'nobody we know'}, {row['role']}. {row['evidence']}".rstrip()
            yield from _cell(here, message, str(purpose or ""), str(row["role"]))


def _cell(here: Runtime, message: Message, purpose: str, role: str) -> Iterator[str]:
    policy = here.read_policy()
    if cell := policy.cell(message.store, purpose, role):
        line = policing.line_of(policy, message.store, purpose, role)
        yield f"  {purpose} for {role}: {cell.verdict}. {cell.reason} [{line}]"


def _said(findings: Sequence[Finding]) -> Iterator[str]:
    """Every check in its order with what it found, then what was found by other means."""
    others = [finding.check for finding in findings if finding.check not in CHECKS]
    for check in dict.fromkeys((*CHECKS, *others)):
        found = [finding for finding in findings if finding.check == check]
        yield from () if found else (f"  {check}: nothing",)
        for finding in found:
            yield f"  {check}: {finding.verdict}. {finding.reason} [{finding.key}]"
            if finding.evidence:
                yield f"    We saw: {finding.evidence}"
            if finding.proposal:
                yield f"    We suggest: {json.dumps(dict(finding.proposal))}"


def _became(tx: Tx, message: Message) -> Iterator[str]:
    """The trail of a message, and what its CRM was told."""
    for row in store.read_trail(tx, message.id):
        yield f"  {row.at:%Y-%m-%d %H:%M:%S} {row.actor} {row.event} {json.dumps(dict(row.detail))}"
    for relay in store.read_relays(tx, message.id):
        yield f"  told the CRM at {relay.origin}: {relay.state} {relay.detail or ''}".rstrip()
