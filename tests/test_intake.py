"""One request is one message: with a key for ever, without one while it waits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.standing import PLAIN, SERVICE, SHOP, TO, assert_twilio_error, call, count_rows, sent
from tests.standing_alone import alone
from tests.vendors import wait_for

__all__ = ["alone"]  # fixtures from elsewhere


def in_parallel(times: int, what: Callable[[], Any]) -> list[Any]:
    """What each of many calls at once returned."""
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(what) for _ in range(times)]]


def test_equal_requests_without_a_key_are_one_message_while_it_waits(house: House) -> None:
    client = house.client()

    sids = {client.messages.create(to=TO, from_=SHOP, body="Hello").sid for _ in range(20)}

    assert len(sids) == count_rows(house) == 1
    assert house.message(sids.pop())["repeats"] == 19


def test_equal_requests_at_the_same_time_are_one_message(house: House) -> None:
    house.source()

    sids = set(in_parallel(20, lambda: house.client().messages.create(to=TO, from_=SHOP, body="Hello").sid))

    assert len(sids) == count_rows(house) == 1
    assert house.message(sids.pop())["repeats"] == 19


def test_a_canceled_message_is_not_met_by_the_next_equal_request(alone: House) -> None:
    client = alone.client()
    first = client.messages.create(to=TO, from_=SHOP, body="again").sid
    client.messages(first).update(status="canceled")

    assert client.messages.create(to=TO, from_=SHOP, body="again").sid != first


def test_after_the_approval_the_same_request_is_a_new_message_that_says_it_is_a_duplicate(house: House) -> None:
    first = sent(house)

    second = house.client().messages.create(to=TO, from_=SHOP, body="Hello").sid

    assert second != first
    stored = house.message(second)
    assert stored["state"] == "held"
    assert [finding["check"] for finding in stored["findings"]] == ["duplicate"]


def test_a_key_finds_the_same_bytes_whatever_became_of_the_message(house: House) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    first = call(house, "POST", data=PLAIN, headers=headers)
    sid = first.json()["sid"]
    assert call(house, "POST", data=PLAIN, headers=headers).content == first.content
    house.clock.forward(seconds=5)
    house.decide(sid, "approve")
    wait_for(lambda: house.message(sid)["state"] == "sent")

    again = call(house, "POST", data=PLAIN, headers=headers)

    assert (again.status_code, again.content) == (201, first.content)
    assert count_rows(house) == 1


def test_a_key_finds_the_same_refusal(alone: House) -> None:
    gone = "+14155550198"
    alone.store.write(lambda tx: store.suppress(tx, gone, "STOP", origin="test"))
    headers = {"Idempotency-Key": "to-nobody"}
    first = call(alone, "POST", data=PLAIN | {"To": gone}, headers=headers)
    rows = count_rows(alone)

    again = call(alone, "POST", data=PLAIN | {"To": gone}, headers=headers)

    assert_twilio_error(first, 400, 21610)
    assert again.content == first.content
    assert count_rows(alone) == rows


def test_a_key_used_fifty_times_at_once_is_one_row(house: House) -> None:
    house.source()
    headers = {"Idempotency-Key": "order-8812"}

    answers = in_parallel(50, lambda: call(house, "POST", data=PLAIN, headers=headers))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == count_rows(house) == 1


def test_a_key_of_another_request_is_a_conflict_in_twilios_shape(alone: House) -> None:
    headers = {"Idempotency-Key": "order-1"}
    call(alone, "POST", data=PLAIN, headers=headers)
    rows = count_rows(alone)

    answer = call(alone, "POST", data=PLAIN | {"Body": "other words"}, headers=headers)

    assert_twilio_error(answer, 409, 20409)
    assert count_rows(alone) == rows


@pytest.mark.parametrize("key", ["", "two words", "k" * 65, "clé"], ids=["empty", "space", "long", "accent"])
def test_a_key_that_cannot_be_stored_is_refused(alone: House, key: str) -> None:
    rows = count_rows(alone)

    answer = call(alone, "POST", data=PLAIN, headers={"Idempotency-Key": key.encode()})

    assert_twilio_error(answer, 400, 20001)
    assert "1 to 64" in answer.json()["message"]
    assert count_rows(alone) == rows


def test_the_same_key_and_request_of_two_sources_are_two_messages(alone: House) -> None:
    def post(name: str) -> str:
        given = alone.source(name)["twilio"]
        auth, headers = (given["account_sid"], given["auth_token"]), {"Idempotency-Key": "shared"}
        return str(call(alone, "POST", data=PLAIN, headers=headers, auth=auth, sid=auth[0]).json()["sid"])

    assert post("crm") != post("other")
    mine, other = (alone.client(name).messages.create(to=TO, from_=SHOP, body="x") for name in ("crm", "other"))
    assert mine.sid != other.sid


def test_a_timed_message_that_nobody_needs_to_hold_goes_at_its_time(house: House) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    code = {"body": "Your code is 482913.", "schedule_type": "fixed", "send_at": at}
    sid = house.client(path="/for/otp").messages.create(to=TO, messaging_service_sid=SERVICE, **code).sid
    assert house.message(sid)["state"] == "cleared"
    assert house.vendor.posts() == []

    house.clock.forward(hours=1, seconds=1)

    wait_for(lambda: house.message(sid)["state"] == "sent")


@pytest.mark.parametrize("key", [None, "k" * 64], ids=["keyless", "longest_key"])
def test_two_processes_that_hear_the_same_request_at_once_store_it_once(
    make_house: MakeHouse, database_url: str, key: str | None
) -> None:
    one = make_house(database_url=database_url)
    two = make_house(database_url=database_url)
    two.issued["crm"] = one.source()
    headers = {"Idempotency-Key": key} if key else {}
    houses = cycle((one, two))

    answers = in_parallel(20, lambda: call(next(houses), "POST", data=PLAIN | {"Body": "a\0b"}, headers=headers))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == count_rows(one) == 1
    assert one.message(answers[0].json()["sid"])["repeats"] == 19
