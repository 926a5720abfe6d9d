"""Step 5 of 6. From a vendor's callback to a receipt: verified first, stored once, and delivery only rises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from sayso import failpoint, relay, store
from sayso.message import Account, Conflict, Denied, Message, Receipt, Request, State
from sayso.runtime import Runtime
from sayso.store import Tx

logger = logging.getLogger("sayso")
T = TypeVar("T")
ADOPTABLE = frozenset({State.SENDING, State.UNCONFIRMED, State.CLEARED, State.HELD})
FAILURES = frozenset({"failed", "bounced", "rejected"})


def take(runtime: Runtime, provider_name: str, token: str | None, request: Request) -> None:
    """Store the receipts of one callback; it returns after the commit. Denied when the vendor did not sign it."""
    receipts = read(runtime, provider_name, request)

    def keep_all(tx: Tx) -> None:
        keep(tx, runtime, provider_name, token, receipts)
        failpoint.hit("before_callback_commit")

    runtime.store.write(keep_all)
    runtime.relay_bell.ring()


def read(runtime: Runtime, provider_name: str, request: Request) -> list[Receipt]:
    """The receipts of one callback; Denied when the vendor did not sign it."""
    return everything(runtime, provider_name, partial(runtime.providers[provider_name].receipts, request))


def keep(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipts: Sequence[Receipt]) -> None:
    """Store receipts, each once, and what follows from them."""
    for receipt in receipts:
        _keep(tx, runtime, provider_name, token, receipt)


def everything(runtime: Runtime, provider_name: str, read: Callable[[Account], list[T]]) -> list[T]:
    """What `read` makes of a post with every account whose key it was signed with: it may speak of several."""
    found: list[T] = []
    denied: Denied | None = Denied("No account of this vendor is set.")
    for account in runtime.accounts_at(provider_name):
        try:
            found, denied = [*found, *read(account)], None
        except Denied as error:
            denied = denied and error
    if denied:
        raise denied
    return found


def verified(runtime: Runtime, provider_name: str, read: Callable[[Account], T]) -> T:
    """What `read` makes of a vendor's post with the account whose key it was signed with; Denied with none of them."""
    accounts, denied = runtime.accounts_at(provider_name), Denied("No account of this vendor is set.")
    for account in accounts:
        try:
            return read(account)
        except Denied as error:
            denied = error
    raise denied


def adopt_orphans(tx: Tx, runtime: Runtime) -> int:
    """Give receipts that came before their message was known to the message that has turned up since."""
    adopted = 0
    for row_id, provider_name, token, receipt in store.orphans(tx):
        try:
            message = _find(tx, provider_name, token, receipt)
        except Denied:
            logger.warning("receipt %s speaks of another message than its address", row_id)
            continue
        if message:
            store.adopt_orphan(tx, row_id, message.id)
            _apply(tx, runtime, message, receipt)
            adopted += 1
    return adopted


def adopt(tx: Tx, message: Message, provider_id: str, by: str = "callback") -> Message:
    """The message as sent, now that the vendor has it; an incident where that was not to be expected."""
    if message.provider_id == provider_id:
        return message
    if message.state in ADOPTABLE:
        if message.state in (State.CLEARED, State.HELD):
            _note(tx, "sent_elsewhere", message, "The vendor has it already; it was waiting here again.")
        return store.move(tx, message, State.SENT, by, changes={"provider_id": provider_id, "sent_at": tx.now})
    if message.state is State.SENT and message.provider_id is None:  # somebody knew that it arrived
        return store.name_sent(tx, message, provider_id)
    if message.provider_id is None:
        _note(tx, "sent_elsewhere", message, f"The vendor has it as {provider_id}; it is {message.state} here.")
    else:
        _note(tx, "duplicate_sent", message, f"The vendor also has it as {provider_id}.")
    return message


def _keep(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipt: Receipt) -> None:
    message = _find(tx, provider_name, token, receipt)
    if not store.add_receipt(tx, provider_name, receipt, token, message.id if message else None):
        return
    if message:
        _apply(tx, runtime, message, receipt)
    else:
        store.write_incident(tx, "orphan_callback", None, f"{provider_name} speaks of {receipt.provider_id}.")


def _find(tx: Tx, provider_name: str, token: str | None, receipt: Receipt) -> Message | None:
    """By our own id, else by our token in the URL, else by the vendor's id; another person's token is denied."""
    if receipt.crm_id and (known := store.get(tx, receipt.crm_id)) and known.provider == provider_name:
        return known
    found = store.find_attempt(tx, token) if token else None
    if found is None:
        return store.by_vendor_id(tx, provider_name, receipt.provider_id)
    attempt, message = found
    to = dict(receipt.fields).get("To", message.content.to[0])
    if attempt.provider != provider_name or store.bare(to) != store.bare(message.content.to[0]):
        raise Denied("The callback speaks of another message than its address.")
    return message


def _apply(tx: Tx, runtime: Runtime, message: Message, receipt: Receipt) -> None:
    before, message = message, _adopt(tx, message, receipt)
    if message.state is State.SENT and before.state is not State.SENT:
        relay.tell_sent(tx, runtime, message)
    whom = receipt.address or message.content.to[0]
    one_of_many = receipt.delivery in FAILURES and len(message.content.to) > 1
    if one_of_many:
        _note(tx, "recipient_failed", message, f"{whom}: {receipt.word}.")
    elif message.delivery == "delivered" and receipt.delivery in FAILURES:
        _note(tx, "delivery_conflict", message, f"Delivered, and then {receipt.word}.")
    if receipt.error_code in runtime.providers[message.provider].OPTED_OUT:
        store.suppress(tx, whom, "The vendor says that this address opted out.", origin="vendor")
    if not one_of_many:  # the others may well have got it
        store.raise_delivery(tx, message, receipt.delivery, receipt.word, receipt.error_code)
    relay.tell(tx, runtime, message, receipt)


def _adopt(tx: Tx, message: Message, receipt: Receipt) -> Message:
    """`adopt`, again with the message as it has become where another process was first."""
    try:
        return adopt(tx, message, receipt.provider_id)
    except Conflict as conflict:
        if conflict.message is None or conflict.message == message:
            raise
        return _adopt(tx, conflict.message, receipt)


def _note(tx: Tx, kind: str, message: Message, detail: str) -> None:
    """An incident, once however many callbacks speak of it."""
    if (kind, detail) not in {known[:2] for known in store.read_incidents(tx, message.id)}:
        store.write_incident(tx, kind, message.id, detail)
