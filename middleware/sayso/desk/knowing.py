"""Whom somebody means: the known people of an id, a number, an e-mail address or a whole name."""

from __future__ import annotations

from collections.abc import Iterable

from sayso import store
from sayso.desk import letters, words
from sayso.message import Fact, Json, Person, telephony
from sayso.resolving import world
from sayso.store import Source, Tx

LATEST = 500
"""Among how many of the newest people a name is looked for, beside those around the matter."""


def matching(tx: Tx, text: str, near: Fact | None, country: str) -> tuple[Person, ...]:
    """The people whom a text may mean; `near` is what it is about, whose people come first to mind."""
    number = telephony.e164(text, country)
    ids = [store.fact_key(tx.seal, source.id, "people", text) for source in store.read_sources(tx)]
    ends = [store.endpoint_key(tx.seal, end) for end in (number, text if "@" in text else None) if end]
    keys = {fact.key for fact in store.facts_about(tx, [*ends, *ids]).values() if _is_meant(fact, text, number)}
    keys |= {fact.key for fact in _around(tx, near) if _has_name(fact, text)}
    known = world.load(tx, [], sorted(keys), ()) if keys else None
    found = {person.key: person for key in keys if known and (person := known.people.get(key))}
    return tuple(sorted(found.values(), key=lambda person: (person.name, person.key)))


def shown(person: Person) -> str:
    """A person to choose: the name, and the ends of what they are reached at."""
    ends = ", ".join(words.masked(end) for end in sorted(person.endpoints))
    return letters.spelled(f"{person.name or 'No name'} ({ends})" if ends else person.name or "No name")


def in_source(person: Person, source: Source) -> tuple[str, list[Json]]:
    """The id by which a source knows a person; else a new one, and what to say so that the two are one person."""
    own = next((fact.id for fact in person.facts if fact.source == source.name), None)
    if own:
        return own, []
    new, known = f"desk-{person.key[:12]}", person.facts[0]
    return new, [{"id": new, "name": person.name, "same_as": f"{known.source}/{known.id}"}]


def _is_meant(fact: Fact, text: str, number: str | None) -> bool:
    return fact.list == "people" and (fact.id == text or bool({number, text.lower()} & set(fact.endpoints)))


def _has_name(fact: Fact, text: str) -> bool:
    plain = world.plain_name(text)
    return bool(plain) and world.plain_name(fact.text("name")) == plain


def _around(tx: Tx, near: Fact | None) -> Iterable[Fact]:
    """The people of a matter and those whom facts name beside them, then the newest of all."""
    if near:
        named = {key for keys in near.refs.values() for key in keys}
        yield from world.load(tx, [], [near.key, *sorted(named)], ()).of("people")
    yield from store.list_facts(tx, "people", LATEST)
