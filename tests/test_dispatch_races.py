"""Step 4: several dispatchers send each message once, and one that comes late does no harm."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sayso import dispatch, store
from sayso.message import Sent, TryLater
from sayso.runtime import Runtime
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.walk import approved, decide, dispatched, incidents, look, lose_lease

__all__ = ["still"]  # fixtures from elsewhere


def test_two_dispatchers_on_one_database_send_each_message_once(make_house: MakeHouse, tmp_path):
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    first, second = make_house(start=False, database_url=url), make_house(start=False, database_url=url)
    bodies = [f"Piece {n} is ready." for n in range(40)]
    for body in bodies:
        approved(first, Body=body)
    threads = [threading.Thread(target=dispatched, args=(house,)) for house in (first, second) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard = [message["Body"] for house in (first, second) for message in house.twilio.messages]
    assert sorted(heard) == sorted(bodies)


def test_a_claim_that_is_too_old_sends_nothing_and_waits_its_turn_again(still: House):
    sid = approved(still)
    late = replace(still.runtime, vendor_timeout=-10.5)  # lease - timeout is over as soon as the claim is made
    assert late.lease_seconds - late.vendor_timeout < 0
    dispatch.run_due(late)
    message = look(still, sid)
    assert (message.state, message.tries, still.vendor.posts()) == ("cleared", 1, [])
    with still.store.read() as tx:
        assert [attempt.outcome for attempt in store.read_attempts(tx, message.id)] == ["not_sent"]


class Frozen:
    """A dispatcher that stands still between its claim and the vendor until it is let go."""

    def __init__(self, house: House, outcome: Exception | Sent) -> None:
        self._go, self._there, self._outcome = threading.Event(), threading.Event(), outcome
        provider = SimpleNamespace(**vars(house.runtime.providers["twilio"]) | {"send": self._send})
        self._runtime: Runtime = replace(house.runtime, providers={"twilio": provider})
        self._thread = threading.Thread(target=dispatch.run_due, args=(self._runtime,))
        self._thread.start()
        assert self._there.wait(10)

    def _send(self, *_: object, **__: object) -> Sent:
        self._there.set()
        self._go.wait(10)
        if isinstance(self._outcome, Sent):
            return self._outcome
        raise self._outcome

    def wake(self) -> None:
        """Let it end."""
        self._go.set()
        self._thread.join()


def test_a_frozen_dispatcher_that_surely_sent_nothing_gives_the_swept_message_back(still: House):
    sid = approved(still)
    frozen = Frozen(still, TryLater("too late"))
    lose_lease(still)
    assert look(still, sid).state == "unconfirmed"
    frozen.wake()
    assert look(still, sid).state == "cleared"


@pytest.mark.parametrize("outcome", [TryLater("no"), RuntimeError("what?")], ids=["not-sent", "unknown"])
def test_a_frozen_dispatcher_has_no_say_over_the_attempt_after_its_own(still: House, outcome: Exception):
    sid = approved(still)
    first = Frozen(still, outcome)
    lose_lease(still)
    decide(still, sid, "approve")
    second = Frozen(still, Sent("SM2", "queued"))
    first.wake()
    assert look(still, sid).state == "sending"
    second.wake()
    assert look(still, sid).provider_id == "SM2"


def test_an_answer_that_comes_after_send_again_was_said_takes_it_out_of_the_line(still: House):
    sid = approved(still)
    frozen = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "approve")
    frozen.wake()
    dispatched(still)
    assert (look(still, sid).state, still.vendor.posts()) == ("sent", [])
    assert incidents(still, sid) == ["sent_elsewhere"]


def test_two_answers_for_one_message_are_an_incident_and_not_hidden(still: House):
    sid = approved(still)
    first = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "approve")
    dispatched(still)
    first.wake()
    assert look(still, sid).provider_id == still.twilio.messages[0]["sid"]
    assert incidents(still, sid) == ["duplicate_sent"]


def test_a_late_answer_to_what_a_person_saw_arrive_is_no_incident(still: House):
    sid = approved(still)
    frozen = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "arrived")
    frozen.wake()
    assert (look(still, sid).provider_id, incidents(still, sid)) == ("SM1", [])
