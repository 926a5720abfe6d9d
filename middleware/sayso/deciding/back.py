"""Taking it back: the message waits again as it did, and its CRM hears nothing."""

from __future__ import annotations

from sayso import rescreening, screening, store, template_words
from sayso.deciding import no
from sayso.deciding.sitting import Sitting
from sayso.message import Conflict, Message, State

UNDOABLE = frozenset({"rejected", "phone", "redirected", "suppressed"})
"""The stop reasons that a person gave, and can take back for a while."""


def undo(sitting: Sitting) -> Message:
    """It waits again, with nothing accepted, and with the time that the CRM gave it."""
    tx, message = sitting.tx, sitting.message
    if message.stop_reason == "redirected":
        _take_back_redirect(sitting)
    if message.stop_reason == "suppressed":
        store.lift_suppressions(tx, (no.origin(message),))
    if message.state is State.STOPPED:
        _unsay(sitting)
    held = sitting.move(
        State.HELD,
        stop_reason=None,
        accepted=frozenset(),
        task=None,
        task_at=None,
        hold_expires_at=screening.held_until(message, tx.now),
        due_at=template_words.ask_again_at(message, tx.now),
    )
    if message.state is State.STOPPED:
        no.rescreen_others(sitting)
    return rescreening.rescreen(tx, sitting.runtime, held, sitting.known)


def _unsay(sitting: Sitting) -> None:
    """Its CRM hears nothing; Conflict where another process, whose clock is ahead, has begun to tell it."""
    tx, message = sitting.tx, sitting.message
    store.drop_relays(tx, message.id)
    decided = [decision.at for decision in store.read_decisions(tx, message.id) if decision.kind != "undo"]
    if decided and store.was_told(tx, message.id, decided[-1]):
        raise Conflict("Its CRM has just heard that it will not go, so that stays.", message)


def _take_back_redirect(sitting: Sitting) -> None:
    """The new message is withdrawn, while nobody has decided on it."""
    child = [found for found in store.children(sitting.tx, sitting.message.id) if found.door == "desk"][-1]
    if child.state is not State.HELD:
        text = f"The new message is {child.state} by now, so this one stays stopped."
        raise Conflict(text, sitting.message)
    changes = {"stop_reason": "withdrawn"}
    store.move(sitting.tx, child, State.STOPPED, "reviewer", who=sitting.staff.id, changes=changes)
