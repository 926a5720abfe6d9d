"""Bulk: one decision for a frozen list, a result for each, never all or nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import requests

from sayso.message import State
from tests.conftest import House, MakeHouse
from tests.deciding import decided, quiet, still, text, told
from tests.stored import keep
from tests.walk import dispatched, look

__all__ = ["quiet", "still"]
Listed = list[dict[str, object]]


def listed(house: House, *sids: str) -> Listed:
    """The messages as they are shown now."""
    return [{"id": sid, "version": look(house, sid).version} for sid in sids]


def bulk(
    house: House, kind: str, messages: object, email: str = "ana@example.com", **more: object
) -> requests.Response:
    """What many decisions at once are answered."""
    body = {"decision": kind, "messages": messages, **more}
    return requests.post(f"{house.url}/api/decisions", json=body, headers=house.staff(email), timeout=60)


def refused(house: House, kind: str, messages: object, status: int, **more: object) -> str:
    """Why it is refused as a whole."""
    answer = bulk(house, kind, messages, **more)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["detail"])


def test_every_message_has_its_result_and_a_bad_one_spoils_no_other(still: House):
    good, stale, gone, other = (text(still) for _ in range(4))
    still.source("vegas-crm", store="vegas")
    elsewhere = text(still, source="vegas-crm")
    messages = listed(still, good, stale, gone, other, elsewhere)
    messages[3]["content_hash"] = look(still, other).content_hash
    messages.append({"id": "unknown", "version": 1})
    decided(still, stale, "edit", body="Other words.", email="ben@example.com")
    decided(still, gone, "reject")
    messages[2]["version"] = 2
    answer = bulk(still, "approve", messages, email="ana@example.com")
    results = answer.json()["results"]
    assert answer.status_code == 207
    assert [(result["id"], result["ok"], result["status"]) for result in results] == [
        (good, True, 200),
        (stale, False, 409),
        (gone, False, 409),
        (other, True, 200),
        (elsewhere, True, 200),
        ("unknown", False, 404),
    ]
    assert (results[0]["message"]["state"], results[0]["message"]["may"]) == ("cleared", ["undo"])
    assert "ben@example.com decided “edit”" in results[1]["problem"]["detail"]
    assert results[1]["problem"]["message"]["body"] == "Other words."
    assert "is not possible: the message is stopped now" in results[2]["problem"]["detail"]
    assert [look(still, sid).state for sid in (good, stale, gone, other)] == ["cleared", "held", "stopped", "cleared"]


def test_when_all_were_taken_it_is_200(quiet: House):
    assert bulk(quiet, "reject", listed(quiet, text(quiet), text(quiet)), reason="wrong_time").status_code == 200


@pytest.mark.parametrize(
    ("kind", "given", "state"),
    [
        ("approve", {}, "cleared"),
        ("reject", {"reason": "not_wanted", "note": "All of them."}, "stopped"),
        ("delay", {"until": "next_allowed"}, "cleared"),
        ("suppress", {"scope": "all"}, "stopped"),
        ("phone", {}, "stopped"),
    ],
)
def test_many_are_decided_and_undone(still: House, kind: str, given: dict[str, object], state: str):
    sids = [text(still, to=f"+1415555013{n}") for n in range(3)]
    results = bulk(still, kind, listed(still, *sids), **given).json()["results"]
    assert [result["message"]["state"] for result in results] == [state] * 3
    decision = still.message(sids[2])["decisions"][0]
    assert (decision["kind"], decision["note"]) == (kind, given.get("note", ""))
    assert {result["ok"] for result in bulk(still, "undo", listed(still, *sids)).json()["results"]} == {True}
    assert {look(still, sid).state for sid in sids} == {"held"}
    still.clock.forward(hours=1)
    dispatched(still)
    assert (still.vendor.posts(), told(still)) == ([], [])


def test_all_messages_to_one_person_are_suppressed_at_once_and_the_others_to_them_looked_at(still: House):
    first, second, third = (text(still, purpose="anniversary") for _ in range(3))
    answer = bulk(still, "suppress", listed(still, first, second))
    assert [result["status"] for result in answer.json()["results"]] == [200, 200]
    assert (look(still, third).version, look(still, third).state) == (2, "held")
    assert bulk(still, "undo", listed(still, first, second)).status_code == 200
    assert [look(still, sid).findings for sid in (first, second, third)] == [(), (), ()]


def test_many_at_once_can_be_undone_three_times_as_long(quiet: House):
    sid = text(quiet)
    bulk(quiet, "reject", listed(quiet, sid))
    assert look(quiet, sid).due_at - quiet.clock() > timedelta(seconds=55)
    bulk(quiet, "undo", listed(quiet, sid))
    bulk(quiet, "approve", listed(quiet, sid))
    quiet.clock.forward(seconds=50)
    dispatched(quiet)
    assert look(quiet, sid).state == "cleared"


def kept(house: House, count: int) -> Listed:
    """Held messages of one source, stored in one go."""

    def keep_all(tx: object) -> Listed:
        return [{"id": keep(tx, State.HELD, store="reno").crm_id, "version": 1} for _ in range(count)]  # type: ignore[arg-type]

    return house.store.write(keep_all)


def test_above_25_the_number_is_typed(quiet: House):
    messages = kept(quiet, 26)
    assert bulk(quiet, "reject", messages[:25]).status_code == 200
    messages = kept(quiet, 26)
    assert "type the number as count" in refused(quiet, "reject", messages, 400)
    for wrong in (25, 27, "26", True, 26.5):
        assert refused(quiet, "reject", messages, 400, count=wrong) == (
            "count must be 26, the number of messages in the list."
        )
    assert {look(quiet, str(item["id"])).state for item in messages} == {"held"}
    assert bulk(quiet, "reject", messages, count=26).status_code == 200


@pytest.mark.parametrize("approvers", ['["ana@example.com", "ben@example.com"]', "2"], ids=["listed", "counted"])
def test_more_than_two_hundred_yeses_need_a_second_person_where_the_shop_has_two(
    make_house: MakeHouse, tmp_path: Path, approvers: str
):
    (tmp_path / "sayso.toml").write_text(f"[stores.reno]\napprovers = {approvers}\n")
    house = make_house(start=False)
    messages = kept(house, 201)
    assert "at most 200 at a time here" in refused(house, "approve", messages, 403, count=201)
    assert look(house, str(messages[0]["id"])).state == "held"
    answer = bulk(house, "approve", messages[:26], count=26)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        pytest.param(None, "messages must be a list", id="none"),
        pytest.param([], "messages must be a list", id="empty"),
        pytest.param({"id": "x", "version": 1}, "messages must be a list", id="no list"),
        pytest.param(["SM1"], "needs an id and a version, and no more", id="strings"),
        pytest.param([{"version": 1}], "needs an id and a version", id="no id"),
        pytest.param([{"id": 7, "version": 1}], "needs an id and a version", id="a number for an id"),
        pytest.param([{"id": "a\x00", "version": 1}], "needs an id and a version", id="no id of ours"),
        pytest.param([{"id": "SM1"}], "Send the version (a number)", id="no version"),
        pytest.param([{"id": "SM1", "version": "1"}], "Send the version (a number)", id="version no number"),
        pytest.param([{"id": "SM1", "version": 1, "content_hash": 1}], "content_hash must be a text", id="hash"),
        pytest.param([{"id": "SM1", "version": 1, "note": "x"}], "and no more", id="unknown key"),
        pytest.param([{"id": "SM1", "version": 1}] * 2, "'SM1' is in the list twice", id="twice"),
        pytest.param([{"id": f"SM{n}", "version": 1} for n in range(501)], "At most 500 messages", id="too many"),
    ],
)
def test_a_list_that_is_none_is_refused_whole(quiet: House, messages: object, why: str):
    assert why in refused(quiet, "approve", messages, 400)


@pytest.mark.parametrize(
    ("kind", "given", "status", "why"),
    [
        ("dance", {}, 404, "There is no decision 'dance'"),
        ("edit", {"body": "x"}, 400, "“edit” is for one message at a time"),
        ("redirect", {"to": "x"}, 400, "“redirect” is for one message at a time"),
        (["approve"], {}, 400, "Say which decision"),
        ("approve", {"reason": "other"}, 400, "Only reject has a reason"),
        ("approve", {"version": 1}, 400, "version belongs to each message of the list"),
        ("reject", {"reason": "mood"}, 400, "reason must be one of"),
        ("approve", {"note": 5}, 400, "note must be a text"),
    ],
)
def test_a_decision_that_is_none_is_refused_whole(
    quiet: House, kind: str, given: dict[str, object], status: int, why: str
):
    assert why in refused(quiet, kind, [{"id": "SM1", "version": 1}], status, **given)


def test_a_decision_is_named_once(quiet: House):
    body = {"decision": "approve", "kind": "reject", "messages": [{"id": "SM1", "version": 1}]}
    answer = requests.post(f"{quiet.url}/api/decisions", json=body, headers=quiet.staff(), timeout=10)
    assert (answer.status_code, "Say which decision" in answer.text) == (400, True)


def test_what_a_decision_cannot_be_given_is_said_of_each(quiet: House):
    sid = text(quiet)
    answer = bulk(quiet, "approve", listed(quiet, sid), colour="red")
    assert answer.status_code == 207
    assert answer.json()["results"][0]["problem"]["detail"] == "“approve” knows no 'colour'; it needs nothing more."


def test_a_viewer_and_a_source_decide_nothing(quiet: House):
    sid = text(quiet)
    body = {"decision": "approve", "messages": listed(quiet, sid)}
    url = f"{quiet.url}/api/decisions"
    token = {"Authorization": f"Bearer {quiet.source()['token']}"}
    for headers in (quiet.staff("vi@example.com", "viewer"), token):
        assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 403
    assert look(quiet, sid).state == "held"
