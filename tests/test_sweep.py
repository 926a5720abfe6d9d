"""The sweep: what a lost bell, a crash or the clock left behind is found, and nothing expires into sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from sayso import store, sweep
from sayso.message import State
from sayso.runtime import Runtime
from tests.batched import MORNING, handed_in, messages_of, pieces, plain
from tests.conftest import House, MakeHouse
from tests.vendors import wait_for
from tests.walk import approved, dispatched, hand_in, look, lose_lease, relayed, swept, told, withdraw

__all__ = ["plain"]  # a fixture from elsewhere
HOUR = timedelta(hours=1)


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself."""
    return make_house(start=False)


class Host:
    """A host app whose facts hook fails while it is away."""

    away = True

    def __call__(self, message: object) -> dict[str, object]:
        if self.away:
            raise ConnectionError("the host's database is away")
        return {}


def _received(house: House, host: Host, **fields: str) -> tuple[str, Runtime]:
    """A message that could not be screened when it came, and the runtime of the house whose host is away."""
    hooks = house.app.extensions["sayso"].hooks
    hooks.facts = host
    sid = hand_in(house, **fields)
    assert look(house, sid).state == "received"
    return sid, house.runtime


@pytest.mark.parametrize("state", ["held", "cleared"])
def test_what_is_no_longer_worth_sending_is_stopped_and_the_crm_hears_30036(still: House, state: str):
    make = hand_in if state == "held" else approved
    sid = make(still, ValidityPeriod="60", StatusCallback=still.crm.url + "/cb")
    still.clock.forward(seconds=30)
    swept(still)
    assert look(still, sid).state == state
    still.clock.forward(seconds=31)
    swept(still)
    dispatched(still)
    relayed(still)
    message, heard = look(still, sid), still.crm.posts()[0].form
    assert (message.state, message.stop_reason) == ("stopped", "expired")
    assert (heard["MessageStatus"], heard["ErrorCode"]) == ("failed", "30036")
    assert still.vendor.posts() == []


def test_nothing_that_waits_for_a_person_is_ever_sent_however_long_it_waits(still: House):
    sids = [hand_in(still), hand_in(still, purpose="marketing"), hand_in(still, ValidityPeriod="600")]
    for _ in range(60):
        still.clock.forward(days=1)
        swept(still)
        dispatched(still)
    assert still.vendor.posts() == []
    assert {look(still, sid).stop_reason for sid in sids} == {"expired"}


def test_a_lease_that_ran_out_makes_the_message_unconfirmed_and_no_sooner(still: House):
    sid = approved(still)

    def claim(tx: store.Tx) -> None:
        message = store.get(tx, sid)
        lease = still.runtime.lease_seconds
        store.open_attempt(tx, [message], "twilio", tx.now + store.database.timedelta(seconds=lease))
        store.move(tx, message, State.SENDING, "dispatch")

    still.store.write(claim)
    still.clock.forward(seconds=still.runtime.lease_seconds - 1)
    swept(still)
    assert look(still, sid).state == "sending"
    lose_lease(still)
    dispatched(still)
    message = look(still, sid)
    assert (message.state, still.vendor.posts()) == ("unconfirmed", [])
    with still.store.read() as tx:
        assert [attempt.outcome for attempt in store.read_attempts(tx, message.id)] == ["unknown"]


def test_running_the_sweep_twice_changes_nothing(still: House):
    sid = hand_in(still, ValidityPeriod="60", StatusCallback=still.crm.url + "/cb")
    still.clock.forward(seconds=61)
    swept(still)
    after = look(still, sid)
    swept(still)
    relayed(still)
    assert (look(still, sid), told(still)) == (after, ["failed"])


def test_a_received_message_is_screened_once_its_facts_can_be_asked(still: House):
    host = Host()
    sid, _ = _received(still, host)
    host.away = False
    still.clock.forward(seconds=3)
    swept(still)
    assert look(still, sid).state == "held"


def test_a_received_message_whose_facts_stay_away_goes_to_a_person_with_a_sentence(still: House):
    sid, _ = _received(still, Host())
    still.clock.forward(seconds=20)
    swept(still)
    assert look(still, sid).state == "received"
    still.clock.forward(seconds=11)
    swept(still)
    message = look(still, sid)
    assert message.state == "held"
    assert "facts:missing:" in [finding.key for finding in message.findings]


def test_a_received_message_in_the_lane_that_clears_itself_goes_once_it_was_screened(still: House):
    host = Host()
    sid, _ = _received(still, host, purpose="otp", Body="Your code is 481516.")
    dispatched(still)
    assert still.vendor.posts() == []
    host.away = False
    still.clock.forward(seconds=3)
    swept(still)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_received_message_to_a_suppressed_address_is_stopped_and_the_crm_hears_so(still: House):
    host = Host()
    sid, _ = _received(still, host, StatusCallback=still.crm.url + "/cb")
    still.store.write(lambda tx: store.suppress(tx, look(still, sid).content.to[0], "no", origin="test"))
    host.away = False
    still.clock.forward(seconds=3)
    swept(still)
    relayed(still)
    assert look(still, sid).stop_reason == "suppressed"
    assert (told(still), still.crm.posts()[0].form["ErrorCode"]) == (["failed"], "21610")


def test_a_received_message_that_cannot_be_screened_keeps_nothing_else_waiting(still: House):
    host = Host()
    poison, _ = _received(still, host)
    fine, _ = _received(still, host)
    over = approved_beside(still)
    host.away = False
    still.clock.forward(seconds=61)

    def ask(message: object) -> dict[str, object]:
        return {"people": [{"phones": 7}]} if message.crm_id != poison else {"people": [Poison()]}

    sweep.run_due(replace(still.runtime, given_facts=ask))
    assert look(still, fine).state == "held"
    assert look(still, over).state == "stopped"


def test_a_message_that_still_cannot_be_screened_after_minutes_goes_to_a_person(still: House):
    sid, _ = _received(still, Host())
    unscreenable(still, sid)
    still.clock.forward(seconds=290)
    swept(still)
    assert look(still, sid).state == "received"
    still.clock.forward(seconds=20)
    swept(still)
    message = look(still, sid)
    assert message.state == "held"
    assert [finding.key for finding in message.findings] == ["screening:crashed:"]


def unscreenable(house: House, sid: str) -> None:
    """What is known of whoever the message is for is damaged: no screening of it comes to an end."""
    to = look(house, sid).content.to[0]

    def damage(tx: store.Tx) -> None:
        store.suppress(tx, to, "no", origin="test")
        tx.connection.execute(text("UPDATE sayso_suppression SET sealed = :sealed"), {"sealed": b"\x01" * 60})

    house.store.write(damage)


class Poison(dict):  # type: ignore[type-arg]  # what a host should never give
    """A fact that raises when it is read."""

    def get(self, *_: object) -> object:
        raise ZeroDivisionError("poison")


def approved_beside(house: House) -> str:
    """A message that expires within a minute."""
    hooks = house.app.extensions["sayso"].hooks
    host, hooks.facts = hooks.facts, None
    sid = hand_in(house, ValidityPeriod="60")
    hooks.facts = host
    return sid


def test_a_message_that_nobody_looked_at_in_time_is_stopped_like_any_other(still: House):
    sid, _ = _received(still, Host(), ValidityPeriod="60")
    unscreenable(still, sid)
    still.clock.forward(seconds=61)
    swept(still)
    assert (look(still, sid).state, look(still, sid).stop_reason) == ("stopped", "expired")


def test_a_message_that_the_crm_withdrew_while_its_facts_were_asked_stays_withdrawn(still: House):
    sid, _ = _received(still, Host())
    still.clock.forward(seconds=3)

    def ask(message: object) -> dict[str, object]:
        assert withdraw(still, sid).status_code == 200
        return {}

    sweep.run_due(replace(still.runtime, given_facts=ask))
    assert (look(still, sid).state, look(still, sid).stop_reason) == ("stopped", "withdrawn")


def test_a_message_for_a_set_moment_that_clears_itself_late_is_not_dropped_at_that_moment(make_house: MakeHouse):
    house = make_house(start=False)
    host = Host()
    moment = house.clock() + store.database.timedelta(seconds=600)
    service = {"MessagingServiceSid": "MG" + "0" * 32, "ScheduleType": "fixed", "SendAt": moment.isoformat()}
    sid, _ = _received(house, host, purpose="otp", Body="Your code is 482913.", **service)
    host.away = False
    house.clock.forward(seconds=3)
    swept(house)
    assert look(house, sid).state == "cleared"
    house.clock.forward(seconds=600)
    swept(house)
    dispatched(house)
    assert look(house, sid).state == "sent"


@pytest.mark.parametrize(
    ("more", "ends"),
    [
        pytest.param({"purpose": "birthday"}, timedelta(hours=14), id="at the end of the day"),
        pytest.param({"purpose": None}, timedelta(days=7), id="after a week"),
        pytest.param({"purpose": "birthday", "expires_at": MORNING + HOUR}, HOUR, id="when its CRM says"),
        pytest.param(
            {"purpose": None, "send_at": MORNING + HOUR}, HOUR + timedelta(days=7), id="a week after its time"
        ),
    ],
)
def test_one_of_many_waits_as_long_as_one_of_few(plain: House, more: dict[str, object], ends: timedelta):
    for count in (3, 30):
        drafts = [replace(one, **more) for one in pieces(count, channel="sms", name=f"{count} at once")]
        batch = handed_in(plain, drafts, looked=False)
        plain.clock.fixed = MORNING + timedelta(seconds=20)
        swept(plain)
        assert {message.hold_expires_at for message in messages_of(plain, batch)} == {MORNING + ends}
        assert {message.state for message in messages_of(plain, batch)} == {State.HELD}
        plain.clock.fixed = MORNING


def test_a_running_house_sweeps_by_itself(house: House):
    sid = hand_in(house, ValidityPeriod="60")
    house.clock.forward(seconds=61)
    wait_for(lambda: look(house, sid).state == "stopped")
