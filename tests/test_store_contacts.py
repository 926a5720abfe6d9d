"""Contacts on both databases: who heard from us before, what became of it, and how much a source handed in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sayso import store
from sayso.message import Content, State
from sayso.store import Screening, Store
from sayso.store.contacts import MOST_CONTACTS, arrived, contacts, first_id
from tests.stored import BUYER, Ticking, draft, keep, source_of
from tests.two_databases import clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "+14155550199"


def test_the_newest_come_first_and_one_s_own_is_none(here: Store) -> None:
    purposes = ("birthday", "receipt", "marketing")
    first, second, own = here.write(lambda tx: [keep(tx, purpose=one) for one in purposes])
    here.write(lambda tx: keep(tx, to=OTHER))
    with here.read() as tx:
        found = contacts(tx, [BUYER], tx.now - DAY, own=own.id)
    assert [(one.message_id, one.purpose) for one in found] == [(second.id, "receipt"), (first.id, "birthday")]


@pytest.mark.parametrize("spelled", ["whatsapp:+14155550177", " +14155550177 "])
def test_an_address_is_the_same_on_every_channel(here: Store, spelled: str) -> None:
    kept = here.write(keep)
    with here.read() as tx:
        assert [one.message_id for one in contacts(tx, [spelled], tx.now - DAY)] == [kept.id]


def test_a_message_to_two_of_the_addresses_is_one_contact(here: Store) -> None:
    content = Content((BUYER, OTHER), "+14155550100", "Hello.")
    kept = here.write(lambda tx: keep(tx, content=content))
    with here.read() as tx:
        assert [one.message_id for one in contacts(tx, [BUYER, OTHER], tx.now - DAY)] == [kept.id]
        assert contacts(tx, [], tx.now - DAY) == ()


def test_what_came_before_the_time_asked_for_is_left_out(here: Store, clock: Ticking) -> None:
    here.write(keep)
    clock.now += 2 * HOUR
    late = here.write(keep)
    with here.read() as tx:
        assert [one.message_id for one in contacts(tx, [BUYER], tx.now - HOUR)] == [late.id]
        assert len(contacts(tx, [BUYER], tx.now - DAY)) == 2


def test_no_more_than_the_newest_few_are_looked_at(here: Store) -> None:
    kept = here.write(lambda tx: [keep(tx).id for _ in range(MOST_CONTACTS + 5)])
    with here.read() as tx:
        found = contacts(tx, [BUYER, OTHER], tx.now - DAY)
    assert [one.message_id for one in found] == sorted(kept, reverse=True)[:MOST_CONTACTS]


def reject(here: Store, why: str | None) -> None:
    def run(tx: store.Tx) -> None:
        message = keep(tx)
        store.write_decision(tx, message, "reject", "ana", reason=why, note="")
        store.move(tx, message, State.STOPPED, "reviewer", changes={"stop_reason": "rejected"})

    here.write(run)


@pytest.mark.parametrize(
    ("why", "reason"), [("wrong_person", "rejected:wrong_person"), ("other", "rejected:other"), (None, "rejected")]
)
def test_a_reject_says_why(here: Store, why: str | None, reason: str) -> None:
    reject(here, why)
    with here.read() as tx:
        (found,) = contacts(tx, [BUYER], tx.now - DAY)
    assert (found.state, found.stop_reason) == ("stopped", reason)


def test_a_reject_that_was_taken_back_is_none(here: Store) -> None:
    def run(tx: store.Tx) -> None:
        message = keep(tx)
        store.write_decision(tx, message, "reject", "ana", reason="wrong_person", note="")

    here.write(run)
    with here.read() as tx:
        (found,) = contacts(tx, [BUYER], tx.now - DAY)
    assert (found.state, found.stop_reason) == ("held", "")


def test_the_last_reject_counts(here: Store) -> None:
    def run(tx: store.Tx) -> None:
        message = keep(tx)
        store.write_decision(tx, message, "reject", "ana", reason="other", note="")
        message = store.move(tx, message, State.STOPPED, "reviewer", changes={"stop_reason": "rejected"})
        store.write_decision(tx, message, "reject", "ana", reason="not_wanted", note="")

    here.write(run)
    with here.read() as tx:
        assert contacts(tx, [BUYER], tx.now - DAY)[0].stop_reason == "rejected:not_wanted"


def test_a_contact_is_of_the_time_it_went_out(here: Store, clock: Ticking) -> None:
    sent_at = clock.now + HOUR
    here.write(lambda tx: keep(tx, State.SENT, sent_at=sent_at))
    with here.read() as tx:
        assert contacts(tx, [BUYER], tx.now - DAY)[0].at == sent_at


def test_an_undeclared_one_is_what_its_screening_read(here: Store) -> None:
    read = {"reading": {"purpose": {"name": "receipt"}, "subject": {"name": "purchase/8812"}, "tells": []}}

    def run(tx: store.Tx, **more: object) -> None:
        message = draft(tx, **more)  # type: ignore[arg-type]  # each value is of its field
        store.insert(tx, message, message.crm_id, Screening("policy", (), read))  # type: ignore[arg-type]  # JSON

    here.write(run)
    here.write(lambda tx: run(tx, purpose="marketing"))
    with here.read() as tx:
        found = contacts(tx, [BUYER], tx.now - DAY)
    assert [(one.purpose, one.subject) for one in found] == [
        ("marketing", "purchase/8812"),
        ("receipt", "purchase/8812"),
    ]


def _asked(tmp_path: Path, addresses: list[str]) -> tuple[list[str], str]:
    """What one look for these addresses asks of SQLite, and how SQLite goes about the last of it."""
    one = Store(f"sqlite:///{tmp_path / 'asked.db'}", "k" * 40, Ticking())
    one.upgrade()
    one.write(keep)
    asked: list[str] = []
    with one.read() as tx:
        raw: Any = tx.connection.connection.driver_connection
        raw.set_trace_callback(asked.append)  # what runs on the driver's own cursor is seen as well
        contacts(tx, addresses, tx.now - DAY)
        raw.set_trace_callback(None)
        found = [text for text in asked if text.startswith("SELECT")]
        plan = " | ".join(str(row[3]) for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {found[-1]}"))
    one.close()
    return found, plan


@pytest.mark.parametrize(("count", "queries"), [(1, 1), (3, 1), (64, 1), (65, 2), (600, 10)])
def test_a_look_is_one_query_for_up_to_sixty_four_addresses(tmp_path: Path, count: int, queries: int) -> None:
    asked, _ = _asked(tmp_path, [BUYER, *(f"kayla{n}@example.com" for n in range(1, count))])
    assert len(asked) == queries


@pytest.mark.parametrize("count", [1, 3, 130])
def test_the_newest_are_found_among_any_number_of_addresses(here: Store, count: int) -> None:
    first = here.write(keep)
    there = [here.write(lambda tx, n=n: keep(tx, to=f"kayla{n}@example.com")).id for n in range(count)]  # type: ignore[misc]
    with here.read() as tx:
        found = contacts(tx, [BUYER, *(f"kayla{n}@example.com" for n in range(count))], tx.now - DAY)
    assert [one.message_id for one in found] == [*reversed(there), first.id][:MOST_CONTACTS]


def test_arrivals_are_counted_by_source_purpose_and_time_and_never_beyond_the_limit(
    here: Store, clock: Ticking
) -> None:
    here.write(lambda tx: [keep(tx) for _ in range(3)])
    clock.now += 2 * HOUR
    here.write(lambda tx: [keep(tx, purpose="marketing"), keep(tx), keep(tx, source="other")])
    source = here.write(source_of).id
    with here.read() as tx:
        assert arrived(tx, source, tx.now - HOUR, limit=10) == 2
        assert arrived(tx, source, tx.now - DAY, limit=10) == 5
        assert arrived(tx, source, tx.now - DAY, limit=4) == 4
        assert arrived(tx, source, tx.now - DAY, limit=10, purpose="marketing") == 1
        assert arrived(tx, "nobody", tx.now - DAY, limit=10) == 0


def test_the_first_id_of_a_moment_lies_between_before_and_then(clock: Ticking) -> None:
    assert store.new_id(clock.now - timedelta(milliseconds=1)) < first_id(clock.now) <= store.new_id(clock.now)


def test_the_looks_use_their_indexes(tmp_path: Path) -> None:
    _, plan = _asked(tmp_path, [BUYER, OTHER])
    assert "sayso_recipient_address" in plan
    assert "SCAN sayso_" not in plan, plan
