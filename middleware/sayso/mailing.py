"""`sayso batch`: a mail-merge run from a file, the list for a card service without an API, and what became of it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from sayso import operating, store
from sayso.batching import handover, outcome, taking
from sayso.batching.outcome import Outcome
from sayso.batching.rows import Order
from sayso.batching.taking import Checked, Run
from sayso.batching.template import read_template
from sayso.message import Json, Malformed, SaysoError
from sayso.operating import as_json, say
from sayso.runtime import Runtime
from sayso.store import Batch, Source

T = TypeVar("T")
CHANNELS = ("postcard", "letter", "email", "sms")
PAGES = (".html", ".htm")
MOST_FILE, LONGEST_NAME = 30_000_000, 100
DAY_AND_TIME = "--cut-off must be a day and a time, such as 2026-11-27T16:00."
TIME = re.compile(r"[T ]\d")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def add_commands(group: AppGroup) -> None:
    """Put these commands into the program's group."""
    runs = AppGroup("batch", help="Runs of many from a file: cards, letters, mails, texts.")
    for name, command in (("import", import_run), ("list", list_runs), ("report", report), ("export", export)):
        runs.command(name)(command)
    group.add_command(runs)


@click.argument("file", type=FILE)
@click.option("--template", required=True, type=FILE, help="What each piece says: .html, or .txt; with {{fields}}.")
@click.option("--channel", required=True, type=click.Choice(CHANNELS))
@click.option("--name", required=True, help="What the desk calls the run.")
@click.option("--source", help="The CRM whose run it is; not needed where there is one.")
@click.option("--purpose", help="What it is for; a column `purpose` says it for a row.")
@click.option("--signed-by", default="", help="Who signs; a column `signed_by` says it for a row.")
@click.option("--signature", type=FILE, help="Their signature, scanned: PNG or JPEG.")
@click.option("--from", "sender", help="A letter's own address (a .json file), or a mail's or a text's sender.")
@click.option("--cut-off", help="Until when a yes can be taken back, as 2026-11-27T16:00; nothing leaves before.")
@click.option("--encoding", help="Of the file, where it is neither UTF-8 nor UTF-16: cp1252.")
@click.option("--dry-run", is_flag=True, help="Say what would get in and what would not, and store nothing.")
@as_json
def import_run(*, dry_run: bool, as_json: bool, **given: object) -> None:
    """Take a run from a CSV file: every row is looked at, and waits for a yes; the same file again goes on."""
    here = operating.there()
    checked = _said(lambda: taking.look_at(here, _run(here, given)))
    left_out: list[Json] = [{"line": one.line, "why": one.why} for one in checked.faults]
    for one in checked.faults:
        click.echo(f"line {one.line} did not get in: {one.why}", err=True)
    if dry_run:
        result: dict[str, Json] = {"name": checked.run.name, "would_take": len(checked.rows), "left_out": left_out}
        say(result, as_json, f"Would be taken: {len(checked.rows)}. Would not get in: {len(left_out)}.")
    else:
        _take(here, checked, left_out, as_json)
    if left_out:
        sys.exit(1)


@as_json
def list_runs(as_json: bool) -> None:
    """The newest runs."""
    with operating.there().store.read() as tx:
        found = store.read_runs(tx)
    shown: list[dict[str, Json]] = [_shown(batch) for batch in found]
    lines = [f"{one['id']}  {one['name']}: {one['total'] or '?'} by {one['channel']}, {one['state']}" for one in shown]
    say(shown, as_json, *lines or ["None yet: sayso batch import FILE.csv --template FILE --channel … --name …"])


@click.argument("run", metavar="NAME|ID")
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write who got none, and why, into this file.")
@as_json
def report(run: str, file: Path | None, as_json: bool) -> None:
    """Who got a piece of a run, who did not and why, and which gift cards' codes are unused."""
    if file:
        _require_new(file)
    here = operating.there()
    with here.store.read() as tx:
        found = outcome.outcome(tx, _find(here, run))
    if file:
        _write(file, not_sent(found))
    result = _shown(found.batch) | {"counts": dict(found.counts), "missing": _missing(found)}
    lines = [f"{found.batch.name}: " + ", ".join(f"{count} {where}" for where, count in found.counts.items())]
    lines += [f"{one.to} – {one.where}: {one.why}" for one in found.missing]  # noqa: RUF001  # as people write it
    lines += [f"Gift cards that will not go out: {len(found.unused)}; their codes are in --csv FILE."] * bool(
        found.unused
    )
    say(result, as_json, *lines)


@click.argument("run", metavar="NAME|ID")
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def export(run: str, file: Path, as_json: bool) -> None:
    """Write the list of what went out, for a card service without an API; only its owner can read the file."""
    here = operating.there()
    _require_new(file)
    batch = _find(here, run)
    found = _said(lambda: handover.hand_over(here, batch, "operator"))
    _write(file, found.text)
    lines = [f"{found.count} cards are in {file}."]
    lines += [f"{found.added} of them are new since it was taken on {found.before[:16]}."] * bool(found.before)
    lines += [f"{found.underway} more are signed off and not on the list yet."] * bool(found.underway)
    lines += [f"This is a test: {found.tried} of them were signed off in test mode. Print none."] * bool(found.tried)
    result: dict[str, Json] = {"id": batch.id, "count": found.count, "underway": found.underway}
    result |= {"tried": found.tried} if found.tried else {}
    say(result | ({"added": found.added} if found.before else {}), as_json, *lines)


def not_sent(found: Outcome) -> str:
    """The list of who got no piece, with the codes that are unused, as a CSV file that a spreadsheet may open."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("line", "to", "where", "why", "unused_gift_code", "signed_by"))
    for one in found.missing:
        cells = (str(one.line), one.to, one.where, one.why, one.code if one.is_unused else "", one.signed_by)
        writer.writerow([handover.safe(cell) for cell in cells])
    return out.getvalue()


def _run(here: Runtime, given: Mapping[str, object]) -> Run:
    """The run that the options tell of; Malformed for what is not right with them."""
    name = " ".join(str(given["name"]).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Malformed(400, "name", f"A name has 1 to {LONGEST_NAME} characters.")
    source = _source(here, given["source"])
    encoding = str(given["encoding"]) if given["encoding"] else None
    cut_off = _cut_off(here, source, given["cut_off"])
    return Run(source, name, _bytes(given["file"]), _order(here, given), cut_off, encoding)


def _order(here: Runtime, given: Mapping[str, object]) -> Order:
    channel, page, signer = str(given["channel"]), Path(str(given["template"])), str(given["signed_by"]).strip()
    picture = _bytes(given["signature"]) if given["signature"] else None
    if picture is not None and not signer:
        raise Malformed(400, "signed_by", "Say whose signature it is: --signed-by NAME.")
    purpose = str(given["purpose"]) if given["purpose"] else None
    known = here.read_policy().purposes
    if purpose and purpose not in known:
        raise Malformed(400, "purpose", f"There is no purpose {purpose!r}: {', '.join(known)}.")
    text = _bytes(page).decode("utf-8-sig")
    template = read_template(text, channel, is_page=page.suffix.lower() in PAGES, picture=picture)
    return Order(channel, template, purpose, signer, _sender(channel, given["sender"]), template.bundle)


def _bytes(file: object) -> bytes:
    path = Path(str(file))
    if path.stat().st_size > MOST_FILE:
        raise Malformed(400, "file", f"{path.name} has more than {MOST_FILE // 1_000_000} MB.")
    return path.read_bytes()


def _sender(channel: str, given: object) -> Json:
    """From whom it comes, in the shape of our own door; a postcard needs nobody."""
    if not given:
        if channel == "postcard":
            return None
        raise Malformed(400, "from", f"Say from whom a {channel} comes, with --from.")
    if channel not in ("postcard", "letter"):
        return str(given)
    try:
        found: Json = json.loads(Path(str(given)).read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise Malformed(400, "from", f"--from must be a JSON file with name, line1, city …: {error}") from error
    return found


def _cut_off(here: Runtime, source: Source, given: object) -> datetime | None:
    """A moment; one without a zone is on the clock of the source's shop."""
    if not given:
        return None
    said = str(given)
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise Malformed(400, "cut_off", DAY_AND_TIME) from error
    if not TIME.search(said):
        raise Malformed(400, "cut_off", DAY_AND_TIME)
    zone = here.zones.get(source.store or "") or ZoneInfo(here.read_policy().default_zone or "UTC")
    return found if found.tzinfo else _on_the_clock(found, zone)


def _on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The one moment at which a clock shows this; Malformed where it does not in that night, or does twice."""
    first, again = (wall.replace(tzinfo=zone, fold=n) for n in (0, 1))
    if first.utcoffset() == again.utcoffset():
        return first
    there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    why = f"comes twice on {wall:%Y-%m-%d}" if there else f"does not come on {wall:%Y-%m-%d}"
    said = f"{wall:%H:%M} {why} in {zone.key}, for the clocks are changed then: take another time for --cut-off."
    raise Malformed(400, "cut_off", said)


def _source(here: Runtime, name: object) -> Source:
    with here.store.read() as tx:
        sources = store.read_sources(tx)
    found = [source for source in sources if name in (None, source.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(source.name for source in sources) or "none yet: sayso source add NAME"
    raise Malformed(400, "source", f"Say whose run it is with --source NAME; there are {names}.")


def _take(here: Runtime, checked: Checked, left_out: list[Json], as_json: bool) -> None:
    taken = _said(lambda: taking.take(here, checked, lambda done, of: click.echo(f"{done} of {of} taken", err=True)))
    result = _shown(taken.batch) | {"taken": taken.now, "before": taken.before, "left_out": left_out}
    lines = [
        f"{taken.batch.name}: {taken.now} taken, {taken.before} were there already, {len(left_out)} did not get in."
    ]
    lines += ["They are looked at now, and wait on the desk for a yes."] * bool(taken.now)
    say(result, as_json, *lines)


def _said(do: Callable[[], T]) -> T:
    """What it gives; what is wrong is told on one line."""
    try:
        return do()
    except (SaysoError, UnicodeDecodeError) as problem:
        said = "The template is no UTF-8 text." if isinstance(problem, UnicodeDecodeError) else str(problem)
        raise click.ClickException(said) from problem


def _find(here: Runtime, named: str) -> Batch:
    with here.store.read() as tx:
        found = store.read_runs(tx, named=named)
    if len(found) == 1:
        return found[0]
    many = ", ".join(batch.id for batch in found)
    raise click.ClickException(f"Several runs are called so: {many}." if found else f"There is no run {named!r}.")


def _shown(batch: Batch) -> dict[str, Json]:
    cut_off = batch.cut_off.isoformat() if batch.cut_off else None
    same: dict[str, Json] = {"id": batch.id, "name": batch.name, "channel": batch.channel, "purpose": batch.purpose}
    return same | {"state": batch.state, "total": batch.total, "cut_off": cut_off}


def _missing(found: Outcome) -> list[Json]:
    listed: list[Json] = []
    for one in found.missing:
        said: dict[str, Json] = {"line": one.line, "to": one.to, "where": one.where, "why": one.why}
        said |= {"signed_by": one.signed_by} if one.signed_by else {}
        listed.append(said | ({"unused_gift_code": one.code} if one.is_unused else {}))
    return listed


def _require_new(file: Path) -> None:
    """One sentence where a file would be written over, or into no folder."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; give another name.")
    if not file.absolute().parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}.")


def _write(file: Path, text: str) -> None:
    """A file that only its owner can read."""
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", newline="", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
