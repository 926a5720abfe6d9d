"""Screening again: what waits is looked at once more when a fact changes, and who looked before is told."""

from __future__ import annotations

import re

from sayso import rescreening, store
from sayso.message import Finding, Json, Message
from sayso.store import Screening, Tx
from tests.conftest import House
from tests.deciding import decided, may, quiet, still, text
from tests.walk import TO, look

__all__ = ["quiet", "still"]


def again(house: House, sid: str, given: dict[str, Json] | None = None) -> Message:
    """The message after it was looked at again."""
    return house.store.write(lambda tx: rescreening.rescreen(tx, house.runtime, look(house, sid), given))


def test_what_has_the_same_findings_stays_as_it_is(still: House):
    sid = text(still, "Hello {{name}}.")
    before = look(still, sid)
    assert again(still, sid) == before == look(still, sid)


def test_a_new_stop_takes_the_yes_away_and_its_end_gives_it_back(still: House):
    sid = text(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    stopped = again(still, sid)
    assert (stopped.state, stopped.version, "approve" in may(still, sid)) == ("held", 2, False)
    assert stopped == look(still, sid)
    still.store.write(lambda tx: store.lift_suppressions(tx, ("test",)))
    assert (again(still, sid).version, look(still, sid).findings, "approve" in may(still, sid)) == (3, (), True)


def test_who_comes_second_hears_of_the_person_and_of_the_fact(quiet: House):
    sid = text(quiet)
    decided(quiet, sid, "edit", body="Other words.")
    quiet.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    again(quiet, sid)
    late = quiet.decide(sid, "reject", version=1).json()["detail"]
    assert re.fullmatch("ana@example.com decided “edit” [0-9]+ s ago, and it changed since; it is held now.", late)


def test_what_does_not_wait_is_left_alone(still: House):
    sid = text(still)
    decided(still, sid, "approve")
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    assert again(still, sid) == look(still, sid)
    assert look(still, sid).state == "cleared"


def test_without_news_what_the_host_said_last_time_counts(quiet: House):
    quiet.app.extensions["sayso"].hooks.facts = lambda message: {"suppressions": [{"address": TO, "reason": "gone"}]}
    sid = text(quiet, purpose="anniversary", to="+14155550188")
    quiet.app.extensions["sayso"].hooks.facts = lambda message: {}
    assert look(quiet, sid).findings == ()
    given: dict[str, Json] = {"suppressions": [{"address": "+14155550188", "reason": "gone"}]}
    assert [finding.check for finding in again(quiet, sid, given).findings] == ["suppressed_address"]
    assert again(quiet, sid).version == 2, "what the host said is remembered, so nothing has changed"
    assert again(quiet, sid, {}).findings == ()


def test_a_finding_that_no_check_makes_is_kept(quiet: House):
    sid = text(quiet)
    odd = Finding("burst", "many", "Many came at once.")

    def plant(tx: Tx) -> None:
        store.screened(tx, look(quiet, sid), Screening("policy", (odd,), {}))

    quiet.store.write(plant)
    quiet.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    assert {finding.check for finding in again(quiet, sid).findings} == {"burst", "suppressed_address"}


def test_what_waits_for_an_address_is_found_however_it_is_spelled(still: House):
    first, second = text(still), text(still, to=f"whatsapp:{TO}", from_="whatsapp:+14155550100")
    text(still, to="+14155550188")
    decided(still, text(still), "approve")
    with still.store.read() as tx:
        assert [message.crm_id for message in rescreening.waiting_for(tx, TO)] == [second, first]


def test_an_edit_while_the_host_does_not_answer_says_so(quiet: House):
    sid = text(quiet)

    def away(message: object) -> None:
        raise ConnectionError("the host's database is away")

    quiet.app.extensions["sayso"].hooks.facts = away
    after = decided(quiet, sid, "edit", body="Other words.")
    assert [finding["key"] for finding in after["findings"]] == ["facts:missing:"]
    assert [finding.key for finding in again(quiet, sid).findings] == ["facts:missing:"]
