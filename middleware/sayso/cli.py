"""The command line: `sayso …` for the standalone program, `flask sayso …` inside a host app."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from sayso import (
    backtesting,
    doctor,
    explaining,
    hooking,
    importing,
    issue,
    logs,
    mailing,
    operating,
    relay,
    reporting,
    smtp,
    staffing,
    store,
)
from sayso.message import Json, SaysoError
from sayso.operating import as_json, say
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso_config import SettingsError

T = TypeVar("T")
NAME_LENGTH = 100
flask_group = AppGroup("sayso", help="Nothing goes out without somebody's say-so.")


def main() -> None:
    """The `sayso` program: 0 done, 1 refused with one line on stderr, 2 wrong usage."""
    from sayso.wsgi import create_app

    try:
        flask_group.main(obj=ScriptInfo(create_app=create_app), prog_name="sayso")
    except (SaysoError, SettingsError) as error:
        click.echo(f"sayso: {error}", err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        click.echo(f"sayso: the database does not answer: {doctor.in_words(error)}", err=True)
        sys.exit(1)


def _runtime() -> Runtime:
    return current_app.extensions["sayso"].runtime  # type: ignore[no-any-return]  # extensions is a dict of anything


def _write(fn: Callable[[Tx], T]) -> T:
    return _runtime().store.write(fn)


def _source(tx: Tx, name: str) -> Source:
    found = store.find_source(tx, name=name)
    if found is None:
        known = ", ".join(source.name for source in store.read_sources(tx)) or "none yet"
        raise click.ClickException(f"There is no source {name!r} (there are: {known}).")
    return found


@flask_group.command()
def run() -> None:
    """Serve the doors, the API and the desk, with the dispatcher in the same process."""
    from sayso.wsgi import serve

    logs.start()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    settings, here = app.extensions["sayso"].settings, _runtime()
    signal.signal(signal.SIGTERM, _leave)
    if settings.public_url is None and (here.accounts or settings.host != "127.0.0.1"):
        click.echo("SAYSO_PUBLIC_URL is not set: no vendor outside can call back, and the desk has no https.", err=True)
    try:
        serve(app, settings.host, settings.port, lambda: _welcome(here, settings.redis_url is not None))
    except OSError as error:
        raise click.ClickException(
            f"Port {settings.port} of {settings.host}: {error.strerror}; set SAYSO_PORT."
        ) from error


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _welcome(here: Runtime, has_workers: bool) -> None:
    click.echo(f"The desk is at {here.public_url}/desk/")
    with here.store.read() as tx:
        anybody = store.any_admin(tx)
    if not anybody:
        click.echo(staffing.first_sign_in(here))
    if here.mode == "test":
        click.echo("Test mode: nothing leaves. Numbers ending 0001, 0002 and 0003 have a fate; see docs/testing.md.")
    elif here.mode == "shadow":
        click.echo("Shadow mode: everything goes out at once, and nothing waits; `sayso report` says what would have.")
    if here.mode != "test" and not here.accounts:
        click.echo("No vendor keys are set: messages are held, and nothing is sent.")
    if has_workers:
        click.echo("SAYSO_REDIS_URL is set: this process sends nothing, so `sayso worker` must run as well.")
    sys.stdout.flush()


@flask_group.command()
@click.option("--burst", is_flag=True, help="Do what is due now, and end.")
def worker(burst: bool) -> None:
    """Send and relay for every `sayso run` on the same database and Redis; several may run."""
    house = current_app.extensions["sayso"]
    if house.settings.redis_url is None:
        raise click.ClickException("SAYSO_REDIS_URL is not set: `sayso run` sends by itself, unless both have it.")
    logs.start()
    operating.there()
    if burst:
        house.work_off()
        return
    leave = _asked_to_leave()
    house.work()
    click.echo("The worker looks for messages that may go.")
    sys.stdout.flush()
    leave.wait()
    house.stop()


def _asked_to_leave() -> threading.Event:
    """Set by the first SIGTERM or SIGINT; the second ends the process at once."""
    leave = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        if leave.is_set():
            raise SystemExit(1)
        click.echo("Ending after the calls under way.")
        leave.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
    return leave


@flask_group.group("db")
def database() -> None:
    """The database."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date."""
    _runtime()
    click.echo("The database is up to date.")


@flask_group.group("source")
def source_group() -> None:
    """The CRMs that may hand in messages."""


@source_group.command("add")
@click.argument("name")
@click.option("--purpose", help="What its messages are for when they do not say.")
@click.option("--store", "shop", help="The shop it belongs to.")
@as_json
def source_add(name: str, purpose: str | None, shop: str | None, as_json: bool) -> None:
    """Add a CRM and print its credentials, once."""
    if not 0 < len(name) <= NAME_LENGTH or len(shop or "") > NAME_LENGTH:
        raise click.ClickException(f"A name has 1 to {NAME_LENGTH} characters.")
    if purpose and purpose not in _runtime().read_policy().purposes:
        raise click.ClickException(f"There is no purpose {purpose!r}: {', '.join(_runtime().read_policy().purposes)}.")
    issued = _write(lambda tx: issue.issue(tx, store.add_source(tx, name, purpose=purpose, store=shop)))
    say(issued, as_json, *_credential_lines(issued))


@source_group.command("list")
@as_json
def source_list(as_json: bool) -> None:
    """Every CRM, with what its messages are for and where it may be called back; no credentials."""
    with operating.there().store.read() as tx:
        known = [(_shown(one), one.allowed, store.read_spans(tx, one.id)) for one in store.read_sources(tx)]
    lines = [
        f"{one['source']}: {one['purpose'] or 'no purpose'}, called back at {', '.join(places) or 'no place'}; "
        f"keys {issue.told(spans)}"
        for one, places, spans in known
    ]
    shown: list[dict[str, Json]] = [one | {"keys": issue.shown(spans)} for one, _, spans in known]
    say(shown, as_json, *lines or ["None yet: sayso source add NAME"])


@source_group.command("rotate")
@click.argument("name")
@click.option("--overlap", type=click.FloatRange(0, 720), default=24.0, show_default=True, help="Hours.")
@as_json
def source_rotate(name: str, overlap: float, as_json: bool) -> None:
    """Print fresh credentials; the former ones work for the overlap."""
    issued = _write(lambda tx: issue.rotate(tx, _source(tx, name), timedelta(hours=overlap)))
    say(issued, as_json, *_credential_lines(issued))


@source_group.command("allow")
@click.argument("name")
@click.argument("url")
@as_json
def source_allow(name: str, url: str, as_json: bool) -> None:
    """Let a CRM be called back at this scheme, host and port."""
    try:
        origin = relay.origin(url)
    except ValueError as error:
        raise click.ClickException(f"{url!r} cannot be called: {error}.") from error

    def permit(tx: Tx) -> int:
        source = _source(tx, name)
        store.allow_origin(tx, source, origin, "operator")
        return store.wake_relays(tx, "parked", source.id, origin)

    woken = _write(permit)
    say(
        {"source": name, "allowed": origin},
        as_json,
        f"{name} may be called at {origin}; {woken} waiting relays go now.",
    )


@source_group.command("set")
@click.argument("name")
@click.option("--inbound", help="Where the CRM hears replies.")
@click.option("--events", help="Where the CRM hears what no message's own callback says.")
@click.option("--sendgrid-events", help="Where the CRM hears mail events.")
@click.option("--lob-webhooks", help="Where the CRM hears of cards and letters.")
@as_json
def source_set(name: str, as_json: bool, **given: str | None) -> None:
    """Where a CRM hears what does not come with each message; an empty URL ends it."""
    webhooks = {key: url for key, url in given.items() if url is not None}
    try:
        places = {relay.origin(url) for url in webhooks.values() if url}
    except ValueError as error:
        raise click.ClickException(f"That cannot be called: {error}.") from error

    def keep(tx: Tx) -> list[str]:
        source = _source(tx, name)
        store.set_webhooks(tx, source, webhooks)
        return sorted(places - set(source.allowed))

    strange = _write(keep)
    lines = [f"{name}: {', '.join(webhooks) or 'nothing'} set."]
    lines += [f"What goes there waits until you say: sayso source allow {name} {place}" for place in strange]
    say({"source": name, **webhooks, **({"not_allowed": list(strange)} if strange else {})}, as_json, *lines)


@flask_group.command()
@click.option(
    "--port", default=8000, show_default=True, envvar="SAYSO_PORT", help="Where the desk of the demo listens."
)
@click.option("--play", is_flag=True, help="Let a clerk of ours decide, tell what happens, and end.")
def demo(port: int, play: bool) -> None:
    """A jeweller's day with fake vendors: no keys, no set-up, nothing leaves this machine."""
    from sayso.demo import Day

    Day(port).open(play=play)


for more in (operating, explaining, reporting, backtesting, staffing, hooking, importing, mailing, smtp, doctor):
    more.add_commands(flask_group)


def _shown(source: Source) -> dict[str, Json]:
    """A source as an operator reads of it; no credentials."""
    same: dict[str, Json] = {"source": source.name, "store": source.store, "purpose": source.purpose}
    return same | {"allowed": list(source.allowed), "webhooks": dict(source.webhooks)}


def _credential_lines(issued: dict[str, Json]) -> list[str]:
    lines = ["Shown once; keep them where the CRM's passwords are kept.", f"source          {issued['source']}"]
    for name, value in issued.items():
        if isinstance(value, dict):
            lines += [f"{name:<15} {key} = {secret}" for key, secret in value.items()]
        elif name != "source":
            lines.append(f"{name:<15} {value}")
    return lines


if __name__ == "__main__":
    main()
