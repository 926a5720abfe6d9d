"""Runs that a CRM names, pauses and cancels: nothing of a paused one leaves, and a canceled one is taken back."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from sayso import store
from sayso.message import Conflict, Message
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.withdrawal import withdraw
from sayso_providers import Order

logger = logging.getLogger("sayso")
AT_ONCE = 50
"""How many are taken back while the CRM waits for its answer, and in each look of the sweep, which does the rest."""


def obey(runtime: Runtime, source: Source, order: Order, channel: str) -> Mapping[str, str]:
    """The runs that an order speaks of with their states, once it is carried out; Malformed where it cannot be."""
    if order.look:
        with runtime.store.read() as tx:
            return _looked_up(tx, source, order)
    batch_id, state = runtime.store.write(lambda tx: _settle(tx, source, order, channel))
    if state == "canceled":
        _take_back(runtime, _left(runtime, batch_id))
    runtime.dispatch_bell.ring()
    return {order.ref: state}


def stop_late(runtime: Runtime, stored: Sequence[Message]) -> None:
    """Take back what came in with the name of a run that was canceled before."""
    batch_id = stored[0].batch_id if stored else None
    if batch_id is None:
        return
    with runtime.store.read() as tx:
        batch = store.find_batch(tx, batch_id)
    if batch and batch.state == "canceled":
        _take_back(runtime, _left(runtime, batch_id))


def run_due(runtime: Runtime) -> int:
    """Take back what a canceled run still has, because a process ended on the way or a vendor gave it back."""
    with runtime.store.read() as tx:
        left = store.left_canceled(tx, AT_ONCE)
    return _take_back(runtime, left)


def _left(runtime: Runtime, batch_id: str) -> tuple[str, ...]:
    with runtime.store.read() as tx:
        return store.left_in(tx, batch_id)[:AT_ONCE]


def _looked_up(tx: Tx, source: Source, order: Order) -> Mapping[str, str]:
    if not order.ref:
        return {batch.ref: batch.state for batch in store.stopped_batches(tx, source.id) if batch.ref}
    batch = store.find_batch_of(tx, source.id, order.ref)
    return {order.ref: order.settle(batch.state if batch else None)}


def _settle(tx: Tx, source: Source, order: Order, channel: str) -> tuple[str, str]:
    found = store.find_batch_of(tx, source.id, order.ref)
    if found:
        store.lock_batch(tx, found.id)
        found = store.find_batch(tx, found.id)  # as another order has just left it
    was = "open" if found and found.state == store.HELD_BACK else found.state if found else None
    state = order.settle(was)
    if found and was == state:
        return found.id, state  # what the desk holds back meanwhile is its own affair
    batch = found or store.add_batch(tx, source.id, order.ref, channel, ref=order.ref, store=source.store)
    if state != batch.state:
        store.set_batch(tx, batch.id, state)
        if _is_taken_back(tx, batch.id):
            store.hold_back(tx, batch.id)
        store.write_trail(tx, "crm", "run", {"batch": batch.id, "from": batch.state, "to": state})
    return batch.id, state


def _is_taken_back(tx: Tx, batch_id: str) -> bool:
    """Whether a sign-off of it is being undone just now."""
    running = store.open_signings(tx, [batch_id]).get(batch_id)
    return running is not None and running.kind == "undo"


def _take_back(runtime: Runtime, message_ids: Sequence[str]) -> int:
    """How many were withdrawn, each by itself, so that its CRM hears so; what has left by now has left."""
    withdrawn = 0
    for message_id in message_ids:
        try:
            withdraw(runtime, lambda tx, message_id=message_id: _there(tx, message_id))  # type: ignore[misc]  # a default
        except Conflict:
            continue
        except Exception:
            logger.exception("message %s of a canceled run could not be taken back; it is tried again", message_id)
            continue
        withdrawn += 1
    return withdrawn


def _there(tx: Tx, message_id: str) -> Message:
    message = store.get(tx, message_id)
    if message is None:
        raise LookupError("a message of a run is not there")
    return message
