"""Undo: for a while the message waits again as it did, whoever decided what; and two people decide only once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import requests

from sayso import signoff, store
from sayso.message import Conflict
from sayso.signoff import Wish
from tests.conftest import House, MakeHouse
from tests.deciding import by_manager, decided, may, quiet, refused, still, text, told
from tests.stored import at_once
from tests.walk import TO, decide, dispatched, look, person, withdraw

__all__ = ["quiet", "still"]
GIVEN: dict[str, dict[str, object]] = {
    "approve": {},
    "delay": {"until": "next_allowed"},
    "reject": {"reason": "wrong_person"},
    "phone": {},
    "suppress": {"scope": "all"},
    "redirect": {"to": "+14155550188"},
}


def do(house: House, sid: str, kind: str) -> None:
    """One decision, by a manager."""
    answer = by_manager(house, sid, kind, **GIVEN[kind])
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("kind", GIVEN)
def test_what_is_undone_waits_again_as_it_did_and_is_met_by_a_repeat(still: House, kind: str):
    sid = text(still, "Your ring is ready.")
    before = look(still, sid)
    do(still, sid, kind)
    assert may(still, sid)[-1] == "undo"
    decided(still, sid, "undo", email="ben@example.com", note="not so fast")
    after = look(still, sid)
    for name in ("state", "stop_reason", "task", "task_at", "accepted", "send_at", "hold_expires_at", "due_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert may(still, sid) == ["approve", "edit", "redirect", "delay", "phone", "reject", "suppress"]
    assert text(still, "Your ring is ready.") == sid
    still.clock.forward(hours=1)
    dispatched(still)
    assert (told(still), still.vendor.posts()) == ([], [])


def test_what_became_known_in_the_meantime_is_found_when_it_waits_again(quiet: House):
    sid = text(quiet)
    decided(quiet, sid, "reject")
    quiet.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    decided(quiet, sid, "undo")
    assert may(quiet, sid) == ["edit", "redirect", "phone", "reject", "suppress"]


@pytest.mark.parametrize("kind", ["reject", "phone", "suppress", "redirect"])
def test_after_its_window_a_decision_stands(quiet: House, kind: str):
    sid = text(quiet)
    do(quiet, sid, kind)
    quiet.clock.forward(seconds=20)
    assert "undo" not in may(quiet, sid)
    assert "“undo” is not possible" in refused(quiet, sid, "undo", 409)


def test_a_repeat_that_came_in_between_keeps_being_met_where_it_is(still: House):
    sid = text(still, "Your ring is ready.")
    decided(still, sid, "reject")
    second = text(still, "Your ring is ready.")
    assert second != sid
    decided(still, sid, "undo")
    assert text(still, "Your ring is ready.") == second
    assert (look(still, sid).repeats, look(still, second).repeats) == (0, 1)


@pytest.mark.parametrize("kind", ["phone", "suppress", "redirect"])
def test_a_cancel_by_the_crm_within_the_window_makes_it_final_and_is_told_once(quiet: House, kind: str):
    sid = text(quiet)
    do(quiet, sid, kind)
    assert withdraw(quiet, sid).status_code == 200
    assert "undo" not in may(quiet, sid)
    quiet.clock.forward(hours=1)
    assert told(quiet) == [(sid, "canceled")]


@pytest.mark.parametrize("kind", GIVEN)
def test_a_decision_on_what_was_not_shown_changes_nothing(quiet: House, kind: str):
    sid = text(quiet)
    shown = quiet.message(sid)
    for off in ({"version": 2}, {"content_hash": "0" * 64}):
        body = {"version": shown["version"], "content_hash": shown["content_hash"], **GIVEN[kind], **off}
        url, headers = f"{quiet.url}/api/messages/{sid}/{kind}", quiet.staff("max@example.com", "manager")
        assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 409
    assert quiet.message(sid) == shown


def test_of_people_who_decide_differently_at_once_exactly_one_wins(
    still: House, make_house: MakeHouse, database_url: str
):
    other = make_house(start=False, undo_seconds="20", database_url=database_url)  # as another process would be
    kinds = GIVEN | {"edit": {"body": "Other words."}, "reject": {}}
    people = {kind: person(still, f"{kind}@example.com", "manager") for kind in kinds}
    for round_ in range(4):
        sid = text(still, to=f"+1415555013{round_}")
        shown, runtimes = look(still, sid), itertools.cycle((still.runtime, other.runtime))
        wishes = [(kind, Wish(kind, shown.version, shown.content_hash, given=given)) for kind, given in kinds.items()]
        calls = [partial(signoff.decide, next(runtimes), people[kind], sid, wish) for kind, wish in wishes]
        results = at_once(calls)
        won = [kind for kind, result in zip(kinds, results, strict=True) if not isinstance(result, Exception)]
        lost = [str(result) for result in results if isinstance(result, Conflict)]
        assert (len(won), len(lost)) == (1, len(kinds) - 1), results
        assert [row["kind"] for row in still.message(sid)["decisions"]] == won
        assert [said for said in lost if f"“{won[0]}”" not in said and said != "Somebody else was first."] == []


def test_a_no_that_another_process_has_begun_to_tell_the_crm_stands(still: House, monkeypatch: pytest.MonkeyPatch):
    sid = text(still)
    decide(still, sid, "reject")
    due = look(still, sid).due_at
    assert due
    still.clock.fixed = due - timedelta(milliseconds=20)
    ahead, take_back = due + timedelta(milliseconds=20), store.drop_relays

    def between(tx: store.Tx, message_id: str) -> None:
        assert store.take_relay(replace(tx, now=ahead), due + timedelta(minutes=1))
        take_back(tx, message_id)

    monkeypatch.setattr(store, "drop_relays", between)
    with pytest.raises(Conflict, match="has just heard"):
        decide(still, sid, "undo")
    assert look(still, sid).state == "stopped"
