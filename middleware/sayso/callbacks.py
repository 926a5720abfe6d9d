"""Step 5 of 6. From a vendor's callback to a receipt: verified first, stored once, and delivery only rises."""

from __future__ import annotations

from sayso import failpoint, relay, store
from sayso.message import Conflict, Denied, Message, Receipt, Request, State
from sayso.runtime import Runtime
from sayso.store import Tx

ADOPTABLE = frozenset({State.SENDING, State.UNCONFIRMED, State.CLEARED, State.HELD})


def take(runtime: Runtime, provider_name: str, token: str | None, request: Request) -> None:
    """Store the receipts of one callback; it returns after the commit. Denied when the vendor did not sign it."""
    account = runtime.accounts.get(provider_name)
    if account is None:
        raise Denied("No account of this vendor is set, so its callbacks cannot be verified.")
    receipts = runtime.providers[provider_name].receipts(request, account)

    def keep(tx: Tx) -> None:
        for receipt in receipts:
            _keep(tx, runtime, provider_name, token, receipt)
        failpoint.hit("before_callback_commit")

    runtime.store.write(keep)
    runtime.relay_bell.ring()


def adopt_orphans(tx: Tx, runtime: Runtime) -> int:
    """Give receipts that came before their message was known to the message that has turned up since."""
    adopted = 0
    for row_id, provider_name, token, receipt in store.orphans(tx):
        message = _find(tx, provider_name, token, receipt)
        if message:
            store.adopt_orphan(tx, row_id, message.id)
            _apply(tx, runtime, message, receipt)
            adopted += 1
    return adopted


def _keep(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipt: Receipt) -> None:
    message = _find(tx, provider_name, token, receipt)
    if not store.add_receipt(tx, provider_name, receipt, token, message.id if message else None):
        return
    if message:
        _apply(tx, runtime, message, receipt)
    else:
        store.write_incident(tx, "orphan_callback", None, f"{provider_name} speaks of {receipt.provider_id}.")


def _find(tx: Tx, provider_name: str, token: str | None, receipt: Receipt) -> Message | None:
    """By our token in the URL, else by the vendor's id; a token of another person's message is denied."""
    found = store.find_attempt(tx, token) if token else None
    if found is None:
        return store.by_vendor_id(tx, provider_name, receipt.provider_id)
    attempt, message = found
    to = dict(receipt.fields).get("To", message.content.to[0])
    if attempt.provider != provider_name or store.bare(to) != store.bare(message.content.to[0]):
        raise Denied("The callback speaks of another message than its address.")
    return message


def _apply(tx: Tx, runtime: Runtime, message: Message, receipt: Receipt) -> None:
    if message.state in ADOPTABLE:
        message = _adopt(tx, message, receipt)
    elif message.provider_id != receipt.provider_id:
        store.write_incident(tx, "duplicate_sent", message.id, f"The vendor also has it as {receipt.provider_id}.")
    elif message.delivery == "delivered" and receipt.delivery in ("failed", "bounced", "rejected"):
        store.write_incident(tx, "delivery_conflict", message.id, f"Delivered, and then {receipt.word}.")
    store.raise_delivery(tx, message, receipt.delivery, receipt.word, receipt.error_code)
    relay.tell(tx, runtime, message, receipt)


def _adopt(tx: Tx, message: Message, receipt: Receipt) -> Message:
    """The vendor has it: the callback is the receipt that we missed, or that overtook the answer."""
    if message.state in (State.CLEARED, State.HELD):
        store.write_incident(tx, "sent_elsewhere", message.id, "The vendor has it already; it was waiting here again.")
    try:
        return store.move(
            tx, message, State.SENT, "callback", changes={"provider_id": receipt.provider_id, "sent_at": tx.now}
        )
    except Conflict as conflict:
        return conflict.message or message
