"""What a vendor calls back: believed with its signature only, stored once, and never for less than was known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests import walk
from tests.contract.paces import for_vendors, receipts, sent, told
from tests.contract.world import Callback, World
from tests.contract.worlds import NOT_HERE
from tests.stillness import count_receipts

TAKEN = (200, 204)
FORGED: Mapping[str, Callable[[World], Callback]] = {
    "another key": lambda world: world.callback(world.DELIVERED, key=2),
    "the next key, which we do not know yet": lambda world: world.callback(world.DELIVERED, key=1),
    "no signature": lambda world: without_signature(world.callback(world.DELIVERED)),
    "one byte changed": lambda world: changed(world.callback(world.DELIVERED)),
}


def without_signature(one: Callback) -> Callback:
    """The same post as anybody could make it."""
    return replace(one, headers={"Content-Type": one.headers.get("Content-Type", "application/json")})


def changed(one: Callback) -> Callback:
    """The same post with another byte in it."""
    return replace(one, body=one.body.replace(b"delivered", b"deliverez", 1))


@for_vendors("callback")
@pytest.mark.parametrize("how", FORGED)
def test_what_the_vendor_did_not_sign_is_refused_in_its_words_and_not_stored(world: World, how: str) -> None:
    crm_id = sent(world)
    before = walk.look(world.place.house, crm_id).delivery
    answer = FORGED[how](world).post()
    assert answer.status_code == 403
    assert world.is_refusal(answer.json())
    assert (count_receipts(world.place.house), walk.look(world.place.house, crm_id).delivery) == (0, before)


@pytest.mark.parametrize("world", NOT_HERE["callback"], indirect=True)
def test_nobody_is_believed_at_the_callbacks_of_a_vendor_that_has_none(world: World) -> None:
    crm_id = sent(world)
    before = walk.look(world.place.house, crm_id).delivery
    answer = world.callback("delivered").post()
    assert answer.status_code == 403
    assert world.is_refusal(answer.json())
    assert (count_receipts(world.place.house), walk.look(world.place.house, crm_id).delivery) == (0, before)


@for_vendors("callback")
def test_a_callback_that_comes_again_is_stored_and_told_once(world: World) -> None:
    crm_id = sent(world)
    callback = world.callback(world.DELIVERED)
    assert callback.post().status_code in TAKEN
    first = told(world)
    assert callback.post().status_code in TAKEN
    assert (len(receipts(world, crm_id)), told(world)) == (1, first)


@for_vendors("stale")
@pytest.mark.parametrize("ago", [360, -360], ids=["old", "of the future"])
def test_what_was_signed_at_another_time_is_refused_and_not_stored(world: World, ago: int) -> None:
    sent(world)
    assert world.callback(world.DELIVERED, ago=ago).post().status_code == 403
    assert count_receipts(world.place.house) == 0
    assert world.callback(world.DELIVERED, ago=240).post().status_code in TAKEN


@for_vendors("callback")
def test_a_word_that_nobody_knows_is_kept_and_lowers_nothing(world: World) -> None:
    crm_id = sent(world)
    before = walk.look(world.place.house, crm_id).delivery
    assert world.callback("teleported").post().status_code in TAKEN
    assert walk.look(world.place.house, crm_id).delivery == before
    assert world.callback(world.DELIVERED).post().status_code in TAKEN
    assert world.callback("folded").post().status_code in TAKEN
    assert walk.look(world.place.house, crm_id).delivery == "delivered"
    kept = receipts(world, crm_id)
    assert [kept[0], kept[-1]] == [("teleported", "unknown"), ("folded", "unknown")]


@for_vendors("vendor_keys", fixture="rotating")
def test_both_keys_of_the_vendor_are_believed_while_they_are_changed(rotating: World) -> None:
    sent(rotating)
    for key, word in ((0, "teleported"), (1, rotating.DELIVERED)):
        assert rotating.callback(word, key=key).post().status_code in TAKEN
    assert rotating.callback(rotating.DELIVERED, key=2).post().status_code == 403
    assert count_receipts(rotating.place.house) == 2
