"""Step 4 of 6, last part. From the vendor's answer to what it means for each message of the call."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from sayso import callbacks, relay, store
from sayso.message import Account, Conflict, Message, Refused, Sent, State, TryLater
from sayso.runtime import Runtime
from sayso.store import Breaker, Tx

logger = logging.getLogger("sayso")
OPEN_AFTER = 5
REST = timedelta(seconds=30)
SETTLED = 100
SETTLE_AGAIN = (0.2, 1.0, 3.0)
LONGEST_WAIT, LONGEST_ASKED = 300.0, 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages that are ours to send in one call until the deadline (monotonic seconds)."""

    messages: tuple[Message, ...]
    token: str
    account: Account
    deadline: float


def keep(runtime: Runtime, claim: Claim, outcome: Sent | Exception) -> None:
    """Store the outcome, a hundred messages at a time; the attempt is over once all of them have heard of it."""
    for first in range(0, len(claim.messages), SETTLED):
        some = claim.messages[first : first + SETTLED]
        last = first + SETTLED >= len(claim.messages)
        _insist(runtime, partial(_settle, runtime=runtime, claim=claim, some=some, outcome=outcome, last=last))


def _insist(runtime: Runtime, settle: Callable[[Tx], None]) -> None:
    """A database that hiccups is asked again, for the vendor's id is in nobody else's hand."""
    for seconds in (*SETTLE_AGAIN, None):
        try:
            runtime.store.write(settle)
            return
        except SQLAlchemyError:
            if seconds is None:
                raise
            logger.exception("the outcome of a call is not stored yet")
            time.sleep(seconds)


def _settle(
    tx: Tx, runtime: Runtime, claim: Claim, some: tuple[Message, ...], outcome: Sent | Exception, *, last: bool
) -> None:
    """Store an attempt's outcome; what came after this attempt is not its to judge, except that the vendor has it."""
    word = {Sent: "accepted", Refused: "refused", TryLater: "not_sent"}.get(type(outcome), "unknown")
    if last:
        store.close_attempt(tx, claim.token, word, "" if isinstance(outcome, Sent) else str(outcome))
        _count(tx, claim.account, outcome)
        _let_go(tx, claim)
    alone = len(claim.messages) == 1
    for claimed in some:
        message: Message | None = store.get(tx, claimed.id)
        while message:
            try:
                _apply(tx, runtime, message, claimed, outcome, alone=alone)
                break
            except Conflict as conflict:  # another process moved it between our read and our write: look again
                message = conflict.message if conflict.message != message else None
        else:
            logger.error("the outcome of sending message %s could not be applied: %s", claimed.id, word)


def _let_go(tx: Tx, claim: Claim) -> None:
    """What joined in a transaction whose answer was lost was not in the call: it is tried anew."""
    mine = {message.id for message in claim.messages}
    for one in store.of_attempt(tx, claim.token, State.SENDING):
        message = None if one in mine else store.get(tx, one)
        if message:
            store.move(tx, message, State.CLEARED, "dispatch", changes={"due_at": tx.now})


def _apply(
    tx: Tx, runtime: Runtime, message: Message, claimed: Message, outcome: Sent | Exception, *, alone: bool
) -> None:
    swept = message.state is State.UNCONFIRMED and message.version == claimed.version + 1
    if isinstance(outcome, Sent):
        _sent(tx, runtime, message, outcome)
    elif not swept and message.version != claimed.version:
        logger.info("message %s was settled by somebody else as %s", message.id, message.state)
    elif isinstance(outcome, Refused) and not alone:  # one of them is why: each is tried by itself
        store.move(tx, message, State.CLEARED, "reconcile" if swept else "dispatch", changes={"due_at": tx.now})
    elif isinstance(outcome, TryLater):
        _not_sent(tx, message, outcome, "reconcile" if swept else "dispatch")
    elif isinstance(outcome, Refused) and not swept:
        _refused(tx, runtime, message, outcome)
    elif not swept:
        store.move(tx, message, State.UNCONFIRMED, "dispatch")


def _sent(tx: Tx, runtime: Runtime, message: Message, sent: Sent) -> None:
    stored = callbacks.adopt(
        tx, message, sent.provider_id, "dispatch" if message.state is State.SENDING else "callback"
    )
    if stored.state is State.SENT and message.state is not State.SENT:
        relay.tell_sent(tx, runtime, stored)
    for whom in sent.missed:
        store.write_incident(tx, "recipient_failed", message.id, whom[:300])
    if stored.provider_id == sent.provider_id:
        delivery = runtime.providers[message.provider].STATUSES.get(sent.word, "unknown")
        store.raise_delivery(tx, stored, delivery, sent.word, None)
        if runtime.mode == "test":
            store.look_again(tx, stored.id, tx.now)  # for the receipts of a vendor that is not there


def _refused(tx: Tx, runtime: Runtime, message: Message, refused: Refused) -> None:
    failed = store.move(
        tx, message, State.FAILED, "dispatch", changes={"error_code": refused.code, "delivery": "failed"}
    )
    if refused.code in runtime.providers[message.provider].OPTED_OUT:
        store.suppress(tx, message.content.to[0], "The vendor says that this address opted out.", origin="vendor")
    relay.tell(tx, runtime, failed)


def _not_sent(tx: Tx, message: Message, later: TryLater, by: str) -> None:
    """Back in line: when the vendor says, else after a wait that doubles."""
    seconds = min(2.0 ** min(message.tries, 9), LONGEST_WAIT)
    if later.after is not None:
        seconds = min(later.after, LONGEST_ASKED)
    store.move(tx, message, State.CLEARED, by, changes={"due_at": tx.now + timedelta(seconds=seconds)})
    if later.alarm:
        store.write_incident(tx, "vendor_alarm", message.id, str(later))


def _count(tx: Tx, account: Account, outcome: Sent | Exception) -> None:
    """After a few failures in a row the account rests, so that few messages end as nobody knows."""
    if isinstance(outcome, Sent | Refused):
        store.close_breaker(tx, account.name)
    elif isinstance(outcome, TryLater) and outcome.alarm:
        store.write_breaker(tx, Breaker(account.name, OPEN_AFTER, tx.now + REST, str(outcome)))
    elif not isinstance(outcome, TryLater) or outcome.after is None:
        known = store.read_breaker(tx, account.name)
        failures = (known.failures if known else 0) + 1
        open_until = tx.now + REST if failures >= OPEN_AFTER else tx.now
        store.write_breaker(tx, Breaker(account.name, failures, open_until, known.alarm if known else None))
