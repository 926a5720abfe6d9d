"""The store on both databases: a message moves only along the moves, and one mover wins."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sayso import store
from sayso.message import MOVES, Conflict, Message, State
from sayso.store import Store, Tx
from tests.stored import at_once, keep, reread
from tests.two_databases import MakeStore, approve, clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere

MOVERS = sorted({mover for movers in MOVES.values() for mover in movers} | {"nobody"})


def moved_rows(tx: Tx, message: Message) -> int:
    return sum(row.event == "moved" for row in store.read_trail(tx, message.id))


@pytest.mark.parametrize("origin", list(State))
def test_a_message_moves_only_along_the_moves(here: Store, origin: State) -> None:
    def try_all(tx: Tx) -> list[tuple[State, str, bool]]:
        wrong = []
        for to in State:
            for by in MOVERS:
                message = keep(tx, origin)
                with suppress(Conflict):
                    store.move(tx, message, to, by)
                after = store.get(tx, message.id)
                assert after
                went = (after.state, after.version, moved_rows(tx, message)) == (to, 2, 1)
                stayed = (after.state, after.version, moved_rows(tx, message)) == (origin, 1, 0)
                allowed = by in MOVES.get((origin, to), ())
                if (went if allowed else stayed) is False:
                    wrong.append((to, by, allowed))
        return wrong

    assert here.write(try_all) == []


def test_a_trail_row_says_who_moved_it_from_where_to_where_and_its_new_version(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: approve(tx, message))
    with here.read() as tx:
        row = store.read_trail(tx, message.id)[-1]
    assert (row.actor, row.version, dict(row.detail)) == ("reviewer:ana", 2, {"from": "held", "to": "cleared"})


def test_a_failing_function_leaves_neither_the_move_nor_its_trail_row(here: Store) -> None:
    message = here.write(keep)

    def fail(tx: Tx) -> None:
        approve(tx, message)
        raise KeyError("after the move")

    with pytest.raises(KeyError, match="after the move"):
        here.write(fail)
    assert reread(here, message) == message
    with here.read() as tx:
        assert moved_rows(tx, message) == 0


def test_an_impossible_move_says_how_the_message_is_now(here: Store) -> None:
    stale = here.write(keep)
    here.write(lambda tx: approve(tx, stale))
    with pytest.raises(Conflict) as caught:
        here.write(lambda tx: store.move(tx, stale, State.SENT, "sweep"))
    assert caught.value.message
    assert caught.value.message.state is State.CLEARED


def test_of_200_threads_on_one_message_one_wins_and_199_hear_how_it_is_now(here: Store) -> None:
    message = here.write(keep)
    results = at_once([lambda: here.write(lambda tx: approve(tx, message))] * 200)
    winners = [result for result in results if isinstance(result, Message)]
    losers = [result.message for result in results if isinstance(result, Conflict)]
    assert (len(winners), len(losers)) == (1, 199)
    assert {(seen.state, seen.version) for seen in losers if seen} == {(State.CLEARED, 2)}
    assert None not in losers
    with here.read() as tx:
        assert moved_rows(tx, message) == 1


def test_of_two_processes_on_the_same_messages_each_message_has_one_winner(make_store: MakeStore) -> None:
    first, second = make_store(), make_store()
    messages = [first.write(keep) for _ in range(10)]
    calls = [
        lambda one=one, message=message: one.write(lambda tx: approve(tx, message))
        for one, order in ((first, messages), (second, messages[::-1]))
        for message in order
    ]
    results = at_once(calls)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 10 + ["Message"] * 10
    assert {result.id for result in results if isinstance(result, Message)} == {message.id for message in messages}
