"""The keys that we issue: while they are changed both count at every door, and what the CRM hears is signed well."""

from __future__ import annotations

import pytest

from tests import walk
from tests.commands import said
from tests.contract.paces import for_vendors, some_words, told
from tests.contract.world import CRM, World

SIGNED_BY_NEW = "relays are signed with the newest secret"


@for_vendors("issued_keys")
def test_the_former_and_the_new_key_are_good_at_the_door_and_relays_are_signed_with_a_good_one(world: World) -> None:
    house = world.place.house
    old = house.source(CRM)
    new = said(house, "source", "rotate", CRM)
    made = {}
    for name, given in (("old", old), ("new", new)):
        house.issued[CRM] = given
        made[name] = world.hand_in(CRM, some_words())
        walk.decide(house, made[name], "approve")
    with world.saying("no"):
        walk.dispatched(house)
    assert {one.crm_id for one in told(world)} == set(made.values())
    assert {one.word for one in told(world)} == {world.TOLD["failed"]}


@for_vendors("issued_keys")
def test_after_the_overlap_the_former_key_is_refused(world: World) -> None:
    house = world.place.house
    old = house.source(CRM)
    said(house, "source", "rotate", CRM)
    house.issued[CRM] = old
    house.clock.forward(hours=25)
    with pytest.raises(Exception, match=r"401|535|UnauthorizedError") as refused:
        world.hand_in(CRM, some_words())
    assert world.took() == []
    assert refused.type is not KeyError
