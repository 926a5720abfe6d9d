"""A CRM redacts or deletes what is over: the vendor that has it is asked first, and then it goes here."""

from __future__ import annotations

from collections.abc import Callable

from sayso import store
from sayso.message import Answer, Malformed, Message
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso_providers import Amendment


def amend(runtime: Runtime, find: Callable[[Tx], Message], plan: Callable[[Message], Amendment]) -> Answer:
    """What the CRM hears once it is done; Malformed when it cannot be, or the vendor says no, and nothing changed.

    `find` says whose message it must be. Asked again after a crash in between, it is done for good.
    """
    with runtime.store.read() as tx:
        message = find(tx)
    ask = plan(message).ask
    if ask and message.provider_id and runtime.mode != "test":
        account = runtime.accounts.get(message.provider)
        if account is None:
            raise Malformed(503, "unavailable", "No vendor account is set, so the vendor's copy would stay: try again.")
        ask(account, runtime.vendor_http)

    def change(tx: Tx) -> Answer:
        message = find(tx)
        wanted = plan(message)
        if wanted.keep:
            message = store.erase(tx, message, wanted.keep, deleted=wanted.deleted)
        return wanted.answer(message)

    return runtime.store.write(change)
