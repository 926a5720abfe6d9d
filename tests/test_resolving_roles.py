"""Who somebody is to a matter, on facts as a host would say them: rules.md §2, one case each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sayso import resolving, store, telling
from sayso.message import Story
from sayso.policing import policy_of
from sayso.resolving.world import _add
from sayso.store import Source, Store, Tx
from sayso_config import load
from tests.checks.build import a_message
from tests.conftest import KEY

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
KAYLA, SCOTT, MIA = "+14155550123", "+14155550177", "+14155550188"
POLICY = policy_of(load({}))
Item = dict[str, Any]


@pytest.fixture(scope="module")
def tx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tx]:
    """A look into an empty database with one source; the host says everything."""
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('db') / 'sayso.db'}", KEY, lambda: NOW)
    made.upgrade()
    made.write(lambda tx: store.add_source(tx, "crm"))
    with made.read() as tx:
        yield tx
    made.close()


def ago(days: float) -> str:
    """A moment before now."""
    return (NOW - timedelta(days=days)).isoformat()


PEOPLE = [
    {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA]},
    {"id": "scott", "name": "Scott Miller", "phones": [SCOTT]},
    {"id": "mia", "name": "Mia Stone", "phones": [MIA]},
]
TOGETHER = [{"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": ago(20)}]
PARTED = [{"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": ago(900), "ended_at": ago(300)}]
WISHES = [{"id": "w1", "owner": "kayla", "items": ["ring-4411", "pendant-9"]}]


def sale(**more: object) -> list[Item]:
    """Scott bought the ring ten days ago, and left his number."""
    own = {"id": "8812", "at": ago(10), "purchaser": "scott", "items": ["ring-4411"], "given_at_sale": SCOTT}
    return [own | more]


def story(tx: Tx, to: str = KAYLA, purpose: str | None = "receipt", body: str = "Hello", **lists: list[Item]) -> Story:
    """The story of a text with these facts; `subject` and `person` of the message are told apart by their type."""
    named = {name: lists.pop(name) for name in ("subject", "person") if name in lists}
    source = store.find_source(tx, name="crm")
    assert isinstance(source, Source)
    given = telling.given_facts({"people": PEOPLE} | lists, source, tx.seal, NOW, "US")
    message = a_message(body, to=(to,), purpose=purpose, source_id=source.id, **named)
    return resolving.read(tx, message, POLICY, source="crm", given=given, zones=())


def roles(found: Story) -> set[str]:
    """Every role of everybody behind the address."""
    return {role.name for one in found.behind for role in one.roles}


@pytest.mark.parametrize(
    ("to", "lists", "expected"),
    [
        (SCOTT, {"purchases": sale()}, {"principal"}),
        (KAYLA, {"purchases": sale(), "relationships": TOGETHER}, {"partner"}),
        (KAYLA, {"purchases": sale(), "relationships": PARTED}, {"ex_partner"}),
        (KAYLA, {"purchases": sale(gift_for="kayla")}, {"gift_recipient_before"}),
        (KAYLA, {"purchases": sale(gift_for="kayla", given_at=ago(1))}, {"gift_recipient_after"}),
        (MIA, {"purchases": sale(), "relationships": TOGETHER}, {"unknown"}),
        (KAYLA, {"purchases": sale(), "relationships": [TOGETHER[0] | {"confirmed_at": None}]}, {"household_member"}),
        (KAYLA, {"purchases": sale(), "relationships": [{"a": "kayla", "b": "scott", "kind": "sibling"}]},
         {"household_member"}),
        (KAYLA, {"purchases": sale(purchaser="kayla")}, {"unknown"}),
        (KAYLA, {"purchases": sale(purchaser="kayla", given_at_sale=KAYLA), "wishlists": WISHES}, {"principal"}),
        (KAYLA, {"purchases": sale(purchaser="kayla", given_at_sale=None), "wishlists": WISHES}, {"principal"}),
        ("+14155550199", {"purchases": sale(given_at_sale="+14155550199")}, {"principal"}),
        ("+14155550199", {"purchases": sale()}, {"unknown"}),
    ],
    ids=["buyer", "partner", "former", "secret_gift", "given_gift", "stranger", "unconfirmed", "sibling",
         "other_account", "for_herself", "for_herself_no_number", "number_given_at_the_sale", "number_of_nobody"],
)  # fmt: skip
def test_the_role_in_a_purchase(tx: Tx, to: str, lists: dict[str, list[Item]], expected: set[str]) -> None:
    found = story(tx, to, subject="purchase/8812", **lists)  # type: ignore[arg-type]  # the message's own
    assert roles(found) == expected


@pytest.mark.parametrize(
    ("more", "hidden"),
    [
        ({}, True),
        ({"surprise": False}, False),
        ({"items": ["ring-4411-size-6"]}, True),
        ({"items": ["watch-1"]}, False),
        ({"items": ["watch-1"], "surprise": True}, True),
        ({"items": ["watch-1"], "gift": True}, True),
        ({"items": ["watch-1"], "note": "Surprise! Do not phone her."}, True),
        ({"items": ["watch-1"], "ship_to": {"name": "Kayla Reed"}}, True),
        ({"items": ["watch-1"], "gift_for": "scott", "gift": True}, False),
        ({"given_at": ago(1)}, False),
        ({"status": "returned"}, True),
    ],
    ids=["on_her_list", "not_said_the_till", "a_variant", "another_piece", "said_the_till", "wrapped", "noted",
         "parcel", "for_himself", "given", "returned"],
)  # fmt: skip
def test_what_makes_a_purchase_a_surprise(tx: Tx, more: Item, hidden: bool) -> None:
    found = story(tx, purchases=sale(**more), relationships=TOGETHER, wishlists=WISHES)
    kayla = next(person for person in found.people.values() if person.name == "Kayla Reed")
    assert any(kayla.keys & one.hidden_from for one in found.embargoes) is hidden


def test_ring_size_speaks_where_it_is_somebody_elses(tx: Tx) -> None:
    sized = [PEOPLE[0] | {"ring_size": "6"}, PEOPLE[1] | {"ring_size": "11"}]
    found = story(tx, people=sized, purchases=sale(items=["ring-1"], ring_size="6"), relationships=TOGETHER)
    assert roles(found) >= {"gift_recipient_before"}


@pytest.mark.parametrize(
    ("more", "days", "state"),
    [
        ({"items": ["watch-1"]}, 44, "kept"),
        ({"items": ["watch-1"]}, 46, "over"),
        ({}, 400, "kept"),
        ({"items": ["engagement-ring-5"]}, 400, "kept"),
    ],
    ids=["a_gift", "a_gift_long_ago", "a_ring_for_a_partner", "bridal"],
)
def test_how_long_a_surprise_is_kept(tx: Tx, more: Item, days: int, state: str) -> None:
    found = story(tx, purchases=sale(gift_for="kayla", at=ago(days), **more), relationships=TOGETHER)
    assert ("kept" if found.embargoes else "over") == state


def test_a_surprise_for_a_birthday_is_over_three_days_after_it(tx: Tx) -> None:
    bought = sale(items=["watch-1"], gift_for="kayla", at=ago(10))
    for days, state in ((2, True), (5, False)):
        day = (NOW - timedelta(days=days)).date().replace(year=1990).isoformat()
        birthday = [{"id": "b", "kind": "birthday", "people": ["kayla"], "date": day}]
        found = story(tx, purchases=bought, occasions=birthday, relationships=TOGETHER)
        assert bool(found.embargoes) is state


def test_a_noted_surprise_of_a_ring_asks_at_its_day_and_others_are_over(tx: Tx) -> None:
    for reason, kept in (("proposal", [True]), ("birthday", [])):
        noted = [{"id": "e", "subject": "purchase/8812", "hide_from": ["kayla"], "until": ago(1), "reason": reason}]
        found = story(tx, purchases=sale(items=["watch-1"]), embargoes=noted)
        assert [one.asks for one in found.embargoes] == kept


def test_the_list_of_a_stranger_makes_nothing_a_surprise(tx: Tx) -> None:
    found = story(tx, MIA, purchases=sale(), wishlists=[WISHES[0] | {"owner": "mia"}])
    assert found.embargoes == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Your order 8812 is here", "purchase/8812"),
        ("Your pendant-9 is here", "purchase/9000"),
        ("Hello", "purchase/9000"),
    ],
    ids=["names_the_order", "names_the_piece", "the_latest"],
)
def test_the_subject_is_what_the_text_names_else_the_latest(tx: Tx, body: str, expected: str) -> None:
    two = sale() + sale(id="9000", at=ago(2), items=["pendant-9"])
    found = story(tx, SCOTT, body=body, purchases=two)
    assert found.subject is not None
    assert (found.subject.name, found.subject.inferred) == (expected, True)


def test_a_quote_and_a_sale_of_long_ago_are_no_subject(tx: Tx) -> None:
    found = story(tx, SCOTT, purchases=sale(status="quote") + sale(id="1", at=ago(200)))
    assert found.subject is None


def test_staff_are_staff_where_they_are_nobody_in_the_story(tx: Tx) -> None:
    team = [{"address": KAYLA, "name": "Kayla"}]
    assert roles(story(tx, staff=team, purchases=sale(), subject="purchase/8812")) == {"staff"}  # type: ignore[arg-type]
    named = story(tx, staff=team, purchases=sale(gift_for="kayla"), subject="purchase/8812")  # type: ignore[arg-type]
    assert roles(named) == {"gift_recipient_before"}


@pytest.mark.parametrize(
    ("person", "expected"),
    [(None, {"household_member"}), ("kayla", {"principal", "household_member"})],
    ids=["", "named"],
)
def test_a_code_to_a_shared_number_is_for_whoever_is_named(tx: Tx, person: str | None, expected: set[str]) -> None:
    home = [PEOPLE[0], PEOPLE[1] | {"phones": [KAYLA]}]
    found = story(tx, purpose="otp", people=home, person=person)  # type: ignore[arg-type]
    assert roles(found) == expected


def test_a_customer_bought_or_asked_and_the_others_only_belong_to_one(tx: Tx) -> None:
    lists = {"purchases": sale(items=["watch-1"]), "relationships": TOGETHER}
    assert roles(story(tx, SCOTT, "marketing", **lists)) == {"principal"}
    assert roles(story(tx, KAYLA, "marketing", **lists)) == {"partner"}
    assert roles(story(tx, MIA, "marketing", **lists)) == {"unknown"}
    assert roles(story(tx, MIA, "marketing", wishlists=[WISHES[0] | {"owner": "mia"}])) == {"wishlist_owner"}
    asked = [{"person": "mia", "channel": "sms", "purpose": "marketing", "status": "granted", "at": ago(5)}]
    assert roles(story(tx, MIA, "marketing", consents=asked)) == {"principal"}


def test_hints_go_to_whom_the_owner_lets_have_them(tx: Tx) -> None:
    for hints, expected in ([], {"household_member"}), (["scott"], {"partner"}):
        wishes = [WISHES[0] | {"hints_to": hints}]
        found = story(tx, SCOTT, "wishlist_hint", wishlists=wishes, relationships=TOGETHER, subject="wishlist/w1")  # type: ignore[arg-type]
        assert roles(found) == expected


def repaired(**more: object) -> list[Item]:
    """Scott handed in Kayla's ring."""
    return [{"id": "r1", "depositor": "scott", "owner": "kayla", "items": ["ring-77"], "state": "ready"} | more]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"gift_recipient_after", "partner"}),
        ({"surprise": True}, {"gift_recipient_before", "partner"}),
        ({"note": "Surprise engraving, don't tell her"}, {"gift_recipient_before", "partner"}),
        ({"owner": None, "surprise": True}, {"gift_recipient_before", "partner"}),
        ({"owner": None}, {"partner"}),
    ],
    ids=["her_piece", "a_surprise", "noted", "for_the_partner", "his_own"],
)
def test_the_role_in_a_repair(tx: Tx, more: Item, expected: set[str]) -> None:
    found = story(tx, KAYLA, "repair_ready", repairs=repaired(**more), relationships=TOGETHER, subject="repair/r1")  # type: ignore[arg-type]
    assert roles(found) == expected


def test_whose_day_it_is_is_not_family_of_the_other_half(tx: Tx) -> None:
    day = [{"id": "o1", "kind": "anniversary", "people": ["kayla", "scott"], "date": "2019-11-22"}]
    unsure = [TOGETHER[0] | {"confirmed_at": None}]
    found = story(tx, KAYLA, "anniversary", occasions=day, relationships=unsure)
    assert roles(found) == {"principal"}


def test_a_note_of_a_divorce_leaves_a_couple_in_doubt(tx: Tx) -> None:
    noted = [TOGETHER[0] | {"note": "Divorced in spring"}]
    assert roles(story(tx, purchases=sale(), relationships=noted, subject="purchase/8812")) == {"household_member"}  # type: ignore[arg-type]


def test_a_visit_to_come_says_in_how_many_days(tx: Tx) -> None:
    visit = [{"id": "a1", "booked_by": "kayla", "at": ago(-2)}]
    found = story(tx, KAYLA, "appointment_future", appointments=visit)
    assert "in 2 days" in found.behind[0].roles[0].evidence


def test_somebody_who_was_parted_after_all_is_two_people_again(tx: Tx) -> None:
    people = [PEOPLE[0] | {"same_as": "mia"}, *PEOPLE[1:]]
    one = story(tx, people=people)
    assert len({person.key for person in one.people.values()}) == 2
    parted = [people[0] | {"not_same_as": "mia"}, *PEOPLE[1:]]
    assert len({person.key for person in story(tx, people=parted).people.values()}) == 3


def test_a_noted_surprise_is_over_once_it_is_given(tx: Tx) -> None:
    noted = [{"id": "e", "subject": "purchase/8812", "hide_from": ["kayla"], "until": None, "reason": "proposal"}]
    assert story(tx, purchases=sale(), embargoes=noted).embargoes
    assert story(tx, purchases=sale(given_at=ago(1)), embargoes=noted).embargoes == ()


def test_a_colleague_who_buys_here_too_is_told_at_work_unless_it_may_be_her_surprise(tx: Tx) -> None:
    team = [{"address": SCOTT, "name": "Scott"}, {"address": KAYLA, "name": "Kayla"}]
    lists = {"staff": team, "purchases": sale(), "relationships": TOGETHER, "wishlists": WISHES}
    assert roles(story(tx, SCOTT, "staff_alert", **lists)) == {"staff"}
    assert "staff" not in roles(story(tx, KAYLA, "staff_alert", **lists))


def test_what_the_host_says_does_not_remarry_the_divorced(tx: Tx) -> None:
    source = store.find_source(tx, name="crm")
    assert source is not None
    lists = [{"relationships": [{"a": "kayla", "b": "scott", "kind": kind}]} for kind in ("ex_partner", "spouse")]
    (over,), (again,) = (telling.given_facts(said, source, tx.seal, NOW, "US") for said in lists)
    desk = {name: replace(known, at=NOW, desk=True) for name, known in over.values.items()}
    known = {over.key: replace(over, values=desk)}
    _add(known, (again,))
    assert known[over.key].text("kind") == "ex_partner"


def test_a_repair_that_was_collected_makes_nothing_ready(tx: Tx) -> None:
    old = repaired(owner=None, state="collected")
    body = "Your ring is ready for pick-up."
    found = story(tx, SCOTT, None, body, repairs=old, purchases=sale())
    assert found.purpose is not None
    assert found.purpose.name == "order_status"
