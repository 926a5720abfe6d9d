"""The store on both databases: what is sealed is found again by whom it is for, and pages are whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from sayso import store
from sayso.message import Message
from sayso.store import Store, Tx
from tests.stored import BUYER, Ticking, at_once, keep, reread
from tests.two_databases import MakeStore, clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere


def test_a_sealed_value_that_was_moved_to_another_row_does_not_open(here: Store) -> None:
    one, two = here.write(keep), here.write(keep)
    swap = text("UPDATE sayso_content SET sealed = (SELECT sealed FROM sayso_content WHERE message_id = :one)")
    here.write(lambda tx: tx.connection.execute(swap, {"one": one.id}))
    assert reread(here, one) == one
    with pytest.raises(InvalidTag):
        reread(here, two)


def test_an_address_is_found_again_whatever_channel_it_was_written_for(here: Store) -> None:
    here.write(lambda tx: store.suppress(tx, "+14155550177", "asked to be left alone", origin="test"))
    with here.read() as tx:
        found = store.suppressed(tx, ["whatsapp:+14155550177", "+14155550178"])
    assert found == {"whatsapp:+14155550177": "asked to be left alone"}


def test_another_secret_key_finds_nothing(here: Store, database_url: str, clock: Ticking) -> None:
    here.write(lambda tx: store.suppress(tx, BUYER, "asked", origin="test"))
    stranger = Store(database_url, "x" * 40, clock)
    with stranger.read() as tx:
        assert store.suppressed(tx, [BUYER]) == {}
    stranger.close()


def test_suppressing_twice_keeps_the_later_reason_also_from_two_processes(make_store: MakeStore) -> None:
    calls = [
        lambda one=one: one.write(lambda tx: store.suppress(tx, BUYER, "asked", origin="test"))
        for one in (make_store(), make_store()) * 5
    ]
    assert at_once(calls) == [None] * 10
    make_store().write(lambda tx: store.suppress(tx, BUYER, "asked again", origin="test"))
    with make_store().read() as tx:
        assert store.suppressed(tx, [BUYER]) == {BUYER: "asked again"}


Page = Callable[[Tx, str | None, int], tuple[Message, ...]]


def recent(tx: Tx, after: str | None, limit: int) -> tuple[Message, ...]:
    return store.recent(tx, limit=limit, after=after)


def sent_page(tx: Tx, after: str | None, limit: int) -> tuple[Message, ...]:
    source = store.find_source(tx, name="crm")
    assert source
    return store.sent_page(tx, source.id, "twilio", store.Sought(to=BUYER), limit=limit, after=after)


@pytest.mark.parametrize("page", [recent, sent_page])
@pytest.mark.parametrize("size", [1, 4, 10, 50])
def test_pages_are_complete_and_without_repeats_while_messages_are_added(here: Store, page: Page, size: int) -> None:
    before = [here.write(keep).id for _ in range(10)]
    seen: list[str] = []
    for _ in range(len(before) // size + 2):
        with here.read() as tx:
            seen += [message.id for message in page(tx, seen[-1] if seen else None, size)]
        here.write(keep)
    assert seen == before[::-1]


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ufffd", "%", "'", "x" * 5000], ids=ascii)
def test_asking_for_what_cannot_be_there_finds_nothing(here: Store, text: str) -> None:
    here.write(keep)
    with here.read() as tx:
        found = store.get(tx, text), store.find_attempt(tx, text), store.find_source(tx, name=text)
        assert (found, store.recent(tx, limit=9, purpose=text)) == ((None, None, None), ())
