"""Step 4: an attempt is stored before the vendor hears anything, and no answer is not a no."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from sayso import dispatch, store
from sayso.message import Content, Sent, State, TryLater
from sayso.runtime import Runtime
from tests.conftest import House, MakeHouse
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, wait_for
from tests.walk import (
    SHOP,
    TO,
    approved,
    decide,
    dispatched,
    hand_in,
    incidents,
    look,
    lose_lease,
    relayed,
    swept,
    told,
    withdraw,
)


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself."""
    return make_house(start=False)


def test_the_attempt_is_committed_before_the_vendor_hears_anything(still: House):
    sid, seen = approved(still), []

    def look_inside() -> None:
        with still.store.read() as tx:
            message = store.get(tx, sid)
            seen.append((message.state, [attempt.outcome for attempt in store.read_attempts(tx, message.id)]))

    still.twilio.before = look_inside
    dispatched(still)
    assert seen == [("sending", [None])]


def test_no_database_connection_is_held_while_the_vendor_is_called(still: House):
    approved(still)
    seen: list[int] = []
    still.twilio.before = lambda: seen.append(still.store.engine.pool.checkedout())
    dispatched(still)
    assert seen == [0]


def test_the_vendor_calls_back_at_an_address_that_only_this_attempt_has(still: House):
    for _ in range(3):
        approved(still)
    dispatched(still)
    paths = [urlsplit(message["StatusCallback"]).path.split("/") for message in still.twilio.messages]
    assert all(path[1:3] == ["callbacks", "twilio"] and len(path[3]) >= 22 for path in paths)
    assert len({path[3] for path in paths}) == 3
    assert all(message["StatusCallback"].startswith(still.url) for message in still.twilio.messages)


def test_every_attempt_at_the_same_message_has_its_own_token(still: House):
    sid = approved(still)
    still.twilio.fault = (429, {}, b"{}")
    dispatched(still)
    still.clock.forward(minutes=10)
    dispatched(still)
    first, second = still.vendor.posts()
    assert first.form["StatusCallback"] != second.form["StatusCallback"]
    assert look(still, sid).tries == 2


def test_what_the_crm_sent_arrives_unchanged_but_for_its_callback(still: House):
    asked = {
        "To": TO,
        "From": SHOP,
        "Body": "Ünïcode & = + % ring 💍\nis ready.",
        "StatusCallback": still.crm.url + "/cb",
        "MaxPrice": "0.05",
        "SmartEncoded": "false",
        "FutureThing": "à la carte",
        "Empty": "",
    }
    approved(still, **asked)
    dispatched(still)
    heard = still.vendor.posts()[0].form
    assert {name for name in asked | heard if asked.get(name) != heard.get(name)} == {"StatusCallback"}


def test_repeated_fields_arrive_as_often_and_in_the_order_they_were_sent(still: House):
    links = ["https://shop.example/a.jpg", "https://shop.example/b.jpg"]
    sent = still.client().messages.create(to=TO, from_=SHOP, body="Two views.", media_url=links)
    decide(still, sent.sid, "approve")
    dispatched(still)
    pairs = parse_qsl(still.vendor.posts()[0].body.decode())
    assert [value for name, value in pairs if name == "MediaUrl"] == links


def test_our_own_keys_go_to_the_vendor_and_the_issued_ones_never_leave(still: House):
    approved(still)
    dispatched(still)
    heard, issued = still.vendor.posts()[0], still.source()["twilio"]
    assert still.twilio.messages, "the fake vendor takes nothing but the real credentials"
    assert VENDOR_SID in heard.path
    everything = repr(heard)
    assert issued["account_sid"] not in everything
    assert issued["auth_token"] not in everything
    assert VENDOR_TOKEN not in heard.body.decode()


REFUSAL = b'{"code": 21211, "message": "Invalid To", "status": 400}'
AUTH = b'{"code": 20003, "message": "Authenticate", "status": 401}'
ANSWERS: dict[str, tuple[tuple[int, dict[str, str], bytes], str]] = {
    "400-with-code": ((400, {}, REFUSAL), "failed"),
    "422-with-code": ((422, {}, REFUSAL), "failed"),
    "429": ((429, {}, b"{}"), "cleared"),
    "401": ((401, {}, AUTH), "cleared"),
    "403": ((403, {}, AUTH), "cleared"),
    "404": ((404, {}, b'{"code": 20404}'), "cleared"),
    "400-of-a-proxy": ((400, {}, b"<html>bad request</html>"), "cleared"),
    "500": ((500, {}, b'{"code": 20500}'), "unconfirmed"),
    "502": ((502, {}, b"<html>bad gateway</html>"), "unconfirmed"),
    "503": ((503, {}, b""), "unconfirmed"),
    "504": ((504, {}, b""), "unconfirmed"),
    "408": ((408, {}, b""), "unconfirmed"),
    "302": ((302, {"Location": "http://127.0.0.1:9/"}, b""), "unconfirmed"),
    "connection-ends-without-an-answer": ((0, {}, b""), "unconfirmed"),
    "truncated-json": ((201, {}, b'{"sid": "SM12'), "unconfirmed"),
    "shorter-than-it-said": ((201, {"Content-Length": "999", "Connection": "close"}, b'{"sid": "SM1"}'), "unconfirmed"),
    "201-without-sid": ((201, {}, b'{"status": "queued"}'), "unconfirmed"),
    "201-with-a-sid-of-null": ((201, {}, b'{"sid": null}'), "unconfirmed"),
    "200-of-html": ((200, {}, b"<html>hello</html>"), "unconfirmed"),
    "200-with-sid": ((200, {}, b'{"sid": "SM1", "status": "queued"}'), "sent"),
    "201-with-sid": ((201, {}, b'{"sid": "SM1", "status": "accepted"}'), "sent"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_of_the_vendor_has_its_outcome(make_house: MakeHouse, name: str):
    fault, state = ANSWERS[name]
    house = make_house(start=False, vendor_timeout="0.5")
    sid = approved(house)
    house.twilio.fault = fault
    dispatched(house)
    assert look(house, sid).state == state
    assert len(house.vendor.posts()) == 1


def test_a_definite_no_is_told_to_the_crm_with_the_vendors_own_code(still: House):
    sid = approved(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.fault = (400, {}, REFUSAL)
    dispatched(still)
    relayed(still)
    heard = still.crm.posts()[0].form
    assert (heard["MessageStatus"], heard["ErrorCode"], heard["MessageSid"]) == ("failed", "21211", sid)


def test_a_429_waits_as_long_as_the_vendor_asked(still: House):
    approved(still)
    still.twilio.fault = (429, {"Retry-After": "90"}, b"{}")
    dispatched(still)
    still.twilio.fault = None
    still.clock.forward(seconds=89)
    dispatched(still)
    assert still.twilio.messages == []
    still.clock.forward(seconds=2)
    dispatched(still)
    assert len(still.twilio.messages) == 1


def test_an_absurd_retry_after_does_not_lose_the_message(still: House):
    sid = approved(still)
    still.twilio.fault = (429, {"Retry-After": "9" * 30}, b"{}")
    dispatched(still)
    assert look(still, sid).state == "cleared"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_keys_rest_the_account_and_raise_an_alarm_and_fail_nothing(still: House, status: int):
    sid, other = approved(still), approved(still)
    still.twilio.fault = (status, {}, AUTH)
    dispatched(still)
    assert len(still.vendor.posts()) == 1
    assert {look(still, sid).state, look(still, other).state} == {"cleared"}
    assert incidents(still) == ["vendor_alarm"]
    with still.store.read() as tx:
        assert [alarm.account for alarm in store.read_alarms(tx)] == ["twilio"]


def test_a_refused_connection_backs_off_and_sends_later(still: House):
    sid = approved(still)
    account = replace(still.runtime.accounts["twilio"], api_url="http://127.0.0.1:1")
    dispatch.run_due(replace(still.runtime, accounts={"twilio": account}))
    message = look(still, sid)
    assert message.state == "cleared"
    assert message.due_at > still.clock()
    still.clock.forward(seconds=5)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_vendor_that_does_not_answer_in_time_leaves_it_unconfirmed(make_house: MakeHouse):
    house = make_house(start=False, vendor_timeout="0.3")
    sid, answer_now = approved(house), threading.Event()
    house.twilio.before = lambda: answer_now.wait(5)
    dispatched(house)
    answer_now.set()
    assert look(house, sid).state == "unconfirmed"


def _unconfirmed(house: House) -> str:
    sid = approved(house, StatusCallback=house.crm.url + "/cb")
    house.twilio.lose_answers = True
    dispatched(house)
    house.twilio.lose_answers = False
    assert look(house, sid).state == "unconfirmed"
    return sid


def test_an_unconfirmed_message_is_never_sent_again_by_itself(still: House):
    sid = _unconfirmed(still)
    for _ in range(40):
        still.clock.forward(hours=3)
        swept(still)
        dispatched(still)
    assert len(still.vendor.posts()) == 1
    assert look(still, sid).state == "unconfirmed"


def test_approving_an_unconfirmed_message_sends_it_again(still: House):
    sid = _unconfirmed(still)
    decide(still, sid, "approve")
    dispatched(still)
    assert len(still.twilio.messages) == 2
    assert look(still, sid).state == "sent"


def test_arrived_closes_an_unconfirmed_message_and_the_crm_hears_sent(still: House):
    sid = _unconfirmed(still)
    decide(still, sid, "arrived")
    dispatched(still)
    relayed(still)
    assert look(still, sid).state == "sent"
    assert len(still.vendor.posts()) == 1
    assert told(still) == ["sent"]


def test_an_unconfirmed_message_whose_time_is_over_can_only_have_arrived(still: House):
    sid = _unconfirmed(still)
    still.clock.forward(days=30)
    shown = still.message(sid)
    assert shown["may"] == ["arrived"]
    assert still.decide(sid, "approve").status_code == 409
    assert look(still, sid).state == "unconfirmed"


def test_an_opt_out_at_the_vendor_suppresses_the_address(still: House):
    approved(still)
    still.twilio.fault = (400, {}, b'{"code": 21610, "message": "unsubscribed", "status": 400}')
    dispatched(still)
    with still.store.read() as tx:
        assert list(store.suppressed(tx, [TO])) == [TO]


PARTS = {"source": "crm", "store": "north", "purpose": "repair_ready", "channel": "sms"}


@pytest.mark.parametrize("part", [*PARTS, "all"])
def test_a_stop_holds_for_the_very_next_claim_until_it_is_lifted(still: House, part: str):
    still.source("crm", store="north")
    parts = {} if part == "all" else {part: PARTS[part]}
    sid = approved(still, purpose="repair_ready")
    still.store.write(lambda tx: store.add_stop(tx, "flood", "ana", **parts))
    dispatched(still)
    assert still.vendor.posts() == []
    still.store.write(lambda tx: store.lift_stops(tx, "ana", **parts))
    dispatched(still)
    assert look(still, sid).state == "sent"


@pytest.mark.parametrize("part", PARTS)
def test_a_stop_of_another_part_lets_this_one_through(still: House, part: str):
    sid = approved(still)
    still.store.write(lambda tx: store.add_stop(tx, "flood", "ana", **{part: "other"}))
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_a_suppression_after_the_approval_puts_it_back_to_a_person(still: House):
    sid = approved(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "Asked in the shop."))
    dispatched(still)
    message = look(still, sid)
    assert (message.state, still.vendor.posts()) == ("held", [])
    assert [finding.check for finding in message.findings] == ["suppressed_address"]


def test_a_hundred_suppressions_between_approval_and_claim_let_nothing_out(still: House):
    sids = [approved(still, To=f"+1415555{n:04}") for n in range(100)]
    for n in range(100):
        still.store.write(lambda tx, n=n: store.suppress(tx, f"+1415555{n:04}", "no"))
    dispatched(still)
    assert {look(still, sid).state for sid in sids} == {"held"}
    assert still.vendor.posts() == []


def test_a_twin_that_turned_up_after_the_approval_puts_it_back(still: House):
    earlier, later = hand_in(still, Body="Hello there."), hand_in(still, Body="Hello  there.")
    with still.store.read() as tx:
        twin = store.get(tx, later)
    # as if the twin had not been known at the approval: only what was shown is accepted
    assert [finding.check for finding in twin.findings] == ["duplicate"]
    still.store.write(
        lambda tx: store.move(tx, twin, State.CLEARED, "reviewer", changes={"due_at": tx.now, "accepted": frozenset()})
    )
    dispatched(still)
    assert (look(still, later).state, look(still, earlier).state) == ("held", "held")
    assert still.vendor.posts() == []


def test_words_that_are_not_those_signed_off_are_held_with_a_reason_and_cannot_be_approved(still: House):
    sid = approved(still)

    def tamper(tx: store.Tx) -> None:
        message = store.get(tx, sid)
        assert message
        tx.connection.execute(text("DELETE FROM sayso_content"))
        other = Content(to=message.content.to, sender=SHOP, body="Buy now!", fields=(("To", TO), ("Body", "Buy now!")))
        store.arrivals.write_content(tx, replace(message, content=other))

    still.store.write(tamper)
    dispatched(still)
    message = look(still, sid)
    assert (message.state, still.vendor.posts()) == ("held", [])
    assert message.findings[-1].verdict == "stop"
    assert still.decide(sid, "approve").status_code == 409


def test_a_night_that_began_after_the_approval_is_waited_out(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # noon in California
    sid = approved(house)
    house.clock.fixed = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # ten in the evening there
    dispatched(house)
    assert house.vendor.posts() == []
    assert look(house, sid).due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    house.clock.fixed = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    dispatched(house)
    assert look(house, sid).state == "sent"


def test_a_code_that_goes_at_once_goes_at_night_too(make_house: MakeHouse):
    house = make_house(start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    sid = hand_in(house, purpose="otp", Body="Your code is 481516.")
    dispatched(house)
    assert look(house, sid).state == "sent"


def test_what_expired_between_approval_and_claim_is_stopped_and_the_crm_hears_30036(still: House):
    sid = approved(still, ValidityPeriod="60", StatusCallback=still.crm.url + "/cb")
    still.clock.forward(seconds=61)
    dispatched(still)
    relayed(still)
    message = look(still, sid)
    assert (message.state, message.stop_reason, still.vendor.posts()) == ("stopped", "expired", [])
    heard = still.crm.posts()[0].form
    assert (heard["MessageStatus"], heard["ErrorCode"]) == ("failed", "30036")


def test_two_dispatchers_on_one_database_send_each_message_once(make_house: MakeHouse, tmp_path):
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    first, second = make_house(start=False, database_url=url), make_house(start=False, database_url=url)
    bodies = [f"Piece {n} is ready." for n in range(40)]
    for body in bodies:
        approved(first, Body=body)
    threads = [threading.Thread(target=dispatched, args=(house,)) for house in (first, second) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard = [message["Body"] for house in (first, second) for message in house.twilio.messages]
    assert sorted(heard) == sorted(bodies)


def test_a_claim_that_is_too_old_sends_nothing_and_waits_its_turn_again(still: House):
    sid = approved(still)
    late = replace(still.runtime, vendor_timeout=-10.5)  # lease - timeout is over as soon as the claim is made
    assert late.lease_seconds - late.vendor_timeout < 0
    dispatch.run_due(late)
    message = look(still, sid)
    assert (message.state, message.tries, still.vendor.posts()) == ("cleared", 1, [])
    with still.store.read() as tx:
        assert [attempt.outcome for attempt in store.read_attempts(tx, message.id)] == ["not_sent"]


class Frozen:
    """A dispatcher that stands still between its claim and the vendor until it is let go."""

    def __init__(self, house: House, outcome: Exception | Sent) -> None:
        self._go, self._there, self._outcome = threading.Event(), threading.Event(), outcome
        provider = SimpleNamespace(**vars(house.runtime.providers["twilio"]) | {"send": self._send})
        self._runtime: Runtime = replace(house.runtime, providers={"twilio": provider})
        self._thread = threading.Thread(target=dispatch.run_due, args=(self._runtime,))
        self._thread.start()
        assert self._there.wait(10)

    def _send(self, *_: object, **__: object) -> Sent:
        self._there.set()
        self._go.wait(10)
        if isinstance(self._outcome, Sent):
            return self._outcome
        raise self._outcome

    def wake(self) -> None:
        """Let it end."""
        self._go.set()
        self._thread.join()


def test_a_frozen_dispatcher_that_surely_sent_nothing_gives_the_swept_message_back(still: House):
    sid = approved(still)
    frozen = Frozen(still, TryLater("too late"))
    lose_lease(still)
    assert look(still, sid).state == "unconfirmed"
    frozen.wake()
    assert look(still, sid).state == "cleared"


@pytest.mark.parametrize("outcome", [TryLater("no"), RuntimeError("what?")], ids=["not-sent", "unknown"])
def test_a_frozen_dispatcher_has_no_say_over_the_attempt_after_its_own(still: House, outcome: Exception):
    sid = approved(still)
    first = Frozen(still, outcome)
    lose_lease(still)
    decide(still, sid, "approve")
    second = Frozen(still, Sent("SM2", "queued"))
    first.wake()
    assert look(still, sid).state == "sending"
    second.wake()
    assert look(still, sid).provider_id == "SM2"


def test_an_answer_that_comes_after_send_again_was_said_takes_it_out_of_the_line(still: House):
    sid = approved(still)
    frozen = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "approve")
    frozen.wake()
    dispatched(still)
    assert (look(still, sid).state, still.vendor.posts()) == ("sent", [])
    assert incidents(still, sid) == ["sent_elsewhere"]


def test_two_answers_for_one_message_are_an_incident_and_not_hidden(still: House):
    sid = approved(still)
    first = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "approve")
    dispatched(still)
    first.wake()
    assert look(still, sid).provider_id == still.twilio.messages[0]["sid"]
    assert incidents(still, sid) == ["duplicate_sent"]


def test_a_late_answer_to_what_a_person_saw_arrive_is_no_incident(still: House):
    sid = approved(still)
    frozen = Frozen(still, Sent("SM1", "queued"))
    lose_lease(still)
    decide(still, sid, "arrived")
    frozen.wake()
    assert (look(still, sid).provider_id, incidents(still, sid)) == ("SM1", [])


def _fail(house: House, times: int) -> None:
    house.twilio.fault = (500, {}, b"")
    for _ in range(times):
        approved(house)
        dispatched(house)
    house.twilio.fault = None


def test_after_five_failures_in_a_row_the_account_rests_and_other_messages_wait(still: House):
    _fail(still, 5)
    sid = approved(still)
    dispatched(still)
    assert (look(still, sid).state, len(still.vendor.posts())) == ("cleared", 5)


def test_four_failures_do_not_rest_the_account(still: House):
    _fail(still, 4)
    sid = approved(still)
    dispatched(still)
    assert look(still, sid).state == "sent"


def test_while_an_account_that_rested_is_tried_with_one_message_the_others_wait(still: House):
    _fail(still, 5)
    for _ in range(3):
        approved(still)
    still.clock.forward(seconds=31)
    others: list[bool] = []
    still.twilio.before = lambda: others.append(dispatch.run_due(still.runtime))
    assert dispatch.run_due(still.runtime)
    assert others == [False]


def test_an_account_that_fails_its_trial_rests_again(still: House):
    _fail(still, 5)
    for _ in range(3):
        approved(still)
    still.clock.forward(seconds=31)
    still.twilio.fault = (500, {}, b"")
    dispatched(still)
    assert len(still.vendor.posts()) == 6


def test_one_success_closes_the_breaker_and_everything_goes(still: House):
    _fail(still, 5)
    sids = [approved(still) for _ in range(3)]
    still.clock.forward(seconds=31)
    dispatched(still)
    assert {look(still, sid).state for sid in sids} == {"sent"}
    with still.store.read() as tx:
        assert store.read_breaker(tx, "twilio") is None


def _scheduled(house: House, *, seconds: int = 3600, **fields: str) -> tuple[str, datetime]:
    moment = house.clock() + timedelta(seconds=seconds)
    service = {"MessagingServiceSid": "MG" + "0" * 32, "ScheduleType": "fixed", "SendAt": moment.isoformat()}
    return hand_in(house, **service, **fields), moment


def test_a_message_for_a_set_moment_that_was_approved_early_goes_then_as_an_ordinary_one(still: House):
    sid, _ = _scheduled(still)
    decide(still, sid, "approve")
    still.clock.forward(minutes=59)
    swept(still)
    dispatched(still)
    assert still.vendor.posts() == []
    still.clock.forward(minutes=1, seconds=5)
    swept(still)
    dispatched(still)
    heard = still.vendor.posts()[0].form
    assert look(still, sid).state == "sent"
    assert not {"ScheduleType", "SendAt"} & set(heard)
    assert heard["MessagingServiceSid"] == "MG" + "0" * 32


def test_a_message_for_a_set_moment_that_nobody_approved_is_stopped_then(still: House):
    sid, _ = _scheduled(still)
    still.clock.forward(hours=1, seconds=1)
    swept(still)
    assert look(still, sid).stop_reason == "expired"


def test_the_validity_that_is_forwarded_is_what_is_left_of_it(still: House):
    approved(still, ValidityPeriod="600")
    still.clock.forward(seconds=200)
    dispatched(still)
    assert 395 <= int(still.vendor.posts()[0].form["ValidityPeriod"]) <= 400


def test_the_validity_of_a_message_for_a_set_moment_counts_from_then(still: House):
    sid, _ = _scheduled(still, ValidityPeriod="7200")
    decide(still, sid, "approve")
    still.clock.forward(hours=1, seconds=1)
    dispatched(still)
    assert still.vendor.posts()[0].form["ValidityPeriod"] == "7200"


def test_a_message_whose_facts_cannot_be_asked_waits_and_holds_nobody_up(still: House):
    sid, other = approved(still), approved(still)

    def ask(message: object) -> dict[str, object]:
        if message.crm_id == sid:
            raise ConnectionError("the host's database is away")
        return {}

    runtime = replace(still.runtime, given_facts=ask)
    assert [dispatch.run_due(runtime) for _ in range(3)] == [True, True, False]
    assert (look(still, sid).state, look(still, other).state) == ("cleared", "sent")


def test_a_withdrawn_message_is_not_sent(still: House):
    sid = approved(still)
    assert withdraw(still, sid).status_code == 200
    dispatched(still)
    assert (look(still, sid).state, still.vendor.posts()) == ("stopped", [])


def test_a_running_house_sends_what_was_approved_without_being_asked(house: House):
    sid = approved(house)
    wait_for(lambda: look(house, sid).state == "sent")
