"""Stories for the tests of the checks, made of the lists that a CRM would post; nothing is stored and nobody asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sayso.message import Behind, Contact, Embargo, Fact, Facts, Json, Known, Named, Person, Recipient, Role, Story
from tests.checks.build import NOON, some_facts

Item = Mapping[str, Any]
KAYLA, SCOTT, HOME = "+14155550123", "+14155550177", "12 oak st, reno, nv 89501, us"

REFS: Mapping[str, Mapping[str, str]] = {
    "people": {"same_as": "people"},
    "relationships": {"a": "people", "b": "people"},
    "purchases": {"purchaser": "people", "gift_for": "people"},
    "wishlists": {"owner": "people", "present": "people", "hints_to": "people"},
    "appointments": {"booked_by": "people", "attendees": "people"},
    "repairs": {"depositor": "people", "owner": "people"},
    "occasions": {"people": "people"},
    "consents": {"person": "people"},
    "complaints": {"person": "people"},
    "embargoes": {"hide_from": "people"},
    "suppressions": {"person": "people"},
}
OWNERS = {
    "purchases": "purchaser", "repairs": "depositor", "appointments": "booked_by", "occasions": "people",
    "complaints": "person", "wishlists": "owner",
}  # fmt: skip
KINDS = {
    "purchase": "purchases", "wishlist": "wishlists", "repair": "repairs", "appointment": "appointments",
    "occasion": "occasions", "complaint": "complaints",
}  # fmt: skip


def days_ago(days: float) -> str:
    """A moment that lies so many days before the tests' noon, as a CRM writes it."""
    return (NOON - timedelta(days=days)).isoformat()


def fact_key(kind: str, item_id: str) -> str:
    """The key of a fact: that of a person is their id."""
    return item_id if kind == "people" else f"{kind}:{item_id}"


def a_fact(kind: str, item: Item) -> Fact:
    """One item as it would be stored; `desk`, `source` and `heard_at` say who said so and when we heard."""
    confirmed = item.get("confirmed_at")
    at = datetime.fromisoformat(confirmed) if confirmed else None
    at = at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
    heard = datetime.fromisoformat(item["heard_at"]) if "heard_at" in item else NOON
    apart = ("id", "confirmed_at", "source", "desk", "heard_at")
    by, desk = item.get("source", "crm"), bool(item.get("desk"))
    values = {name: Known(value, at, by, desk, heard) for name, value in item.items() if name not in apart}
    refs = {
        name: tuple(fact_key(other, one) for one in _list(item.get(name)))
        for name, other in REFS.get(kind, {}).items()
        if item.get(name)
    }
    name = str(item.get("id") or "-".join(str(item.get(part, "")) for part in ("kind", "a", "b", "person", "address")))
    return Fact(fact_key(kind, name), kind, name, by, values, refs, _endpoints(kind, item))


def a_person(item: Item) -> Person:
    """Somebody whom one source knows."""
    fact = a_fact("people", item)
    return Person(fact.key, str(item.get("name", "")), frozenset({fact.key}), (fact,), frozenset(fact.endpoints))


def a_story(
    *,
    to: Iterable[str] = (KAYLA,),
    purpose: str | None = None,
    subject: str | None = None,
    roles: Mapping[str, str] | None = None,
    crowded: bool = False,
    tells: Iterable[str] = (),
    embargoes: Iterable[Embargo] = (),
    **lists: Sequence[Item],
) -> Story:
    """The story of a message to these addresses; roles are as given, else `principal` or `unknown`."""
    people = {person.key: person for person in map(a_person, lists.get("people", []))}
    facts = tuple(a_fact(kind, item) for kind, items in lists.items() for item in items)
    kind, _, item_id = (subject or "").partition("/")
    about = next((one for one in facts if one.key == fact_key(KINDS.get(kind, ""), item_id)), None)
    principals = frozenset(about.people(OWNERS[about.list])) if about and about.list in OWNERS else frozenset[str]()

    def role(person: Person) -> tuple[Role, ...]:
        usual = "principal" if person.key in principals else "unknown"
        return tuple(Role(name, f"{person.key} is {name}.") for name in (roles or {}).get(person.key, usual).split())

    def recipient(address: str) -> Recipient:
        found = [Behind(person, role(person)) for person in people.values() if address in person.endpoints]
        return Recipient(address, tuple(found) or (Behind(None, (Role("unknown", "Nobody."),)),), crowded)

    return Story(
        told=True,
        purpose=Named(purpose, False, "The CRM says so.") if purpose else None,
        subject=Named(subject, False, "The CRM says so.") if subject else None,
        subject_fact=about,
        principals=principals,
        items=frozenset(about.texts("items")) if about else frozenset(),
        recipients=tuple(map(recipient, to)),
        embargoes=tuple(embargoes),
        people=people,
        facts=facts,
        tells=frozenset(tells),
    )


def told(story: Story, policy: Mapping[str, Any] | None = None, **given: Any) -> Facts:
    """The facts of a Wednesday morning with this story in them."""
    return some_facts(policy, story=story, **given)


def untold(facts: Facts) -> Facts:
    """The same facts in a house where nobody ever handed in a person."""
    return replace(facts, story=replace(facts.story, told=False))


def a_contact(purpose: str = "", days: float = 1, **given: Any) -> Contact:
    """An earlier message that went out."""
    known = Contact(f"m{days}", NOON - timedelta(days=days), purpose, "sent", "")
    return replace(known, **given)


def _endpoints(kind: str, item: Item) -> tuple[str, ...]:
    if kind == "people":
        return (*_list(item.get("phones")), *_list(item.get("emails")), *((HOME,) if item.get("addresses") else ()))
    return tuple(_list(item.get("given_at_sale") or item.get("address")))


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
