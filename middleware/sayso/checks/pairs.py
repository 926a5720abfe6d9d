"""Two people in one greeting: "Dear Rebecca and Nate", "Mr and Mrs Moss", the line on an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sayso.checks import who
from sayso.checks.late import Late
from sayso.message import Message, Person, Story

_NAME = r"[^\W\d_a-zà-ÿ][\w'\u2019-]*\.?"
_JOIN = r"(?i:\s+(?:and|y|e|et|und|og|en|with)\s+|\s*[&+]\s*)"
_GREETING = (
    r"(?i:dear|hi|hello|hey|congratulations|happy \w+|feliz \w+|hola|querid[oa]s?|estimad[oa]s?|chers?|ch[eè]res?"
    r"|bonjour|liebe[rs]?|hallo|car[oia]|ol[aá]|joyeux \w+)[,!]?\s+(?:(?i:to)\s+)?"
)
_PAIR = rf"(?P<one>{_NAME})(?:\s+{_NAME})?{_JOIN}(?P<other>{_NAME})"
_GREETED = Late(rf"(?:^|[\n.!,;]\s*|\b)(?:{_GREETING}){_PAIR}")
_ON_ENVELOPE = Late(rf"^\s*{_PAIR}")
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "herr", "frau", "señor", "señora", "monsieur", "madame", "sr", "sra"})


def greeted(message: Message, story: Story) -> tuple[tuple[Person, ...], str] | None:
    """The known people among two who are greeted together, and the words; None where nobody known is."""
    for found in _matches(message):
        names = (found["one"].rstrip("."), found["other"].rstrip("."))
        people = who.once(person for name in names for person in _called(story, name))
        if people or names[0].casefold() in _TITLES:
            return people[:2], f"{names[0]} and {names[1]}"
    return None


def are_named(message: Message, one: Person, other: Person) -> bool:
    """Whether the words name two people in one breath; for the post, whether both names are on it."""
    text = who.spoken(message)
    if message.channel in who.PRINT:
        return who.mentions(text, one) and who.mentions(text, other)
    left, right = (re.escape(_first(person)) or r"(?!)" for person in (one, other))
    surname = r"(?:\s+[^\W\d_]+)?"
    return any(
        re.search(rf"(?<!\w){first}{surname}{_JOIN}{second}(?!\w)", text, re.I)
        for first, second in ((left, right), (right, left))
    )


def _matches(message: Message) -> Iterator[re.Match[str]]:
    yield from _GREETED.finditer(who.spoken(message))
    if message.channel in who.PRINT:
        yield from (found for line in message.content.to if (found := _ON_ENVELOPE.match(line)))


def _called(story: Story, name: str) -> list[Person]:
    """The people of that first name; those behind the addresses and in the matter before all others."""
    near = who.once((*who.behind(story), *who.in_matter(story), *story.people.values()))
    found = [person for person in near if _first(person).casefold() == name.casefold()]
    return found[:1]


def _first(person: Person) -> str:
    return person.name.split()[0] if person.name.strip() else ""
