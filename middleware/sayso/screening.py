"""Step 2 of 6. From facts to findings: every check runs, all findings are kept, and they decide where it waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sayso import failpoint, store
from sayso.checks import (
    appointment_time,
    bad_news,
    bereaved,
    blank_text,
    burst_brake,
    closed_region,
    consent,
    contact_cap,
    content_lint,
    deceased,
    duplicate,
    embargo,
    ex_partner,
    first_contact,
    foreign_token,
    hidden_character,
    lane_guard,
    lane_proof,
    link_lint,
    markup,
    merge_field,
    mislabelled,
    mixed_content,
    open_complaint,
    purpose_unknown,
    quiet_hours,
    recipient_role,
    rejected_twin,
    returned_piece,
    shared_endpoint,
    signer_left,
    sold_piece,
    stale_occasion,
    stale_place,
    stale_relationship,
    suppressed_address,
    suppressed_person,
    unseen_words,
    validity,
    wrong_salutation,
)
from sayso.checks.who import PRINT
from sayso.facts import kept_from, snapshot
from sayso.message import Facts, Finding, Message, Policy, State
from sayso.store import Screening, Tx

logger = logging.getLogger("sayso")
Check = Callable[[Message, Facts], tuple[Finding, ...]]

CHECKS: tuple[Check, ...] = (
    suppressed_address.check,
    suppressed_person.check,
    closed_region.check,
    validity.check,
    embargo.check,
    ex_partner.check,
    deceased.check,
    recipient_role.check,
    returned_piece.check,
    sold_piece.check,
    bereaved.check,
    purpose_unknown.check,
    unseen_words.check,
    lane_guard.check,
    lane_proof.check,
    appointment_time.check,
    mislabelled.check,
    mixed_content.check,
    stale_relationship.check,
    stale_occasion.check,
    stale_place.check,
    open_complaint.check,
    bad_news.check,
    consent.check,
    shared_endpoint.check,
    wrong_salutation.check,
    first_contact.check,
    signer_left.check,
    content_lint.check,
    rejected_twin.check,
    contact_cap.check,
    burst_brake.check,
    blank_text.check,
    merge_field.check,
    hidden_character.check,
    markup.check,
    link_lint.check,
    foreign_token.check,
    duplicate.check,
    quiet_hours.check,
)
"""The policy, in the order a reader of the card meets it."""

GRACE = timedelta(minutes=15)
"""How late a message that the CRM timed may still go, once it is cleared."""
LATE = timedelta(days=1)
"""How long after its cut-off a cleared piece may still leave: a mail house that is down is no reason to drop it."""

NEVER_ACCEPTED = ("quiet_hours:quiet:",)
"""Findings that an approval waits out instead of accepting."""


def screen(message: Message, facts: Facts) -> Screening:
    """All findings of all checks; a check that raises is a hold, never a pass."""
    read = as_read(message, facts)
    found = {finding.key: finding for check in CHECKS for finding in _run(check, read, facts)}
    said = {
        finding.reason: finding for finding in reversed(found.values())
    }  # one sentence once, from who said it first
    findings = tuple(finding for finding in found.values() if said[finding.reason] is finding)
    return Screening(facts.policy.hash, findings, snapshot(read, facts), kept_from(facts.story, findings))


def as_read(message: Message, facts: Facts) -> Message:
    """The message with the purpose and the subject that were inferred where its CRM declared none."""
    purpose, subject = facts.story.purpose, facts.story.subject
    names = (
        message.purpose or (purpose.name if purpose else None),
        message.subject or (subject.name if subject else None),
    )
    if names == (message.purpose, message.subject):
        return message
    return replace(message, purpose=names[0], subject=names[1])


def born_state(message: Message, findings: tuple[Finding, ...], facts: Facts) -> tuple[State, str | None]:
    """Where a screened message begins, and the stop reason if it is stopped at once.

    A purpose that we only inferred may go at once where nothing at all was found; it is never refused for its lane,
    for its CRM claimed none, and never auto-cleared. Where only some of its recipients asked for no more, it waits
    for somebody to leave these out.
    """
    policy, read = facts.policy, facts.story.purpose
    at_once = policy.lane(message.purpose) == "at_once"
    seems_urgent = bool(read and read.inferred and policy.lane(read.name) == "at_once")
    listed = any(finding.check == "suppressed_address" and finding.verdict == "stop" for finding in findings)
    if listed and all(to in facts.suppressed or to in facts.opted_out for to in message.content.to):
        return State.STOPPED, "suppressed"
    if at_once and findings:
        return State.STOPPED, "refused"
    purpose = policy.purposes.get(message.purpose or "")
    if not findings and (at_once or seems_urgent or (purpose and purpose.auto_clear)):
        return State.CLEARED, None
    return State.HELD, None


def batch_of(tx: Tx, message: Message, state: State, findings: tuple[Finding, ...]) -> str | None:
    """The run of a burst that a message is born into, so that the desk shows the run as one; else as it was."""
    braked = state is State.HELD and any(finding.check == burst_brake.CHECK for finding in findings)
    if not braked or message.batch_id:
        return message.batch_id
    return store.burst_id(tx, message.source_id, message.created_at)


def worth_until(message: Message, due_at: datetime) -> datetime | None:
    """Until when a cleared message may go: one for a set moment has a little time from then on."""
    if message.send_at and message.send_at == message.hold_expires_at:
        return due_at + GRACE
    return message.hold_expires_at


def held_until(message: Message, now: datetime) -> datetime | None:
    """Until when it waits once a yes was taken back: the CRM's own moment again, while that is still to come.

    What the yes gave a printed piece beyond its cut-off is gone with it.
    """
    if message.channel in PRINT and message.due_at and message.hold_expires_at == message.due_at + LATE:
        return message.due_at
    cleared_until = message.due_at + GRACE if message.due_at and message.state is State.CLEARED else None
    if message.send_at and message.send_at > now and message.hold_expires_at == cleared_until:
        return message.send_at
    return message.hold_expires_at


def worth_holding(policy: Policy, purpose: str | None) -> int:
    """For how many seconds a message of this purpose is worth waiting for a person."""
    known = policy.purposes.get(purpose or "")
    return known.valid_for if known and known.valid_for else policy.hold_for


def usually_until(policy: Policy, purpose: str | None, begins: datetime) -> datetime:
    """Until when a message of this purpose is worth waiting for a person, whatever it is about."""
    return begins + timedelta(seconds=worth_holding(policy, purpose))


def taken_until(message: Message, facts: Facts) -> datetime | None:
    """Until when a message waits that is looked at only after it was taken: as its CRM said, if that said anything."""
    begins = message.send_at or message.created_at
    unsaid = message.hold_expires_at == usually_until(facts.policy, message.purpose, begins)
    return worth_holding_until(message, facts) if unsaid else message.hold_expires_at


def worth_holding_until(message: Message, facts: Facts) -> datetime:
    """Until when a message is worth waiting for a person, by its purpose, and by its matter where that has a time.

    A reminder is worth sending until its appointment (or a day before), a greeting until the end of the day.
    """
    policy, read = facts.policy, as_read(message, facts)
    known = policy.purposes.get(read.purpose or "")
    begins = message.send_at or message.created_at
    usual = usually_until(policy, read.purpose, begins)
    fact = facts.story.subject_fact
    at = fact.moment("at") if fact and known and known.valid_until.startswith("subject_time") else None
    if at and known:
        early = at - timedelta(hours=24) if known.valid_until.endswith("-24h") else at
        return next((one for one in (early, at) if one > begins), usual)
    if known and known.valid_until == "day_end" and facts.clocks:
        local = begins.astimezone(facts.clocks[0])
        return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(begins.tzinfo)
    return usual


def expired(policy: Policy, purpose: str | None) -> dict[str, object]:
    """What becomes of a message when its time is over: it is stopped, and somebody phones where its purpose says so."""
    known = policy.purposes.get(purpose or "")
    return {"stop_reason": "expired", "task": "phone" if known and known.on_expiry == "phone_task" else None}


def new_findings(message: Message, screening: Screening) -> tuple[Finding, ...]:
    """What the second screening found and the approver did not accept, time of day aside."""
    return tuple(
        finding
        for finding in screening.findings
        if finding.key not in message.accepted and not finding.key.startswith(NEVER_ACCEPTED)
    )


def _run(check: Check, message: Message, facts: Facts) -> tuple[Finding, ...]:
    name = check.__module__.rpartition(".")[2]
    try:
        failpoint.hit("during_screening")
        return check(message, facts)
    except Exception:
        logger.exception("the check %s failed on message %s", name, message.id)
        return (crashed(name),)


def crashed(name: str) -> Finding:
    """What is found where a check could not run."""
    reason = "One of our checks could not run, so nobody has looked at this yet but you."
    return Finding(name, "crashed", reason, evidence=f"The check {name} failed.")
