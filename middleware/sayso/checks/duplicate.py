"""Did the same words go to the same place a short while ago?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sayso.checks.words import ago
from sayso.message import Facts, Finding, Message, State, Twin

_SENTENCES: Mapping[str, str] = {
    State.RECEIVED: "The same words for this {place} came in {ago} and still wait.",
    State.HELD: "The same words for this {place} came in {ago} and still wait.",
    State.CLEARED: "The same words for this {place} were signed off {ago} and are about to go.",
    State.SENDING: "The same words are just going to this {place}.",
    State.UNCONFIRMED: "The same words may have gone to this {place} {ago}; nobody knows yet.",
    State.SENT: "The same words went to this {place} {ago}.",
    State.FAILED: "The same words for this {place} were tried {ago} and could not be delivered.",
    State.STOPPED: "The same words for this {place} were stopped {ago}.",
}
_OUT = frozenset({State.SENDING, State.UNCONFIRMED, State.SENT})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when a twin lies within the window, saying when it was and what became of it.

    One that another source sent is for staff alone, and keeps nothing back that goes at once: a CRM would hear of it.
    """
    window = timedelta(seconds=facts.policy.duplicate_window)
    near = [twin for twin in facts.twins if twin.message_id != message.id and facts.now - twin.at < window]
    at_once = facts.policy.lane(message.purpose) == "at_once"
    own, others = ([twin for twin in near if twin.own is mine] for mine in (True, False))
    return (*_found(message, facts, own, "twin"), *_found(message, facts, [] if at_once else others, "elsewhere"))


def _found(message: Message, facts: Facts, near: Sequence[Twin], code: str) -> tuple[Finding, ...]:
    if not near:
        return ()
    twin = max(near, key=_weight)
    place = "address" if any("@" in to for to in message.content.to) else "number"
    sentence = _SENTENCES.get(twin.state, "The same words for this {place} were here {ago}.")
    reason = sentence.format(place=place, ago=ago(twin.at, facts.now))
    evidence = f"{len(near)} with the same words; this one is {twin.message_id} of {twin.at.isoformat()}"
    subject = "out" if twin.state in _OUT else "waiting"  # who accepted that one waits has not accepted that it went
    return (Finding("duplicate", code, reason, "hold", subject, evidence, {"kind": "reject"}),)


def _weight(twin: Twin) -> tuple[bool, float]:
    """A twin that went out says more than one that did not; among equals the latest."""
    return twin.state in _OUT, twin.at.timestamp()
