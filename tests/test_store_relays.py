"""The store on both databases: receipts are kept once, and relays are taken in order, one a CRM."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from sayso import store
from sayso.message import DELIVERY_RANK, Message, Outgoing, Receipt, State
from sayso.store import Store, Tx
from tests.stored import BUYER, Ticking, keep
from tests.two_databases import clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere


def test_delivery_only_rises_in_whatever_order_the_receipts_come(here: Store) -> None:
    words = ("queued", "sent", "deferred", "delivered", "complained")

    def all_orders(tx: Tx) -> set[str | None]:
        ends = set()
        for order in permutations(words):
            message, rank = keep(tx, State.SENT), -1
            for word in order:
                rose = store.raise_delivery(tx, message, word, word, None)
                assert rose == (DELIVERY_RANK[word] > rank)
                rank = max(rank, DELIVERY_RANK[word])
            after = store.get(tx, message.id)
            ends.add(after and after.delivery)
        return ends

    assert here.write(all_orders) == {"complained"}


def test_the_same_receipt_is_stored_once(here: Store) -> None:
    message = here.write(keep)
    receipt = Receipt("SM1", "SM1:delivered", "delivered", "delivered", "30006" * 20, (("To", BUYER),))

    def add(tx: Tx) -> bool:
        return store.add_receipt(tx, "twilio", receipt, "t" * 200, message.id)

    assert [here.write(add), here.write(add)] == [True, False]
    with here.read() as tx:
        [(stored, _)] = store.read_receipts(tx, message.id)
    assert stored == replace(receipt, error_code=stored.error_code)


def add_relays(tx: Tx, *messages: Message) -> None:
    for message in messages:
        store.add_relay(tx, message, Outgoing("http://crm.test/x", (("To", BUYER),)), origin="http://crm.test:80")


def take(tx: Tx) -> str | None:
    taken = store.take_relay(tx, tx.now + timedelta(seconds=10))
    return taken and taken.message_id


def test_a_relay_that_was_taken_belongs_to_its_taker_until_the_lease_is_over(here: Store, clock: Ticking) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message))
    taken = [here.write(take), here.write(take)]
    clock.now += timedelta(seconds=11)
    assert [*taken, here.write(take)] == [message.id, None, message.id]


def test_a_slow_crm_keeps_one_caller_and_another_crm_is_heard_meanwhile(here: Store) -> None:
    slow, also_slow, quick = here.write(keep), here.write(keep), here.write(lambda tx: keep(tx, source="quick"))
    here.write(lambda tx: add_relays(tx, slow, also_slow, quick))
    assert [here.write(take) for _ in range(3)] == [slow.id, quick.id, None]


def test_the_relays_of_one_message_go_in_their_order(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message, message))
    with here.read() as tx:
        first, second = store.read_relays(tx, message.id)
    here.write(lambda tx: store.delay_relay(tx, first, tx.now + timedelta(hours=1), "The CRM answered 500."))
    waits = here.write(take)
    here.write(lambda tx: store.end_relay(tx, first, "dead", "The CRM answered 500."))
    taken = here.write(lambda tx: store.take_relay(tx, tx.now))
    assert (waits, taken and taken.id) == (None, second.id)


def test_a_relays_trouble_can_be_read_again(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message))
    with here.read() as tx:
        [relay] = store.read_relays(tx, message.id)
    here.write(lambda tx: store.delay_relay(tx, relay, tx.now, "The CRM answered 500."))
    with here.read() as tx:
        assert [found.detail for found in store.read_relays(tx, message.id)] == ["The CRM answered 500."]
