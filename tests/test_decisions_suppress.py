"""Suppress: this person gets no more of this kind, or of anything; what else waits for them is looked at again."""

from __future__ import annotations

import pytest

from sayso import store
from tests.conftest import House
from tests.deciding import decided, may, quiet, refused, still, text, told, told_only_after_the_window
from tests.walk import TO, look

__all__ = ["quiet", "still"]
OTHER = "+14155550188"


def listed(house: House, purpose: str | None = None, to: str = TO) -> bool:
    """Whether a message of this purpose to them would be on the do-not-send list."""
    with house.store.read() as tx:
        return to in store.suppressed(tx, [to], purpose)


@pytest.mark.parametrize("scope", [None, "this_purpose", "all"])
def test_it_is_stopped_and_so_is_all_of_that_kind_from_now_on(still: House, scope: str | None):
    sid = text(still, purpose="anniversary")
    answer = decided(still, sid, "suppress", **({"scope": scope} if scope else {}))
    assert (answer["state"], answer["stop_reason"]) == ("stopped", "suppressed")
    assert listed(still, "anniversary")
    assert listed(still, "receipt") is (scope == "all")
    assert not listed(still, "anniversary", OTHER)


def test_the_crm_hears_of_it_when_it_cannot_be_undone_any_more(still: House):
    sid = text(still, purpose="anniversary")
    decided(still, sid, "suppress")
    told_only_after_the_window(still, sid, "canceled")


def test_what_else_waits_for_them_is_a_new_version_that_cannot_be_approved(still: House):
    first, second = text(still, purpose="anniversary"), text(still, purpose="anniversary")
    receipt, elsewhere = text(still, purpose="receipt"), text(still, to=OTHER, purpose="anniversary")
    decided(still, first, "suppress")
    found = {sid: (look(still, sid).version, "approve" in may(still, sid)) for sid in (second, receipt, elsewhere)}
    assert found == {second: (2, False), receipt: (1, True), elsewhere: (1, True)}
    assert look(still, second).state == "held"


def test_who_looked_at_it_before_is_told_that_it_changed(still: House):
    first, second = text(still, purpose="anniversary"), text(still, purpose="anniversary")
    shown = still.message(second)
    decided(still, first, "suppress")
    late = still.decide(second, "approve", version=shown["version"])
    assert (late.status_code, late.json()["detail"]) == (409, "It changed since you looked; it is held now.")


def test_an_undo_lifts_exactly_what_it_added(still: House):
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="inbound", purpose="receipt"))
    sid, second = text(still, purpose="anniversary"), text(still, purpose="anniversary")
    decided(still, sid, "suppress", scope="all")
    assert "approve" not in may(still, second)
    decided(still, sid, "undo")
    assert (look(still, sid).state, look(still, sid).stop_reason) == ("held", None)
    assert (listed(still, "anniversary"), listed(still, "receipt")) == (False, True)
    assert "approve" in may(still, sid)
    assert "approve" in may(still, second)
    still.clock.forward(hours=1)
    assert told(still) == []


def test_after_its_window_it_stays(still: House):
    sid = text(still, purpose="anniversary")
    decided(still, sid, "suppress")
    still.clock.forward(seconds=21)
    assert refused(still, sid, "undo", 409)
    assert listed(still, "anniversary")


def test_without_a_purpose_only_everything_can_be_suppressed(quiet: House):
    sid = text(quiet)
    assert "only everything can be suppressed" in refused(quiet, sid, "suppress", 400)
    assert "scope must be one of this_purpose, all" in refused(quiet, sid, "suppress", 400, scope="some")
    decided(quiet, sid, "suppress", scope="all")
    assert listed(quiet)
