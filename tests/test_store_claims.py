"""The store on both databases: stops, breakers and leases decide what may be claimed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso import store
from sayso.message import State
from sayso.store import Breaker, Store, Tx
from tests.stored import BUYER, KEY, Ticking, at_once, keep
from tests.two_databases import MakeStore, clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere


def claimable(tx: Tx) -> set[str]:
    vendors = ("twilio", "lob")
    found = store.claimable(tx, 50, vendors)
    return {one for message_id in found for one in store.claimable(tx, 1, vendors, only=message_id)}


def clear(tx: Tx, **more: object) -> str:
    return keep(tx, State.CLEARED, due_at=tx.now, **more).id


@pytest.mark.parametrize(
    ("parts", "covered"),
    [
        ({}, {"oak", "elm", "bare", "letter"}),
        ({"source": "crm"}, {"oak", "elm", "letter"}),
        ({"source": "nobody"}, set()),
        ({"store": "oak"}, {"oak"}),
        ({"purpose": "review"}, {"elm", "letter"}),
        ({"channel": "letter"}, {"letter"}),
        ({"channel": "sms", "purpose": "review"}, {"elm"}),
        ({"source": "other", "store": "oak"}, set()),
    ],
    ids=["all", "source", "no source", "store", "purpose", "channel", "channel and purpose", "nothing of both"],
)
def test_a_stop_covers_exactly_what_it_names(here: Store, parts: dict[str, str], covered: set[str]) -> None:
    def build(tx: Tx) -> dict[str, str]:
        return {
            "oak": clear(tx, store="oak"),
            "elm": clear(tx, store="elm", purpose="review"),
            "bare": clear(tx, source="other"),
            "letter": clear(tx, channel="letter", purpose="review"),
        }

    ids = here.write(build)
    here.write(lambda tx: store.add_stop(tx, "Wait.", "operator", **parts))
    assert here.write(claimable) == {ids[name] for name in ids.keys() - covered}
    assert here.write(lambda tx: store.lift_stops(tx, "operator", **parts)) == 1
    assert here.write(claimable) == set(ids.values())


def test_lifting_a_part_that_is_named_empty_lifts_nothing(here: Store) -> None:
    here.write(lambda tx: store.add_stop(tx, "Wait.", "operator", store="oak"))
    assert here.write(lambda tx: store.lift_stops(tx, "operator", store="")) == 0


def test_a_resting_vendor_is_left_alone_until_its_rest_is_over(here: Store, clock: Ticking) -> None:
    one, other = here.write(clear), here.write(lambda tx: clear(tx, provider="lob"))
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now + timedelta(seconds=30), "keys")))
    resting = here.write(claimable)
    clock.now += timedelta(seconds=31)
    assert (resting, here.write(claimable)) == ({other}, {one, other})


def test_what_is_said_at_length_is_cut_instead_of_lost(here: Store) -> None:
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now, "x" * 999)))
    here.write(lambda tx: store.add_stop(tx, "y" * 999, "operator"))
    with here.read() as tx:
        assert [alarm.alarm for alarm in store.read_alarms(tx)] == ["x" * 300]
        assert [stop.reason for stop in store.read_stops(tx)] == ["y" * 200]


def test_an_account_that_answers_has_no_failures(here: Store) -> None:
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now + timedelta(seconds=30), "keys")))
    here.write(lambda tx: store.close_breaker(tx, "twilio"))
    with here.read() as tx:
        assert (store.read_breaker(tx, "twilio"), store.read_alarms(tx)) == (None, ())


def test_failures_counted_by_two_processes_at_once_break_neither(make_store: MakeStore) -> None:
    def fail(tx: Tx) -> None:
        store.write_breaker(tx, Breaker("twilio", 1, tx.now, None))

    calls = [lambda one=one: one.write(fail) for one in (make_store(), make_store()) * 5]
    assert at_once(calls) == [None] * 10


def test_an_attempt_is_lost_when_its_lease_is_over_and_only_while_it_has_no_outcome(
    here: Store, clock: Ticking
) -> None:
    def attempt(tx: Tx) -> str:
        return store.open_attempt(tx, [keep(tx, State.SENDING)], "twilio", tx.now + timedelta(seconds=30))

    token, _ = here.write(attempt), here.write(attempt)
    early = here.write(store.lost_attempts)
    here.write(lambda tx: store.close_attempt(tx, token, "accepted"))
    clock.now += timedelta(seconds=31)
    assert (len(early), token in here.write(store.lost_attempts), len(here.write(store.lost_attempts))) == (
        0, False, 1,
    )  # fmt: skip


def test_an_attempts_first_outcome_stays_and_can_be_read(here: Store) -> None:
    message = here.write(lambda tx: keep(tx, State.SENDING))
    token = here.write(lambda tx: store.open_attempt(tx, [message], "twilio", tx.now))
    here.write(lambda tx: store.close_attempt(tx, token, "refused", f"{BUYER} is not a phone"))
    here.write(lambda tx: store.close_attempt(tx, token, "unknown", "lost"))
    with here.read() as tx:
        [attempt] = store.read_attempts(tx, message.id)
    assert (attempt.outcome, attempt.detail) == ("refused", f"{BUYER} is not a phone")


def test_a_message_that_one_process_claims_is_passed_over_by_another(postgres_url: str, clock: Ticking) -> None:
    first, second = Store(postgres_url, KEY, clock), Store(postgres_url, KEY, clock)
    first.upgrade()
    ids = {first.write(clear), first.write(clear)}
    meanwhile = first.write(lambda tx: (claimable(tx), second.write(claimable)))
    assert meanwhile == (ids, set())
    first.close()
    second.close()
