"""Step 4 of 6. From a cleared message to the vendor's answer: an attempt before the call, an outcome after."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from sayso import facts, failpoint, relay, screening, store
from sayso.checks import quiet_hours
from sayso.message import Account, Conflict, Message, Refused, Sent, State, TryLater, Unknown
from sayso.runtime import Runtime
from sayso.store import Breaker, Tx

logger = logging.getLogger("sayso")
BATCH = 4
OPEN_AFTER = 5
REST = timedelta(seconds=30)
LONGEST_WAIT = 300.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send until the deadline (monotonic seconds)."""

    message: Message
    token: str
    account: Account
    deadline: float


def run_due(runtime: Runtime) -> bool:
    """Claim a few messages whose moment has come and send them; True when there may be more."""
    with runtime.store.read() as tx:
        ready = store.claimable(tx, BATCH, tuple(runtime.accounts), lock=False)
    if not ready:
        return False
    given = {message.id: facts.ask_host(runtime, message) for message in ready}
    started = time.monotonic()

    def claim(tx: Tx) -> list[Claim]:
        found = store.claimable(tx, BATCH, tuple(runtime.accounts), lock=True)
        mine = (message for message in found if given.get(message.id) is not None)
        claims = [_claim(tx, runtime, message, given[message.id] or {}, started) for message in mine]
        return [claim for claim in claims if claim]

    claims = runtime.store.write(claim)
    if claims:
        failpoint.hit("after_claim_commit")
    for claimed in claims:
        _send(runtime, claimed)
    runtime.relay_bell.ring()
    return bool(claims)


def _claim(tx: Tx, runtime: Runtime, message: Message, given: facts.Given, started: float) -> Claim | None:
    """Screen once more inside the claim's transaction; only what nobody has doubts about is claimed."""
    seen = facts.gather(tx, runtime, message, given)
    found = screening.screen(message, seen)
    fresh = screening.new_findings(message, found)
    if any(finding.check == "validity" for finding in found.findings):
        stopped = store.move(tx, message, State.STOPPED, "dispatch", changes={"stop_reason": "expired"})
        relay.tell(tx, runtime, stopped)
        return None
    if fresh or message.content.hash(message.channel) != message.content_hash:
        store.move(tx, store.screened(tx, message, found), State.HELD, "dispatch")
        return None
    later = quiet_hours.next_allowed(seen, tx.now)
    if any(finding.check == "quiet_hours" for finding in found.findings) and later > tx.now:
        store.move(tx, message, State.CLEARED, "dispatch", changes={"due_at": later})
        return None
    account = runtime.accounts[message.provider]
    lease_until = tx.now + timedelta(seconds=runtime.lease_seconds)
    token = store.open_attempt(tx, [message], account.name, lease_until)
    sending = store.move(tx, message, State.SENDING, "dispatch", changes={"tries": message.tries + 1})
    deadline = started + runtime.lease_seconds - runtime.vendor_timeout
    return Claim(sending, token, account, deadline)


def _send(runtime: Runtime, claim: Claim) -> None:
    """Call the vendor with no database connection held, then store what came of it."""
    provider = runtime.providers[claim.message.provider]
    outcome: Sent | Exception
    try:
        outcome = provider.send(
            [claim.message],
            claim.account,
            runtime.vendor_http,
            callback_url=f"{runtime.public_url}/callbacks/{claim.message.provider}/{claim.token}",
            now=runtime.clock(),
            deadline=claim.deadline,
        )
        failpoint.hit("before_receipt_commit")
    except (Refused, TryLater, Unknown) as error:
        outcome = error
    except Exception as error:
        logger.exception("sending message %s ended unexpectedly", claim.message.id)
        outcome = Unknown(f"Sending ended unexpectedly ({type(error).__name__}).")
    runtime.store.write(lambda tx: _settle(tx, runtime, claim, outcome))
    failpoint.hit("after_receipt_commit")


def _settle(tx: Tx, runtime: Runtime, claim: Claim, outcome: Sent | Exception) -> None:
    """Store an attempt's outcome; a callback or the sweep may have been here first, and then theirs stands."""
    word = {Sent: "accepted", Refused: "refused", TryLater: "not_sent"}.get(type(outcome), "unknown")
    store.close_attempt(tx, claim.token, word, "" if isinstance(outcome, Sent) else str(outcome))
    message = store.get(tx, claim.message.id) or claim.message
    try:
        if isinstance(outcome, Sent):
            _sent(tx, runtime, message, claim.account, outcome)
        elif isinstance(outcome, Refused):
            _refused(tx, runtime, message, outcome)
        elif isinstance(outcome, TryLater):
            _not_sent(tx, message, claim.account, outcome)
        else:
            store.move(tx, message, State.UNCONFIRMED, "dispatch")
            _count_failure(tx, claim.account)
    except Conflict:
        logger.info("message %s was settled by somebody else as %s", message.id, message.state)


def _sent(tx: Tx, runtime: Runtime, message: Message, account: Account, sent: Sent) -> None:
    store.close_breaker(tx, account.name)
    if message.state is State.SENT and message.provider_id == sent.provider_id:
        return
    if message.state not in (State.SENDING, State.UNCONFIRMED):
        store.write_incident(
            tx, "duplicate_sent", message.id, "The vendor took it after it had been decided otherwise."
        )
        return
    by = "dispatch" if message.state is State.SENDING else "reconcile"
    stored = store.move(tx, message, State.SENT, by, changes={"provider_id": sent.provider_id, "sent_at": tx.now})
    delivery = runtime.providers[message.provider].STATUSES.get(sent.word, "unknown")
    store.raise_delivery(tx, stored, delivery, sent.word, None)


def _refused(tx: Tx, runtime: Runtime, message: Message, refused: Refused) -> None:
    failed = store.move(
        tx, message, State.FAILED, "dispatch", changes={"error_code": refused.code, "delivery": "failed"}
    )
    if refused.code in runtime.providers[message.provider].OPTED_OUT:
        store.suppress(tx, message.content.to[0], "The vendor says that this address opted out.")
    relay.tell(tx, runtime, failed)


def _not_sent(tx: Tx, message: Message, account: Account, later: TryLater) -> None:
    seconds = later.after if later.after is not None else min(2.0 ** min(message.tries, 9), LONGEST_WAIT)
    store.move(tx, message, State.CLEARED, "dispatch", changes={"due_at": tx.now + timedelta(seconds=seconds)})
    if later.alarm:
        store.write_breaker(tx, Breaker(account.name, OPEN_AFTER, tx.now + REST, str(later)))
        store.write_incident(tx, "vendor_alarm", message.id, str(later))
    elif later.after is None:
        _count_failure(tx, account)


def _count_failure(tx: Tx, account: Account) -> None:
    """After a few failures in a row the account rests, so that few messages end as nobody knows."""
    known = store.read_breaker(tx, account.name)
    failures = (known.failures if known else 0) + 1
    open_until = tx.now + REST if failures >= OPEN_AFTER else tx.now
    store.write_breaker(tx, Breaker(account.name, failures, open_until, known.alarm if known else None))
