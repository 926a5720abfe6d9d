"""What one bad row, one bad value or a vendor that is not there yet must not break."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from sayso import signoff
from sayso.message import Malformed
from sayso.store import tables
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.walk import TO, decide, hand_in, look, person
from tests.writing_back import why_suppressed, write_back

__all__ = ["still"]


def test_a_stop_counts_although_a_message_that_waits_cannot_be_read(still: House) -> None:
    sid = hand_in(still)
    message_id = look(still, sid).id
    broken = update(tables.content).where(tables.content.c.message_id == message_id).values(sealed=b"\x01" + b"x" * 40)
    still.store.write(lambda tx: tx.connection.execute(broken))
    assert write_back(still, "STOP").kind == "stop"
    assert why_suppressed(still, TO)


def test_a_zone_that_is_a_folder_of_zones_is_none(make_house: MakeHouse) -> None:
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.app.extensions["sayso"].hooks.facts = lambda message: {"people": [{"phones": [TO], "time_zone": "America"}]}
    assert look(house, hand_in(house)).state == "held"


def test_of_many_decisions_one_that_breaks_spoils_no_other(still: House, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = hand_in(still), hand_in(still)
    wishes = [(sid, signoff.Wish("approve", 1, None)) for sid in (bad, good)]
    real = signoff.decide

    def sometimes(runtime: object, staff: object, message_id: str, wish: object) -> object:
        if message_id == bad:
            raise RuntimeError("the database hiccups")
        return real(runtime, staff, message_id, wish)  # type: ignore[arg-type]

    monkeypatch.setattr(signoff, "decide", sometimes)
    first, second = signoff.decide_all(still.runtime, person(still), wishes)
    assert isinstance(first[1], Malformed)
    assert (first[1].status, second[0], look(still, good).state) == (503, good, "cleared")
    assert look(still, bad).state == "held"
    monkeypatch.undo()
    decide(still, bad, "reject", person(still))
