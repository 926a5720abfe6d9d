"""The people behind a message and all that touches them: four indexed queries, whatever the number of people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso import store
from sayso.message import Fact, Json, Person, Story
from sayso.store import Tx
from sayso.telling import merging

MOST_BEHIND = 20
"""More people than this share no home: it is the shop's own number, or a place for those who gave none."""


@dataclass(frozen=True, slots=True)
class World:
    """Everybody who was looked at, by every key of theirs, all facts about them, and who is behind an endpoint.

    `story` is the same for what the checks know how to judge.
    """

    people: Mapping[str, Person]
    facts: Mapping[str, Fact]
    behind: Mapping[str, tuple[Person, ...]]
    crowded: frozenset[str]
    told: bool
    story: Story
    now: datetime

    def who(self, key: str) -> str:
        """The one key of a person who has several; a key that nobody was handed in for is itself."""
        found = self.people.get(key)
        return found.key if found else key

    def all_who(self, keys: Iterable[str]) -> frozenset[str]:
        """The one keys of several."""
        return frozenset(self.who(key) for key in keys)

    def of(self, kind: str) -> list[Fact]:
        """The facts of one list."""
        return [fact for fact in self.facts.values() if fact.list == kind]


def load(tx: Tx, endpoints: Sequence[str], keys: Sequence[str], given: Sequence[Fact]) -> World:
    """The world around some endpoints, and around the keys that a message names; `given` is what the host says now."""
    facts: dict[str, Fact] = {}
    crowded: set[str] = set()

    def look(wanted: set[str]) -> None:
        facts.update(store.facts_about(tx, wanted) if wanted else {})
        _add(facts, given)
        crowded.update(_thin(facts, {*keys, *_named(facts)}, set(endpoints)))

    ends = {store.endpoint_key(tx.seal, endpoint) for endpoint in endpoints}
    look(ends | set(keys))
    first = _around(tx, facts, crowded) - ends
    look(first)
    second = _around(tx, facts, crowded) - first - ends
    look(second)
    facts |= store.get_facts(tx, _named(facts) - second - first - facts.keys())
    told = bool(_people(facts)) or store.knows_people(tx)
    kept = {key: fact for key, fact in facts.items() if fact.get("deleted") is not True}
    people = _persons(kept)
    people |= {person.key: person for person in _only_named(kept, people)}
    behind = {endpoint: _behind(people, endpoint) for endpoint in endpoints}
    glance = Story(told=told, people=people, facts=tuple(kept.values()))
    return World(people, kept, behind, frozenset(crowded), told, glance, tx.now)


def _add(facts: dict[str, Fact], given: Sequence[Fact]) -> None:
    """What the host says now, merged as if it had been handed in: it does not beat what somebody knows better."""
    for fact in given:
        facts[fact.key] = merging.merge(facts.get(fact.key), fact)


def _people(facts: Mapping[str, Fact]) -> list[Fact]:
    return [fact for fact in facts.values() if fact.list == "people"]


def _thin(facts: dict[str, Fact], keys: set[str], asked: set[str]) -> set[str]:
    """The endpoints that more people have than could live together; who is there for no other reason is left out."""
    sharing: dict[str, list[Fact]] = {}
    for fact in _people(facts):
        for endpoint in fact.endpoints:
            sharing.setdefault(endpoint, []).append(fact)
    crowds = {endpoint: found for endpoint, found in sharing.items() if len(found) > MOST_BEHIND}
    meant = asked - crowds.keys()
    for found in crowds.values():
        others = sorted(fact.key for fact in found if fact.key not in keys and not meant & set(fact.endpoints))
        for key in others[MOST_BEHIND + 1 :]:
            facts.pop(key, None)
    return set(crowds)


def _named(facts: Mapping[str, Fact]) -> set[str]:
    """The keys of all that these facts name."""
    return {key for fact in facts.values() for keys in fact.refs.values() for key in keys}


def _around(tx: Tx, facts: Mapping[str, Fact], crowded: set[str]) -> set[str]:
    """Everybody in these facts, and what they can be reached at: who lives with them is found by that."""
    people = _people(facts)
    ends = {end for fact in people for end in fact.endpoints} - crowded
    reached = {store.endpoint_key(tx.seal, end) for end in ends}
    return {fact.key for fact in people} | _named(facts) | reached


def _persons(facts: Mapping[str, Fact]) -> dict[str, Person]:
    """One person for all that is the same person: said so (`same_as`), or of two sources with one name and endpoint."""
    items = _people(facts)
    one: dict[str, str] = {fact.key: fact.key for fact in items}

    def root(key: str) -> str:
        while one[key] != key:
            key = one[key]
        return key

    because: dict[str, str] = {}
    for left, right, why in _same(items):
        if left in one and right in one and root(left) != root(right):
            first, second = sorted((root(left), root(right)))
            one[second] = first
            because[first] = why
    groups: dict[str, list[Fact]] = {}
    for fact in items:
        groups.setdefault(root(fact.key), []).append(fact)
    found: dict[str, Person] = {}
    for key, group in groups.items():
        person = _person(key, tuple(group), because.get(key, ""))
        found |= dict.fromkeys(person.keys, person)
    return found


def _only_named(facts: Mapping[str, Fact], people: Mapping[str, Person]) -> Iterable[Person]:
    """Those whom facts name by an id and nobody has described yet; the number left at a sale is its buyer's."""
    taken = {end for person in people.values() for end in person.endpoints}
    found: dict[str, tuple[Fact, set[str]]] = {}
    for fact in facts.values():
        for name, keys in fact.refs.items():
            for key, own in zip(keys, _ids(fact.get(name)), strict=False) if name != "subject" else ():
                if key not in people:
                    stub = Fact(key, "people", own, fact.source, {})
                    ends = set(fact.endpoints) - taken if name == "purchaser" else set()
                    found.setdefault(key, (stub, set()))[1].update(ends)
    for key, (stub, ends) in found.items():
        yield Person(key, "", frozenset({key}), (stub,), frozenset(ends))


def _ids(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _same(items: Sequence[Fact]) -> Iterable[tuple[str, str, str]]:
    """Pairs of keys that are one person, and why."""
    for fact in items:
        for other in fact.people("same_as"):
            if not _parted_since(fact, other):
                yield fact.key, other, "somebody said that they are one person"
    for group in _met(items):
        for left in group:
            for right in group:
                if left.source < right.source and not _parted(left, right):
                    yield left.key, right.key, f"{left.source} and {right.source} have the same name and endpoint"


def _met(items: Sequence[Fact]) -> Iterable[list[Fact]]:
    """Those who have one name and one endpoint."""
    met: dict[tuple[str, str], list[Fact]] = {}
    for fact in items:
        if name := plain_name(fact.text("name")):
            for endpoint in fact.endpoints:
                met.setdefault((name, endpoint), []).append(fact)
    return met.values()


def _parted_since(fact: Fact, other: str) -> bool:
    """Whether somebody parted two people after they were said to be one."""
    one, two = fact.values.get("same_as"), fact.values.get("not_same_as")
    return bool(one and two and other in fact.people("not_same_as") and two.heard_at >= one.heard_at)


def _parted(left: Fact, right: Fact) -> bool:
    return right.key in left.people("not_same_as") or left.key in right.people("not_same_as")


def plain_name(name: str) -> str:
    """A name as it is compared: its words in small letters and one order, without their marks."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(sorted(re.findall(r"[^\W_]+", letters)))


def _person(key: str, facts: tuple[Fact, ...], because: str) -> Person:
    keys = frozenset(fact.key for fact in facts)
    ends = frozenset(end for fact in facts for end in fact.endpoints)
    person = Person(key, "", keys, facts, ends, because)
    name = person.get("name")
    return Person(key, name if isinstance(name, str) else "", keys, facts, ends, because)


def _behind(people: Mapping[str, Person], endpoint: str) -> tuple[Person, ...]:
    found = {person.key: person for person in people.values() if endpoint in person.endpoints}
    return tuple(found[key] for key in sorted(found))[:MOST_BEHIND]
