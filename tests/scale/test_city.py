"""Several doors and several workers are one sayso: the walk crosses them, and each message is sent once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from twilio.request_validator import RequestValidator

from tests.scale.city import BUYER, SHOP, City
from tests.vendors import wait_for
from tests.walk import look, relays


def states(city: City, sids: list[str]) -> set[str]:
    """The states that these messages are in."""
    return {str(look(city.house, sid).state) for sid in sids}


def test_a_message_walks_across_two_doors_and_a_worker(city: City) -> None:
    one, two = city.doors
    city.worker()
    callback = f"{city.house.crm.url}/twilio"

    sent = one.client().messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.", status_callback=callback)
    city.approve(sent.sid, door=1)
    wait_for(lambda: look(city.house, sent.sid).state == "sent")
    assert city.house.twilio.call_back(city.house.twilio.messages[0], "delivered").status_code == 204

    relayed = wait_for(city.house.crm.posts)[-1]
    validator = RequestValidator(city.house.source()["twilio"]["auth_token"])
    assert validator.validate(callback, relayed.form, relayed.headers["x-twilio-signature"])
    assert (relayed.form["MessageSid"], relayed.form["MessageStatus"]) == (sent.sid, "delivered")
    assert two.client().messages(sent.sid).fetch().status == "delivered"
    assert city.bodies() == ["Your ring is ready."]


def test_doors_send_nothing_until_a_worker_runs(city: City) -> None:
    sids = city.approved("Your ring is ready.", "Your chain is ready.")

    threading.Event().wait(2.5)  # two looks of a process that would dispatch
    assert city.bodies() == []

    city.worker()
    wait_for(lambda: states(city, sids) == {"sent"})


def test_two_workers_send_a_hundred_messages_once_each(city: City) -> None:
    words = [f"Ring {n:03} is ready." for n in range(100)]
    city.worker()
    city.worker()

    sids = city.approved(*words)
    wait_for(lambda: len(city.bodies()) >= len(words), 60)
    wait_for(lambda: states(city, sids) == {"sent"}, 30)

    assert city.bodies() == words


def test_the_crm_hears_of_a_message_in_order_whichever_worker_tells_it(city: City) -> None:
    city.worker()
    city.worker()
    sids = city.approved(*[f"Ring {n} is ready." for n in range(8)])
    wait_for(lambda: states(city, sids) == {"sent"}, 30)

    for status in ("sent", "delivered"):
        for message in city.house.twilio.messages:
            assert city.house.twilio.call_back(message, status).status_code == 204
    wait_for(lambda: {relay.state for sid in sids for relay in relays(city.house, sid)} == {"done"}, 30)

    heard = [(post.form["MessageSid"], post.form["MessageStatus"]) for post in city.house.crm.posts()]
    assert {sid: [status for told, status in heard if told == sid] for sid in sids} == {
        sid: ["sent", "delivered"] for sid in sids
    }


def test_a_worker_killed_while_it_calls_leaves_a_question_and_no_second_text(city: City) -> None:
    dying = city.worker(failpoint="before_answer_read:kill")
    (lost,) = city.approved("Your ring is ready.")
    city.wait_for_end(dying)
    city.worker()

    (later,) = city.approved("Your chain is ready.")

    wait_for(lambda: states(city, [later]) == {"sent"}, 30)
    wait_for(lambda: states(city, [lost]) == {"unconfirmed"}, 30)
    assert city.bodies() == ["Your chain is ready.", "Your ring is ready."]


def test_the_first_signal_lets_a_worker_end_its_call_and_leave(city: City) -> None:
    worker, answer = city.worker(vendor_timeout=20), hold_the_line(city)
    (sid,) = city.approved("Your ring is ready.")
    wait_for(city.house.vendor.posts)

    city.ask(worker)
    wait_for(lambda: "calls under way" in city.log(worker))
    answer()
    city.wait_for_end(worker)

    assert states(city, [sid]) == {"sent"}
    with city.redis.client() as client:
        assert client.scard("rq:workers") == 0


def test_the_second_signal_ends_a_worker_at_once(city: City) -> None:
    worker, answer = city.worker(vendor_timeout=20), hold_the_line(city)
    (sid,) = city.approved("Your ring is ready.")
    wait_for(city.house.vendor.posts)

    city.ask(worker)
    wait_for(lambda: "calls under way" in city.log(worker))
    city.ask(worker)
    city.wait_for_end(worker)
    answer()

    assert states(city, [sid]) == {"sending"}


def test_a_worker_that_bursts_does_what_is_due_and_ends(city: City) -> None:
    sids = city.approved("Ring 1 is ready.", "Ring 2 is ready.", "Ring 3 is ready.")

    city.wait_for_end(city.worker("--burst"))

    assert states(city, sids) == {"sent"}


def hold_the_line(city: City) -> Callable[[], None]:
    """Let the vendor say nothing until the returned function is called."""
    answer = threading.Event()
    city.house.vendor.heard.clear()
    city.house.twilio.before = lambda: answer.wait(20)  # type: ignore[assignment,return-value]
    return answer.set
