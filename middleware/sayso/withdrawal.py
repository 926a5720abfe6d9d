"""A CRM takes a message back: the same rule at its vendor's door and at our own."""

from __future__ import annotations

from collections.abc import Callable

from sayso import relay, store
from sayso.message import Conflict, Malformed, Message, State
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso_providers import Recaller

WITHDRAWABLE = frozenset({State.RECEIVED, State.HELD, State.CLEARED, State.STOPPED})
RECALLED = "deleted"
FAILED = ("expired", "refused")
GONE_ELSEWHERE = "It is too late to withdraw it: staff sent it to somebody else."


def withdraw(runtime: Runtime, find: Callable[[Tx], Message]) -> Message:
    """The message, stopped for good; Conflict with the message when it is too late. `find` says whose it must be."""

    def stop(tx: Tx) -> Message:
        message = find(tx)
        if message.stop_reason == "withdrawn":
            return message
        if message.state not in WITHDRAWABLE or _has_failed(message):
            raise Conflict(f"It is too late to withdraw it: it is {message.state}.", message)
        _stop_copies(tx, message)
        told = message.state is State.STOPPED and not (message.due_at and message.due_at > tx.now)
        stopped = store.move(tx, message, State.STOPPED, "crm", changes={"stop_reason": "withdrawn"})
        if not told:
            relay.tell(tx, runtime, stopped)
        return stopped

    try:
        message = runtime.store.write(stop)
    except Conflict:
        message = runtime.store.write(stop)  # somebody was first: what they made of it decides
    runtime.relay_bell.ring()
    return message


def recall(runtime: Runtime, message: Message, recaller: Recaller) -> Message:
    """A message that its vendor has, stopped there as well; Malformed in the vendor's words where it is not."""
    if message.delivery_word == RECALLED:
        return message
    account = runtime.account(message)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set, so nobody can be asked to stop it.")
    recaller.recall(message, account, runtime.vendor_http)

    def keep(tx: Tx) -> Message:
        store.raise_delivery(tx, message, "rejected", RECALLED, None)
        store.write_trail(tx, "crm", "recalled", {}, message_id=message.id, version=message.version)
        return store.get(tx, message.id) or message

    return runtime.store.write(keep)


def _stop_copies(tx: Tx, message: Message) -> None:
    """What staff made of it for somebody else is taken back with it; Conflict once that is on its way."""
    for copy in store.copies(tx, message.id):
        if copy.state in (State.SENDING, State.UNCONFIRMED, State.SENT):
            raise Conflict(GONE_ELSEWHERE, message)
        try:
            if copy.state in WITHDRAWABLE - {State.STOPPED}:
                store.move(tx, copy, State.STOPPED, "crm", changes={"stop_reason": "withdrawn"})
        except Conflict as conflict:  # the CRM is told of its own message, never of the copy
            raise Conflict(GONE_ELSEWHERE, message) from conflict


def _has_failed(message: Message) -> bool:
    """Whether it was stopped by rule, which its CRM heard as a failure: there is nothing left to take back."""
    return message.state is State.STOPPED and (message.stop_reason in FAILED or message.version == 1)
