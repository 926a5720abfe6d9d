"""`sayso doctor`: every unsafe or missing setting and everything that is stuck, each with its mend in one sentence.

It looks and changes nothing: it makes no database and no key, and without --online it leaves this machine for the
database and Redis only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict

import click
from flask.cli import AppGroup, ScriptInfo

from sayso.doctor import footing, listener, running, setup
from sayso.doctor.patient import Check, Patient, in_words
from sayso.message import Unsafe
from sayso.operating import as_json, say
from sayso_config import SettingsError

__all__ = ["add_commands", "in_words"]
Look = Callable[[Patient], Iterator[Check]]
LOOKS: tuple[Look, ...] = (*setup.LOOKS, *listener.LOOKS, *footing.LOOKS, *running.LOOKS)


def add_commands(group: AppGroup) -> None:
    """Put this command into the program's group; it makes the app itself, for that may be what fails."""
    group.command(with_appcontext=False)(doctor)


@click.option("--online", is_flag=True, help="Also ask the vendors, and our own public address.")
@as_json
@click.pass_context
def doctor(context: click.Context, online: bool, as_json: bool) -> None:
    """Say what is unsafe, missing or stuck, each with its mend; exit status 1 if anything is."""
    checks = examine(context.ensure_object(ScriptInfo), online)
    wrong = sum(not check.ok for check in checks)
    lines = [line for check in checks for line in _lines(check)]
    say([asdict(check) for check in checks], as_json, *lines, f"{wrong} to mend." if wrong else "All is well.")
    context.exit(1 if wrong else 0)


def examine(info: ScriptInfo, online: bool) -> list[Check]:
    """What every look found; where the settings are refused, what to mend in them first."""
    try:
        house = info.load_app().extensions["sayso"]
    except SettingsError as error:
        return [Check("settings", False, problem) for problem in error.problems]
    except Unsafe as error:
        return [Check("settings", False, str(error))]
    except KeyError:
        return [Check("settings", False, "This app has no sayso: write Sayso(app) where it is made.")]
    patient = Patient(house.settings, house.folder, house.prefix, house.clock, house.hooks.reviewer is not None, online)
    try:
        return [Check("settings", True), *(check for look in LOOKS for check in _looked(look, patient))]
    finally:
        patient.leave()


def _looked(look: Callable[[Patient], Iterator[Check]], patient: Patient) -> Iterator[Check]:
    """What one look finds; where it cannot look, that is to be mended."""
    try:
        yield from look(patient)
    except Exception as error:  # noqa: BLE001  # whatever is broken here, the others are looked at
        yield Check(look.__name__, False, f"This could not be looked at: {in_words(error)}.")


def _lines(check: Check) -> Iterator[str]:
    yield f"✓ good  {check.check}" if check.ok else f"✗ mend  {check.check}"
    if check.mend:
        yield f"        {check.mend}"
