"""Who may come in: passwords, invites, sessions and tokens of staff; and what every route declares of itself."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from sayso import store
from sayso.message import Denied, Malformed
from sayso.runtime import Runtime
from sayso.store import Source, Staff, Tx

Caller = Literal["source", "staff", "source or staff", "vendor", "operator", "anyone", "invited"]
View = TypeVar("View", bound=Callable[..., object])

ROLES = ("viewer", "reviewer", "manager", "admin")
INVITE_LASTS = timedelta(hours=24)
SESSION_LASTS, SESSION_IDLE = timedelta(hours=12), timedelta(minutes=30)
SHORTEST, LONGEST = 12, 512
FREE_TRIES = 5
KNOWN_FOR, MOST_KNOWN = 1.0, 1000
NO_ENTRY = "This e-mail and password do not belong together, or there were too many tries. Wait a little, then retry."
# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane (read 2026-11-21)
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$8uDMBLYh0QHo5cQWLSqP3hYgqQJyI0XMCIYlTZuQ6vU"


def callers(who: Caller) -> Callable[[View], View]:
    """Declare who may call a view; a route whose view declares nothing does not pass the tests."""

    def declare(view: View) -> View:
        view.sayso_callers = who  # type: ignore[attr-defined]  # read by the tests and by the desk's guard
        return view

    return declare


def invite(tx: Tx, staff_id: str | None) -> str:
    """A one-time token with which this person (or, without one, the first admin) chooses a password."""
    token = secrets.token_urlsafe(32)
    store.add_key(tx, token, "invite", staff_id, tx.now + INVITE_LASTS)
    return token


def add_token(tx: Tx, staff: Staff) -> str:
    """An API token that acts as this person until it is dropped."""
    token = f"sayso_{secrets.token_urlsafe(32)}"
    store.add_key(tx, token, "token", staff.id, None)
    return token


def remove(tx: Tx, email: str) -> Staff | None:
    """Whoever has this e-mail, shut out: every session, link and token of theirs is worth nothing from now on."""
    staff = store.find_staff(tx, email=email)
    if staff:
        store.change_staff(tx, staff.id, disabled_at=tx.now)
        store.drop_keys(tx, staff.id, ("session", "invite", "token"))
        store.write_trail(tx, "operator", "staff_removed", {"staff": staff.id})
    return staff


def redeem(runtime: Runtime, token: str, password: str, email: str = "") -> str:
    """Set the password that an invite is for, once, and return a session, the only one left of this person."""
    require_good(password)
    hashed = HASHER.hash(password)

    def use(tx: Tx) -> str:
        key = store.find_key(tx, token, "invite")
        if key is None or not store.drop_key(tx, token):
            raise Denied("This link was used already, or is too old. Ask for a new one.")
        staff = key.staff or _first_admin(tx, email)
        store.change_staff(tx, staff.id, password=hashed, failures=0, locked_until=None)
        store.drop_keys(tx, staff.id, ("session", "invite"))
        store.write_trail(tx, f"staff:{staff.id}", "password_set", {})
        return _open_session(tx, staff)

    return runtime.store.write(use)


def sign_in(runtime: Runtime, email: str, password: str) -> str:
    """A session for the right e-mail and password; Denied otherwise, without saying which was wrong."""
    with runtime.store.read() as tx:
        staff = store.find_staff(tx, email=email[:320])
        locked = bool(staff and staff.locked_until and staff.locked_until > tx.now)
    good = _matches(staff, password[:LONGEST])
    if locked:
        raise Denied(NO_ENTRY)
    if staff is None or not good or staff.disabled:
        if staff:
            runtime.store.write(lambda tx: _count_failure(tx, staff))
        raise Denied(NO_ENTRY)

    def enter(tx: Tx) -> str:
        store.change_staff(tx, staff.id, failures=0, locked_until=None)
        store.write_trail(tx, f"staff:{staff.id}", "signed_in", {})
        return _open_session(tx, staff)

    return runtime.store.write(enter)


def signed_in(runtime: Runtime, session: str | None) -> Staff | None:
    """The person of a session that is neither ended, idle too long nor too old."""
    if not session:
        return None
    with runtime.store.read() as tx:
        key, now = store.find_key(tx, session, "session"), tx.now
    if key is None or key.staff is None or now - key.seen_at > SESSION_IDLE:
        return None
    if now - key.seen_at > timedelta(minutes=1):
        runtime.store.write(lambda tx: store.touch_key(tx, session))
    return key.staff


def sign_out(runtime: Runtime, session: str) -> None:
    """End a session; its cookie is worth nothing from now on."""
    runtime.store.write(lambda tx: store.drop_key(tx, session))


def token_staff(tx: Tx, token: str) -> Staff | None:
    """The person that an API token acts as."""
    key = store.find_key(tx, token, "token")
    return key.staff if key else None


def require_good(password: str) -> None:
    """Malformed unless a password has 12 to 512 characters (NIST SP 800-63B: length, no composition rules)."""
    if len(password) < SHORTEST:
        raise Malformed(400, "password", f"Please choose at least {SHORTEST} characters; four words do well.")
    if len(password) > LONGEST:
        raise Malformed(400, "password", f"Please choose at most {LONGEST} characters.")


class Doorkeeper:
    """Who a source's credential belongs to, asked of the database once a second at most."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Source]] = {}

    def source(self, runtime: Runtime, kind: str, secret: str, login: str) -> Source | None:
        """The source, or None; a credential that ends is refused within a second of it."""
        shown, now = store.token_hash(f"{kind}:{login}:{secret}"), time.monotonic()
        known = self._known.get(shown)
        if known and now - known[0] < KNOWN_FOR:
            return known[1]
        with runtime.store.read() as tx:
            found = store.source_by_secret(tx, kind, secret, login)
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        if found:
            self._known[shown] = (now, found)
        return found


def _first_admin(tx: Tx, email: str) -> Staff:
    if "@" not in email or len(email) > 320:
        raise Malformed(400, "email", "Please enter your e-mail address.")
    if store.any_admin(tx):
        raise Denied("Somebody has signed in first. Ask them to invite you.")
    return store.add_staff(tx, email.strip(), "admin")


def _open_session(tx: Tx, staff: Staff) -> str:
    session = secrets.token_urlsafe(32)
    store.add_key(tx, session, "session", staff.id, tx.now + SESSION_LASTS)
    return session


def _matches(staff: Staff | None, password: str) -> bool:
    try:
        return HASHER.verify(staff.password if staff and staff.password else NOBODY, password)
    except VerifyMismatchError:
        return False


def _count_failure(tx: Tx, staff: Staff) -> None:
    """After five wrong passwords, each further one doubles the wait, up to a quarter of an hour."""
    failures = (store.find_staff(tx, staff_id=staff.id) or staff).failures + 1
    wait = min(2 ** max(0, failures - FREE_TRIES), 900) if failures >= FREE_TRIES else 0
    store.change_staff(tx, staff.id, failures=failures, locked_until=tx.now + timedelta(seconds=wait))
