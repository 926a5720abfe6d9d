"""Does the text greet somebody else than the one it goes to?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sayso.checks import couples, who
from sayso.checks.greetings import Greeting, greetings, tokens
from sayso.checks.plain_words import unmarked
from sayso.checks.words import once, texts
from sayso.message import Facts, Finding, Message, Person, Story

CHECK = "wrong_salutation"
_ALSO = ("nickname", "known_as", "preferred_name", "first_name", "maiden_name")


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for every greeting by a name that is none of those behind the addresses, and for half a couple."""
    story = facts.story
    known = who.behind(story)
    strangers = any(one.crowded or not any(b.person for b in one.behind) for one in story.recipients)
    if strangers or not known or any(not tokens(person.name) for person in known):
        return ()
    return once(
        _finding(code, greeting, known)
        for text in _spoken(message)
        for greeting in greetings(text)
        if (code := _fault(greeting, known, story, facts.now))
    )


def _spoken(message: Message) -> Iterable[str]:
    content = message.content
    words = [text for place, text in texts(message) if place != "the sender"]
    return dict.fromkeys(unmarked(text) if "<" in text else text for text in (*words, content.html or ""))


def _fault(greeting: Greeting, known: tuple[Person, ...], story: Story, now: datetime) -> str:
    """Why a greeting does not fit: `wrong_name`, `not_both`, or nothing."""
    called = [_called(name, known) for name in greeting.names if name]
    if not any(called):
        return "wrong_name"
    if len(greeting.names) == 1:
        return ""
    here = [person for found in called for person in found]
    partners = who.once(
        other
        for one in here
        for other in story.people.values()
        if other.key != one.key and couples.between(story, one, other, now).state == "together"
    )
    everybody = who.once((*known, *partners))
    wanted = [_called(name, everybody) if name else everybody for name in greeting.names]
    both = any(one.key != other.key for one in wanted[0] for other in wanted[-1])
    return "" if both else "not_both"


def _called(name: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """Those of these people who go by that name; letters of another script cannot be compared, so they may."""
    first = next((part for part in tokens(name) if len(part) > 1), "")
    return tuple(
        person for person in people if not first or first in _names(person) or _is_foreign(first, _names(person))
    )


def _names(person: Person) -> frozenset[str]:
    also = [value for field in _ALSO if isinstance(value := person.get(field), str)]
    return frozenset(part for name in (person.name, *also) for part in tokens(name))


def _is_foreign(word: str, names: frozenset[str]) -> bool:
    return all(word.isascii() != name.isascii() for name in names)


def _finding(code: str, greeting: Greeting, known: tuple[Person, ...]) -> Finding:
    whom = who.together(known, "or")
    reason = f"This greets {greeting.words}, but it goes to {whom}."
    if code == "not_both":
        reason = f"This greets {greeting.words} together, but it goes to {whom}, and we do not know of both as a pair."
    said = "; ".join(f"{person.name}, said by {person.facts[0].said_by}" for person in known if person.facts)
    evidence = f"Behind this address: {said or whom}."
    return Finding(CHECK, code, reason, "hold", " ".join(tokens(greeting.words)), evidence, {"kind": "edit"})
