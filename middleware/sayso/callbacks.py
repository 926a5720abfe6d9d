"""Step 5 of 6. From a vendor's callback to a receipt: verified first, stored once, and delivery only rises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from sayso import failpoint, relay, rescreening, store
from sayso.message import Account, Conflict, Denied, Message, Receipt, Request, State
from sayso.runtime import Runtime
from sayso.store import Tx

logger = logging.getLogger("sayso")
T = TypeVar("T")
ADOPTABLE = frozenset({State.SENDING, State.UNCONFIRMED, State.CLEARED, State.HELD})
FAILURES = frozenset({"failed", "bounced", "rejected"})
REFUSED = (Denied, Conflict, SQLAlchemyError)
"""What stops a whole post, so that its vendor brings it again, or brings it no more where it may not."""


def take(runtime: Runtime, provider_name: str, token: str | None, request: Request) -> None:
    """Store the receipts of one callback; it returns after the commit. Denied when the vendor did not sign it."""
    receipts = read(runtime, provider_name, request)

    def keep_all(tx: Tx) -> None:
        keep(tx, runtime, provider_name, token, receipts)
        failpoint.hit("before_callback_commit")

    runtime.store.write(keep_all)
    runtime.relay_bell.ring()


def read(runtime: Runtime, provider_name: str, request: Request) -> list[Receipt]:
    """The receipts of one callback, each with the accounts that signed it; Denied when the vendor did not sign it."""
    provider, signed = runtime.providers[provider_name], dict[Receipt, set[str]]()
    for account, receipt in everything(runtime, provider_name, partial(provider.receipts, request)):
        signed.setdefault(receipt, set()).update(_names(runtime, account))
    return [replace(receipt, accounts=frozenset(names)) for receipt, names in signed.items()]


def keep(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipts: Sequence[Receipt]) -> None:
    """Store receipts, each once, and what follows from them; one that cannot be followed loses none of the others."""

    def together() -> None:
        for receipt in receipts:
            _keep(tx, runtime, provider_name, token, receipt)

    try:
        store.apart(tx, together)
    except REFUSED:
        raise
    except Exception:
        logger.exception("a post of %s could not be followed; its receipts are taken one by one", provider_name)
        for receipt in receipts:
            _keep_apart(tx, runtime, provider_name, token, receipt)


def everything(runtime: Runtime, provider_name: str, read: Callable[[Account], list[T]]) -> list[tuple[str, T]]:
    """What `read` makes of a post with every account whose key it was signed with, by the account's name."""
    found: list[tuple[str, T]] = []
    denied: Denied | None = Denied("No account of this vendor is set.")
    for account in runtime.accounts_at(provider_name):
        try:
            found, denied = [*found, *((account.name, one) for one in read(account))], None
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
    adopted = after = 0
    while not adopted and (orphans := store.orphans(tx, after=after)):
        adopted, after = sum(_adopt_orphan(tx, runtime, one) for one in orphans), orphans[-1][0]
    return adopted


def _adopt_orphan(tx: Tx, runtime: Runtime, orphan: tuple[int, str, str | None, Receipt]) -> bool:
    """Whether its message has it now; where something is wrong with it, the others still find theirs."""
    row_id, provider_name, token, receipt = orphan

    def follow() -> bool:
        message = _find(tx, provider_name, token, receipt)
        if message and not _is_signed_for(tx, message, receipt):
            store.drop_orphan(tx, row_id)
        elif message:
            store.adopt_orphan(tx, row_id, message.id)
            _apply(tx, runtime, message, receipt)
            return True
        return False

    try:
        return store.apart(tx, follow)
    except SQLAlchemyError:
        raise
    except Denied:
        logger.warning("receipt %s speaks of another message than its address", row_id)
    except Exception as error:  # noqa: BLE001  # said once, and tried again at each look
        store.say_once(f"the message of receipt {row_id}", type(error).__name__)
    return False


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


def _names(runtime: Runtime, name: str) -> set[str]:
    """Every name that we have for an account: while its key is changed, one account at the vendor is two of ours."""
    mine = runtime.accounts[name]
    return {name} | {one.name for one in runtime.accounts_at(mine.provider) if mine.user and one.user == mine.user}


def _keep(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipt: Receipt) -> None:
    message = _find(tx, provider_name, token, receipt)
    if message and not _is_signed_for(tx, message, receipt):
        return
    if not store.add_receipt(tx, provider_name, receipt, token, message.id if message else None):
        return
    if message:
        _apply(tx, runtime, message, receipt)
    else:
        store.write_incident(tx, "orphan_callback", None, f"{provider_name} speaks of {receipt.provider_id}.")


def _keep_apart(tx: Tx, runtime: Runtime, provider_name: str, token: str | None, receipt: Receipt) -> None:
    """One receipt of a post; where its message cannot be opened it waits for that, and an opt-out counts at once."""
    try:
        store.apart(tx, partial(_keep, tx, runtime, provider_name, token, receipt))
    except REFUSED:
        raise
    except Exception as error:
        logger.exception("a receipt of %s could not be followed; it is kept", provider_name)
        if store.add_receipt(tx, provider_name, receipt, token, None):
            said = f"What {provider_name} says of {receipt.provider_id} could not be followed ({type(error).__name__})."
            store.write_incident(tx, "orphan_callback", None, said)
        whom = receipt.address or dict(receipt.fields).get("To")
        if whom and receipt.error_code in runtime.providers[provider_name].OPTED_OUT:
            _suppress(tx, receipt, whom, _origins(receipt, receipt.accounts) or ("vendor",))
            rescreening.rescreen_waiting(tx, runtime, whom)


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


def _is_signed_for(tx: Tx, message: Message, receipt: Receipt) -> bool:
    """Whether the account that the message goes by has a key that signed this; an incident, and no more, where not."""
    if not receipt.accounts or message.carrier in receipt.accounts:
        return True
    others = " and ".join(sorted(receipt.accounts))
    said = f"The account {others} spoke of it, but it goes by {message.carrier}: that does not count."
    _note(tx, "foreign_callback", message, said)
    return False


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
    _opt(tx, runtime, message, receipt, whom)
    if not one_of_many:  # the others may well have got it
        store.raise_delivery(tx, message, receipt.delivery, receipt.word, receipt.error_code)
    relay.tell(tx, runtime, message, receipt)


def _opt(tx: Tx, runtime: Runtime, message: Message, receipt: Receipt, whom: str) -> None:
    """Who asked for no more gets no more; who joins a list again takes back that they left it before, nothing else."""
    origins = _origins(receipt, (message.carrier,))
    if receipt.error_code in runtime.providers[message.provider].OPTED_OUT:
        _suppress(tx, receipt, whom, origins)
    elif not (receipt.joined and receipt.at and store.lift_suppressions(tx, origins, whom, before=receipt.at)):
        return
    rescreening.rescreen_waiting(tx, runtime, whom)


def _suppress(tx: Tx, receipt: Receipt, whom: str, origins: Iterable[str]) -> None:
    name = receipt.left or receipt.joined
    said = f"The vendor says that this address opted out{f' ({name})' if name else ''}."
    for origin in origins:
        store.suppress(tx, whom, said, origin=origin, at=receipt.at)


def _origins(receipt: Receipt, accounts: Iterable[str]) -> tuple[str, ...]:
    """Whose word it is: a list's that somebody left or joined at these accounts, else the vendor's."""
    name = receipt.left or receipt.joined
    return tuple(store.list_origin(account, name) for account in accounts) if name else ("vendor",)


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
