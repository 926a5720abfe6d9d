"""When something may go: the hours of a week, as the shop's own setting and the recipient's region say them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sayso.checks import regions, who
from sayso.message import Facts, Json, Message

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
Hours = tuple[tuple[int, int], ...]
Week = tuple[Hours, ...]
"""For each day from Monday on, the minutes from and until which something may go; a day without any has none."""


def weeks(facts: Facts, message: Message | None = None) -> tuple[Week, ...]:
    """Every week that must be kept at once: the shop's own, and for where the message goes that of each region.

    What sells keeps the hours of marketing; the rest keeps those of service, where they leave the shop any hour.
    Switched off by the shop's own setting, there are none.
    """
    quiet = facts.policy.quiet_hours
    if quiet is None:
        return ()
    own = _own(quiet)
    sells = _sells(facts, message)
    found = [_region(tuple(sorted(_said(rule, sells).items()))) for rule in _rules(facts, message)]
    kept = [week for week in found if sells or _meet(own, week)]
    return tuple(dict.fromkeys([own, *kept]))


def is_open(week: Week, weekday: int, minute: int) -> bool:
    """Whether something may go on that day of the week at that minute."""
    return any(first <= minute < last for first, last in week[weekday])


def next_opening(week: Week, weekday: int, minute: int) -> int | None:
    """In how many minutes from that day's midnight the next hours begin; None for a week without any."""
    for days in range(8):
        for first, _ in week[(weekday + days) % 7]:
            if days or first > minute:
                return days * DAY + first
    return None


def has_days_off(week: Week) -> bool:
    """Whether there is a day on which nothing may go."""
    return not all(week)


def _sells(facts: Facts, message: Message | None) -> bool:
    read = facts.story.purpose
    return bool({message.purpose if message else None, read.name if read else None} & who.SELLS)


def _rules(facts: Facts, message: Message | None) -> list[regions.Region]:
    """What the regions of a message say; without one, those of the addresses that its story has."""
    if not facts.policy.regions:
        return []
    if message is not None:
        codes = regions.of_message(message, facts)
    else:
        known = (regions.codes(one.address, regions.people(one)) for one in facts.story.recipients)
        codes = frozenset(code for found in known for code in found)
    return [regions.rule(facts, code) for code in sorted(codes)]


def _said(rule: regions.Region, sells: bool) -> dict[str, str]:
    """The hours of a region for this kind of message."""
    if not sells:
        return {"usual": _text(rule.get("service"))}
    days = {"sat": _text(rule.get("marketing_sat")), "sun": _text(rule.get("marketing_sun"))}
    return {"usual": _text(rule.get("marketing")), "no_days": _text(rule.get("no_days")), **days}


def _text(value: Json) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


@cache
def _own(quiet: tuple[int, int]) -> Week:
    """The week of a shop that is quiet between two minutes of every day, over midnight where the first is the later."""
    start, end = quiet
    if start <= end:
        hours = tuple(span for span in ((0, start), (end, DAY)) if span[0] < span[1])
        return (((0, DAY),) if start == end else hours,) * 7
    return (((end, start),),) * 7


@cache
def _region(said: tuple[tuple[str, str], ...]) -> Week:
    """The week of a region; where it says nothing, every hour will do."""
    texts: Mapping[str, str] = dict(said)
    off = texts.get("no_days", "").split()
    return tuple(() if day in off else _window(texts.get(day) or texts["usual"]) for day in DAYS)


def _window(text: str) -> Hours:
    if not text:
        return ((0, DAY),)
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return ((first, last),)


@cache
def _meet(one: Week, other: Week) -> bool:
    """Whether two weeks have a minute in common."""
    return any(
        max(first, start) < min(last, end)
        for left, right in zip(one, other, strict=True)
        for first, last in left
        for start, end in right
    )
