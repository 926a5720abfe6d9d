"""Idempotency-Key at our own door: the same request hears the same bytes, and another one a conflict."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.handing_in import SCOTT, SHOP, get, post, sms, token
from tests.standing import count_rows
from tests.stored import at_once
from tests.vendors import plain_http
from tests.walk import decide, dispatched, hand_in, look, swept

AGAIN = "Idempotent-Replayed"


@pytest.fixture
def both(make_house: MakeHouse, database_url: str) -> House:
    """A house in which nothing moves by itself, on each database."""
    return make_house(start=False, database_url=database_url)


def test_the_same_request_hears_the_same_bytes_whatever_became_of_the_message(both: House) -> None:
    body = sms(metadata={"a": "1", "b": "2"})
    first = post(both, body, key="order-8812")
    decide(both, first.json()["id"], "approve")
    dispatched(both)
    again = post(both, dict(reversed(body.items())), key="order-8812")
    assert (again.status_code, again.content) == (202, first.content)
    assert (first.headers.get(AGAIN), again.headers[AGAIN]) == (None, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert count_rows(both) == 1


def test_twenty_at_once_are_one_message_and_one_of_them_is_the_first(both: House) -> None:
    both.source()
    body = sms()
    answers = at_once([lambda: post(both, body, key="k")] * 20)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == count_rows(both) == 1
    assert [answer.headers.get(AGAIN) for answer in answers].count(None) == 1


def test_two_processes_that_take_the_same_request_store_it_once(make_house: MakeHouse, database_url: str) -> None:
    houses = [make_house(start=False, database_url=database_url) for _ in range(2)]
    houses[1].issued = {"crm": houses[0].source()}
    body = sms()
    answers = at_once([lambda house=house: post(house, body, key="k") for house in houses * 5])
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == count_rows(houses[0]) == 1


def test_another_body_under_the_same_key_is_409(both: House) -> None:
    body = sms()
    post(both, body, key="k")
    for other in (body | {"metadata": {"a": "1"}}, body | {"body": "Other words"}, {"channel": "fax"}, {}):
        answer = post(both, other, key="k")
        assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert count_rows(both) == 1


def test_a_refusal_at_once_is_remembered_and_bad_input_is_not(both: House) -> None:
    body = sms(to="+14155550198")
    assert post(both, body | {"purpose": "mood"}, key="k").status_code == 400
    both.store.write(lambda tx: store.suppress(tx, "+14155550198", "STOP", origin="test"))
    first = post(both, body, key="k")
    both.store.write(lambda tx: store.lift_suppressions(tx, ("test",)))
    again = post(both, body, key="k")
    assert (again.status_code, again.content, again.headers[AGAIN]) == (409, first.content, "true")
    assert count_rows(both) == 1


def test_a_request_whose_moment_has_passed_since_hears_what_it_heard(both: House) -> None:
    body = sms(send_at=(both.clock() + timedelta(hours=1)).isoformat())
    first = post(both, body, key="k")
    both.clock.forward(hours=2)
    assert post(both, body, key="k").content == first.content


def test_a_key_is_its_sources_own(both: House) -> None:
    body = sms()
    ids = {post(both, body, source, key="k").json()["id"] for source in ("north", "south")}
    assert len(ids) == 2


def test_a_key_that_was_used_at_the_vendors_door_is_409_and_the_other_way_round(both: House) -> None:
    given = both.source()["twilio"]
    url = f"{both.url}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"

    def at_twilio(key: str) -> int:
        form = {"To": SCOTT, "From": SHOP, "Body": "Hi"}
        auth = (given["account_sid"], given["auth_token"])
        return plain_http().post(url, data=form, auth=auth, headers={"Idempotency-Key": key}, timeout=10).status_code

    assert (at_twilio("a"), post(both, sms(), key="a").status_code) == (201, 409)
    assert (post(both, sms(), key="b").status_code, at_twilio("b")) == (202, 409)


def test_what_was_answered_is_sealed(both: House) -> None:
    post(both, sms(body="Your ring is ready, Scott"), key="k")
    with both.store.read() as tx:
        row = tx.connection.exec_driver_sql("SELECT sealed FROM sayso_answer").scalar()
    assert b"Scott" not in bytes(row)
    assert SCOTT.encode() not in bytes(row)


def test_after_a_week_the_answer_is_forgotten_and_the_message_still_met(both: House) -> None:
    body = sms()
    first = post(both, body, key="k").json()
    both.clock.forward(days=6, hours=23)
    swept(both)
    assert json.loads(post(both, body, key="k").content) == first
    both.clock.forward(hours=2)
    swept(both)
    with both.store.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM sayso_answer").scalar() == 0
    again = post(both, body, key="k")
    assert (again.json()["id"], again.headers[AGAIN]) == (first["id"], "true")
    assert count_rows(both) == 1


def test_a_key_of_255_characters_is_kept(both: House) -> None:
    taken = post(both, sms(), key="k" * 255).json()
    assert taken["idempotency_key"] == "k" * 255
    assert look(both, hand_in(both)).idempotency_key is None
    assert get(both, "/api/messages", token(both)).status_code == 200
