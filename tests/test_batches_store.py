"""Batches in the store: counted in one look, paged with the exceptions on top, and a list that can be frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso import store
from sayso.message import Finding, Message, State
from sayso.store import Screening, Sight, Store, Tx
from tests.stored import Ticking, draft, source_of
from tests.two_databases import clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere
EVERYBODY = Sight(None, None)


def batch(tx: Tx, ref: str = "run-1") -> str:
    """The id of a batch."""
    return store.add_batch(tx, source_of(tx).id, "Birthday mailer", "sms", ref=ref).id


def piece(tx: Tx, batch_id: str, state: State = State.HELD, doubts: int = 0, **more: object) -> Message:
    """A piece of a batch with so many findings."""
    findings = tuple(Finding("words", f"test{n}", "Look at it.") for n in range(doubts))
    message = draft(tx, state, batch_id=batch_id, findings=findings, **more)
    screening = None if state is State.RECEIVED else Screening("policy", findings, {})
    return store.insert(tx, message, message.crm_id, screening)


def tally(here: Store, batch_id: str, sight: Sight = EVERYBODY) -> dict[str, int]:
    """How many pieces are where."""
    with here.read() as tx:
        return dict(store.tallies(tx, [batch_id], sight)[batch_id].counts)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        pytest.param({}, "clear", id="nothing-found"),
        pytest.param({"doubts": 1}, "eyes", id="something-found"),
        pytest.param({"edited_by": "S1"}, "eyes", id="edited"),
        pytest.param({"purpose": "condolence_sensitive"}, "eyes", id="decided-one-by-one"),
        pytest.param({"state": State.RECEIVED}, "coming", id="not-looked-at"),
        pytest.param({"state": State.CLEARED}, "cleared", id="may-go"),
        pytest.param({"state": State.SENT}, "sent", id="sent"),
        pytest.param({"state": State.STOPPED}, "stopped", id="stopped"),
    ],
)
def test_a_piece_is_counted_where_it_is(here: Store, more: dict[str, object], kind: str) -> None:
    batch_id = here.write(batch)
    here.write(lambda tx: piece(tx, batch_id, **more))  # type: ignore[arg-type]  # each value is of its field
    assert tally(here, batch_id, Sight(None, None, frozenset({"condolence_sensitive"}))) == {kind: 1}


def test_counts_leave_out_other_shops_and_what_is_kept_from_somebody(here: Store) -> None:
    batch_id = here.write(batch)
    here.write(lambda tx: piece(tx, batch_id, store="reno"))
    secret = here.write(lambda tx: piece(tx, batch_id, store="vegas"))
    here.write(lambda tx: store.hide(tx, secret.id, ["kayla@example.com"]))
    assert tally(here, batch_id) == {"clear": 2}
    assert tally(here, batch_id, Sight(("vegas",), "ana@example.com")) == {"clear": 1}
    assert tally(here, batch_id, Sight(("vegas",), "kayla@example.com")) == {}


def test_the_first_to_be_dropped_and_the_first_to_leave_are_known(here: Store, clock: Ticking) -> None:
    batch_id, now = here.write(batch), clock.now
    for hours in (5, 3):
        at = now + timedelta(hours=hours)
        here.write(lambda tx, at=at: piece(tx, batch_id, hold_expires_at=at))
        here.write(lambda tx, at=at: piece(tx, batch_id, State.CLEARED, due_at=at, hold_expires_at=now))
    with here.read() as tx:
        found = store.tallies(tx, [batch_id], EVERYBODY)[batch_id]
    assert (found.dropped_at, found.leaves_at) == (now + timedelta(hours=3), now + timedelta(hours=3))


def test_a_page_has_the_most_doubtful_first_and_the_next_begins_where_it_ended(here: Store) -> None:
    batch_id = here.write(batch)
    made = [("clear", 0), ("one", 1), ("three", 3), ("sent", 0), ("coming", 0), ("two", 1)]
    states = {"sent": State.SENT, "coming": State.RECEIVED}
    for name, doubts in made:
        state = states.get(name, State.HELD)
        here.write(lambda tx, n=name, d=doubts, s=state: piece(tx, batch_id, s, d, person=n))
    order, after = [], None
    for _ in range(6):
        with here.read() as tx:
            [found], after = store.piece_page(tx, batch_id, EVERYBODY, limit=1, after=after)
        order.append(found.person)
    assert order == ["three", "one", "two", "coming", "clear", "sent"]
    assert after is None


def test_a_page_of_one_kind_has_no_other(here: Store) -> None:
    batch_id = here.write(batch)
    here.write(lambda tx: piece(tx, batch_id, doubts=1))
    clear = here.write(lambda tx: piece(tx, batch_id))
    with here.read() as tx:
        found, _ = store.piece_page(tx, batch_id, EVERYBODY, kind="clear", limit=9)
    assert [one.id for one in found] == [clear.id]


def test_the_list_to_be_frozen_is_of_what_was_there_and_has_not_changed(here: Store, clock: Ticking) -> None:
    batch_id = here.write(batch)
    kept, changed, doubted = (here.write(lambda tx, d=d: piece(tx, batch_id, doubts=d)) for d in (0, 0, 1))
    shown_at = clock()
    here.write(lambda tx: store.move(tx, changed, State.HELD, "facts"))
    late = here.write(lambda tx: piece(tx, batch_id))
    with here.read() as tx:
        frozen = store.listed(tx, batch_id, EVERYBODY, clear=True, upto=doubted.id, by=shown_at)
        everything = store.listed(tx, batch_id, EVERYBODY, clear=False)
    assert frozen == ((kept.id, 1, kept.content_hash),)
    assert [(one[0], one[1]) for one in everything] == [(kept.id, 1), (changed.id, 2), (doubted.id, 1), (late.id, 1)]


def test_what_differs_from_nearly_all_others_is_odd(here: Store) -> None:
    batch_id = here.write(batch)
    for n in range(30):
        here.write(lambda tx, n=n: piece(tx, batch_id, purpose="birthday", person=f"p{n}"))
    other = here.write(lambda tx: piece(tx, batch_id, purpose="marketing", person="p"))
    nobody = here.write(lambda tx: piece(tx, batch_id, purpose="birthday"))
    with here.read() as tx:
        assert dict(store.odd_ones(tx, batch_id, EVERYBODY)) == {other.id: "purpose", nobody.id: "person"}


def test_a_batch_of_which_somebody_sees_nothing_is_not_there_for_them(here: Store) -> None:
    batch_id = here.write(batch)
    with here.read() as tx:
        assert store.find_seen(tx, batch_id, EVERYBODY)  # nothing has come in yet, and the shop is theirs
        assert store.find_seen(tx, batch_id, Sight(("reno",), "ben@example.com")) is None
    secret = here.write(lambda tx: piece(tx, batch_id))
    here.write(lambda tx: store.hide(tx, secret.id, ["kayla@example.com"]))
    with here.read() as tx:
        assert store.find_seen(tx, batch_id, Sight(None, "kayla@example.com")) is None
        assert store.batches_seen(tx, Sight(None, "kayla@example.com"), limit=9) == ()
        assert [one.id for one in store.batches_seen(tx, EVERYBODY, limit=9)] == [batch_id]


def test_only_one_process_gets_the_next_of_a_list(here: Store) -> None:
    batch_id = here.write(batch)
    items = [(f"id{n}", 1, "hash") for n in range(3)]
    made = here.write(lambda tx: store.add_signing(tx, batch_id, "S1", "approve", items, agreed=True))
    assert here.write(lambda tx: store.claim_next(tx, made, 2))
    assert not here.write(lambda tx: store.claim_next(tx, made, 2))
    after = here.write(lambda tx: store.note_results(tx, made, "ac"))
    assert (after.done, after.state) == (2, "running")
    last = here.write(lambda tx: store.note_results(tx, after, "a"))
    assert (last.codes, last.state) == ("aca", "done")
    with here.read() as tx:
        assert store.find_signing(tx, made.id) == last
        assert store.read_frozen(tx, made.id) == tuple(items)
        assert store.running_signings(tx) == ()


def test_a_batch_that_its_crm_paused_meanwhile_stays_paused(here: Store) -> None:
    batch_id = here.write(batch)
    here.write(lambda tx: store.hold_back(tx, batch_id))
    here.write(lambda tx: store.set_batch(tx, batch_id, "paused"))
    here.write(lambda tx: store.let_go(tx, batch_id))
    with here.read() as tx:
        found = store.find_batch(tx, batch_id)
    assert found
    assert found.state == "paused"


def test_what_nobody_got_is_stopped_refused_or_came_back(here: Store) -> None:
    batch_id = here.write(batch)
    for state, delivery in ((State.SENT, None), (State.SENT, "bounced"), (State.FAILED, None), (State.STOPPED, None)):
        made = here.write(lambda tx, s=state, d=delivery: piece(tx, batch_id, s, delivery=d))
        assert replace(made, state=state) == made
    with here.read() as tx:
        found = store.not_sent(tx, batch_id, EVERYBODY, limit=9)
    assert [(str(one.state), one.delivery) for one in found] == [
        ("sent", "bounced"),
        ("failed", None),
        ("stopped", None),
    ]
