"""Do the shop's own records know of what claims to be urgent? A lane that nobody reads wants more than a claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sayso.checks.suppressed_address import plain_address
from sayso.message import Fact, Facts, Finding, Message

CHECK = "lane_proof"
CONFIRM_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
JUST_NOW = timedelta(hours=1)
OFF = frozenset({"cancelled", "canceled", "done", "no_show"})
TIME = re.compile(r"\b(\d{1,2})(?:[:.h](\d{2}))? ?([ap])\.?m\b|\b(\d{1,2})[:h.](\d{2})\b", re.I)
Proof = Callable[[Message, Facts], Iterator[tuple[str, str]]]


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold where the records say nothing of it, or something else."""
    prove = PROOFS.get(message.purpose or "")
    return tuple(
        Finding(
            CHECK, code, f"This claims to be {CLAIMS[message.purpose or '']}, but {but}.", proposal={"kind": "phone"}
        )
        for code, but in (prove(message, facts) if prove else ())
    )


def _staff(message: Message, facts: Facts) -> Iterator[tuple[str, str]]:
    ends = {end for fact in facts.story.of("staff") for end in fact.endpoints}
    if not _plain(message, facts) <= ends:
        yield "unproven", "this address is not on the list of staff"


def _goodbye(message: Message, facts: Facts) -> Iterator[tuple[str, str]]:
    """They said stop within five minutes, or the records say so; and nobody has confirmed it yet."""
    asked = [facts.opted_out.get(address) for address in message.content.to]
    told = {end for fact in facts.story.of("suppressions") for end in fact.endpoints}
    if any(found and found.confirmed for found in asked):
        yield "confirmed", "the opt-out was confirmed already"
        return
    just_now = all(one and one.stopped_at and facts.now - one.stopped_at <= CONFIRM_WITHIN for one in asked)
    if not just_now and not _plain(message, facts) <= told:
        yield "unproven", "the shop's own records do not say so"


def _visit(message: Message, facts: Facts) -> Iterator[tuple[str, str]]:
    """An appointment today of somebody behind the address, at the time that the text says."""
    here = {key for one in facts.story.behind if one.person for key in one.person.keys}
    theirs = facts.story.of("appointments", *here) if here or facts.story.told else facts.story.of("appointments")
    if facts.story.told and not here:
        theirs = ()
    today = [fact for fact in theirs if _is_today(fact, facts)]
    if not today:
        yield "unproven", "the shop's own records know of no appointment of theirs today"
    elif all(_has_another_time(message, fact, facts) for fact in today):
        yield "moved", "the shop's own records have another time"


def _is_today(fact: Fact, facts: Facts) -> bool:
    at = fact.moment("at")
    if fact.text("state") in OFF:
        return False
    if at is None:
        return not facts.story.told  # a host that only says that there is one
    return at >= facts.now - JUST_NOW and any(
        at.astimezone(zone).date() == facts.now.astimezone(zone).date() for zone in _clocks(facts)
    )


def _has_another_time(message: Message, fact: Fact, facts: Facts) -> bool:
    at = fact.moment("at")
    return at is not None and says_another_time(message.content.words, at, facts)


def says_another_time(text: str, at: datetime, facts: Facts) -> bool:
    """Whether a text names times of day, and none of them is the one of a visit.

    A visit's time is that of the clocks we know, or as its source wrote it. Where only a number's area tells the
    clock, whole hours are no difference: the shop may be elsewhere.
    """
    said = set(_times(text))
    here = {_minute(at), *(_minute(at.astimezone(zone)) for zone in _clocks(facts))}
    if facts.clocks_from in ("", "number"):
        return bool(said) and not {minute % 60 for minute in said} & {minute % 60 for minute in here}
    return bool(said) and not said & here


def _times(text: str) -> Iterator[int]:
    """Every time of day that a text names, as minutes of the day; "4:15" may be in the afternoon."""
    for hour, minute, half, full, past in TIME.findall(text):
        if half:
            yield (int(hour) % 12 + (12 if half.lower() == "p" else 0)) * 60 + int(minute or 0)
            continue
        hours = int(full or hour) % 24
        yield hours * 60 + int(past or minute or 0)
        if 0 < hours < 12:
            yield (hours + 12) * 60 + int(past or minute or 0)


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _clocks(facts: Facts) -> tuple[ZoneInfo, ...]:
    return facts.clocks or (ZoneInfo("UTC"),)


def _plain(message: Message, facts: Facts) -> set[str]:
    return {plain_address(address, facts.policy.default_country) for address in message.content.to}


CLAIMS: Mapping[str, str] = {
    "staff_alert": "for your own staff",
    "appointment_today": "about today's appointment",
    "optout_confirmation": "the answer to an opt-out",
}
PROOFS: Mapping[str, Proof] = {"staff_alert": _staff, "appointment_today": _visit, "optout_confirmation": _goodbye}
