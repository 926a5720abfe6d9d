"""The words of a message that lie at its vendor, asked for read-only, so that people and checks see what would go."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sayso import facts, rescreening, store
from sayso.checks.unseen_words import in_file
from sayso.message import VENDOR_NAMES, Account, Content, Finding, Message, SaysoError, State, Unknown
from sayso.runtime import Runtime
from sayso.store import Tx
from sayso_providers import Template

logger = logging.getLogger("sayso")
KEPT, KEPT_BEFORE_SENDING, KEPT_SILENCE = timedelta(minutes=1), timedelta(seconds=5), timedelta(seconds=5)
MOST_KEPT = 500
ASK_AGAIN, ASK_FOR = timedelta(minutes=1), timedelta(hours=1)
Said = tuple[Content, Finding | None]
WAIT, MOST_WAITS = timedelta(seconds=5), 4


def fetch(runtime: Runtime, provider_name: str, content: Content, account: str | None = None) -> Content:
    """The content with `seen` set to what its template says with its values; None where nobody says.

    Call it before any transaction: the vendor is asked, for two seconds at most, unless it said so a short while ago.
    """
    if not content.template:
        return content
    unseen = replace(content, seen=None)
    try:
        return _as_now(runtime, provider_name, unseen, KEPT, account) or unseen
    except Unknown as error:
        logger.warning("the words of template %s are not known: %s", content.template, error)
        return unseen


def template_of(runtime: Runtime, message: Message) -> Template | None:
    """What the vendor keeps under the name of a message's template, as it said lately; None where nobody says."""
    name, account = message.content.template, runtime.account(message)
    if not name or account is None or runtime.mode == "test":
        return None
    try:
        return _template(runtime, account, name, KEPT)
    except Unknown:
        return None


def ask_again_at(message: Message, now: datetime) -> datetime | None:
    """When to ask once more for words that nobody has seen, while the message waits; None when there is no need."""
    unseen = message.content.template and message.content.seen is None and not in_file(message.content.template)
    return now + ASK_AGAIN if unseen and now - message.created_at < ASK_FOR else None


def ask_again(runtime: Runtime, message: Message) -> None:
    """Ask once more for the words of a held message: once they are known it is screened with them, else put off."""
    content = fetch(runtime, message.provider, message.content, message.account)
    if content.seen is None:
        runtime.store.write(lambda tx: store.put_off(tx, message.id, ask_again_at(message, tx.now)))
        return
    given = facts.ask_host(runtime, message)
    runtime.store.write(lambda tx: _hold(tx, runtime, message, content, given, by="facts"))


def ask_before_sending(runtime: Runtime, message: Message) -> Said:
    """What its template says at this moment, before any transaction, and what is amiss when it does not say so."""
    content = message.content
    if content.seen is None or runtime.mode == "shadow":
        return content, None  # none, or nobody is bound to them
    try:
        now = _as_now(runtime, message.provider, content, KEPT_BEFORE_SENDING, message.account)
    except Unknown:
        return content, _finding(message, "silent")
    if now is None:
        return content, _finding(message, "gone")
    return (now, None) if now == content else (now, _finding(message, "changed"))


def still_signed_off(tx: Tx, runtime: Runtime, message: Message, said: Said, given: facts.Given) -> bool:
    """True when nothing is amiss, or nothing that the approver did not accept; else it was held or put off."""
    content, finding = said
    if finding is None or (content == message.content and finding.key in message.accepted):
        return True
    if finding.code == "silent" and message.tries < MOST_WAITS:
        later = {"due_at": tx.now + WAIT * 2**message.tries, "tries": message.tries + 1}
        store.move(tx, message, State.CLEARED, "dispatch", changes=later)
        return False
    _hold(tx, runtime, message, content, given, finding, by="dispatch")
    return False


def _hold(
    tx: Tx, runtime: Runtime, message: Message, content: Content, given: facts.Given | None, *more: Finding, by: str
) -> None:
    """Let a person look at the words as they are now; other words are a new edition, of which nothing is accepted."""
    same = content == message.content
    held = store.move(tx, message, State.HELD, by, changes={} if same else {"accepted": frozenset()})
    held = held if same else store.reword(tx, held, content)
    _, found = rescreening.look(tx, runtime, held, given)
    store.screened(tx, held, replace(found, findings=(*more, *found.findings)))


def _finding(message: Message, code: str) -> Finding:
    vendor = VENDOR_NAMES[message.provider]
    reason = {
        "silent": f"{vendor} does not say whether the words are still those that were signed off; "
        "read them again, or wait until it answers.",
        "gone": f"{vendor} no longer has these words, so it would most likely refuse to send them.",
        "changed": f"The words were changed at {vendor} after they were signed off; please read the new ones.",
    }[code]
    was = f"Signed off was: {message.content.seen}"[:300]
    return Finding("template_words", code, reason, "hold", message.content.template or "", was)


def _as_now(
    runtime: Runtime, provider_name: str, content: Content, no_older: timedelta, account_name: str | None
) -> Content | None:
    """The content with its template's words; None when the vendor has no such template."""
    account = runtime.accounts.get(account_name or provider_name)
    if not content.template or account is None or runtime.mode == "test":
        return content
    template = _template(runtime, account, content.template, no_older)
    if template is None:
        return None
    return replace(content, seen=runtime.providers[provider_name].fill_template(template, content))


def _template(runtime: Runtime, account: Account, name: str, no_older: timedelta) -> Template | None:
    """What the vendor says, or said lately; a vendor that is silent is left alone for a moment."""
    now = runtime.clock()
    for place, age in (((account.name, name), no_older), ((account.name, ""), KEPT_SILENCE)):
        at, kept = runtime.templates.get(place, (None, None))
        if at and timedelta() <= now - at < age:
            if isinstance(kept, str):
                raise Unknown(kept)
            return kept
    if len(runtime.templates) >= MOST_KEPT:
        runtime.templates.clear()
    try:
        found = runtime.providers[account.provider].read_template(name, account, runtime.quick_http)
    except Exception as error:
        if not isinstance(error, SaysoError):
            logger.exception("what the vendor said of template %s could not be read", name)
        runtime.templates[account.name, ""] = (now, str(error))
        raise Unknown(str(error)) from error
    runtime.templates[account.name, name] = (now, found)
    return found
