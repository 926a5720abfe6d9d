"""How the people around a message are found: a fixed number of look-ups, crowds left out, two sources' people met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from sayso import resolving, store
from sayso.message import Story
from sayso.resolving.world import MOST_BEHIND
from sayso.store import Tx
from sayso.telling import taking
from tests.checks.build import a_message
from tests.conftest import House
from tests.deciding import still
from tests.storytelling import KAYLA, SCOTT, couple, ring

__all__ = ["still"]
MOST_LOOK_UPS = 4


def tell(house: House, source: str = "crm", **lists: list[dict[str, Any]]) -> None:
    """What a source says, stored."""
    house.source(source)
    with house.store.read() as tx:
        found = store.find_source(tx, name=source)
    assert found is not None
    assert taking.tell_facts(house.runtime, found, lists)["refused"] == []  # type: ignore[arg-type]  # JSON


def story(house: House, to: str = KAYLA, source: str = "crm", **more: Any) -> Story:
    """The story of a text of that source."""
    with house.store.read() as tx:
        return read(tx, house, to, source, **more)


def read(tx: Tx, house: House, to: str = KAYLA, source: str = "crm", **more: Any) -> Story:
    found = store.find_source(tx, name=source)
    assert found is not None
    message = a_message("Hello", to=(to,), **{"purpose": "receipt", "source_id": found.id} | more)
    return resolving.read(tx, message, house.runtime.read_policy(), source=source, given=(), zones=())


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *rest: object) -> None:
        heard.append(statement)

    event.listen(house.store.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(house.store.engine, "before_cursor_execute", hear)


def names(found: Story) -> set[str]:
    """Everybody who was looked at."""
    return {person.name for person in found.people.values()}


def test_the_buyer_is_found_from_the_one_who_is_surprised(still: House) -> None:
    """From her number to her, to him, to what he bought."""
    tell(still, **couple())
    found = story(still)
    assert names(found) == {"Kayla Reed", "Scott Miller"}
    assert [one.subject for one in found.embargoes] == ["purchase/8812"]


def test_those_who_only_share_a_home_are_found(still: House) -> None:
    """Nobody said what they are to each other: the line is enough."""
    home = [
        {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA, "+17755550101"]},
        {"id": "scott", "name": "Scott Miller", "phones": [SCOTT, "+17755550101"]},
    ]
    tell(still, **couple(people=home, relationships=[]))
    assert [one.subject for one in story(still).embargoes] == ["purchase/8812"]


def test_the_number_of_look_ups_does_not_grow(still: House) -> None:
    """However many relations, lists and purchases there are."""
    tell(still, **couple())
    with still.store.read() as tx, counted(still) as few:
        read(tx, still)
    people = [{"id": f"p{n}", "name": f"Person {n}", "phones": [f"+1415555{n:04}"]} for n in range(300, 340)]
    related = [{"a": "scott", "b": f"p{n}", "kind": "colleague"} for n in range(300, 340)]
    bought = [ring(id=str(n), purchaser=f"p{n}", given_at_sale=None) for n in range(300, 340)]
    tell(still, people=people, relationships=related, purchases=bought)
    with still.store.read() as tx, counted(still) as many:
        read(tx, still)
    looks = [len([one for one in heard if "sayso_fact" in one]) for heard in (few, many)]
    assert max(looks) <= MOST_LOOK_UPS


def test_the_shops_own_number_on_many_people_makes_them_no_household(still: House) -> None:
    """More than could live together: whoever gets that text is looked at by a person."""
    shop = "+17755550100"
    people = [{"id": f"p{n}", "name": f"Person {n}", "phones": [shop]} for n in range(MOST_BEHIND + 5)]
    told = couple(people=[one | {"phones": [*one["phones"], shop]} for one in couple()["people"]])
    tell(still, **told)
    tell(still, people=people)
    assert story(still, shop).recipients[0].crowded
    assert len(story(still, shop).recipients[0].behind) == MOST_BEHIND
    (kept,) = story(still).embargoes
    assert len(kept.hidden_from) == 1


@pytest.mark.parametrize(
    ("name", "phone", "met"),
    [
        ("Reed, Kayla", KAYLA, True),
        ("KAYLA REED", KAYLA, True),
        ("Karl Reed", KAYLA, False),
        ("Kayla Reed", SCOTT, False),
    ],
    ids=["turned", "shouted", "another_name", "another_number"],
)
def test_people_of_two_sources_meet_by_endpoint_and_name(still: House, name: str, phone: str, met: bool) -> None:
    """The till's purchase is hers where the till's customer is her."""
    tell(still, people=[{"id": "k1", "name": "Kayla Reed", "phones": [KAYLA]}])
    sale = {"id": "7", "at": ring()["at"], "purchaser": "77", "items": ["watch-1"]}
    tell(still, "till", people=[{"id": "77", "name": name, "phones": [phone]}], purchases=[sale])
    found = story(still)
    kayla = next(person for person in found.people.values() if "k1" in {fact.id for fact in person.facts})
    assert (len(kayla.facts) == 2) is met


def test_what_was_retracted_is_not_there(still: House) -> None:
    """A purchase that was never one, a person who is none."""
    tell(still, **couple())
    tell(still, purchases=[{"id": "8812", "deleted": True}])
    assert story(still).embargoes == ()


def test_nobody_told_of_anybody(still: House) -> None:
    """Then nothing is said of roles."""
    still.source()
    found = story(still)
    assert (found.told, found.behind[0].roles[0].name) == (False, "unknown")
