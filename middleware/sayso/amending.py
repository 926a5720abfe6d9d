"""A CRM redacts or deletes what is over: the vendor that has it is asked first, and then it goes here."""

from __future__ import annotations

from collections.abc import Callable

from sayso import store
from sayso.message import Account, Answer, Malformed, Message
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso_providers import Amendment

NOT_FOUND = 404


def amend(runtime: Runtime, find: Callable[[Tx], Message], plan: Callable[[Message], Amendment]) -> Answer:
    """What the CRM hears once it is done; Malformed when it cannot be, or the vendor says no, and nothing changed.

    `find` says whose message it must be. Asked again after a crash in between, it is done for good.
    """
    with runtime.store.read() as tx:
        message = find(tx)
        copies = store.copies(tx, message.id)
    plans = [(message, plan(message)), *((copy, wanted) for copy in copies if (wanted := _of_copy(plan, copy)))]
    for one, wanted in plans:
        if wanted.ask and one.provider_id and runtime.mode != "test":
            wanted.ask(_account(runtime, one), runtime.vendor_http)

    def change(tx: Tx) -> Answer:
        message = find(tx)
        wanted = plan(message)
        for copy in store.copies(tx, message.id):
            if (same := _of_copy(plan, copy)) and same.keep:
                store.erase(tx, copy, same.keep, deleted=same.deleted)
        if wanted.keep:
            message = store.erase(tx, message, wanted.keep, deleted=wanted.deleted)
        return wanted.answer(message)

    return runtime.store.write(change)


def _of_copy(plan: Callable[[Message], Amendment], copy: Message) -> Amendment | None:
    """The same for what staff made of it for somebody else; None for a part (a picture) that is not that copy's."""
    try:
        return plan(copy)
    except Malformed as problem:
        if problem.status != NOT_FOUND:
            raise
        return None


def _account(runtime: Runtime, message: Message) -> Account:
    account = runtime.account(message)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set, so the vendor's copy would stay: try again.")
    return account
