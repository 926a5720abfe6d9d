"""A fact that changes: which waiting messages are looked at again, on both databases, and what nobody loses by it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from sayso import store, sweep
from sayso.message import Json
from sayso.store import Store, tables
from sayso.telling import merging, taking, touching
from tests.conftest import House, MakeHouse
from tests.handing_in import card, email, handed_in, sms
from tests.stored import at_once, source_of
from tests.telling import NOW, fact
from tests.test_facts_told import tell
from tests.two_databases import MakeStore, clock, here, make_store

__all__ = ["clock", "here", "make_store"]
SCOTT, KAYLA, SARAH = "+14155550177", "+14155550123", "+14155550199"
HOME: Json = {"line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501"}
FAMILY: dict[str, Json] = {
    "people": [
        {"id": "kayla", "phones": [KAYLA], "addresses": [HOME]},
        {"id": "scott", "phones": [SCOTT], "emails": ["scott@example.com"]},
        {"id": "sarah", "phones": [SARAH]},
    ],
    "relationships": [{"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": "2026-11-01"}],
}


@pytest.fixture
def house(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database in which nothing moves by itself."""
    made = make_house(start=False, database_url=database_url)
    tell(made, FAMILY)
    return made


def noted(house: House, body: dict[str, Json]) -> set[str]:
    """The ids of the messages that these facts touch, of which none is looked at yet."""

    def note(tx: store.Tx) -> set[str]:
        facts = [item.fact for item in items if item.fact]
        former = store.get_facts(tx, [one.key for one in facts])
        merged = [merging.merge(former.get(one.key), one) for one in facts]
        store.put_facts(tx, source.id, merged)
        touching.keep_touched(tx, house.runtime, [*former.values(), *merged])
        return set(store.read_rescreens(tx, 1000))

    with house.store.read() as tx:
        source = source_of(tx)
    items = taking.read_items(house.runtime, source, body)
    return house.store.write(note)


FACTS: dict[str, dict[str, Json]] = {
    "a sale to her partner": {"purchases": [{"id": "8812", "purchaser": "scott", "surprise": True}]},
    "her own list": {"wishlists": [{"id": "w1", "owner": "kayla", "items": ["ring"]}]},
    "her number": {"people": [{"id": "kayla", "phones": ["+14155550124"]}]},
    "the end": {"relationships": [{"a": "scott", "b": "kayla", "kind": "ex_partner"}]},
    "her number is not to be written to": {"suppressions": [{"address": KAYLA}]},
    "a surprise": {"embargoes": [{"id": "e1", "hide_from": ["kayla"], "subject": "purchase/1"}]},
    "who lives with her": {"people": [{"id": "zoe", "addresses": [HOME]}]},
    "what the message is about": {"repairs": [{"id": "r1", "depositor": "nobody", "state": "problem"}]},
}


@pytest.mark.parametrize("body", FACTS.values(), ids=FACTS)
def test_a_message_to_her_is_touched_by(house: House, body: dict[str, Json]) -> None:
    hers = str(handed_in(house, sms(to=KAYLA, subject="repair/r1"))["id"])
    other = str(handed_in(house, sms(to=SARAH))["id"])
    found = noted(house, body)
    assert hers in found
    assert other not in found


def test_a_card_to_the_address_and_a_mail_to_the_partner_are_touched(house: House) -> None:
    posted = str(handed_in(house, card(to={"name": "K. Reed", **dict(HOME)}))["id"])  # type: ignore[call-overload]
    mailed = str(handed_in(house, email(to="scott@example.com"))["id"])
    assert noted(house, {"occasions": [{"id": "o", "people": ["kayla"]}]}) == {posted, mailed}


def test_a_message_that_names_the_person_is_touched_wherever_it_goes(house: House) -> None:
    named = str(handed_in(house, sms(to="+14155550190", person="kayla"))["id"])
    assert noted(house, {"complaints": [{"id": "c", "person": "kayla"}]}) == {named}


def test_many_facts_and_few_messages_give_the_same_as_few_facts(house: House) -> None:
    hers = str(handed_in(house, sms(to=KAYLA))["id"])
    handed_in(house, sms(to=SARAH))
    strangers: list[Json] = [{"id": n, "purchaser": f"p{n}"} for n in range(60)]
    assert noted(house, {"purchases": [*strangers, {"id": "8812", "purchaser": "scott"}]}) == {hers}


def test_where_too_many_are_near_everything_that_waits_is_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {str(handed_in(house, sms(to=number))["id"]) for number in (KAYLA, SARAH)}
    monkeypatch.setattr(touching, "MOST_REACHED", 3)
    assert noted(house, {"wishlists": [{"id": "w", "owner": "kayla", "present": ["scott"]}]}) == both


def test_what_does_not_wait_is_not_touched(house: House) -> None:
    sent = str(handed_in(house, sms(to=KAYLA))["crm_id"])
    assert house.decide(sent, "reject").status_code == 200
    assert noted(house, {"people": [{"id": "kayla", "name": "K"}]}) == set()


def test_what_was_noted_is_looked_at_by_and_by(house: House) -> None:
    waiting = {str(handed_in(house, sms(to=KAYLA))["id"]) for _ in range(3)}
    assert noted(house, {"people": [{"id": "kayla", "phones": [KAYLA]}]}) == waiting
    assert touching.look_again(house.runtime, 2) == 2
    with house.store.read() as tx:
        assert len(store.read_rescreens(tx, 10)) == 1
    sweep.run_due(house.runtime)
    with house.store.read() as tx:
        assert store.read_rescreens(tx, 10) == ()


def test_when_the_call_ends_the_message_says_what_is_known_now(house: House) -> None:
    taken = handed_in(house, sms(to=KAYLA))
    house.store.write(lambda tx: store.suppress(tx, KAYLA, "gone", origin="test"))
    tell(house, {"people": [{"id": "kayla", "name": "Kayla"}]})
    shown = house.message(str(taken["crm_id"]))
    assert "suppressed_address" in [finding["check"] for finding in shown["findings"]]  # type: ignore[union-attr]
    assert shown["version"] == 2


def test_a_message_that_cannot_be_read_holds_up_no_other(house: House) -> None:
    broken, fine = (handed_in(house, sms(to=KAYLA)) for _ in range(2))
    spoil = update(tables.content).where(tables.content.c.message_id == broken["id"]).values(sealed=b"\x01" + b"x" * 40)
    house.store.write(lambda tx: tx.connection.execute(spoil))
    house.store.write(lambda tx: store.suppress(tx, KAYLA, "gone", origin="test"))
    assert tell(house, {"people": [{"id": "kayla", "name": "Kayla"}]}).status_code == 200
    assert house.message(str(fine["crm_id"]))["version"] == 2
    with house.store.read() as tx:
        assert store.read_rescreens(tx, 10) == ()


def test_two_processes_merge_one_person_without_losing_a_field(make_store: MakeStore) -> None:
    """What tell_facts does in its transaction, in two stores at once."""
    stores = [make_store(), make_store()]
    source = stores[0].write(source_of)

    def tell_one(one: Store, name: str) -> None:
        new = fact("people", NOW, id="x", **{name: "en"})

        def take(tx: store.Tx) -> None:
            store.hold_source(tx, source.id)
            store.put_facts(tx, source.id, [merging.merge(store.get_facts(tx, [new.key]).get(new.key), new)])

        one.write(take)

    for n in range(10):
        fields = [f"first{n}", f"second{n}"]
        at_once([lambda one=one, name=name: tell_one(one, name) for one, name in zip(stores, fields, strict=True)])
    key = fact("people", id="x").key
    with stores[0].read() as tx:
        assert len(store.get_facts(tx, [key])[key].values) == 20


def test_links_are_followed_both_ways_and_no_further_than_asked(here: Store) -> None:
    from tests.telling import fact

    sale, bond = (
        fact("purchases", id="s", purchaser="scott"),
        fact("relationships", a="scott", b="kayla", kind="spouse"),
    )
    source = here.write(source_of)
    here.write(lambda tx: store.put_facts(tx, source.id, [sale, bond]))
    kayla = fact("people", id="kayla").key
    with here.read() as tx:
        assert kayla not in (store.reach(tx, [sale.key], 2, 100) or ())
        assert kayla in (store.reach(tx, [sale.key], 3, 100) or ())
        assert sale.key in (store.reach(tx, [kayla], 3, 100) or ())
        assert store.reach(tx, [kayla], 3, 2) is None
