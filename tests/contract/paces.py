"""The paces of a message through a world: handed in, signed off, sent, called back, told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from sayso import dispatch, store
from sayso.message import Account
from tests import walk
from tests.contract.world import CRM, Told, World
from tests.contract.worlds import vendors

_numbers = itertools.count(1000)


def for_vendors(row: str = "", fixture: str = "world") -> pytest.MarkDecorator:
    """Run a test in the world of every vendor that a row of the contract is for."""
    return pytest.mark.parametrize(fixture, vendors(row), indirect=True)


def some_words() -> str:
    """Words that no other message has."""
    return f"{next(_numbers)} is the number of your ring"


def approved(world: World, source: str = CRM, words: str = "") -> str:
    """The CRM's id of a message that may go."""
    crm_id = world.hand_in(source, words or some_words())
    walk.decide(world.place.house, crm_id, "approve")
    return crm_id


def sent(world: World, source: str = CRM, words: str = "") -> str:
    """The CRM's id of a message that the vendor took."""
    crm_id = approved(world, source, words)
    walk.dispatched(world.place.house)
    assert walk.look(world.place.house, crm_id).state == "sent"
    return crm_id


def dispatched_by(world: World, name: str, change: Callable[[Account], Account]) -> None:
    """Everything that is due has been tried with a vendor's account as the change leaves it."""
    here = world.place.house.runtime
    changed = replace(here, accounts={**here.accounts, name: change(here.accounts[name])})
    for _ in range(50):
        if not dispatch.run_due(changed):
            return
    raise AssertionError("there is always more to do")


def told(world: World, source: str = CRM) -> list[Told]:
    """What a CRM has heard so far, each verified with its issued secret."""
    walk.relayed(world.place.house)
    here = f"/{source}"
    return [world.told(heard, source) for heard in world.place.house.crm.posts() if heard.path == here]


def receipts(world: World, crm_id: str) -> list[tuple[str, str]]:
    """What is stored of a message's callbacks: the vendor's word, and what it counts for."""
    message = walk.look(world.place.house, crm_id)
    with world.place.house.store.read() as tx:
        return [(receipt.word, receipt.delivery) for receipt, _ in store.read_receipts(tx, message.id)]
