"""Nothing that a CRM ever hears has a vendor's key or account in it, or anything of another source."""

from __future__ import annotations

from collections.abc import Iterator

from tests import walk
from tests.contract.paces import approved, for_vendors, sent, some_words
from tests.contract.world import CRM, OTHER, World

CANARY = "a sapphire for Rebecca"
THEIRS = ("sapphire", "Rebecca", "rebecca.canary", "+14155550188", "4155550188", "+971501234567", "971501234567")


def texts(given: object) -> Iterator[str]:
    """Every text in a set of credentials."""
    if isinstance(given, dict):
        for value in given.values():
            yield from texts(value)
    elif isinstance(given, str):
        yield given


def heard(world: World) -> str:
    """Everything that the CRM was answered or told since the list was emptied."""
    walk.relayed(world.place.house)
    relays = [one for one in world.place.house.crm.heard if one.path == f"/{CRM}"]
    said = [str(one.headers).encode() + one.body for one in relays]
    return b"\n".join([*world.place.answers, *said]).decode("utf-8", "replace")


def live(world: World, other: str) -> None:
    """All that can happen to a CRM: it hands in, looks around, is told of a delivery, a no, and a reject."""
    first = sent(world)
    if world.DELIVERED:
        world.callback(world.DELIVERED).post()
        world.callback("teleported").post()
    world.look_around(CRM, first)
    world.look_around(CRM, other)
    if world.NO:
        approved(world)
        with world.saying("no"):
            walk.dispatched(world.place.house)
    rejected = world.hand_in(CRM, some_words())
    walk.decide(world.place.house, rejected, "reject", reason="wrong_person")


@for_vendors()
def test_a_crm_hears_no_key_of_a_vendor_and_nothing_of_another_source(world: World) -> None:
    other = sent(world, OTHER, CANARY)
    if world.DELIVERED:
        world.callback(world.DELIVERED).post()
    assert CANARY.encode() in repr(world.took()).encode()
    world.place.answers.clear()
    live(world, other)
    everything = heard(world)
    secrets = [*world.secrets, *(text for text in texts(world.place.house.source(OTHER)) if text != OTHER)]
    assert [one for one in (*secrets, *THEIRS) if one in everything] == []
    assert other not in everything.replace(f"/{other}", "")
