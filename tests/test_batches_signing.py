"""One say-so for a whole batch: bound to what was shown, looked at twice where it must be, and carried out whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso import carrying, failpoint, signing, store
from sayso.message import Conflict, Denied, Finding, Json, Malformed, Message
from sayso.store import Tx
from tests.batched import (
    Toml,
    asked,
    begun,
    handed_in,
    house,
    messages_of,
    pieces,
    plain,
    shop,
    signing_of,
    states,
    swept,
)
from tests.conftest import House
from tests.desk_visits import BUYER
from tests.surprise_visits import told
from tests.walk import decide, person

__all__ = ["house", "plain", "shop"]  # fixtures from elsewhere


def test_the_clear_ones_are_signed_off_and_the_others_wait(house: House) -> None:
    batch, ana = handed_in(house, pieces(60, unfilled=5)), person(house)
    assert begun(house, ana, batch).state == "running"
    swept(house)
    assert sorted(states(house, batch)) == ["cleared"] * 55 + ["held"] * 5
    done = signing_of(house, batch)
    assert (done.state, done.done, done.codes) == ("done", 55, "a" * 55)


def test_each_has_a_decision_and_a_trail_of_its_own(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(30)), person(plain)
    begun(plain, ana, batch)
    swept(plain)
    for message in messages_of(plain, batch):
        with plain.store.read() as tx:
            [decision] = store.read_decisions(tx, message.id)
            moves = [(row.actor, row.detail["to"]) for row in store.read_trail(tx, message.id) if row.event == "moved"]
        assert (decision.kind, decision.by, decision.version) == ("approve", "ana@example.com", message.version - 1)
        assert decision.note == "Together with 29 others"
        assert moves[-1] == (f"reviewer:{ana.id}", "cleared")


def test_what_changed_between_the_list_and_its_turn_is_not_approved(house: House) -> None:
    batch, ana = handed_in(house, pieces(30)), person(house)
    begun(house, ana, batch)
    changed, rejected, *_ = messages_of(house, batch)
    finding = Finding("words", "late", "Something came up.")

    def doubt(tx: Tx) -> None:
        held = store.move(tx, changed, changed.state, "facts")
        store.screened(tx, held, store.Screening("policy", (finding,), {}))

    house.store.write(doubt)
    decide(house, rejected.id, "reject", person(house, "ben@example.com"), reason="other")
    swept(house)
    after = {message.id: str(message.state) for message in messages_of(house, batch)}
    assert (after.pop(changed.id), after.pop(rejected.id)) == ("held", "stopped")
    assert set(after.values()) == {"cleared"}
    assert sorted(signing_of(house, batch).codes) == ["a"] * 28 + ["c"] * 2


def test_what_is_found_only_now_waits_for_eyes(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5)), person(plain)
    begun(plain, ana, batch)
    one = messages_of(plain, batch)[0]
    plain.store.write(lambda tx: store.suppress(tx, one.content.to[0], "moved away", origin="test"))
    swept(plain)
    after = messages_of(plain, batch)[0]
    assert (after.state, after.findings[0].check) == ("held", "suppressed_address")
    assert sorted(signing_of(plain, batch).codes) == ["a", "a", "a", "a", "n"]


def test_what_came_in_after_the_page_is_not_on_the_list(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5)), person(plain)
    wanted = asked(plain, ana, batch)
    plain.clock.forward(seconds=5)
    late = handed_in(plain, [replace(pieces(6)[5], crm_id="psc_late")])
    assert late.id == batch.id
    assert signing.sign(plain.runtime, ana, batch, wanted).count == 5


def test_a_list_that_changed_since_the_page_is_refused_whole(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5)), person(plain)
    wanted = asked(plain, ana, batch)
    decide(plain, messages_of(plain, batch)[0].id, "reject", ana, reason="other")
    with pytest.raises(Conflict, match="changed while you looked"):
        signing.sign(plain.runtime, ana, batch, wanted)


@pytest.mark.parametrize("typed", ["", "29", "300", "thirty"])
def test_above_a_handful_another_number_signs_nothing(plain: House, typed: str) -> None:
    batch, ana = handed_in(plain, pieces(30)), person(plain)
    with pytest.raises(Malformed, match="There are 30: please type that"):
        signing.sign(plain.runtime, ana, batch, asked(plain, ana, batch, typed=typed))


def test_a_handful_needs_no_number_and_a_batch_one_signing_at_a_time(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(25)), person(plain)
    signing.sign(plain.runtime, ana, batch, asked(plain, ana, batch, typed=""))
    with pytest.raises(Conflict, match="already"):
        begun(plain, ana, batch)


@pytest.mark.parametrize(
    ("role", "email", "why"),
    [
        pytest.param("viewer", "ana@example.com", "You may look, but not decide", id="viewer"),
        pytest.param("reviewer", "cleo@example.com", "Only those whom reno lists", id="not-listed"),
    ],
)
def test_who_may_not_say_yes_signs_nothing(shop: Toml, role: str, email: str, why: str) -> None:
    house = shop('[stores.reno]\napprovers = ["ana@example.com", "ben@example.com"]\n')
    batch = handed_in(house, pieces(5), store="reno")
    with pytest.raises(Denied, match=why):
        begun(house, person(house, email, role), batch)


def test_where_two_approve_a_printed_run_needs_both(shop: Toml) -> None:
    house = shop("[stores.reno]\napprovers = 2\n")
    batch = handed_in(house, pieces(30), store="reno")
    ana, ben = person(house), person(house, "ben@example.com")
    waits = begun(house, ana, batch)
    swept(house)
    assert (waits.state, set(states(house, batch))) == ("waiting", {"held"})
    house.clock.forward(minutes=11)
    with pytest.raises(Denied, match="Somebody else must say yes"):
        signing.agree(house.runtime, ana, waits.id, "30")
    with pytest.raises(Malformed, match="There are 30"):
        signing.agree(house.runtime, ben, waits.id, "31")
    signing.agree(house.runtime, ben, waits.id, "30")
    swept(house)
    assert set(states(house, batch)) == {"cleared"}
    with house.store.read() as tx:
        [decision] = store.read_decisions(tx, messages_of(house, batch)[0].id)
    assert (decision.by, decision.note) == ("ana@example.com", "Together with 29 others; ben@example.com agreed")


def test_a_run_of_texts_that_postcards_joined_is_a_printed_one(shop: Toml) -> None:
    house = shop("[stores.reno]\napprovers = 2\n")
    batch = handed_in(house, pieces(3, channel="sms", name="Spring"), store="reno")
    assert handed_in(house, pieces(5, name="Spring"), store="reno").id == batch.id
    assert begun(house, person(house, "ana@example.com"), batch).state == "waiting"


def test_two_hundred_texts_need_nobody_else_and_one_more_does(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(201, channel="sms")), person(plain)
    with plain.store.read() as tx:
        shops, policy = store.batch_shops(tx, batch.id), plain.runtime.read_policy()
    assert signing.needs(policy, shops, batch, 200) == ""
    waits = begun(plain, ana, batch)
    assert waits.state == "waiting"
    with pytest.raises(Denied, match="Look once more in 10 min"):
        signing.agree(plain.runtime, ana, waits.id, "201")
    plain.clock.forward(minutes=10)
    assert signing.agree(plain.runtime, ana, waits.id, "201").state == "running"
    swept(plain)
    assert set(states(plain, batch)) == {"cleared"}


def test_a_signing_that_waits_is_dropped_and_the_run_is_free_again(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(201, channel="sms")), person(plain)
    waits = begun(plain, ana, batch)
    signing.drop(plain.runtime, ana, waits.id)
    with pytest.raises(Conflict, match="Somebody was first"):
        signing.agree(plain.runtime, person(plain, "ben@example.com"), waits.id, "201")
    assert begun(plain, ana, batch).state == "waiting"


def test_nobody_agrees_with_somebody_who_has_left(shop: Toml) -> None:
    house = shop("[stores.reno]\napprovers = 2\n")
    batch, ana = handed_in(house, pieces(5), store="reno"), person(house)
    waits = begun(house, ana, batch)
    house.store.write(lambda tx: store.change_staff(tx, ana.id, disabled_at=tx.now))
    with pytest.raises(Denied, match="not here any more"):
        signing.agree(house.runtime, person(house, "ben@example.com"), waits.id, "5")


def test_the_yes_of_somebody_who_left_before_its_turn_counts_for_nothing(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5)), person(plain)
    begun(plain, ana, batch)
    plain.store.write(lambda tx: store.change_staff(tx, ana.id, disabled_at=tx.now))
    swept(plain)
    assert (set(states(plain, batch)), signing_of(plain, batch).codes) == ({"held"}, "ppppp")


def test_the_surprised_neither_count_nor_sign_what_is_kept_from_them(house: House) -> None:
    batch, kayla = handed_in(house, pieces(5)), person(house, "kayla@example.com")
    secret = messages_of(house, batch)[2]
    house.store.write(lambda tx: store.hide(tx, secret.id, ["kayla@example.com"]))
    assert begun(house, kayla, batch).count == 4
    swept(house)
    assert {one.id for one in messages_of(house, batch) if one.state == "held"} == {secret.id}


def test_the_second_who_is_surprised_agrees_without_the_piece_that_is_kept_from_them(shop: Toml) -> None:
    house = shop("[stores.reno]\napprovers = 2\n")
    batch = handed_in(house, pieces(30), store="reno")
    secret = messages_of(house, batch)[2]
    house.store.write(lambda tx: store.hide(tx, secret.id, ["kayla@example.com"]))
    waits = begun(house, person(house), batch)
    assert waits.count == 30
    signing.agree(house.runtime, person(house, "kayla@example.com"), waits.id, "29")
    swept(house)
    assert {one.id for one in messages_of(house, batch) if one.state == "held"} == {secret.id}
    assert sorted(signing_of(house, batch).codes) == ["a"] * 29 + ["k"]


@pytest.mark.parametrize("point", ["before_decision_commit", "after_decision_commit"])
def test_a_crash_in_the_middle_goes_on_where_it_was_and_approves_none_twice(house: House, point: str) -> None:
    batch, ana = handed_in(house, pieces(120)), person(house)
    begun(house, ana, batch)
    failpoint.arm(f"{point}:raise", 0)
    try:
        assert carrying.run_due(house.runtime) == 0
    finally:
        failpoint.disarm()
    assert signing_of(house, batch).done == states(house, batch).count("cleared")
    assert signing_of(house, batch).done == (50 if point.startswith("after") else 0)
    swept(house)
    assert signing_of(house, batch).codes == "a" * 120
    with house.store.read() as tx:
        assert {len(store.read_decisions(tx, one.id)) for one in messages_of(house, batch)} == {1}


def test_one_whose_records_cannot_be_asked_stands_in_no_others_way(plain: House) -> None:
    batch, ana = handed_in(plain, pieces(5)), person(plain)
    unknown = messages_of(plain, batch)[1]
    begun(plain, ana, batch)

    def host(message: Message) -> dict[str, Json] | None:
        if message.id == unknown.id:
            raise RuntimeError("the records are away")
        return {}

    carrying.run_due(replace(plain.runtime, given_facts=host))
    assert sorted(signing_of(plain, batch).codes) == ["a", "a", "a", "a", "h"]
    assert {one.id for one in messages_of(plain, batch) if one.state == "held"} == {unknown.id}


def test_all_that_waits_is_stopped_with_its_reason(house: House) -> None:
    batch, ana = handed_in(house, pieces(30, unfilled=3)), person(house)
    assert begun(house, ana, batch, "reject").count == 30
    swept(house)
    assert set(states(house, batch)) == {"stopped"}
    with house.store.read() as tx:
        [decision] = store.read_decisions(tx, messages_of(house, batch)[0].id)
    assert (decision.kind, decision.reason) == ("reject", "not_wanted")


def test_a_no_to_one_leaves_the_others_of_the_list_as_they_were(plain: House) -> None:
    told(plain, {"people": [{"id": "kayla", "name": "Kayla Reed", "phones": [BUYER]}]})
    drafts = [replace(draft, content=replace(draft.content, to=(BUYER,))) for draft in pieces(60, channel="sms")]
    batch, ana = handed_in(plain, drafts), person(plain)
    begun(plain, ana, batch, "reject")
    swept(plain)
    assert set(signing_of(plain, batch).codes) == {"a"}
