"""Step 4 of 6. From a cleared message to the vendor's answer: an attempt before the call, an outcome after."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from sayso import callbacks, facts, failpoint, relay, screening, shadow, store, template_words
from sayso.checks import quiet_hours
from sayso.message import Account, Conflict, Finding, Message, Refused, Sent, State, TryLater, Unknown
from sayso.runtime import Runtime
from sayso.store import Breaker, Screening, Tx

logger = logging.getLogger("sayso")
OPEN_AFTER = 5
REST = timedelta(seconds=30)
ASK_AGAIN, PUT_OFF = timedelta(seconds=5), timedelta(minutes=1)
AT_ONCE = 8
SETTLE_AGAIN = (0.2, 1.0, 3.0)
LONGEST_WAIT, LONGEST_ASKED = 300.0, 24 * 3600.0
TAMPERED = Finding(
    "signed_words", "changed", "The words are not those that were signed off, so it cannot go; ask who changed them.",
    "stop", proposal={"kind": "reject"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send until the deadline (monotonic seconds)."""

    message: Message
    token: str
    account: Account
    deadline: float


def run_due(runtime: Runtime) -> bool:
    """Claim one message whose moment has come and send it; True when there may be more.

    One at a time: whatever else is due can still be stopped, withdrawn, or left alone while the vendor is ill.
    """
    with runtime.store.read() as tx:
        ready = store.claimable(tx, AT_ONCE, tuple(runtime.accounts))
    if not ready:
        return False
    chosen = random.choice(ready)  # noqa: S311  # so that many dispatchers do not all reach for the same one
    try:
        claim = _claim_one(runtime, chosen)
    except Exception:
        logger.exception("message %s could not be claimed; it is tried again in a minute", chosen)
        runtime.store.write(lambda tx: store.put_off(tx, chosen, tx.now + PUT_OFF))
        return True
    if claim:
        failpoint.hit("after_claim_commit")
        _send(runtime, claim)
    runtime.relay_bell.ring()
    return True


def _claim_one(runtime: Runtime, message_id: str) -> Claim | None:
    with runtime.store.read() as tx:
        shown = store.get(tx, message_id)
    if shown is None:
        return None
    said, given = template_words.ask_before_sending(runtime, shown), facts.ask_host(runtime, shown)
    started = time.monotonic()
    return runtime.store.write(lambda tx: _claim(tx, runtime, shown, said, given, started=started))


def _claim(
    tx: Tx, runtime: Runtime, shown: Message, said: template_words.Said, given: facts.Given | None, *, started: float
) -> Claim | None:
    """Screen once more inside the claim's transaction; only what nobody has doubts about is claimed."""
    message = store.get(tx, shown.id) if store.claimable(tx, 1, tuple(runtime.accounts), only=shown.id) else None
    if message is None or message.content != shown.content:
        return None
    if given is None and not shadow.is_on(runtime):
        store.move(tx, message, State.CLEARED, "dispatch", changes={"due_at": tx.now + ASK_AGAIN})
        return None
    given = given or {}
    if not template_words.still_signed_off(tx, runtime, message, said, given):
        return None
    if not _may_go(tx, runtime, message, given):
        return None
    account = runtime.accounts[message.provider]
    _let_one_through(tx, account)
    lease_until = tx.now + timedelta(seconds=runtime.lease_seconds)
    token = store.open_attempt(tx, [message], account.name, lease_until)
    sending = store.move(tx, message, State.SENDING, "dispatch", changes={"tries": message.tries + 1})
    return Claim(sending, token, account, started + runtime.lease_seconds - runtime.vendor_timeout)


def _may_go(tx: Tx, runtime: Runtime, message: Message, given: facts.Given) -> bool:
    """True when it may leave now; else it was stopped, held or put off in this transaction."""
    seen = facts.gather(tx, runtime, message, given)
    found = screening.screen(message, seen)
    if any(finding.check == "validity" for finding in found.findings):
        return _stop(tx, runtime, message, screening.expired(seen.policy, message.purpose))
    if store.content_hash(tx.seal, message.content, message.channel) != message.content_hash:
        found = replace(found, findings=(*found.findings, TAMPERED))
    elif shadow.is_on(runtime):
        return _goes_anyway(tx, runtime, message, shadow.noted(runtime, message, found, seen))
    quiet = any(finding.check == "quiet_hours" for finding in found.findings)
    later = quiet_hours.next_allowed(seen, tx.now, message) if quiet else tx.now
    never = quiet and quiet_hours.next_allowed(seen, later, message) > later  # the clocks it may be there never agree
    if never or screening.new_findings(message, found):
        store.move(tx, store.screened(tx, message, found), State.HELD, "dispatch")
        return False
    if later > tx.now:
        store.move(tx, message, State.CLEARED, "dispatch", changes={"due_at": later})
    return later <= tx.now


def _goes_anyway(tx: Tx, runtime: Runtime, message: Message, found: Screening) -> bool:
    """In shadow mode: True, with what is found by now noted, unless whoever it is for asked for no more since."""
    if shadow.asked_for_no_more(found.findings):
        return _stop(tx, runtime, store.screened(tx, message, found), {"stop_reason": "suppressed"})
    known = {finding.key for finding in message.findings}
    if shadow.would(message) and {finding.key for finding in found.findings} != known:
        store.screened(tx, message, found)
    return True


def _stop(tx: Tx, runtime: Runtime, message: Message, changes: Mapping[str, object]) -> bool:
    """Stop what nobody may send any more, and let its CRM hear so: False."""
    relay.tell(tx, runtime, store.move(tx, message, State.STOPPED, "dispatch", changes=changes))
    return False


def _let_one_through(tx: Tx, account: Account) -> None:
    """An account that has just rested is tried with one message; the others wait until it has answered."""
    known = store.read_breaker(tx, account.name)
    if known and known.failures >= OPEN_AFTER:
        store.write_breaker(tx, replace(known, open_until=tx.now + REST))


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
    _keep(runtime, claim, outcome)
    failpoint.hit("after_receipt_commit")


def _keep(runtime: Runtime, claim: Claim, outcome: Sent | Exception) -> None:
    """Store the outcome; a database that hiccups is asked again, for the vendor's id is in nobody else's hand."""
    for seconds in (*SETTLE_AGAIN, None):
        try:
            runtime.store.write(lambda tx: _settle(tx, runtime, claim, outcome))
            return
        except SQLAlchemyError:
            if seconds is None:
                raise
            logger.exception("the outcome of sending message %s is not stored yet", claim.message.id)
            time.sleep(seconds)


def _settle(tx: Tx, runtime: Runtime, claim: Claim, outcome: Sent | Exception) -> None:
    """Store an attempt's outcome; what came after this attempt is not its to judge, except that the vendor has it."""
    word = {Sent: "accepted", Refused: "refused", TryLater: "not_sent"}.get(type(outcome), "unknown")
    store.close_attempt(tx, claim.token, word, "" if isinstance(outcome, Sent) else str(outcome))
    _count(tx, claim.account, outcome)
    message: Message | None = store.get(tx, claim.message.id)
    while message:
        try:
            _apply(tx, runtime, message, claim, outcome)
            return
        except Conflict as conflict:  # another process moved it between our read and our write: look again
            message = conflict.message if conflict.message != message else None
    logger.error("the outcome of sending message %s could not be applied: %s", claim.message.id, word)


def _apply(tx: Tx, runtime: Runtime, message: Message, claim: Claim, outcome: Sent | Exception) -> None:
    swept = message.state is State.UNCONFIRMED and message.version == claim.message.version + 1
    if isinstance(outcome, Sent):
        _sent(tx, runtime, message, outcome)
    elif not swept and message.version != claim.message.version:
        logger.info("message %s was settled by somebody else as %s", message.id, message.state)
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
