"""Step 4: what has changed since the approval is seen at the claim, before anything is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from sayso import dispatch, store
from sayso.message import Content, State
from tests.conftest import House
from tests.stillness import still
from tests.walk import SHOP, TO, approved, dispatched, hand_in, look, withdraw

__all__ = ["still"]  # fixtures from elsewhere

PARTS = {"source": "crm", "store": "north", "purpose": "repair_ready", "channel": "sms"}


@pytest.mark.parametrize("part", [*PARTS, "all"])
def test_a_stop_holds_for_the_very_next_claim_until_it_is_lifted(still: House, part: str):
    still.source("crm", store="north")
    parts = {} if part == "all" else {part: PARTS[part]}
    sid = approved(still, purpose="repair_ready")
    still.store.write(lambda tx: store.add_stop(tx, "flood", "ana", **parts))
    dispatched(still)
    assert still.vendor.posts() == []
    still.store.write(lambda tx: store.lift_stops(tx, "ana", **parts))
    dispatched(still)
    assert look(still, sid).state == "sent"


@pytest.mark.parametrize("part", PARTS)
def test_a_stop_of_another_part_lets_this_one_through(still: House, part: str):
    sid = approved(still)
    still.store.write(lambda tx: store.add_stop(tx, "flood", "ana", **{part: "other"}))
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_suppression_after_the_approval_puts_it_back_to_a_person(still: House):
    sid = approved(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "Asked in the shop.", origin="test"))
    dispatched(still)
    message = look(still, sid)
    assert (message.state, still.vendor.posts()) == ("held", [])
    assert [finding.check for finding in message.findings] == ["suppressed_address"]


def test_a_hundred_suppressions_between_approval_and_claim_let_nothing_out(still: House):
    sids = [approved(still, To=f"+1415555{n:04}") for n in range(100)]
    for n in range(100):
        still.store.write(lambda tx, n=n: store.suppress(tx, f"+1415555{n:04}", "no", origin="test"))
    dispatched(still)
    assert {look(still, sid).state for sid in sids} == {"held"}
    assert still.vendor.posts() == []


def test_a_twin_that_turned_up_after_the_approval_puts_it_back(still: House):
    earlier, later = hand_in(still, Body="Hello there."), hand_in(still, Body="Hello  there.")
    with still.store.read() as tx:
        twin = store.get(tx, later)
    # as if the twin had not been known at the approval: only what was shown is accepted
    assert [finding.check for finding in twin.findings] == ["duplicate"]
    still.store.write(
        lambda tx: store.move(tx, twin, State.CLEARED, "reviewer", changes={"due_at": tx.now, "accepted": frozenset()})
    )
    dispatched(still)
    assert (look(still, later).state, look(still, earlier).state) == ("held", "held")
    assert still.vendor.posts() == []


def test_words_that_are_not_those_signed_off_are_held_with_a_reason_and_cannot_be_approved(still: House):
    sid = approved(still)

    def tamper(tx: store.Tx) -> None:
        message = store.get(tx, sid)
        assert message
        tx.connection.execute(text("DELETE FROM sayso_content"))
        other = Content(to=message.content.to, sender=SHOP, body="Buy now!", fields=(("To", TO), ("Body", "Buy now!")))
        store.arrivals.write_content(tx, replace(message, content=other))

    still.store.write(tamper)
    dispatched(still)
    message = look(still, sid)
    assert (message.state, still.vendor.posts()) == ("held", [])
    assert message.findings[-1].verdict == "stop"
    assert still.decide(sid, "approve").status_code == 409


def test_a_message_whose_facts_cannot_be_asked_waits_and_holds_nobody_up(still: House):
    sid, other = approved(still), approved(still)

    def ask(message: object) -> dict[str, object]:
        if message.crm_id == sid:
            raise ConnectionError("the host's database is away")
        return {}

    runtime = replace(still.runtime, given_facts=ask)
    assert [dispatch.run_due(runtime) for _ in range(3)] == [True, True, False]
    assert (look(still, sid).state, look(still, other).state) == ("cleared", "sent")


def test_a_withdrawn_message_is_not_sent(still: House):
    sid = approved(still)
    assert withdraw(still, sid).status_code == 200
    dispatched(still)
    assert (look(still, sid).state, still.vendor.posts()) == ("stopped", [])
