"""Step 3: somebody's say-so, bound to what was shown; whoever comes second is told who was first."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests

from sayso import signoff, store
from sayso.message import Conflict, Denied, Malformed
from sayso.signoff import Wish
from tests.conftest import House, MakeHouse
from tests.vendors import wait_for
from tests.walk import (
    TO,
    approved,
    decide,
    dispatched,
    hand_in,
    look,
    person,
    relayed,
    relays,
    swept,
    told,
    withdraw,
    withdraw_by_api,
)


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself, and decisions can be undone for twenty seconds."""
    return make_house(start=False, undo_seconds="20")


def _wish(house: House, sid: str, kind: str) -> Wish:
    shown = look(house, sid)
    return Wish(kind, shown.version, shown.content_hash)


def test_the_second_reviewer_is_told_who_was_first(still: House):
    sid = hand_in(still)
    wish = _wish(still, sid, "approve")
    signoff.decide(still.runtime, person(still, "ana@example.com"), sid, wish)
    with pytest.raises(Conflict, match=r"ana@example.com decided “approve” 0 s ago; it is cleared now") as conflict:
        signoff.decide(still.runtime, person(still, "ben@example.com"), sid, wish)
    assert conflict.value.message.state == "cleared"


def test_a_reviewer_is_told_that_the_crm_was_first(still: House):
    sid = hand_in(still)
    wish = _wish(still, sid, "approve")
    withdraw(still, sid)
    with pytest.raises(Conflict, match="it is stopped now"):
        signoff.decide(still.runtime, person(still), sid, wish)


@pytest.mark.parametrize("kind", ["approve", "reject"])
@pytest.mark.parametrize("off", ["version", "content_hash"])
def test_a_decision_on_what_was_not_shown_changes_nothing(still: House, kind: str, off: str):
    sid = hand_in(still)
    shown = look(still, sid)
    seen = {"version": shown.version, "content_hash": shown.content_hash}
    seen |= {"version": shown.version + 1} if off == "version" else {"content_hash": "0" * 64}
    with pytest.raises(Conflict):
        signoff.decide(still.runtime, person(still), sid, Wish(kind, **seen))
    assert look(still, sid) == shown


def test_of_two_hundred_approvals_at_once_one_wins_and_one_message_goes(make_house: MakeHouse):
    house = make_house()
    sid, staff = hand_in(house), [person(house, f"p{n}@example.com") for n in range(8)]
    wish, start = _wish(house, sid, "approve"), threading.Barrier(200)

    def approve(n: int) -> str:
        start.wait()
        try:
            return str(signoff.decide(house.runtime, staff[n % 8], sid, wish).state)
        except Conflict as conflict:
            return "told who was first" if "decided “approve”" in str(conflict) else str(conflict)

    with ThreadPoolExecutor(200) as threads:
        answers = Counter(threads.map(approve, range(200)))
    assert answers == {"cleared": 1, "told who was first": 199}
    wait_for(lambda: look(house, sid).state == "sent")
    assert len(house.twilio.messages) == 1
    with house.store.read() as tx:
        assert [decision.kind for decision in store.read_decisions(tx, look(house, sid).id)] == ["approve"]


def test_a_cancel_that_was_answered_200_is_never_followed_by_a_send(make_house: MakeHouse):
    house, seed = make_house(), random.randrange(10**9)
    print(f"seed {seed}")
    chance, staff, rounds = random.Random(seed), person(house), 320
    sids = [hand_in(house, Body=f"Race {n}.") for n in range(rounds)]
    wishes = {sid: _wish(house, sid, "approve") for sid in sids}
    cancelled = {}

    def approve(sid: str) -> None:
        try:
            signoff.decide(house.runtime, staff, sid, wishes[sid])
        except Conflict:
            return

    def cancel(sid: str) -> None:
        cancelled[sid] = withdraw(house, sid).status_code

    acts: list[tuple[Callable[[str], None], str]] = [(act, sid) for sid in sids for act in (approve, cancel)]
    for n in range(0, len(acts), 16):
        group = acts[n : n + 16]
        chance.shuffle(group)
        acts[n : n + 16] = group
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda pair: pair[0](pair[1]), acts))
    wait_for(lambda: not {look(house, sid).state for sid in sids} & {"cleared", "sending", "held"}, 20)
    sent = {message["Body"] for message in house.twilio.messages}
    bodies = {sid: f"Race {n}." for n, sid in enumerate(sids)}
    assert [sid for sid, status in cancelled.items() if status == 200 and bodies[sid] in sent] == []
    assert [sid for sid, status in cancelled.items() if status != 200 and bodies[sid] not in sent] == []
    assert set(cancelled.values()) == {200, 409}, "both sides must have won some of the races"


def test_a_stop_finding_takes_every_yes_away_and_leaves_all_else(still: House):
    sid = approved(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "Asked in the shop.", origin="test"))
    still.clock.forward(seconds=21)
    dispatched(still)
    left = ("edit", "redirect", "phone", "reject", "suppress")
    assert signoff.possible(still.runtime, look(still, sid), person(still)) == left
    with pytest.raises(Conflict, match="cannot be approved: This number is on the do-not-send list"):
        decide(still, sid, "approve")
    assert decide(still, sid, "reject").state == "stopped"


def test_an_approval_does_not_go_before_its_undo_window_is_over(still: House):
    sid = approved(still)
    still.clock.forward(seconds=19)
    dispatched(still)
    assert still.vendor.posts() == []
    still.clock.forward(seconds=2)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_an_approval_that_was_undone_is_not_sent_and_can_be_given_again(still: House):
    sid = approved(still)
    assert decide(still, sid, "undo").state == "held"
    still.clock.forward(minutes=1)
    dispatched(still)
    assert (look(still, sid).accepted, still.vendor.posts()) == (frozenset(), [])
    decide(still, sid, "approve")
    still.clock.forward(minutes=1)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_what_was_sent_cannot_be_undone(still: House):
    sid = approved(still)
    still.clock.forward(seconds=21)
    dispatched(still)
    for kind in ("undo", "reject", "approve", "arrived"):
        with pytest.raises(Conflict, match="is not possible: the message is sent now"):
            decide(still, sid, kind)


def test_the_crm_hears_of_a_reject_only_after_the_undo_window(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    decide(still, sid, "reject", reason="wrong_person")
    relayed(still)
    still.clock.forward(seconds=19)
    relayed(still)
    assert told(still) == []
    assert still.client().messages(sid).fetch().status == "queued"
    still.clock.forward(seconds=2)
    relayed(still)
    assert told(still) == ["canceled"]
    assert still.client().messages(sid).fetch().status == "canceled"


def test_the_crm_hears_nothing_of_a_reject_that_was_undone(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    decide(still, sid, "reject")
    still.clock.forward(seconds=19)
    message = decide(still, sid, "undo")
    assert (message.state, message.stop_reason) == ("held", None)
    still.clock.forward(hours=1)
    relayed(still)
    swept(still)
    assert (told(still), [waiting.state for waiting in relays(still, sid)]) == ([], ["dropped"])


def test_a_reject_cannot_be_undone_after_its_window(still: House):
    sid = hand_in(still)
    decide(still, sid, "reject")
    still.clock.forward(seconds=20)
    with pytest.raises(Conflict):
        decide(still, sid, "undo")
    assert look(still, sid).state == "stopped"


@pytest.mark.parametrize("take_back", [withdraw, withdraw_by_api], ids=["vendor-door", "our-door"])
def test_a_cancel_by_the_crm_within_the_undo_window_makes_a_reject_final_and_is_told_once(
    still: House, take_back: Callable[..., requests.Response]
):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    decide(still, sid, "reject")
    assert take_back(still, sid).status_code == 200
    with pytest.raises(Conflict):
        decide(still, sid, "undo")
    still.clock.forward(hours=1)
    relayed(still)
    assert (look(still, sid).stop_reason, told(still)) == ("withdrawn", ["canceled"])


def test_a_withdrawn_or_expired_message_cannot_be_brought_back(still: House):
    gone, over = hand_in(still), hand_in(still, ValidityPeriod="60")
    withdraw(still, gone)
    still.clock.forward(seconds=61)
    swept(still)
    for sid in (gone, over):
        with pytest.raises(Conflict):
            decide(still, sid, "undo")


def test_what_is_no_longer_worth_sending_cannot_be_approved_before_the_sweep_has_seen_it(still: House):
    sid = hand_in(still, ValidityPeriod="60")
    still.clock.forward(seconds=61)
    with pytest.raises(Conflict, match="worth sending is over"):
        decide(still, sid, "approve")


@pytest.mark.parametrize("kind", ["approve", "reject", "undo", "arrived"])
def test_a_viewer_may_look_and_not_decide(still: House, kind: str):
    sid = hand_in(still)
    with pytest.raises(Denied):
        decide(still, sid, kind, person(still, "eve@example.com", "viewer"))
    assert look(still, sid).state == "held"
    assert signoff.possible(still.runtime, look(still, sid), person(still, "eve@example.com", "viewer")) == ()


def test_staff_of_one_store_have_no_message_of_another(still: House):
    still.source("north", store="north")
    sid = hand_in(still, "north")
    with pytest.raises(Malformed, match="no such message"):
        decide(still, sid, "approve", person(still, "sue@example.com", stores=("south",)))
    assert decide(still, sid, "approve", person(still, "nan@example.com", stores=("north",))).state == "cleared"


def test_staff_of_a_store_have_no_message_that_belongs_to_none(still: House):
    sid = hand_in(still)
    with pytest.raises(Malformed, match="no such message"):
        decide(still, sid, "approve", person(still, "sue@example.com", stores=("south",)))


def test_an_approval_in_the_night_waits_for_the_morning(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = house.clock().replace(hour=6, minute=0, second=0, microsecond=0)  # 22:00 or 23:00 in California
    sid = approved(house)
    wait = look(house, sid).due_at - house.clock()
    assert timedelta(hours=8) < wait <= timedelta(hours=10)


def test_a_decision_is_kept_with_the_person_the_version_and_the_reason(still: House):
    sid = hand_in(still)
    decide(still, sid, "reject", reason="wrong_time", note="She is abroad.")
    with still.store.read() as tx:
        decision = store.read_decisions(tx, look(still, sid).id)[0]
    kept = (decision.kind, decision.by, decision.version, decision.reason, decision.note)
    assert kept == ("reject", "ana@example.com", 1, "wrong_time", "She is abroad.")


def test_who_accepted_that_the_same_words_wait_has_not_accepted_that_they_went(make_house: MakeHouse) -> None:
    house = make_house()
    first, second = (
        house.client(name).messages.create(to="+14155550177", from_="+14155550100", body="Your ring is ready.").sid
        for name in ("crm", "other")
    )
    house.decide(first, "approve")
    wait_for(lambda: house.message(first)["state"] == "sent")
    house.decide(second, "approve")
    wait_for(lambda: house.message(second)["findings"][0]["key"] == "duplicate:elsewhere:out")
    assert house.message(second)["state"] == "held"
    assert len(house.twilio.messages) == 1
