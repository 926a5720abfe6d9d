"""Step 5: a callback finds its message, however early, late or lost, and a second sending is an incident."""

from __future__ import annotations

import pytest

from sayso import store
from tests.conftest import House
from tests.stillness import count_receipts, still
from tests.walk import TO, approved, decide, dispatched, hand_in, incidents, look, lose_lease, relayed, swept, told

__all__ = ["still"]  # fixtures from elsewhere


def _overtaken(house: House, sid: str) -> list[str]:
    """Call back from inside the vendor's call: the states that were seen before and after."""
    seen: list[str] = []

    def overtake(message: dict[str, str]) -> None:
        seen.append(look(house, sid).state)
        assert house.twilio.call_back(message, "sent").status_code == 204
        seen.append(look(house, sid).state)

    answer = house.twilio.answer

    def early(heard):
        result = answer(heard)
        if heard.method == "POST":
            overtake(house.twilio.messages[-1])
        return result

    house.vendor.answer = early
    dispatched(house)
    return seen


def test_a_callback_that_overtakes_the_answer_is_the_receipt(still: House):
    sid = approved(still)
    assert _overtaken(still, sid) == ["sending", "sent"]
    message = look(still, sid)
    assert (message.state, message.provider_id) == ("sent", still.twilio.messages[0]["sid"])
    assert (incidents(still), len(still.vendor.posts())) == ([], 1)


def test_a_callback_finds_the_message_whose_answer_was_lost(still: House):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    assert look(still, sid).state == "unconfirmed"
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    message = look(still, sid)
    assert (message.state, message.delivery) == ("sent", "delivered")
    assert incidents(still) == []


def test_a_callback_finds_the_message_after_the_sweep_has_closed_its_lost_attempt(still: House):
    sid, kept = approved(still), []
    claim = store.claimable

    def lose(tx: store.Tx) -> None:  # what a dispatcher that was killed after its claim leaves behind
        message = store.get(tx, claim(tx, 1, ("twilio",))[0])
        assert message
        kept.append(store.open_attempt(tx, [message], "twilio", tx.now))
        store.move(tx, message, store.messages.State.SENDING, "dispatch")

    still.store.write(lose)
    lose_lease(still)
    assert look(still, sid).state == "unconfirmed"
    message = {"sid": "SM" + "7" * 32, "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio/{kept[0]}"}
    assert still.twilio.call_back(message, "sent").status_code == 204
    assert (look(still, sid).state, look(still, sid).provider_id) == ("sent", message["sid"])


def _sent_twice(house: House) -> str:
    sid = approved(house)
    house.twilio.lose_answers = True
    dispatched(house)
    house.twilio.lose_answers = False
    decide(house, sid, "approve")
    dispatched(house)
    return sid


def test_a_callback_for_an_older_attempt_after_a_newer_one_was_sent_is_one_incident(still: House):
    sid = _sent_twice(still)
    for status in ("sent", "delivered"):
        still.twilio.call_back(still.twilio.messages[0], status)
    assert incidents(still, sid) == ["duplicate_sent"]
    assert look(still, sid).provider_id == still.twilio.messages[1]["sid"]


def test_the_callbacks_of_the_newer_attempt_are_no_incident(still: House):
    sid = _sent_twice(still)
    still.twilio.call_back(still.twilio.messages[1], "delivered")
    assert (incidents(still, sid), look(still, sid).delivery) == ([], "delivered")


@pytest.mark.parametrize("back_to", ["cleared", "held", "stopped"])
def test_a_callback_for_what_waits_here_again_is_an_incident_and_it_is_not_sent_again(still: House, back_to: str):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    decide(still, sid, "approve")
    for kind in {"cleared": (), "held": ("undo",), "stopped": ("undo", "reject")}[back_to]:
        decide(still, sid, kind)
    assert look(still, sid).state == back_to
    still.twilio.call_back(still.twilio.messages[0], "sent")
    dispatched(still)
    assert look(still, sid).state == ("stopped" if back_to == "stopped" else "sent")
    assert (incidents(still, sid), len(still.vendor.posts())) == (["sent_elsewhere"], 1)


def test_a_callback_for_what_a_person_saw_arrive_names_it_and_is_no_incident(still: House):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    decide(still, sid, "arrived")
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    message = look(still, sid)
    assert (message.provider_id, message.delivery) == (still.twilio.messages[0]["sid"], "delivered")
    assert incidents(still, sid) == []


def test_a_callback_for_an_unknown_id_is_kept_and_given_to_its_message_later(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    stranger = {"sid": "SM" + "9" * 32, "To": TO, "From": "", "StatusCallback": f"{still.url}/callbacks/twilio"}
    assert still.twilio.call_back(stranger, "delivered").status_code == 204
    assert (count_receipts(still), incidents(still)) == (1, ["orphan_callback"])
    swept(still)
    assert look(still, sid).delivery is None

    decide(still, sid, "approve")
    still.vendor.answer = lambda heard: (201, {}, b'{"sid": "%s", "status": "queued"}' % stranger["sid"].encode())
    dispatched(still)
    swept(still)
    relayed(still)
    assert (look(still, sid).delivery, told(still)) == ("delivered", ["delivered"])


def test_orphans_that_never_find_a_message_keep_no_other_from_its_own(still: House):
    for n in range(60):
        nobody = {"sid": f"SM{n:032}", "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio"}
        still.twilio.call_back(nobody, "sent")
    late = {"sid": "SM" + "9" * 32, "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio"}
    still.twilio.call_back(late, "delivered")
    sid = approved(still)
    still.vendor.answer = lambda heard: (201, {}, b'{"sid": "%s", "status": "queued"}' % late["sid"].encode())
    dispatched(still)
    swept(still)
    assert look(still, sid).delivery == "delivered"
