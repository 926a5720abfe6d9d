"""Batch ids at SendGrid's door: nothing of a paused run leaves, a canceled one is taken back, both in our own store."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.mailing import KAYLA, SCOTT, Post, post
from tests.walk import decide, dispatched, relayed

__all__ = ["post"]  # a fixture from elsewhere

SCHEDULED = "/v3/user/scheduled_sends"


def new(post: Post) -> str:
    """A batch id of ours."""
    answer = post.call("POST", "/v3/mail/batch")
    assert answer.status_code == 201
    return str(answer.json()["batch_id"])


def put(post: Post, batch_id: str, status: str) -> Any:
    """Pause or cancel a run."""
    return post.call("POST", SCHEDULED, {"batch_id": batch_id, "status": status})


def approved(post: Post, batch_id: str, **more: object) -> str:
    """A mail of a run that may go."""
    crm_id = post.sent(batch_id=batch_id, **more)
    decide(post.house, crm_id, "approve")
    return crm_id


def test_a_batch_id_is_ours_and_the_vendor_never_hears_it(post: Post) -> None:
    batch_id = new(post)
    assert post.call("GET", f"/v3/mail/batch/{batch_id}").json() == {"batch_id": batch_id}
    assert post.call("GET", "/v3/mail/batch/unknown").status_code == 400
    approved(post, batch_id)
    dispatched(post.house)
    (taken,) = post.sendgrid.mails
    assert batch_id not in json.dumps(taken)
    assert [heard.path for heard in post.vendor.heard] == ["/v3/mail/send"]


def test_nothing_of_a_paused_run_leaves_until_it_is_let_go(post: Post) -> None:
    batch_id = new(post)
    crm_id = approved(post, batch_id)
    answer = put(post, batch_id, "pause")
    assert (answer.status_code, answer.json()) == (201, {"batch_id": batch_id, "status": "pause"})
    late = approved(post, batch_id)
    dispatched(post.house)
    assert post.sendgrid.mails == []

    assert post.call("DELETE", f"{SCHEDULED}/{batch_id}").status_code == 204
    dispatched(post.house)
    assert [post.look(one).state for one in (crm_id, late)] == ["sent", "sent"]


def test_a_canceled_run_is_taken_back_with_what_comes_later(post: Post) -> None:
    post.hears()
    batch_id, other = new(post), new(post)
    people = [{"to": [{"email": KAYLA}]}, {"to": [{"email": SCOTT}]}]
    first, cleared = post.sent(batch_id=batch_id, personalizations=people), approved(post, batch_id)
    stays = post.sent(batch_id=other)
    assert put(post, batch_id, "cancel").status_code == 201
    late = post.sent(batch_id=batch_id)
    stopped = (first, f"{first}.1", cleared, late)
    assert {(post.look(one).state, post.look(one).stop_reason) for one in stopped} == {("stopped", "withdrawn")}
    assert post.look(stays).state == "held"
    relayed(post.house)
    told = [event for one in post.house.crm.posts() for event in json.loads(one.body)]
    assert {one["sg_message_id"].removesuffix(".sayso") for one in told} == set(stopped)
    assert {(one["event"], one["reason"]) for one in told} == {("dropped", "Canceled")}


def test_what_has_gone_is_not_taken_back(post: Post) -> None:
    batch_id = new(post)
    gone = approved(post, batch_id)
    dispatched(post.house)
    assert put(post, batch_id, "cancel").status_code == 201
    assert post.look(gone).state == "sent"


def test_a_state_is_set_once_changed_with_patch_and_shown(post: Post) -> None:
    batch_id = new(post)
    assert post.call("GET", f"{SCHEDULED}/{batch_id}").json() == []
    assert post.call("PATCH", f"{SCHEDULED}/{batch_id}", {"status": "cancel"}).status_code == 404
    assert put(post, batch_id, "pause").status_code == 201
    again = put(post, batch_id, "cancel")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "batch_id")
    assert post.call("PATCH", f"{SCHEDULED}/{batch_id}", {"status": "cancel"}).status_code == 204
    listed: list[object] = [{"batch_id": batch_id, "status": "cancel"}]
    assert post.call("GET", SCHEDULED).json() == post.call("GET", f"{SCHEDULED}/{batch_id}").json() == listed
    assert post.call("DELETE", f"{SCHEDULED}/{batch_id}").status_code == 204
    assert post.call("GET", SCHEDULED).json() == []


@pytest.mark.parametrize("body", [{}, {"batch_id": "unknown", "status": "pause"}, {"batch_id": 7, "status": "pause"}])
def test_a_run_that_is_not_there_cannot_be_paused(post: Post, body: dict[str, object]) -> None:
    assert post.call("POST", SCHEDULED, body).status_code == 400


def test_a_run_of_another_source_is_not_there(post: Post) -> None:
    batch_id = new(post)
    post.house.issued["crm"] = post.house.source("other")
    assert post.call("GET", f"/v3/mail/batch/{batch_id}").status_code == 400
    assert put(post, batch_id, "cancel").status_code == 400
