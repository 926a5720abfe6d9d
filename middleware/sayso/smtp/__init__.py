"""The SMTP listener, a door for CRMs and tills that speak nothing else: `sayso smtp` runs it as its own process."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from sayso import logs, operating


def add_commands(group: AppGroup) -> None:
    """Put this command into the program's group."""
    group.command()(smtp)


def smtp() -> None:
    """Take mails over SMTP from the CRMs that speak nothing else; runs beside `sayso run`."""
    try:
        from sayso.smtp.listening import Listener  # its library is an extra
    except ImportError as error:
        raise click.ClickException(f"This needs sayso[smtp] installed: pip install 'sayso[smtp]' ({error}).") from error
    operating.there()
    logs.start()
    house = current_app.extensions["sayso"]
    settings, listener = house.settings, Listener(house)

    def ready(port: int) -> None:
        tls = "with STARTTLS" if listener.tls else "without TLS, so only for hosts that need none"
        click.echo(f"Mails are taken at {settings.smtp_host}:{port}, {tls}.")
        sys.stdout.flush()

    try:
        listener.run(ready)
    except OSError as error:
        where = f"Port {settings.smtp_port} of {settings.smtp_host}"
        raise click.ClickException(f"{where}: {error.strerror or error}; set SAYSO_SMTP_PORT.") from error
