"""Is a word about an appointment still true: its day, its time, and that there is one at all? rules.md §4."""

from __future__ import annotations

from sayso.checks.lane_proof import OFF, says_another_time
from sayso.checks.plain_words import read
from sayso.checks.signs import NOT_TODAY, TODAY
from sayso.message import Facts, Finding, Message

CHECK = "appointment_time"
ABOUT = frozenset({"appointment_future", "appointment_today"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold where the shop's records have another day or time, or call it off; the at-once lane has its own proof."""
    visit = facts.story.subject_fact
    if visit is None or visit.list != "appointments" or message.purpose not in ABOUT:
        return ()
    if facts.policy.lane(message.purpose) == "at_once":
        return ()
    at, words = visit.moment("at"), read(message)
    if visit.text("state") in OFF:
        return (_found("off", "It was called off, say the shop's records. Ask before anybody is reminded.", visit.key),)
    if at is None or not facts.clocks:
        return ()
    local, today = at.astimezone(facts.clocks[0]), facts.now.astimezone(facts.clocks[0]).date()
    now_at = f"{local:%A %d %B, %H:%M}"
    if TODAY.search(words) and not NOT_TODAY.search(words) and local.date() != today:
        return (_found("day", f"It says today, but their appointment is on {now_at}.", visit.key),)
    if says_another_time(message.content.words, at, facts):
        return (_found("time", f"Their appointment is on {now_at}, which is not what this says.", visit.key),)
    return ()


def _found(code: str, reason: str, key: str) -> Finding:
    return Finding(CHECK, code, reason, subject=key, proposal={"kind": "edit"})
