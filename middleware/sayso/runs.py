"""Runs that a CRM names, pauses and cancels: nothing of a paused one leaves, and a canceled one is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sayso import store
from sayso.message import Conflict, Message
from sayso.runtime import Runtime
from sayso.store import Source, Tx
from sayso.withdrawal import withdraw
from sayso_providers import Order


def obey(runtime: Runtime, source: Source, order: Order, channel: str) -> Mapping[str, str]:
    """The runs that an order speaks of with their states, once it is carried out; Malformed where it cannot be."""
    if order.look:
        with runtime.store.read() as tx:
            return _looked_up(tx, source, order)
    batch_id, state = runtime.store.write(lambda tx: _settle(tx, source, order, channel))
    if state == "canceled":
        _take_back(runtime, batch_id)
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
        _take_back(runtime, batch_id)


def _looked_up(tx: Tx, source: Source, order: Order) -> Mapping[str, str]:
    if not order.ref:
        return {batch.ref: batch.state for batch in store.stopped_batches(tx, source.id) if batch.ref}
    batch = store.find_batch_of(tx, source.id, order.ref)
    return {order.ref: order.settle(batch.state if batch else None)}


def _settle(tx: Tx, source: Source, order: Order, channel: str) -> tuple[str, str]:
    found = store.find_batch_of(tx, source.id, order.ref)
    was = "open" if found and found.state == store.HELD_BACK else found.state if found else None
    state = order.settle(was)
    if found and was == state:
        return found.id, state  # what the desk holds back meanwhile is its own affair
    batch = found or store.add_batch(tx, source.id, order.ref, channel, ref=order.ref, store=source.store)
    if state != batch.state:
        store.set_batch(tx, batch.id, state)
        store.write_trail(tx, "crm", "run", {"batch": batch.id, "from": batch.state, "to": state})
    return batch.id, state


def _take_back(runtime: Runtime, batch_id: str) -> None:
    """Each is withdrawn by itself, and its CRM hears so; what has left by now has left."""
    with runtime.store.read() as tx:
        left = store.left_in(tx, batch_id)
    for message_id in left:
        try:
            withdraw(runtime, lambda tx, message_id=message_id: _there(tx, message_id))  # type: ignore[misc]  # a default
        except Conflict:
            continue


def _there(tx: Tx, message_id: str) -> Message:
    message = store.get(tx, message_id)
    if message is None:
        raise LookupError("a message of a run is not there")
    return message
