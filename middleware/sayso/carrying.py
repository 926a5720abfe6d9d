"""Carrying out a signing: the sweep decides its frozen list in chunks, each message by the rules of a single one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.exc import OperationalError

from sayso import facts, failpoint, rescreening, screening, signoff, store
from sayso.deciding.sitting import Sitting, Wish
from sayso.message import Conflict, Denied, Malformed, Message, State
from sayso.runtime import Runtime
from sayso.store import Item, Signing, Staff, Tx

logger = logging.getLogger("sayso")
CHUNK = 50
"""How many are decided in one transaction, and in one look of the sweep."""
DONE, CHANGED, FOUND, UNKNOWN, DENIED, FAILED, KEPT, GONE, UNREADABLE = "acnhpfkgu"
"""What came of one message of a list, as a signing keeps it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A signing while it is carried out: its list, those who said so, and the note that each decision gets."""

    runtime: Runtime
    items: tuple[Item, ...]
    people: tuple[Staff, ...]
    note: str
    ids: frozenset[str]


def run_due(runtime: Runtime) -> int:
    """Carry one signing on by a chunk: an undo first, then the one of which the least is done; CHUNK when one was.

    The sweep comes back at once, so that all that run take turns, and no other part of it waits for a long one.
    """
    with runtime.store.read() as tx:
        waiting = store.running_signings(tx)
    if not any(_carried(runtime, signing) for signing in waiting):
        return 0
    runtime.dispatch_bell.ring()
    runtime.relay_bell.ring()
    return CHUNK


def _carried(runtime: Runtime, signing: Signing) -> bool:
    """Whether a signing moved; one that others have, or that cannot be carried on now, stands in no other's way."""
    try:
        with runtime.store.read() as tx:
            run = _run(tx, runtime, signing)
        return _chunk(run, signing) is not None
    except Exception:
        logger.exception("the signing %s could not be carried on; it is tried again", signing.id)
        return False


def _run(tx: Tx, runtime: Runtime, signing: Signing) -> Run:
    items = store.read_frozen(tx, signing.id)
    both = [store.find_staff(tx, staff_id=one) for one in (signing.staff_id, signing.agreed_by) if one]
    people = tuple(one for one in both if one and not one.disabled)
    with_others = f"Together with {len(items) - 1:,} others" if len(items) > 1 else ""
    second = f"{people[1].email} agreed" if len(people) > 1 and people[1] != people[0] else ""
    return Run(runtime, items, people, "; ".join(filter(None, (with_others, second))), frozenset(i[0] for i in items))


def _chunk(run: Run, signing: Signing) -> Signing | None:
    """The next of the list, decided in one transaction with the place where it goes on; None when others have it."""
    todo = run.items[signing.done : signing.done + CHUNK]
    with run.runtime.store.read() as tx:
        found, closed = store.read_items(tx, todo)
    versions = {item[0]: item[1] for item in todo}
    shown = {message.id: message for message in found if message.version == versions[message.id]}
    known = {one: facts.ask_host(run.runtime, message) for one, message in shown.items()}

    def carry_out(tx: Tx) -> Signing | None:
        if not store.claim_next(tx, signing, len(todo)):
            return None
        ids = [item[0] for item in todo]
        unseen = [one for n, one in enumerate(ids, signing.done) if n in signing.kept]
        unseen += [one for person in run.people for one in store.hidden(tx, ids, person.email)]
        settled = dict.fromkeys(closed, UNREADABLE) | dict.fromkeys(unseen, KEPT)
        codes = [settled.get(item[0]) or _code(tx, run, signing, item, known) for item in todo]
        failpoint.hit("before_decision_commit")
        after = store.note_results(tx, signing, "".join(codes))
        if after.ended_at and signing.kind == "undo":
            store.let_go(tx, signing.batch_id)
        return after

    after = run.runtime.store.write(carry_out)
    failpoint.hit("after_decision_commit")
    return after


def _code(tx: Tx, run: Run, signing: Signing, item: Item, known: Mapping[str, facts.Given | None]) -> str:
    """What came of one message; what is wrong with it keeps no other from being decided."""
    try:
        return store.apart(tx, partial(_decide, tx, run, signing, item, known))
    except Conflict:
        return CHANGED
    except Denied:
        return DENIED
    except Malformed:
        return FAILED
    except OperationalError:
        raise  # the database itself: the chunk is tried again as a whole
    except Exception:
        logger.exception("message %s of the signing %s could not be decided", item[0], signing.id)
        return FAILED


def _decide(tx: Tx, run: Run, signing: Signing, item: Item, known: Mapping[str, facts.Given | None]) -> str:
    """A decision like any other; a yes also looks once more whether anything is found in the message now."""
    message = store.get(tx, item[0])
    if message is None or len(run.people) < (2 if signing.agreed_by else 1):
        return GONE if message is None else DENIED
    if any(one.stores is not None and message.store not in one.stores for one in run.people):
        return KEPT
    given, staff = known.get(message.id), run.people[0]
    wish = Wish(signing.kind, _version(tx, signing, item, message), item[2], signing.reason, run.note, batch=run.ids)
    for one in run.people:
        signoff.require(tx, run.runtime, one, message, wish)
    sitting = Sitting(tx, run.runtime, staff, wish, message, message, given)
    if signing.kind == "approve":
        if given is None:
            return UNKNOWN
        seen, found = rescreening.look(tx, run.runtime, message, given)
        if screening.new_findings(message, found):
            return _held_again(tx, run.runtime, message, given)
        sitting = replace(sitting, looked=seen)
    signoff.carry_out(sitting)
    return DONE


def _version(tx: Tx, signing: Signing, item: Item, message: Message) -> int:
    """The version that is decided on: for an undo also the one to which dispatch alone has moved it since."""
    if signing.kind != "undo" or message.state is not State.CLEARED or message.content_hash != item[2]:
        return item[1]
    last = store.read_decisions(tx, message.id)[-1:]
    return message.version if last and last[0].version == item[1] - 1 else item[1]


def _held_again(tx: Tx, runtime: Runtime, message: Message, given: facts.Given) -> str:
    rescreening.rescreen(tx, runtime, message, given)
    return FOUND
