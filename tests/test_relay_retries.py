"""Step 6: the CRM hears everything at least once, in order, and one that is away holds nobody up."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text

from sayso import relay, store
from tests.conftest import House, MakeHouse
from tests.relaying import allow_place, delivered
from tests.stillness import still
from tests.vendors import serve, wait_for
from tests.walk import decide, hand_in, incidents, relayed, relays, sent, told

__all__ = ["still"]  # fixtures from elsewhere

PROBLEMS = {"500": (500, {}, b""), "404": (404, {}, b""), "429": (429, {}, b""), "no-answer": (0, {}, b"")}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_the_crm_did_not_take_is_tried_again_with_the_same_event_id(still: House, problem: str):
    delivered(still)
    still.crm.answer = lambda heard: PROBLEMS[problem]
    relayed(still)
    still.crm.answer = lambda heard: (204, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    first, second = still.crm.posts()
    assert first.body == second.body
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]
    still.clock.forward(days=4)
    relayed(still)
    assert len(still.crm.posts()) == 2


def test_the_waits_between_tries_double_from_five_seconds_to_a_day(still: House):
    sid, waits = delivered(still), []
    still.crm.answer = lambda heard: (500, {}, b"")
    while True:
        relayed(still)
        waiting = relays(still, sid)[0]
        if waiting.state != "waiting":
            break
        with still.store.read() as tx:
            due_at = store.moment(tx.connection.execute(text("SELECT due_at FROM sayso_relay")).scalar())
        waits.append(round((due_at - still.clock()).total_seconds()))
        still.clock.forward(seconds=waits[-1] + 1)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) <= 24 * 3600
    assert sum(waits) <= 72 * 3600
    assert (waiting.state, incidents(still, sid)) == ("dead", ["relay_dead"])


def test_a_refused_connection_is_tried_again(still: House):
    with serve(lambda heard: (200, {}, b"")) as gone:
        url = gone.url
    still.source()
    allow_place(still, url)
    sid = delivered(still, StatusCallback=url + "/cb")
    relayed(still)
    waiting = relays(still, sid)[0]
    assert (waiting.state, waiting.tries) == ("waiting", 1)


def test_a_message_is_told_of_in_order_even_when_the_first_try_failed(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    message = still.twilio.messages[0]
    still.twilio.call_back(message, "sent")
    still.crm.answer = lambda heard: (500, {}, b"")
    relayed(still)
    still.twilio.call_back(message, "delivered")
    relayed(still)
    assert told(still) == ["sent"]
    still.crm.answer = lambda heard: (200, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    assert told(still) == ["sent", "sent", "delivered"]


def test_a_crm_that_hangs_does_not_keep_another_crm_waiting(make_house: MakeHouse):
    house, let_go = make_house(), threading.Event()
    with serve(lambda heard: ((let_go.wait(9) and 200) or 200, {}, b"")) as slow:
        house.source("slow")
        allow_place(house, slow.url, "slow")
        for _ in range(4):
            hand_in_and_reject(house, "slow", slow.url + "/cb")
        wait_for(slow.posts)
        started = time.monotonic()
        hand_in_and_reject(house, "quick", house.crm.url + "/cb")
        wait_for(house.crm.posts, 5)
        assert time.monotonic() - started < 4
        assert len(slow.posts()) == 1, "one thread at most waits for a CRM that hangs"
        let_go.set()
        wait_for(lambda: len(slow.posts()) == 4)


def hand_in_and_reject(house: House, source: str, callback: str) -> str:
    """A message of which the CRM hears at once."""
    sid = hand_in(house, source, StatusCallback=callback)
    decide(house, sid, "reject")
    house.runtime.relay_bell.ring()
    return sid


def test_a_crm_that_cannot_be_reached_is_left_alone_for_a_while(still: House):
    for _ in range(5):
        delivered(still)
    still.crm.answer = lambda heard: (0, {}, b"")
    relayed(still)
    assert len(still.crm.posts()) == 1
    still.crm.answer = lambda heard: (200, {}, b"")
    still.clock.forward(seconds=6)
    relayed(still)
    assert len(still.crm.posts()) == 6


def test_two_relays_of_one_process_each_are_delivered_once(make_house: MakeHouse):
    house = make_house(start=False)
    for _ in range(12):
        delivered(house)
    threads = [threading.Thread(target=relayed, args=(house,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relayed(house)
    assert len(house.crm.posts()) == 12
    assert len({heard.headers["i-twilio-idempotency-token"] for heard in house.crm.posts()}) == 12


def test_a_relay_whose_process_died_on_the_way_is_taken_up_again_with_its_event_id(still: House):
    sid = delivered(still)
    taken = still.store.write(lambda tx: store.take_relay(tx, tx.now + relay.LEASE))
    relayed(still)
    assert still.crm.heard == []
    still.clock.forward(seconds=relay.LEASE.total_seconds() + 1)
    relayed(still)
    assert still.crm.posts()[0].headers["i-twilio-idempotency-token"] == taken.event_id
    assert relays(still, sid)[0].state == "done"
