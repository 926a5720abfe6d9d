"""Screening: every check runs, everything found is kept, and not knowing is a hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from sayso import screening, store
from sayso.message import Facts, Finding, Message, State
from tests.conftest import House, MakeHouse

SHOP, SCOTT = "+14155550100", "+14155550177"


def text(house: House, body: str, to: str = SCOTT, path: str = "") -> Message:
    """A stored message, as it was screened."""
    sent = house.client(path=path).messages.create(to=to, from_=SHOP, body=body)
    with house.store.read() as tx:
        found = store.get(tx, sent.sid)
    assert found
    return found


def test_every_check_runs_and_all_findings_are_kept(house: House) -> None:
    message = text(house, "Dear , {{first_name}}\u200b see smith-jew\u0435llers.com")
    assert {"merge_field", "hidden_character", "link_lint"} <= {finding.check for finding in message.findings}


def test_a_message_with_nothing_found_still_waits_for_a_person(house: House) -> None:
    message = text(house, "Your ring is ready.")
    assert (message.state, message.findings) == (State.HELD, ())


def test_a_check_that_raises_holds_even_in_the_at_once_lane(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(message: Message, facts: Facts) -> tuple[Finding, ...]:
        raise RuntimeError("no luck")

    monkeypatch.setattr(screening, "CHECKS", (*screening.CHECKS, breaks))
    held = text(house, "Your ring is ready.")
    assert [finding.code for finding in held.findings] == ["crashed"]
    assert held.state is State.HELD


def test_the_same_problem_has_the_same_key_at_another_time(make_house: MakeHouse) -> None:
    house = make_house(start=False)
    first = text(house, "Hi {{first_name}}, one")
    house.clock.forward(hours=3)
    second = text(house, "Hi {{first_name}}, two")
    assert [finding.key for finding in first.findings] == [finding.key for finding in second.findings]


@pytest.mark.parametrize(
    ("to", "hour", "quiet"),
    [
        pytest.param("+14155550177", 7, True, id="midnight in California"),
        pytest.param("+14155550177", 20, False, id="noon in California"),
        pytest.param("+919820098200", 20, True, id="half past one in Mumbai"),
        pytest.param("+919820098200", 7, False, id="half past twelve in Mumbai"),
    ],
)
def test_quiet_hours_are_those_of_the_recipient(make_house: MakeHouse, to: str, hour: int, quiet: bool) -> None:
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 20, hour, 0, tzinfo=UTC)
    message = text(house, "Your ring is ready.", to)
    assert bool([finding for finding in message.findings if finding.check == "quiet_hours"]) is quiet


def test_a_number_of_no_place_is_a_question_for_a_person(make_house: MakeHouse) -> None:
    house = make_house(start=False, quiet_hours="21:00-08:00")
    message = text(house, "Your ring is ready.", "+18005550177")
    assert [finding.code for finding in message.findings] == ["unknown_zone"]


def test_a_one_time_code_is_cleared_inside_the_request_and_a_disguised_offer_is_not(house: House) -> None:
    assert text(house, "Your code is 482913.", path="/for/otp").state in (State.CLEARED, State.SENDING, State.SENT)
    with pytest.raises(TwilioRestException, match="speaks of an offer") as refused:
        text(house, "Code 482913: 20 % off all rings!", path="/for/otp")
    assert refused.value.code == 21612


def test_every_check_in_the_folder_is_in_the_table() -> None:
    folder = Path(screening.__file__).parent / "checks"
    written = {path.stem for path in folder.glob("*.py") if "\ndef check(" in path.read_text()}
    assert {check.__module__.rpartition(".")[2] for check in screening.CHECKS} == written
