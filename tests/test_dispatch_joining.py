"""Step 4: mails of one request share a call, and what goes wrong while they gather costs none of them its way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from sayso import dispatch, store
from sayso.message import Json, Message
from sayso.store import Store, Tx
from tests.mailing import Post, post
from tests.walk import decide, dispatched, swept

__all__ = ["post"]  # a fixture from elsewhere

Host = Callable[[Message], dict[str, Json]]


class Died(BaseException):
    """The end of a process."""


def approved(post: Post, count: int) -> list[Message]:
    """The mails of one request, all of which may go."""
    people = [{"to": [{"email": f"guest{n}@example.com"}]} for n in range(count)]
    crm_id = post.sent(personalizations=people)
    with post.house.store.read() as tx:
        batch_id = str(store.get(tx, crm_id).batch_id)
        ids = sorted(store.seen_in(tx, batch_id, store.Sight(None, None)))
    for one in ids:
        decide(post.house, one, "approve")
    return [post.look(one) for one in ids]


def states(post: Post, mails: list[Message]) -> list[str]:
    """Where each of them is."""
    return [str(post.look(mail.id).state) for mail in mails]


def called(post: Post) -> list[int]:
    """For how many people each call was."""
    return [len(mail["personalizations"]) for mail in post.sendgrid.mails]


def test_one_that_cannot_be_read_keeps_no_other_from_going(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = approved(post, 6)
    damage = text("UPDATE sayso_content SET sealed = :bytes WHERE message_id = :id")
    post.house.store.write(lambda tx: tx.connection.execute(damage, {"bytes": b"\x01" * 60, "id": mails[5].id}))
    monkeypatch.setattr("sayso.dispatch.random", random.Random(3))
    while dispatch.run_due(post.house.runtime):
        pass
    assert states(post, mails[:5]) == ["sent"] * 5
    assert sum(called(post)) == 5


def test_what_the_host_has_no_time_to_say_waits_for_the_next_call(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    mails, seconds = approved(post, 25), [1000.0]
    monkeypatch.setattr("sayso.dispatch.time", _Watch(seconds))
    monkeypatch.setattr("sayso.outbound.time", _Watch(seconds))

    def slow(message: Message) -> dict[str, Json]:
        seconds[0] += 0.45
        return {}

    while dispatch.run_due(replace(post.house.runtime, given_facts=slow)):
        pass
    assert (sum(called(post)), len(called(post)) > 1) == (25, True)
    assert {post.look(mail.id).tries for mail in mails} == {1}


def test_nothing_joins_a_call_whose_lease_is_over(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    mails, house = approved(post, 4), post.house
    asked: list[str] = []

    def slow(message: Message) -> dict[str, Json]:
        asked.append(message.id)
        if len(asked) == 2:
            house.clock.forward(seconds=house.runtime.lease_seconds + 1)
            swept(house)
        return {}

    monkeypatch.setattr("sayso.dispatch._send", _die)
    with pytest.raises(Died):
        dispatch.run_due(replace(house.runtime, given_facts=slow))
    assert sorted(states(post, mails)) == ["cleared", "cleared", "cleared", "unconfirmed"]


def test_what_joined_in_a_commit_whose_answer_was_lost_goes_in_a_later_call(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails, real = approved(post, 4), Store.write

    def write(self: Store, fn: Callable[[Tx], object]) -> object:
        found = real(self, fn)
        if getattr(getattr(fn, "func", None), "__name__", "") == "_join":
            raise OperationalError("COMMIT", {}, Exception("the connection was lost"))
        return found

    monkeypatch.setattr(Store, "write", write)
    dispatched(post.house)
    assert states(post, mails) == ["sent"] * 4
    assert called(post) == [1, 1, 1, 1]


def by_template(post: Post) -> list[Message]:
    """Three mails of one template, each with its own name in it, which may go."""
    post.sendgrid.templates["d-1"] = {"versions": [{"active": 1, "subject": "", "plain_content": "Hi {{name}}."}]}
    people = [
        {"to": [{"email": f"guest{n}@example.com"}], "dynamic_template_data": {"name": f"N{n}"}} for n in range(3)
    ]
    crm_id = post.sent(personalizations=people, template_id="d-1", content=None, subject=None)
    mails = [post.look(f"{crm_id}{end}") for end in ("", ".1", ".2")]
    for one in mails:
        decide(post.house, one.id, "approve")
    return mails


def test_mails_of_one_template_go_together_each_with_its_own_values(post: Post) -> None:
    mails = by_template(post)
    dispatched(post.house)
    assert states(post, mails) == ["sent"] * 3
    [call] = post.sendgrid.mails
    names = sorted(one["dynamic_template_data"]["name"] for one in call["personalizations"])
    assert (call["template_id"], names) == ("d-1", ["N0", "N1", "N2"])


def test_what_joins_is_held_as_well_where_the_template_says_something_else_by_then(post: Post) -> None:
    mails = by_template(post)
    post.sendgrid.templates["d-1"] = {"versions": [{"active": 1, "subject": "", "plain_content": "Bye {{name}}."}]}
    post.house.clock.forward(seconds=120)
    dispatched(post.house)
    assert states(post, mails) == ["held"] * 3
    assert called(post) == []


class _Watch:
    """A module `time` whose seconds are told."""

    def __init__(self, seconds: list[float]) -> None:
        self._seconds = seconds

    def monotonic(self) -> float:
        return self._seconds[0]


def _die(*_: object) -> None:
    raise Died
