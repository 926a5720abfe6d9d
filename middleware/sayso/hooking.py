"""`sayso hooks`: what a pasted body or a file would become, and the key with which a shop's webhooks are signed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from sayso import operating, store
from sayso.api import drafting
from sayso.api.drafting import Place
from sayso.mapping import Preset, files, find, making
from sayso.mapping.making import Made
from sayso.message import Json, Malformed
from sayso.operating import as_json, say
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.telling import taking

NOBODY = Source("", "try", None, None, (), {})


def add_commands(group: AppGroup) -> None:
    """Put these commands into the program's group."""
    hooks = AppGroup("hooks", help="What a CRM's own webhooks and files become.")
    for name, command in (("list", list_presets), ("try", try_preset), ("secret", keep_secret)):
        hooks.command(name)(command)
    group.add_command(hooks)


@as_json
def list_presets(as_json: bool) -> None:
    """Every preset, and what it is for."""
    known: list[Preset] = list(current_app.extensions["sayso"].presets.values())
    found: list[dict[str, Json]] = [
        {"preset": one.name, "makes": "messages" if one.makes_messages else "facts", "says": one.says, "page": one.page}
        for one in sorted(known, key=lambda one: one.name)
    ]
    say(found, as_json, *(f"{one['preset']:<18} {one['makes']:<9} {one['says']}" for one in found))


@click.argument("name", metavar="PRESET")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--encoding", help="Of the file, where it is not UTF-8: cp1252.")
@as_json
def try_preset(name: str, file: Path, encoding: str | None, as_json: bool) -> None:
    """Show what a pasted body (.json) or a file of rows (.csv) becomes, and what is wrong; nothing is stored."""
    here = operating.there()
    try:
        preset = preset_named(name)
        found = files.read(preset, file, encoding)
        shown = _messages(here, found) if preset.makes_messages else _facts(here, found)
    except Malformed as bad:
        raise click.ClickException(str(bad)) from bad
    lines = [f"line {line}: {why}" for line, why in found.faults]
    for one in shown:
        lines += _lines(one)
    wrong = sum(bool(one["faults"]) for one in shown) + len(found.faults)
    lines.append(f"{len(shown)} made, {wrong} wrong. Nothing was stored.")
    faults: list[Json] = [{"line": line, "why": why} for line, why in found.faults]
    say({"preset": name, "made": list(shown), "faults": faults}, as_json, *lines)
    if wrong:
        sys.exit(1)


@click.argument("name", metavar="SOURCE")
@click.option("--shopify", "secret", prompt="The signing key that Shopify shows", hide_input=True, help="The key.")
@as_json
def keep_secret(name: str, secret: str, as_json: bool) -> None:
    """Keep the key with which Shopify signs its webhooks for a source; asked for, so that no history has it."""

    def keep(tx: Tx) -> None:
        source = store.find_source(tx, name=name)
        if source is None:
            known = ", ".join(one.name for one in store.read_sources(tx)) or "none yet"
            raise click.ClickException(f"There is no source {name!r} (there are: {known}).")
        store.add_credential(tx, source.id, "shopify", secret.strip())
        store.write_trail(tx, "operator", "hook_secret_kept", {"source": name})

    try:
        operating.there().store.write(keep)
    except IntegrityError as error:
        raise click.ClickException("That key is kept already, for this source or for another one.") from error
    say({"source": name, "signed": "shopify"}, as_json, f"What Shopify signs with that key is taken as {name}'s.")


def preset_named(name: str) -> Preset:
    """The preset of that name; Malformed with those there are."""
    return find(current_app.extensions["sayso"].presets, name)


def _messages(here: Runtime, found: files.Mapped) -> list[dict[str, Json]]:
    place = Place(here.clock(), here.read_policy(), here.providers)
    shown = []
    for line, body, one in found.made:
        faults = list(one.faults) or drafting.draft(one.values, place)[1]
        shown.append(_shown(line, one, [f"{why} {making.where(one.rule, field, body)}" for field, why in faults]))
    return shown


def _facts(here: Runtime, found: files.Mapped) -> list[dict[str, Json]]:
    """Each fact with what the store would refuse of it; what is one item to us is shown as one."""
    given, whose = making.lists([one for _, _, one in found.made])
    places = {id(one): (line, body) for line, body, one in found.made}
    items = {(item.list, item.index): item for item in taking.read_items(here, NOBODY, given)}
    shown = [_shown(line, one, [why for _, why in one.faults]) for line, _, one in found.made if one.faults]
    for at, one in whose.items():
        line, body = places[id(one)]
        refused = [items[at].refusal(items[at].why)] if items[at].fact is None else []
        whys = [str(said["why"]) for said in making.explained(refused, {at: one}, body)]
        listed = given[at[0]]
        values = listed[at[1]] if isinstance(listed, list) else None
        shown.append(_shown(line, one, whys) | {"values": values})
    return shown


def _shown(line: int, one: Made, whys: list[str]) -> dict[str, Json]:
    faults: list[Json] = list(whys)
    shown: dict[str, Json] = {"list": one.rule.list, "values": one.values, "key": one.key, "faults": faults}
    return shown | ({"line": line} if line else {})


def _lines(one: dict[str, Json]) -> Iterator[str]:
    """One thing that was made, as a person reads it."""
    yield f"{one['list']}" + (f", line {one['line']}" if "line" in one else "")
    values, faults = one["values"], one["faults"]
    for name, value in values.items() if isinstance(values, dict) else ():
        yield f"  {name:<14} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
    yield from [f"  {'(key)':<14} {one['key']}"] if one["key"] else []
    yield from (f"  wrong: {why}" for why in (faults if isinstance(faults, list) else ()))
