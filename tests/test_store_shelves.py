"""A CRM's list on both databases: sorted, filtered and paged in the same way, each message once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso import store
from sayso.message import Content, Message, State
from sayso.store import Sought, Store, Tx
from tests.stored import BUYER, keep
from tests.two_databases import clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere

AHEAD = (9, None, 1, 1, 5, None, 1)
"""In how many days each message is to go; three at the same moment, two at once."""


@pytest.fixture
def kept(here: Store) -> list[Message]:
    """One message for each of AHEAD; the first one failed, and the even ones carry a note."""

    def put(tx: Tx) -> list[Message]:
        noon = tx.now
        return [
            keep(
                tx,
                State.FAILED if n == 0 else State.HELD,
                send_at=noon + timedelta(days=days) if days else None,
                content=Content((BUYER,), None, f"Card {n}", metadata=(("even", str(n % 2 == 0)),)),
            )
            for n, days in enumerate(AHEAD)
        ]

    return here.write(put)


def ids(here: Store, sought: Sought, limit: int, **cursor: str) -> list[str]:
    """The ids of one page."""
    with here.read() as tx:
        source = store.find_source(tx, name="crm")
        assert source
        return [one.id for one in store.sent_page(tx, source.id, "twilio", sought, limit=limit, **cursor)]


SOUGHT = {
    "newest first": Sought(),
    "oldest first": Sought(upward=True),
    "what goes first": Sought(by_date=True, upward=True),
    "what goes last": Sought(by_date=True),
    "scheduled": Sought(by_date=True, scheduled=True),
    "at once": Sought(scheduled=False),
    "failed": Sought(failed=True),
    "not failed": Sought(failed=False, by_date=True),
    "noted": Sought(metadata={"even": "True"}, upward=True),
    "noted otherwise": Sought(metadata={"even": "true"}),
}


def wanted(kept: list[Message], sought: Sought) -> list[str]:
    """What a list has, told without the database."""
    goes = {one.id: one.send_at or one.created_at for one in kept}
    found = [
        one
        for one in kept
        if (sought.scheduled is None or sought.scheduled is bool(one.send_at))
        and (sought.failed is None or sought.failed is (one.state is State.FAILED))
        and sought.metadata.items() <= dict(one.content.metadata).items()
    ]
    found.sort(key=lambda one: (goes[one.id], one.id) if sought.by_date else one.id, reverse=not sought.upward)
    return [one.id for one in found]


@pytest.mark.parametrize("what", SOUGHT)
@pytest.mark.parametrize("size", [1, 3, 9])
def test_a_list_is_whole_in_its_order_there_and_back(here: Store, kept: list[Message], what: str, size: int) -> None:
    sought, there, back = SOUGHT[what], list[str](), list[str]()
    whole = wanted(kept, sought)
    for _ in range(len(AHEAD) + 1):
        there += ids(here, sought, size, **({"after": there[-1]} if there else {}))
    assert there == whole
    for _ in range(len(whole)):
        back = ids(here, sought, size, before=(back or whole[-1:])[0]) + back
    assert back == whole[:-1]
    with here.read() as tx:
        assert store.count_at(tx, kept[0].source_id, "twilio", sought) == len(whole)


def test_another_source_has_none_of_it(here: Store, kept: list[Message]) -> None:
    with here.read() as tx:
        assert store.sent_page(tx, "somebody", "twilio", Sought(), limit=9) == ()
        assert store.count_at(tx, "somebody", "twilio", Sought(metadata={"even": "True"})) == 0
