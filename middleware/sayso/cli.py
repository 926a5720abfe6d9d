"""The command line: `sayso …` for the standalone program, `flask sayso …` inside a host app."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo

from sayso import access, issue, operating, relay, store
from sayso.message import Json, SaysoError
from sayso.operating import as_json, say
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso_config import SettingsError

T = TypeVar("T")
NAME_LENGTH = 100
NOT_YET = ("redis_url", "sendgrid_api_key", "lob_api_key", "whatsapp_token", "smtp_relay_host")
flask_group = AppGroup("sayso", help="Nothing goes out without somebody's say-so.")


def main() -> None:
    """The `sayso` program: 0 done, 1 refused with one line on stderr, 2 wrong usage."""
    from sayso.wsgi import create_app

    try:
        flask_group.main(obj=ScriptInfo(create_app=create_app), prog_name="sayso")
    except (SaysoError, SettingsError) as error:
        click.echo(f"sayso: {error}", err=True)
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

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    settings, here = app.extensions["sayso"].settings, _runtime()
    signal.signal(signal.SIGTERM, _leave)
    for name in NOT_YET:
        if getattr(settings, name):
            click.echo(f"SAYSO_{name.upper()} is set, but not used by this release yet.", err=True)
    if settings.public_url is None and (settings.twilio_account_sid or settings.host != "127.0.0.1"):
        click.echo("SAYSO_PUBLIC_URL is not set: no vendor outside can call back, and the desk has no https.", err=True)
    if settings.mode == "shadow":
        click.echo("SAYSO_MODE=shadow is not there yet: messages are held, as with enforce.", err=True)
    try:
        serve(app, settings.host, settings.port, lambda: _welcome(here))
    except OSError as error:
        raise click.ClickException(
            f"Port {settings.port} of {settings.host}: {error.strerror}; set SAYSO_PORT."
        ) from error


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _welcome(here: Runtime) -> None:
    click.echo(f"The desk is at {here.public_url}/desk/")
    with here.store.read() as tx:
        anybody = store.any_admin(tx)
    if not anybody:
        token = here.store.write(lambda tx: access.invite(tx, None))
        click.echo(f"First sign-in, once, within 24 hours: {here.public_url}/desk/invite/{token}")
    if not here.accounts:
        click.echo("No vendor keys are set: messages are held, and nothing is sent.")
    sys.stdout.flush()


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


@source_group.command("rotate")
@click.argument("name")
@as_json
def source_rotate(name: str, as_json: bool) -> None:
    """Print fresh credentials; the former ones work for one more day."""
    issued = _write(lambda tx: issue.rotate(tx, _source(tx, name)))
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
    """Where a CRM hears what does not come with each message."""
    webhooks = {key: url for key, url in given.items() if url}
    for url in webhooks.values():
        if urlsplit(url).scheme not in ("http", "https"):
            raise click.ClickException(f"{url!r} is no http or https URL.")
    _write(lambda tx: store.set_webhooks(tx, _source(tx, name), webhooks))
    say({"source": name, **webhooks}, as_json, f"{name}: {', '.join(webhooks) or 'nothing'} set.")


@flask_group.group("staff")
def staff_group() -> None:
    """The people who sign off."""


@staff_group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(access.ROLES), required=True)
@click.option("--store", "shops", multiple=True, help="A shop whose messages they see; repeat it. Without: all.")
@as_json
def staff_add(email: str, role: str, shops: tuple[str, ...], as_json: bool) -> None:
    """Add a person, or change their role, and print a one-time sign-in link."""
    if "@" not in email:
        raise click.ClickException(f"{email!r} is no e-mail address.")
    here = _runtime()
    token = _write(lambda tx: access.invite(tx, store.add_staff(tx, email, role, shops or None).id))
    link = f"{here.public_url}/desk/invite/{token}"
    say(
        {"email": email, "role": role, "link": link},
        as_json,
        f"{email} signs in as {role}. Once, within 24 hours: {link}",
    )


@flask_group.group("token")
def token_group() -> None:
    """API tokens of staff."""


@token_group.command("add")
@click.argument("email")
@as_json
def token_add(email: str, as_json: bool) -> None:
    """Print an API token that acts as this person."""

    def add(tx: Tx) -> str:
        staff = store.find_staff(tx, email=email)
        if staff is None:
            raise click.ClickException(f"{email} is not staff yet: sayso staff add {email} --role …")
        return access.add_token(tx, staff)

    token = _write(add)
    say({"email": email, "token": token}, as_json, token)


@flask_group.command()
@click.option(
    "--port", default=8000, show_default=True, envvar="SAYSO_PORT", help="Where the desk of the demo listens."
)
@click.option("--play", is_flag=True, help="Let a clerk of ours decide, tell what happens, and end.")
def demo(port: int, play: bool) -> None:
    """A jeweller's day with fake vendors: no keys, no set-up, nothing leaves this machine."""
    from sayso.demo import Day

    Day(port).open(play=play)


operating.add_commands(flask_group)


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
