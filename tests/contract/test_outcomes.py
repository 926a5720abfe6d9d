"""What a vendor answers, or does not, decides where a message is: the same for every vendor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.message import Account
from tests import walk
from tests.contract.paces import approved, dispatched_by, for_vendors, told
from tests.contract.world import World

TELLS_NO_CODE = {"lob": "Lob's event of a failed piece says that it failed, and no code"}
"""Whose words for a failure have no place for the code, and why."""


def name_of(world: World, crm_id: str) -> str:
    """Who carries a message."""
    return walk.look(world.place.house, crm_id).provider


@for_vendors("network")
@pytest.mark.parametrize("how", ["lost", "silent"])
def test_without_an_answer_it_is_unconfirmed_and_never_sent_again_by_itself(world: World, how: str) -> None:
    house, crm_id = world.place.house, approved(world)
    with world.saying(how):
        walk.dispatched(house)
    assert walk.look(house, crm_id).state == "unconfirmed"
    for _ in range(5):
        house.clock.forward(hours=3)
        walk.swept(house)
        walk.dispatched(house)
    assert (walk.look(house, crm_id).state, len(world.took())) == ("unconfirmed", 1)


@for_vendors("callback")
def test_a_callback_settles_what_had_no_answer(world: World) -> None:
    crm_id = approved(world)
    with world.saying("lost"):
        walk.dispatched(world.place.house)
    assert world.callback(world.DELIVERED).post().status_code in (200, 204)
    message = walk.look(world.place.house, crm_id)
    assert (message.state, message.provider_id, message.delivery) == ("sent", world.vendor_ids()[-1], "delivered")


@for_vendors("network")
def test_where_nobody_listens_nothing_was_sent_and_it_goes_later(world: World) -> None:
    house, crm_id = world.place.house, approved(world)
    dispatched_by(world, name_of(world, crm_id), world.elsewhere)
    assert (walk.look(house, crm_id).state, world.took()) == ("cleared", [])
    house.clock.forward(seconds=10)
    walk.dispatched(house)
    assert (walk.look(house, crm_id).state, len(world.took())) == ("sent", 1)


@for_vendors("network")
def test_a_busy_vendor_is_left_alone_for_as_long_as_it_says(world: World) -> None:
    house, crm_id = world.place.house, approved(world)
    with world.saying("busy"):
        walk.dispatched(house)
    house.clock.forward(seconds=world.WAIT - 10)
    walk.dispatched(house)
    assert (walk.look(house, crm_id).state, world.took()) == ("cleared", [])
    house.clock.forward(seconds=15)
    walk.dispatched(house)
    assert (walk.look(house, crm_id).state, len(world.took())) == ("sent", 1)


def without_key(account: Account) -> Account:
    """The account with a key that the vendor does not know."""
    return replace(account, secret="wrong")


@for_vendors("network")
def test_a_refused_key_raises_an_alarm_and_rests_the_account_and_fails_nothing(world: World) -> None:
    house, both = world.place.house, [approved(world), approved(world)]
    dispatched_by(world, name_of(world, both[0]), without_key)
    assert [walk.look(house, one).state for one in both] == ["cleared", "cleared"]
    assert walk.incidents(house) == ["vendor_alarm"]
    walk.dispatched(house)
    assert world.took() == []
    house.clock.forward(minutes=2)
    walk.dispatched(house)
    assert [walk.look(house, one).state for one in both] == ["sent", "sent"]


@for_vendors("forbidden")
def test_a_door_that_stays_shut_raises_an_alarm_and_fails_nothing(world: World) -> None:
    house, crm_id = world.place.house, approved(world)
    with world.saying("forbidden"):
        walk.dispatched(house)
    assert (walk.look(house, crm_id).state, walk.incidents(house)) == ("cleared", ["vendor_alarm"])


@for_vendors("network")
def test_a_definite_no_has_failed_with_the_vendors_code_and_its_crm_hears_so(world: World) -> None:
    house, crm_id = world.place.house, approved(world)
    with world.saying("no"):
        walk.dispatched(house)
    message = walk.look(house, crm_id)
    assert (message.state, message.error_code) == ("failed", world.NO)
    (heard,) = told(world)
    assert (heard.crm_id, heard.word) == (crm_id, world.TOLD["failed"])
    assert heard.code == (None if message.provider in TELLS_NO_CODE else world.NO)
    house.clock.forward(days=1)
    walk.dispatched(house)
    assert world.took() == []
