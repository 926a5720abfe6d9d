"""The commands about people who sign off: who they are, how they come in, and how somebody who left is shut out."""

from __future__ import annotations

import os

import click
from flask.cli import AppGroup

from sayso import access, store
from sayso.message import Json
from sayso.operating import as_json, say, there
from sayso.runtime import Runtime
from sayso.store import Staff, Tx


def add_commands(group: AppGroup) -> None:
    """Put these commands into the program's group."""
    group.add_command(staff_group)
    group.add_command(token_group)


def first_sign_in(here: Runtime) -> str:
    """The link that makes the first administrator; a journal, which keeps what it is told, has the command alone."""
    if _is_journal():
        return "Nobody can administer yet: sayso staff add EMAIL --role admin prints a link to sign in with, once."
    token = here.store.write(lambda tx: access.invite(tx, None))
    return f"First sign-in, once, within 24 hours: {here.public_url}/desk/invite/{token}"


@click.group("staff", cls=AppGroup)
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
    here = there(may_make=True)
    token = here.store.write(lambda tx: access.invite(tx, bring_back(tx, email, role, shops or None).id))
    link = f"{here.public_url}/desk/invite/{token}"
    said = f"{email} signs in as {role}. Once, within 24 hours: {link}"
    say({"email": email, "role": role, "link": link}, as_json, said)


@staff_group.command("list")
@as_json
def staff_list(as_json: bool) -> None:
    """Who may come in, and as what."""
    with there().store.read() as tx:
        people = [_shown(staff, tx) for staff in store.read_staff(tx)]
    lines = [f"{one['email']:<30} {one['role']:<9} {one['stores'] or 'all shops'}  {one['state']}" for one in people]
    say(people, as_json, *lines or ["Nobody yet: sayso staff add EMAIL --role admin"])


@staff_group.command("remove")
@click.argument("email")
@as_json
def staff_remove(email: str, as_json: bool) -> None:
    """Shut somebody out at once: sessions, links and API tokens end; what they decided stays on record."""
    if there().store.write(lambda tx: access.remove(tx, email)) is None:
        raise click.ClickException(f"{email} is not staff; sayso staff list says who is.")
    say({"email": email, "state": "removed"}, as_json, f"{email} is shut out: every session, link and token has ended.")


@click.group("token", cls=AppGroup)
def token_group() -> None:
    """API tokens of staff."""


@token_group.command("add")
@click.argument("email")
@as_json
def token_add(email: str, as_json: bool) -> None:
    """Print an API token that acts as this person."""

    def add(tx: Tx) -> str:
        staff = store.find_staff(tx, email=email)
        if staff is None or staff.disabled:
            raise click.ClickException(f"{email} is not staff: sayso staff add {email} --role …")
        return access.add_token(tx, staff)

    token = there(may_make=True).store.write(add)
    say({"email": email, "token": token}, as_json, token)


def bring_back(tx: Tx, email: str, role: str, shops: tuple[str, ...] | None = None) -> Staff:
    """A person with this role from now on, new or known, also after a removal; what was shut then stays shut."""
    staff = store.add_staff(tx, email, role, shops)
    store.change_staff(tx, staff.id, disabled_at=None)
    return staff


def _shown(staff: Staff, tx: Tx) -> dict[str, Json]:
    """A person as an operator reads of them; no password, no token."""
    waits = staff.locked_until and staff.locked_until > tx.now
    state = "removed" if staff.disabled else "locked" if waits else "active" if staff.password else "invited"
    stores: list[Json] = list(staff.stores or ())
    return {"email": staff.email, "role": staff.role, "stores": stores, "state": state}


def _is_journal() -> bool:
    """Whether what is printed lands in systemd's journal, which names itself by its device and inode."""
    journal = os.environ.get("JOURNAL_STREAM")
    return bool(journal) and journal in [f"{one.st_dev}:{one.st_ino}" for one in map(os.fstat, (1, 2))]
