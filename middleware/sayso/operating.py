"""The commands of an operator at night: stop and resume; they never make a database of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import click
from flask import current_app
from flask.cli import AppGroup

from sayso import store
from sayso.message import Json
from sayso.runtime import Runtime
from sayso.store import Staff

CHANNELS = ("sms", "mms", "whatsapp", "email", "letter", "postcard", "self_mailer")
OPERATOR = Staff("", "operator", "viewer", None, None, 0, None, False)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def add_commands(group: AppGroup) -> None:
    """Put these commands into the program's group."""
    for command in (stop, resume):
        group.command()(command)


def say(result: dict[str, Json] | list[dict[str, Json]], as_json: bool, *lines: str) -> None:
    """Print a result for a program or for a person."""
    click.echo(json.dumps(result) if as_json else "\n".join(lines))


def parts_of_it(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a part of the traffic."""
    for part in ("channel", "purpose", "store", "source"):
        command = click.option(f"--{part}", help=f"Only this {part}.")(command)
    return command


@parts_of_it
@click.option("--reason", default="Stopped by the operator.", help="What the desk says.")
@as_json
def stop(reason: str, as_json: bool, **parts: str | None) -> None:
    """Let nothing leave, or nothing of a part; it counts for the next message on."""
    here = there()
    _require_known(here, parts)
    here.store.write(lambda tx: store.add_stop(tx, reason, "operator", **parts))
    named = {part: value for part, value in parts.items() if value}
    scope = " and ".join(f"{part} {value}" for part, value in named.items()) or "everything"
    say({"stopped": dict(named), "reason": reason}, as_json, f"Stopped: {scope}. It leaves again with `sayso resume`.")


@parts_of_it
@as_json
def resume(as_json: bool, **parts: str | None) -> None:
    """Let messages leave again."""
    here = there()
    lifted = here.store.write(lambda tx: store.lift_stops(tx, "operator", **parts))
    here.dispatch_bell.ring()
    say({"lifted": lifted}, as_json, f"Stops lifted: {lifted}.")


def there(may_make: bool = False) -> Runtime:
    """The runtime of a database that exists: a command given in the wrong folder must not make a new one."""
    house = current_app.extensions["sayso"]
    if not may_make and house.settings.database_url is None and not (house.folder / "sayso.db").exists():
        raise click.ClickException(f"There is no database in {house.folder}: run this where `sayso run` runs.")
    return house.runtime  # type: ignore[no-any-return]  # extensions is a dict of anything


def _require_known(here: Runtime, parts: Mapping[str, str | None]) -> None:
    """A stop of something that does not exist would stop nothing."""
    with here.store.read() as tx:
        sources = store.read_sources(tx)
    known = {
        "source": {source.name for source in sources},
        "purpose": set(here.read_policy().purposes),
        "channel": set(CHANNELS),
        "store": {source.store for source in sources if source.store} | set(here.zones),
    }
    for part, value in parts.items():
        if value and value not in known[part]:
            there_are = ", ".join(sorted(known[part])) or "none yet"
            raise click.ClickException(f"There is no {part} {value!r}; there are: {there_are}.")
