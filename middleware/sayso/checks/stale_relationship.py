"""Does the message take two people for a couple although nobody has said so for long, or ever?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sayso.checks import couples, pairs, who
from sayso.checks.couples import Couple
from sayso.message import Facts, Finding, Json, Message, Person, Story

CHECK = "stale_relationship"


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for each two people of whom nobody has said lately that they are together; ended ones are not ours."""
    if not facts.story.told:
        return ()
    judged: dict[str, Couple | None] = {}
    found = {}
    for couple, days in _uses(message, facts):
        if couple.key not in judged:
            judged[couple.key] = couple
            if finding := _judge(couple, days, facts):
                found[couple.key] = finding
    greeting = pairs.greeted(message, facts.story)
    if greeting and len(greeting[0]) < 2 and not judged and not _is_over(facts, greeting[0]):
        return (_stranger(greeting[1]),)
    return tuple(found.values())


def _uses(message: Message, facts: Facts) -> Iterator[tuple[Couple, int]]:
    """The couples that the message takes for one, each with the days for which a word on it counts for this use."""
    story, limits, now = facts.story, facts.policy.limits, facts.now
    if message.purpose in who.COUPLES:
        yield from ((one, limits.couple_days) for one in _celebrating(message, facts))
    if message.purpose == "wishlist_hint":
        yield from ((one, limits.hint_days) for one in _with_others(facts, _owners(story)))
    if message.purpose == "birthday":
        near = _with_others(facts, who.known(story, sorted(story.principals)))
        yield from ((one, limits.greeting_days) for one in near if one.state != "nothing")
    greeting = pairs.greeted(message, story)
    if greeting and len(greeting[0]) == 2:
        one, other = greeting[0]
        yield couples.between(story, one, other, now), limits.couple_days
    elif greeting and message.purpose not in who.COUPLES:  # "Mr and Mrs Moss": the only couple it can be
        known = [one for one in couples.couples(story, who.behind(story), now) if one.state != "over"]
        yield from ((one, limits.couple_days) for one in known if not greeting[0])


def _celebrating(message: Message, facts: Facts) -> tuple[Couple, ...]:
    """The two of whom an anniversary or a card speaks; a card for one person's own day speaks of no couple."""
    story, now = facts.story, facts.now
    fact = story.subject_fact
    named = who.known(story, fact.people("people")) if fact and fact.list == "occasions" else ()
    named = named or who.known(story, sorted(story.principals))
    if len(named) > 1:
        return couples.among(story, named, now)
    if message.purpose != "anniversary" and not (fact and fact.text("kind") in ("anniversary", "wedding")):
        return ()
    return tuple(one for one in couples.couples(story, named or who.behind(story), now) if one.state != "over")


def _owners(story: Story) -> tuple[Person, ...]:
    fact = story.subject_fact
    return who.known(story, fact.people("owner")) if fact and fact.list == "wishlists" else ()


def _with_others(facts: Facts, people: tuple[Person, ...]) -> tuple[Couple, ...]:
    """These people with everybody behind the addresses, where they are none of them themselves."""
    here = who.behind(facts.story)
    if {person.key for person in here} & {person.key for person in people}:
        return ()
    return tuple(couples.between(facts.story, one, other, facts.now) for one in people for other in here)


def _judge(couple: Couple, days: int, facts: Facts) -> Finding | None:
    names = who.together(couple.people)
    if couple.state in ("over", "kin"):
        return None
    if couple.state == "doubt":
        reason = f"We heard that {names} are together, and something since that says they may not be."
        return _finding(couple, "doubt", reason, _proof(couple, facts))
    if couple.state == "nothing":
        return _finding(couple, "unknown", f"Nobody ever told us that {names} belong together.", "no relation is known")
    if couple.confirmed_at is None:
        reason = f"Nobody ever said when {names} were last known to be together."
        return _finding(couple, "unconfirmed", reason, _proof(couple, facts))
    if couple.state in ("together", "other") and facts.now - couple.confirmed_at > timedelta(days=days):
        reason = f"Nobody has told us since {couple.confirmed_at:%B %Y} that {names} are still together."
        return _finding(couple, "old", reason, _proof(couple, facts))
    return None


def _proof(couple: Couple, facts: Facts) -> str:
    seen = [who.evidence(couple.fact, facts.now)] if couple.fact else []
    seen += [f"purchase {couple.sign.id} is {couple.sign.text('status')}"] if couple.sign else []
    return "; ".join(seen)


def _finding(couple: Couple, code: str, reason: str, proof: str) -> Finding:
    one, other = couple.people
    ask: dict[str, Json] = {"kind": "confirm", "fact": "relationships", "people": [one.key, other.key]}
    ask["question"] = f"Are {who.together(couple.people)} together?"
    question = "Still together?" if couple.state != "other" else "Do they still belong together?"
    proposal = who.confirm(couple.fact, question) if couple.fact else ask
    return Finding(CHECK, code, reason, "hold", couple.key, proof, proposal)


def _is_over(facts: Facts, greeted: tuple[Person, ...]) -> bool:
    """Whether "Mr and Mrs" can only mean a couple of the past, which is not ours to say."""
    here = who.behind(facts.story)
    return not greeted and any(one.state == "over" for one in couples.couples(facts.story, here, facts.now))


def _stranger(words: str) -> Finding:
    reason = f"The greeting is for two, {words}, and we do not know that they belong together."
    return Finding(CHECK, "stranger", reason, "hold", "", f"“{words}”", {"kind": "edit"})
