"""What the checks that read the story share: who is behind an address, who is in the matter, and how to say so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sayso.checks.words import ago, folded, texts
from sayso.message import Behind, Fact, Json, Message, Person, Story

PRINT = frozenset({"letter", "postcard", "self_mailer"})
SELLS = frozenset({"marketing", "wishlist_reminder", "wishlist_hint"})
"""The purposes that want to sell something: their hours are those of marketing."""
DATED = frozenset({"birthday", "anniversary", "gift_card_mailer"})
COUPLES = frozenset({"anniversary", "gift_card_mailer"})
"""The purposes that speak of a day, and of two people as a couple."""


def behind(story: Story) -> tuple[Person, ...]:
    """Everybody known behind every address, each once."""
    return once(one.person for one in story.behind if one.person)


def in_matter(story: Story) -> tuple[Person, ...]:
    """Everybody whose business it is, and everybody whom the subject names."""
    fact = story.subject_fact
    named = [key for keys in fact.refs.values() for key in keys] if fact else []
    return known(story, (*sorted(story.principals), *named))


def known(story: Story, keys: Iterable[str]) -> tuple[Person, ...]:
    """The people of these keys, each once; a key of nobody is nobody."""
    return once(story.people[key] for key in keys if key in story.people)


def once(people: Iterable[Person]) -> tuple[Person, ...]:
    """These people, each once, in their order."""
    return tuple({person.key: person for person in people}.values())


def of(story: Story, kind: str, field: str, *people: Person) -> tuple[Fact, ...]:
    """The facts of a list whose field names one of these people; retracted ones are none."""
    keys = {key for person in people for key in person.keys}
    return tuple(fact for fact in story.of(kind) if keys & set(fact.people(field)) and fact.get("deleted") is not True)


def has_role(one: Behind, *names: str) -> bool:
    """Whether somebody behind an address has one of these roles."""
    return any(role.name in names for role in one.roles)


def first_name(person: Person) -> str:
    """What a shop assistant would call them; a name that begins with a title is kept whole."""
    name = " ".join(person.name.split())
    first = name.split(" ")[0]
    return name if first.endswith(".") else first or "this person"


def together(people: Iterable[Person], word: str = "and") -> str:
    """Their first names in a sentence."""
    names = list(dict.fromkeys(map(first_name, people)))
    return f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def as_sentence(sentence: str) -> str:
    """A sentence that begins with a capital, whoever it is about."""
    return sentence[:1].upper() + sentence[1:]


def spoken(message: Message) -> str:
    """All words that people read, and for the post the lines with the name; blanks stand singly."""
    content = message.content
    lines = [text for _, text in texts(message)]
    lines += [content.subject_line or "", *(content.to if message.channel in PRINT else ())]
    return folded("\n".join(dict.fromkeys(line for line in lines if line)))


def mentions(text: str, person: Person) -> bool:
    """Whether a text has somebody's first name as a word."""
    first = person.name.split()[0] if person.name.split() else ""
    return len(first) > 1 and re.search(rf"(?<!\w){re.escape(first)}(?!\w)", text, re.I) is not None


def confirm(fact: Fact, question: str) -> dict[str, Json]:
    """The proposal to ask a colleague with one tap whether a fact is still true."""
    return {"kind": "confirm", "fact": fact.key, "list": fact.list, "id": fact.id, "question": question}


def evidence(fact: Fact, now: datetime, what: str = "") -> str:
    """A fact as a card names it: what it says, who said so and when it was last known to be true."""
    said = fact.confirmed_at
    age = f"last known to be true {ago(said, now)}" if said else "without a date"
    return ", ".join(part for part in (what or fact.text("kind") or fact.list, f"said by {fact.said_by}", age) if part)


def desk_said(fact: Fact) -> datetime | None:
    """When somebody at the desk last confirmed a fact, if anybody did."""
    return max((value.at or value.heard_at for value in fact.values.values() if value.desk), default=None)
