"""Every vendor of the registry is whole, and goes through the contract: one that is added without is found here."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping

import pytest

import sayso_providers
from sayso_providers import REGISTRY, mailhouse
from sayso_providers.base import (
    Book,
    Ears,
    Face,
    Gallery,
    Postbag,
    Press,
    Pretender,
    Provider,
    Recaller,
    Scheduler,
    Shelf,
    Teller,
    Vendor,
)
from tests.contract.worlds import NOT_HERE, WORLDS

PROMISES: Mapping[str, type] = {
    "REGISTRY": Vendor,
    "DOORS": Provider,
    "SHELVES": Shelf,
    "GALLERIES": Gallery,
    "SCHEDULERS": Scheduler,
    "RECALLERS": Recaller,
    "BOOKS": Book,
    "PRESSES": Press,
    "EARS": Ears,
    "POSTBAGS": Postbag,
    "TELLERS": Teller,
    "FACES": Face,
    "PRETENDERS": Pretender,
}
"""What everybody in a table of the registry must offer."""
CHANNELS = frozenset({"sms", "mms", "whatsapp", "email", "letter", "postcard", "self_mailer"})
DELIVERIES = frozenset("unknown queued sent deferred delivered failed bounced rejected complained unsubscribed".split())


def names(promise: type) -> set[str]:
    """Everything that a promise names, with what it builds on."""
    parts = [part for part in promise.__mro__ if part.__module__ == "sayso_providers.base.faces"]
    return {name for part in parts for name in vars(part) if not name.startswith("_")}


def faults(module: object, promise: type) -> list[str]:
    """What a module lacks of what it must offer, or takes in another way."""
    found = []
    for name in sorted(names(promise)):
        promised, offered = inspect.getattr_static(promise, name), getattr(module, name, None)
        if offered is None:
            found.append(f"has no {name}")
        elif callable(promised):
            wanted = [one for one in inspect.signature(promised).parameters if one != "self"]
            taken = list(inspect.signature(offered).parameters)
            if taken != wanted:
                found.append(f"{name} takes {', '.join(taken)}, not {', '.join(wanted)}")
    return found


def tables() -> list[tuple[str, str]]:
    """Every name of every table."""
    return [(table, name) for table in PROMISES for name in getattr(sayso_providers, table)]


@pytest.mark.parametrize("vendor", REGISTRY)
def test_every_vendor_has_a_world(vendor: str) -> None:
    assert vendor in WORLDS, f"write a world for {vendor} in tests/contract, or it goes through none of the contract"


def test_no_world_is_of_a_vendor_that_is_gone() -> None:
    assert set(WORLDS) <= set(REGISTRY)
    assert {name for row in NOT_HERE.values() for name in row} <= set(REGISTRY)


def test_every_table_of_the_registry_has_its_promise() -> None:
    """A new table needs a line here."""
    known = {name for name in sayso_providers.__all__ if isinstance(getattr(sayso_providers, name), Mapping)}
    assert known == set(PROMISES)


@pytest.mark.parametrize(("table", "name"), tables(), ids=str)
def test_everybody_in_the_registry_offers_all_that_is_promised(table: str, name: str) -> None:
    assert faults(getattr(sayso_providers, table)[name], PROMISES[table]) == []


@pytest.mark.parametrize("vendor", REGISTRY)
def test_a_vendor_says_what_it_is_in_words_that_we_know(vendor: str) -> None:
    here = REGISTRY[vendor]
    parts = {part.removeprefix("more.") if part.startswith("more.") else part for part in here.SETTINGS}
    assert vendor == here.NAME
    assert here.CHANNELS
    assert here.CHANNELS <= CHANNELS
    assert here.TOGETHER >= 1
    assert set(here.STATUSES.values()) <= DELIVERIES
    assert set(here.NEEDED) <= set(here.SETTINGS)
    assert len(parts) == len(here.SETTINGS)


PLANTED: Mapping[str, Mapping[str, object]] = {
    "has no receipts": {"receipts": None},
    "has no TOGETHER": {"TOGETHER": None},
    "send takes message, account, not messages, account, http, callback_url, now, deadline": {
        "send": lambda message, account: None
    },
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_vendor_that_is_not_whole_is_refused(fault: str) -> None:
    planted = types.ModuleType("planted")
    planted.__dict__.update(vars(mailhouse) | PLANTED[fault])
    assert faults(planted, Vendor) == [fault]


def test_an_empty_module_offers_nothing() -> None:
    assert len(faults(types.ModuleType("planted"), Vendor)) == len(names(Vendor)) == 14
