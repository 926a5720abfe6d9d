"""Screening again: a fact changed, or the words did, so what waits is looked at once more."""

from __future__ import annotations

import logging
from dataclasses import replace

from sayso import facts, screening, store
from sayso.message import Conflict, Facts, Finding, Message, State
from sayso.runtime import Runtime
from sayso.store import Screening, Tx

logger = logging.getLogger("sayso")
MISSING = Finding(
    "facts", "missing", "The shop's own records could not be asked, so check who this person is before it goes."
)
CHECKED = frozenset(check.__module__.rpartition(".")[2] for check in screening.CHECKS)


def look(tx: Tx, runtime: Runtime, message: Message, given: facts.Given | None) -> tuple[Facts, Screening]:
    """What is known of a message now and what is found in it; that the host could not be asked (None) is a finding."""
    seen = facts.gather(tx, runtime, message, given or {})
    found = screening.screen(message, seen)
    return seen, found if given is not None else replace(found, findings=(*found.findings, MISSING))


def rescreen(tx: Tx, runtime: Runtime, message: Message, given: facts.Given | None = None) -> Message:
    """The message as it is after a fact changed: a held one with other findings gets a new version, and stays held.

    `given` is what the host said, asked before the transaction; without it, what the host said last time.
    """
    while message.state is State.HELD:
        known = store.known_facts(tx, message.id) if given is None else given
        _, found = look(tx, runtime, message, known)
        others = (finding for finding in message.findings if finding.check not in CHECKED)
        found = replace(found, findings=(*found.findings, *others))
        if {finding.key for finding in found.findings} == {finding.key for finding in message.findings}:
            return message
        try:
            held = store.move(tx, message, State.HELD, "facts", changes={"due_at": message.due_at})
            return store.screened(tx, held, found)
        except Conflict as conflict:  # somebody decided on it just now: look at what they made of it
            if conflict.message is None or conflict.message == message:
                return message
            message = conflict.message
    return message


def rescreen_waiting(tx: Tx, runtime: Runtime, address: str, but: frozenset[str] = frozenset()) -> None:
    """Look again at what waits for an address, but for these ids; what fails here is seen before anything goes.

    It may not undo what it follows from: an opt-out counts although a message that waits cannot be read.
    """

    def look_again() -> None:
        for message in waiting_for(tx, address):
            if not but & {message.id, message.crm_id}:
                rescreen(tx, runtime, message)

    try:
        store.apart(tx, look_again)
    except Exception:
        logger.exception("what waits for somebody could not be looked at again")


def waiting_for(tx: Tx, address: str) -> tuple[Message, ...]:
    """The held messages to an address, the newest first."""
    return store.waiting_for(tx, address)
