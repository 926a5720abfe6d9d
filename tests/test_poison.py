"""A row that nobody can open, damaged or of a later release, stops nobody else's work."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import event, text

from sayso import dispatch, store
from sayso.message import Message, Receipt, State
from tests.batched import handed_in, messages_of, pieces, plain
from tests.conftest import House
from tests.desk_visits import enter, held
from tests.mailing import Post, post
from tests.relaying import delivered
from tests.stillness import still
from tests.walk import approved, decide, dispatched, incidents, look, lose_lease, relayed, relays, sent, swept, told

__all__ = ["plain", "post", "still"]  # fixtures from elsewhere


@contextmanager
def damaged(house: House, *ids: str) -> Iterator[None]:
    """While the block lasts, what these messages say cannot be opened."""
    change = "UPDATE sayso_content SET sealed = :sealed WHERE message_id = :id"
    with house.store.read() as tx:
        rows = [{"id": one, "sealed": tx.connection.execute(text(READ), {"id": one}).scalar_one()} for one in ids]
    house.store.write(lambda tx: tx.connection.execute(text(change), [row | {"sealed": b"\x01" * 60} for row in rows]))
    yield
    house.store.write(lambda tx: tx.connection.execute(text(change), rows))


READ = "SELECT sealed FROM sayso_content WHERE message_id = :id"


def states(house: House) -> dict[str, int]:
    """How many messages are in each state."""
    with house.store.read() as tx:
        rows = tx.connection.execute(text("SELECT state, count(*) FROM sayso_message GROUP BY state"))
        return dict(rows.all())


def test_what_came_with_it_is_screened_and_it_is_once_it_can_be_read(plain: House):
    batch = handed_in(plain, pieces(60, channel="sms"), looked=False)
    ids = [message.id for message in messages_of(plain, batch)]
    with damaged(plain, *ids[:55]):
        swept(plain)
        assert states(plain) == {"received": 55, "held": 5}
    swept(plain)
    swept(plain)
    assert states(plain) == {"held": 60}


def test_what_came_with_it_expires(plain: House):
    batch = handed_in(plain, pieces(10, channel="sms"))
    with damaged(plain, messages_of(plain, batch)[0].id):
        plain.clock.forward(days=30)
        swept(plain)
        assert states(plain) == {"held": 1, "stopped": 9}


def test_what_went_in_the_same_call_is_unconfirmed_and_so_is_it(still: House):
    sids = [approved(still) for _ in range(3)]

    def claim(tx: store.Tx) -> None:
        messages = [store.get(tx, sid) for sid in sids]
        lease = tx.now + store.database.timedelta(seconds=still.runtime.lease_seconds)
        store.open_attempt(tx, messages[:2], "twilio", lease)
        store.open_attempt(tx, messages[2:], "twilio", lease)
        for message in messages:
            store.move(tx, message, State.SENDING, "dispatch")

    still.store.write(claim)
    with damaged(still, look(still, sids[0]).id):
        lose_lease(still)
        assert states(still) == {"unconfirmed": 3}


def test_the_desk_lists_the_others_and_says_which_one_cannot_be_read(still: House):
    poison, *others = [held(still, f"Ring {n} is ready.") for n in range(3)]
    with damaged(still, poison):
        page = html.unescape(enter(still).get(f"{still.url}/desk/", timeout=10).text)
    assert set(re.findall(r'<h2><a href="/desk/messages/(\w+)"', page)) == set(others)
    assert "One message cannot be read" in page
    assert poison in page


@pytest.mark.parametrize("q", ["", "ring"], ids=["history", "search"])
def test_a_page_of_history_is_as_full_as_ever_and_leads_to_the_next(still: House, q: str):
    for n in range(4):
        held(still, f"Ring {n} is ready.")
    with still.store.read() as tx:
        source = store.find_source(tx, name="crm")
        assert source
        asked = store.Asked(q, (source.id,), ("twilio",)) if q else None
        newest = store.recent(tx, limit=4, asked=asked)
    with damaged(still, newest[0].id), still.store.read() as tx:
        assert store.recent(tx, limit=2, asked=asked) == newest[1:3]


def test_a_burst_shows_another_of_its_messages_where_the_oldest_cannot_be_read(plain: House):
    batch = handed_in(plain, pieces(3, channel="sms"))
    ids = [message.id for message in messages_of(plain, batch)]
    burst = {"b": f"B{'0' * 25}"}
    plain.store.write(lambda tx: tx.connection.execute(text("UPDATE sayso_message SET batch_id = :b"), burst))
    with damaged(plain, ids[0]), plain.store.read() as tx:
        [found] = store.bursts(tx, None, None)
    assert (found.count, found.sample.id) == (3, ids[1])


def unsubscribed(post: Post) -> tuple[list[Message], list[dict[str, object]]]:
    """Three people who got a mail, and what SendGrid says of them."""
    to = [{"to": [{"email": f"guest{n}@example.com"}]} for n in range(3)]
    crm_id = post.sent(personalizations=to)
    with post.house.store.read() as tx:
        batch_id = str(store.get(tx, crm_id).batch_id)
        ids = sorted(store.seen_in(tx, batch_id, store.Sight(None, None)))
    for one in ids:
        decide(post.house, one, "approve")
    dispatched(post.house)
    messages = [look(post.house, one) for one in ids]
    said = {"event": "unsubscribe", "timestamp": int(post.house.clock().timestamp())}
    events = [
        said
        | {"email": m.content.to[0], "sg_message_id": f"{m.provider_id}.x", "sg_event_id": m.id, "sayso_message": m.id}
        for m in messages
    ]
    return messages, events


def opted_out(house: House, messages: list[Message]) -> int:
    """How many of these people get nothing any more."""
    with house.store.read() as tx:
        return len(store.suppressed(tx, [message.content.to[0] for message in messages]))


def test_every_opt_out_of_a_post_counts_its_own_as_well(post: Post):
    messages, events = unsubscribed(post)
    with damaged(post.house, messages[0].id):
        assert [post.tell(*events).status_code for _ in range(2)] == [204, 204]
        assert opted_out(post.house, messages) == 3
        swept(post.house)
        assert incidents(post.house) == ["orphan_callback"]
    swept(post.house)
    with post.house.store.read() as tx:
        assert [len(store.read_receipts(tx, message.id)) for message in messages] == [1, 1, 1]


def test_a_receipt_that_came_too_early_is_given_to_its_message_all_the_same(still: House):
    first, second = look(still, sent(still)), look(still, sent(still))
    receipt = partial(Receipt, delivery="delivered", word="delivered", error_code=None, fields=())

    def early(tx: store.Tx) -> None:
        for message in (first, second):
            known = str(message.provider_id)
            store.add_receipt(tx, "twilio", receipt(provider_id=known, event_key=known), None, None)
        tx.connection.execute(text("UPDATE sayso_receipt SET sealed = :s WHERE id = 2"), {"s": b"\x01" * 60})
        store.add_receipt(tx, "twilio", receipt(provider_id=known, event_key="again"), None, None)

    still.store.write(early)
    with damaged(still, first.id):
        swept(still)
        assert look(still, second.id).delivery == "delivered"
    swept(still)
    assert look(still, first.id).delivery == "delivered"


def test_a_relay_that_cannot_be_opened_is_given_up_and_the_others_are_heard(still: House):
    poison, fine = delivered(still), delivered(still)
    change = text("UPDATE sayso_relay SET sealed = :s WHERE message_id = :m")
    values = {"s": b"\x01" * 60, "m": look(still, poison).id}
    still.store.write(lambda tx: tx.connection.execute(change, values))
    relayed(still)
    assert told(still) == ["delivered"]
    assert (incidents(still, poison), [one.state for one in relays(still, fine)]) == (["relay_dead"], ["done"])


def test_what_is_due_is_read_in_one_go_and_what_cannot_be_opened_is_said_once(
    plain: House, caplog: pytest.LogCaptureFixture
):
    batch = handed_in(plain, pieces(60, channel="sms"), looked=False)
    asked: list[str] = []
    event.listen(plain.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with plain.store.read() as tx:
        assert len(store.due(tx, State.RECEIVED, 50)) == 50
    assert len([one for one in asked if one.startswith("SELECT")]) == 1
    poison = messages_of(plain, batch)[0].id
    with damaged(plain, poison), caplog.at_level(logging.ERROR), plain.store.read() as tx:
        found = [store.due(tx, State.RECEIVED, 50) for _ in range(3)]
    assert [len(messages) for messages in found] == [50, 50, 50]
    assert [record.getMessage().count(poison) for record in caplog.records] == [1]


def test_what_waits_to_go_beside_it_goes(still: House):
    poison, fine = approved(still), approved(still)
    with damaged(still, look(still, poison).id):
        for _ in range(4):
            dispatch.run_due(still.runtime)
        assert look(still, fine).state == "sent"
