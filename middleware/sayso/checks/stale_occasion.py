"""Is the day that the message is about still the right one? A wrong birthday or anniversary hurts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sayso.checks import who
from sayso.message import Fact, Facts, Finding, Message, Person

CHECK = "stale_occasion"
_BEFORE, _AFTER = timedelta(days=7), timedelta(days=30)
"""How near to last year's day a complaint must lie to be one about it."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for the first thing that is doubtful about the day: two dates, a complaint, never confirmed, or old."""
    if not facts.story.told or message.purpose not in who.DATED:
        return ()
    fact = _occasion(message, facts)
    if fact is None:
        return ()
    for code, reason in _doubts(fact, message, facts):
        day = fact.text("date") or "no date"
        proof = who.evidence(fact, facts.now, f"{fact.text('kind') or 'occasion'} on {day}")
        proposal = who.confirm(fact, f"Is {day} still right?")
        return (Finding(CHECK, code, reason, "hold", fact.key, proof, proposal),)
    return ()


def _occasion(message: Message, facts: Facts) -> Fact | None:
    """The day that the message is about: its subject, else the only one of that kind that these people have."""
    story = facts.story
    if story.subject_fact and story.subject_fact.list == "occasions":
        return story.subject_fact
    people = who.in_matter(story) or who.behind(story)
    found = [one for one in who.of(story, "occasions", "people", *people) if one.text("kind") == message.purpose]
    return max(found, key=lambda one: one.text("date"), default=None)


def _doubts(fact: Fact, message: Message, facts: Facts) -> Iterator[tuple[str, str]]:
    people = who.known(facts.story, fact.people("people"))
    whose = f"{_possessive(people)} {fact.text('kind') or 'day'}"
    said = who.desk_said(fact)
    if said and _days(facts.now, said) <= facts.policy.limits.occasion_days:
        return
    if _other_dates(fact, facts):
        yield "two_dates", f"There are two different dates on file for {whose}."
    if _complained(fact, people, facts):
        yield "complaint", f"There was a complaint about the time of {whose} last year."
    used = _last_used(message, facts)
    limit = facts.policy.limits.occasion_days
    if fact.confirmed_at is None:
        yield "unconfirmed", f"Nobody ever confirmed the date of {whose}."
    elif used is None:
        yield "first_use", f"We have never written for {whose} before, so nobody knows yet that the date is right."
    elif _days(facts.now, max(used, fact.confirmed_at)) > limit:
        yield "old", f"The date of {whose} was last used or confirmed more than {limit} days ago."


def _days(now: datetime, then: datetime) -> int:
    return (now - then).days


def _possessive(people: tuple[Person, ...]) -> str:
    names = who.together(people)
    return f"{names}\u2019s" if names else "this"


def _other_dates(fact: Fact, facts: Facts) -> bool:
    """Whether another fact of the same kind gives the same people another day."""
    people = {person.key for person in who.known(facts.story, fact.people("people"))}
    for other in facts.story.of("occasions"):
        if other.key == fact.key or other.get("deleted") is True or other.text("kind") != fact.text("kind"):
            continue
        same = people == {person.key for person in who.known(facts.story, other.people("people"))}
        if same and other.text("date") and _day(other) != _day(fact):
            return True
    return False


def _day(fact: Fact) -> date | str:
    found = fact.moment("date")
    return found.date() if found else fact.text("date")


def _complained(fact: Fact, people: tuple[Person, ...], facts: Facts) -> bool:
    """Whether somebody complained about this day, or around it last year."""
    day = fact.moment("date")
    last = _on(day, _nearest_year(day, facts.now) - 1) if day else None
    for one in who.of(facts.story, "complaints", "person", *people, *who.behind(facts.story)):
        opened = one.moment("opened_at")
        if one.text("about") == f"occasion/{fact.id}":
            return True
        if last and opened and last - _BEFORE <= opened <= last + _AFTER:
            return True
    return False


def _nearest_year(day: datetime, now: datetime) -> int:
    """The year in which this day of the year lies nearest to now."""
    return min((now.year - 1, now.year, now.year + 1), key=lambda year: abs(_on(day, year) - now))


def _on(day: datetime, year: int) -> datetime:
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28)


def _last_used(message: Message, facts: Facts) -> datetime | None:
    """When we last wrote for this day and nobody stopped it."""
    sent = [
        one.at
        for one in facts.contacts
        if one.state == "sent"
        and one.purpose == message.purpose
        and (not one.subject or not message.subject or one.subject == message.subject)
    ]
    return max(sent, default=None)
