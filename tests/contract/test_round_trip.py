"""From a CRM's own client to the vendor and back, the same for every vendor."""

from __future__ import annotations

from tests import walk
from tests.contract.paces import for_vendors, receipts, sent, some_words, told
from tests.contract.world import CRM, World


@for_vendors()
def test_what_a_crm_hands_in_waits_and_then_the_vendor_has_it_whole_and_once(world: World) -> None:
    house, words = world.place.house, some_words()
    crm_id = world.hand_in(CRM, words)
    walk.dispatched(house)
    assert (walk.look(house, crm_id).state, world.took()) == ("held", [])
    walk.decide(house, crm_id, "approve")
    walk.dispatched(house)
    walk.dispatched(house)
    assert world.took() == [world.asked(words)]
    message = walk.look(house, crm_id)
    assert (message.state, message.provider_id) == ("sent", world.vendor_ids()[-1])


@for_vendors()
def test_what_is_rejected_never_reaches_the_vendor(world: World) -> None:
    crm_id = world.hand_in(CRM, some_words())
    walk.decide(world.place.house, crm_id, "reject", reason="wrong_person")
    walk.dispatched(world.place.house)
    assert (walk.look(world.place.house, crm_id).state, world.took()) == ("stopped", [])


@for_vendors()
def test_what_is_redirected_reaches_the_vendor_once_for_the_other_person_alone(world: World) -> None:
    house = world.place.house
    crm_id = world.hand_in(CRM, some_words())
    new = walk.decide(house, crm_id, "redirect", walk.person(house, role="manager"), given={"to": world.ELSEWHERE})
    walk.decide(house, new.id, "approve")
    walk.dispatched(house)
    assert (walk.look(house, crm_id).state, walk.look(house, new.id).state) == ("stopped", "sent")
    assert [world.THERE in repr(one) for one in world.took()] == [True]


@for_vendors("callback")
def test_a_delivery_is_kept_and_told_under_our_id_with_a_signature_that_verifies(world: World) -> None:
    crm_id = sent(world)
    assert world.callback(world.DELIVERED).post().status_code in (200, 204)
    assert walk.look(world.place.house, crm_id).delivery == "delivered"
    assert [delivery for _, delivery in receipts(world, crm_id)] == ["delivered"]
    heard = told(world)[-1]
    assert (heard.crm_id, heard.word) == (crm_id, world.TOLD["delivered"])
    assert {one.crm_id for one in told(world)} == {crm_id}


@for_vendors("relay")
def test_where_the_vendor_tells_nothing_the_crm_hears_from_us_that_it_was_sent(world: World) -> None:
    crm_id = sent(world)
    expected = [(crm_id, world.TOLD["sent"])] if "sent" in world.TOLD else []
    assert [(one.crm_id, one.word) for one in told(world)] == expected
