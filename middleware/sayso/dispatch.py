"""Step 4 of 6. From a cleared message to the vendor's answer: an attempt before the call, an outcome after."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sayso import facts, failpoint, relay, screening, settling, shadow, store, template_words
from sayso.checks import quiet_hours
from sayso.message import Account, Finding, Message, Refused, Sent, State, TryLater, Unknown
from sayso.runtime import Runtime
from sayso.settling import OPEN_AFTER, REST, Claim
from sayso.store import Screening, Tx

logger = logging.getLogger("sayso")
ASK_AGAIN, PUT_OFF = timedelta(seconds=5), timedelta(minutes=1)
AT_ONCE = 8
Known = tuple[Message, template_words.Said, facts.Given | None]
COMPANIONS, READ_AGAIN = 50, 60.0
TAMPERED = Finding(
    "signed_words", "changed", "The words are not those that were signed off, so it cannot go; ask who changed them.",
    "stop", proposal={"kind": "reject"},
)  # fmt: skip

INCOMPLETE = Finding(
    "signed_words", "incomplete", "What belongs to it, such as a file, is not here any more, so it cannot go.",
    "stop", proposal={"kind": "reject"},
)  # fmt: skip


def run_due(runtime: Runtime) -> bool:
    """Claim one message whose moment has come and send it; True when there may be more.

    One at a time, with what of its request goes in the same call: whatever else is due can still be stopped,
    withdrawn, or left alone while the vendor is ill.
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
        _send(runtime, _with_companions(runtime, claim))
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
    account = runtime.account(message)
    if account is None:  # its keys were taken out just now
        return None
    _let_one_through(tx, account)
    lease_until = tx.now + timedelta(seconds=runtime.lease_seconds)
    token = store.open_attempt(tx, [message], account.name, lease_until)
    sending = store.move(tx, message, State.SENDING, "dispatch", changes={"tries": message.tries + 1})
    return Claim((sending,), token, account, started + runtime.lease_seconds - runtime.vendor_timeout)


def _with_companions(runtime: Runtime, claim: Claim) -> Claim:
    """The claim with what else of the same request may go now, as far as one call carries it and time is left."""
    most = runtime.providers[claim.messages[0].provider].TOGETHER
    while _shares_words(claim.messages[0]) and len(claim.messages) < most:
        try:
            known = list(_known(runtime, claim, min(COMPANIONS, most - len(claim.messages))))
            joined = runtime.store.write(partial(_join, runtime=runtime, claim=claim, known=known)) if known else ()
        except Exception:
            logger.exception("nothing more could join a call; what is claimed goes")
            joined = ()
        claim = replace(claim, messages=(*claim.messages, *joined))
        if not joined:
            break
    return claim


def _known(runtime: Runtime, claim: Claim, most: int) -> Iterator[Known]:
    """What may go in the same call, each with what is said of it; no more than there is time to ask for."""
    with runtime.store.read() as tx:
        ready = store.companions(tx, claim.messages[0], most)
    for one in ready:
        if time.monotonic() > claim.deadline - runtime.vendor_timeout:
            return
        try:
            with runtime.store.read() as tx:
                message = store.get(tx, one)
        except Exception:
            logger.exception("message %s cannot be read, so it joins no call", one)
            continue
        if message and _shares_words(message):
            yield message, template_words.ask_before_sending(runtime, message), facts.ask_host(runtime, message)


def _shares_words(message: Message) -> bool:
    """Whether it says what its request's other messages say: as it came, with nothing that somebody changed since."""
    return bool(message.content.part) and message.edition == 1 and message.door != "desk"


def _join(tx: Tx, runtime: Runtime, claim: Claim, known: Sequence[Known]) -> tuple[Message, ...]:
    """Those of a claim's companions that may go with it, screened once more; the others are left as they are."""
    if not store.lock_attempt(tx, claim.token):  # its lease is over, and the sweep has looked after it
        return ()
    joined = []
    for one in known:
        try:
            found = store.apart(tx, partial(_companion, tx, runtime, claim, one))
        except Exception:
            logger.exception("message %s could not join a call; it is tried again in a minute", one[0].id)
            store.put_off(tx, one[0].id, tx.now + PUT_OFF)
            continue
        joined += [found] if found else []
    store.join_attempt(tx, claim.token, joined, first=len(claim.messages))
    return tuple(joined)


def _companion(tx: Tx, runtime: Runtime, claim: Claim, one: Known) -> Message | None:
    shown, said, given = one
    still = store.claimable(tx, 1, (claim.account.name,), only=shown.id)
    message = store.get(tx, shown.id) if still and given is not None else None
    if message is None or message.content != shown.content or not _shares_words(message):
        return None
    known = given or {}
    if template_words.still_signed_off(tx, runtime, message, said, known) and _may_go(tx, runtime, message, known):
        return store.move(tx, message, State.SENDING, "dispatch", changes={"tries": message.tries + 1})
    return None


def _may_go(tx: Tx, runtime: Runtime, message: Message, given: facts.Given) -> bool:
    """True when it may leave now; else it was stopped, held or put off in this transaction."""
    seen = facts.gather(tx, runtime, message, given)
    found = screening.screen(message, seen)
    if any(finding.check == "validity" for finding in found.findings):
        return _stop(tx, runtime, message, screening.expired(seen.policy, message.purpose))
    if store.content_hash(tx.seal, message.content, message.channel) != message.content_hash:
        found = replace(found, findings=(*found.findings, TAMPERED))
    elif message.content.part and not store.has_part(tx, message.content.part):
        found = replace(found, findings=(*found.findings, INCOMPLETE))
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
    provider = runtime.providers[claim.messages[0].provider]
    outcome: Sent | Exception
    try:
        outcome = provider.send(
            _with_part(runtime, claim.messages),
            claim.account,
            runtime.vendor_http,
            callback_url=f"{runtime.public_url}/callbacks/{provider.NAME}/{claim.token}",
            now=runtime.clock(),
            deadline=claim.deadline,
        )
        failpoint.hit("before_receipt_commit")
    except (Refused, TryLater, Unknown) as error:
        outcome = error
    except Exception as error:
        logger.exception("sending message %s ended unexpectedly", claim.messages[0].id)
        outcome = Unknown(f"Sending ended unexpectedly ({type(error).__name__}).")
    settling.keep(runtime, claim, outcome)
    failpoint.hit("after_receipt_commit")


def _with_part(runtime: Runtime, messages: tuple[Message, ...]) -> list[Message]:
    """The messages with what of their request lies beside them: the same bytes for all."""
    name = messages[0].content.part
    if not name:
        return list(messages)
    try:
        with runtime.store.read() as tx:
            part = store.read_part(tx, name)
    except Exception as error:
        why = f"What lies beside the message could not be read ({type(error).__name__})."
        raise TryLater(why, after=READ_AGAIN) from error  # our own trouble, and none of the account's
    if part is None:  # it went while the message was claimed: without it, it would be another message
        raise TryLater("What lies beside the message is not there any more.", after=READ_AGAIN)
    return [replace(message, part=part) for message in messages]
