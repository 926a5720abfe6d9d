"""`sayso facts import`: a file of facts from a CRM, stored line by line; what cannot be taken is said by its line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from sayso import hooking, operating, store
from sayso.mapping import files as mapped
from sayso.mapping import making
from sayso.message import Json, Malformed
from sayso.operating import as_json, say
from sayso.runtime import Runtime
from sayso.store import Source
from sayso.telling import files, taking
from sayso.telling.files import Sheet

Refused = list[dict[str, Json]]


def add_commands(group: AppGroup) -> None:
    """Put these commands into the program's group."""
    facts = AppGroup("facts", help="What is known of people and what they bought.")
    facts.command("import")(import_facts)
    group.add_command(facts)


@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "name", help="The CRM whose ids these are; not needed where there is one.")
@click.option("--encoding", help="Of the file, where it is neither UTF-8 nor UTF-16: cp1252.")
@click.option("--map", "preset", help="The preset that reads it, where it is not in our shape: edge-csv.")
@click.option("--dry-run", is_flag=True, help="Say what would be refused, and store nothing.")
@as_json
def import_facts(
    file: Path, name: str | None, encoding: str | None, preset: str | None, *, dry_run: bool, as_json: bool
) -> None:
    """Store the facts in a file: JSON as the API takes it, or CSV, one list a file (people.csv); else with --map."""
    here = operating.there()
    try:
        sheet = _mapped(file, encoding, preset) if preset else _read(file, encoding)
        said = sheet.body.pop("source", None)
        source = _source(here, name or (str(said) if said is not None else None))
        stored, refused = _take(here, source, sheet, dry_run)
    except Malformed as bad:
        raise click.ClickException(str(bad)) from bad
    broken: Refused = [{"list": None, "index": None, "id": "", "why": why, "line": line} for line, why in sheet.faults]
    if not stored and not broken and not refused:
        raise click.ClickException(f"There is nothing in {file.name} that could be stored.")
    refused = sorted(broken + refused, key=lambda one: int(str(one.get("line", 0))))
    if not as_json:
        for one in refused:
            click.echo(f"{_where(one)}: {one['why']}", err=True)
    done = "Would be stored" if dry_run else "Stored"
    say({"stored": stored, "refused": list(refused)}, as_json, f"{done}: {stored}. Refused: {len(refused)}.")
    if refused:
        sys.exit(1)


def _read(file: Path, encoding: str | None) -> Sheet:
    data = file.read_bytes()
    if file.suffix.lower() == ".json":
        return files.read_json(data, encoding)
    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        return files.read_csv(data, file.name, encoding)
    raise Malformed(400, "file", f"{file.name} must end in .json or .csv.")


def _mapped(file: Path, encoding: str | None, name: str) -> Sheet:
    """What a preset makes of a file, as if it were in our shape."""
    preset = hooking.preset_named(name)
    if preset.makes_messages:
        raise Malformed(400, "map", f"The preset {name} makes messages, and no facts.")
    found = mapped.read(preset, file, encoding)
    body, whose = making.lists([one for _, _, one in found.made])
    lines = {id(one): line for line, _, one in found.made if line}
    broken = [(line, why) for line, _, one in found.made for _, why in one.faults]
    return Sheet(body, {at: lines[id(one)] for at, one in whose.items() if id(one) in lines}, [*found.faults, *broken])


def _take(here: Runtime, source: Source, sheet: Sheet, dry_run: bool) -> tuple[int, Refused]:
    """How many items were (or would be) stored, and the others, each with its line where the file has lines."""
    taking.lists(sheet.body)
    if dry_run:
        items = taking.read_items(here, source, sheet.body)
        refused: Refused = [item.refusal(item.why) for item in items if item.fact is None]
        stored = len(items) - len(refused)
    else:
        told = taking.tell_facts(here, source, sheet.body)
        listed = told["refused"]
        refused = [dict(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        stored = int(str(told["stored"]))
    return stored, [one | _line(sheet, one) for one in refused]


def _line(sheet: Sheet, one: dict[str, Json]) -> dict[str, Json]:
    line = sheet.lines.get((str(one["list"]), int(str(one["index"]))))
    return {"line": line} if line else {}


def _source(here: Runtime, name: str | None) -> Source:
    with here.store.read() as tx:
        sources = store.read_sources(tx)
    found = [source for source in sources if name in (None, source.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(source.name for source in sources) or "none yet: sayso source add NAME"
    raise Malformed(400, "source", f"Say whose ids these are with --source NAME; there are {names}.")


def _where(one: dict[str, Json]) -> str:
    if "line" in one:
        return f"line {one['line']}"
    return f"{one['list']}[{one['index']}]" + (f" ({one['id']})" if one["id"] else "")
