"""Our own door: who sees what, problems as RFC 9457, and decisions bound to what was shown."""

from __future__ import annotations

import pytest
import requests

from tests.conftest import House
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, wait_for

SHOP, SCOTT = "+14155550100", "+14155550177"


def text(house: House, body: str = "Your ring is ready.", source: str = "crm", **more: str) -> str:
    """The sid of a held text."""
    return str(house.client(source).messages.create(to=SCOTT, from_=SHOP, body=body, **more).sid)


def source_headers(house: House, name: str = "crm") -> dict[str, str]:
    """The headers of a source's token."""
    return {"Authorization": f"Bearer {house.source(name)['token']}"}


def get(house: House, path: str, headers: dict[str, str] | None = None) -> requests.Response:
    """One GET, as staff unless told otherwise."""
    return requests.get(house.url + path, headers=house.staff() if headers is None else headers, timeout=10)


def test_a_source_sees_its_own_messages_and_no_others(house: House) -> None:
    mine, other = text(house), text(house, source="other")
    listed = get(house, "/api/messages", source_headers(house)).json()["messages"]
    assert [message["crm_id"] for message in listed] == [mine]
    assert get(house, f"/api/messages/{other}", source_headers(house)).status_code == 404


def test_a_source_cannot_decide_nor_see_the_counts(house: House) -> None:
    sid = text(house)
    body = {"version": 1, "content_hash": house.message(sid)["content_hash"]}
    url = f"{house.url}/api/messages/{sid}/approve"
    assert requests.post(url, json=body, headers=source_headers(house), timeout=10).status_code == 403
    assert get(house, "/api/counts", source_headers(house)).status_code == 403
    assert house.message(sid)["state"] == "held"


def test_a_message_has_every_promised_field(house: House) -> None:
    promised = """id crm_id idempotency_key source store channel provider state stop_reason version content_hash purpose
        subject to findings may send_at hold_expires_at delivery provider_id attempts decisions receipts""".split()
    message = house.message(text(house, "Hi {{first_name}}"))
    assert set(promised) <= set(message)
    assert set(message["findings"][0]) == {"key", "check", "verdict", "reason", "evidence", "proposal"}
    assert set(message["to"][0]) == {"address", "person", "role", "evidence"}


def test_pages_hold_every_message_once_newest_first(house: House) -> None:
    sids = [text(house, f"Order {n} is ready.") for n in range(5)]
    seen, path = [], "/api/messages?limit=2"
    while path:
        page = get(house, path).json()
        seen += [message["crm_id"] for message in page["messages"]]
        path = page["next"]
    assert seen == list(reversed(sids))


def test_the_state_filter_shows_only_that_state(house: House) -> None:
    rejected, held = text(house, "One"), text(house, "Two")
    house.decide(rejected, "reject")
    listed = get(house, "/api/messages?state=held").json()["messages"]
    assert [message["crm_id"] for message in listed] == [held]


def test_counts_name_every_state(house: House) -> None:
    text(house)
    counts = get(house, "/api/counts").json()
    assert counts["held"] == 1
    assert set(counts) == {"received", "held", "cleared", "sending", "unconfirmed", "sent", "failed", "stopped"}


def test_the_second_reviewer_is_told_who_was_first_and_what_it_is_now(house: House) -> None:
    sid = text(house)
    shown = house.message(sid)
    house.decide(sid, "reject", email="ana@example.com")
    body = {"version": shown["version"], "content_hash": shown["content_hash"]}
    url = f"{house.url}/api/messages/{sid}/approve"
    late = requests.post(url, json=body, headers=house.staff("ben@example.com"), timeout=10)
    assert late.status_code == 409
    assert late.headers["Content-Type"] == "application/problem+json"
    assert "ana@example.com" in late.json()["detail"]
    assert late.json()["message"]["state"] == "stopped"


def test_a_decision_on_other_words_than_were_shown_is_refused(house: House) -> None:
    sid = text(house)
    url = f"{house.url}/api/messages/{sid}/approve"
    answer = requests.post(url, json={"version": 1, "content_hash": "0" * 64}, headers=house.staff(), timeout=10)
    assert answer.status_code == 409
    assert house.message(sid)["state"] == "held"


def test_a_withdrawn_message_is_stopped_and_the_crm_hears_canceled(house: House) -> None:
    sid = text(house, status_callback=f"{house.crm.url}/heard")
    url = f"{house.url}/api/messages/{sid}/withdraw"
    assert requests.post(url, headers=source_headers(house), timeout=10).json()["stop_reason"] == "withdrawn"
    assert wait_for(house.crm.posts)[0].form["MessageStatus"] == "canceled"


def test_it_is_too_late_to_withdraw_what_has_gone(house: House) -> None:
    sid = text(house)
    house.decide(sid, "approve")
    wait_for(lambda: house.message(sid)["state"] == "sent")
    url = f"{house.url}/api/messages/{sid}/withdraw"
    assert requests.post(url, headers=source_headers(house), timeout=10).status_code == 409


def test_nothing_of_the_vendors_account_reaches_a_source(house: House) -> None:
    house.vendor.answer = lambda heard: (
        400,
        {},
        f'{{"code": 21606, "message": "{VENDOR_SID} {VENDOR_TOKEN}"}}'.encode(),
    )
    sid = text(house, status_callback=f"{house.crm.url}/heard")
    house.decide(sid, "approve")
    wait_for(lambda: house.message(sid)["state"] == "failed")
    relayed = wait_for(house.crm.posts)[0]
    heard = get(house, f"/api/messages/{sid}", source_headers(house)).text + relayed.body.decode()
    heard += str(house.client().messages(sid).fetch().__dict__)
    assert VENDOR_SID not in heard
    assert VENDOR_TOKEN not in heard


def test_a_viewer_may_look_but_not_decide(house: House) -> None:
    sid = text(house)
    shown = get(house, f"/api/messages/{sid}", house.staff("vera@example.com", "viewer")).json()
    assert shown["may"] == []
    body = {"version": shown["version"], "content_hash": shown["content_hash"]}
    headers = house.staff("vera@example.com", "viewer")
    answer = requests.post(f"{house.url}/api/messages/{sid}/approve", json=body, headers=headers, timeout=10)
    assert answer.status_code == 403


def test_staff_of_one_shop_do_not_see_anothers_messages(house: House) -> None:
    house.source("reno-crm", store="reno")
    sid = text(house, source="reno-crm")
    elsewhere = house.staff("eve@example.com", "reviewer", ("vegas",))
    assert get(house, "/api/messages", elsewhere).json()["messages"] == []
    assert get(house, f"/api/messages/{sid}", elsewhere).status_code == 404
    assert get(house, "/api/counts", elsewhere).json()["held"] == 0
    assert get(house, f"/api/messages/{sid}", house.staff("rob@example.com", "reviewer", ("reno",))).status_code == 200


def test_every_purpose_has_a_sentence(house: House) -> None:
    purposes = get(house, "/api/purposes", source_headers(house)).json()["purposes"]
    assert {"otp", "purchase_feedback", "anniversary"} <= {purpose["name"] for purpose in purposes}
    assert all(purpose["sentence"].endswith(".") for purpose in purposes)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/api/nothing", None, 404, id="no such place"),
        pytest.param("DELETE", "/api/messages", None, 405, id="wrong method"),
        pytest.param("GET", "/api/messages?limit=0", None, 400, id="limit too small"),
        pytest.param("GET", "/api/messages?limit=1e3", None, 400, id="limit no number"),
        pytest.param("GET", "/api/messages?state=lost", None, 400, id="no such state"),
        pytest.param("GET", "/api/messages/unknown", None, 404, id="no such message"),
        pytest.param("POST", "/api/messages/{sid}/approve", b"", 400, id="no body"),
        pytest.param("POST", "/api/messages/{sid}/approve", b"[1]", 400, id="no object"),
        pytest.param("POST", "/api/messages/{sid}/approve", b'{"version": 1}', 400, id="no hash"),
        pytest.param("POST", "/api/messages/{sid}/approve", b'{"version": true, "content_hash": "x"}', 400, id="bool"),
        pytest.param("POST", "/api/messages/{sid}/approve", b'{"version": 1, "version": 2}', 400, id="key twice"),
        pytest.param("POST", "/api/messages/{sid}/approve", b"\xff\xfe", 400, id="not UTF-8"),
        pytest.param("POST", "/api/messages/{sid}/approve", b"[" * 100_000, 400, id="deep"),
        pytest.param("POST", "/api/messages/{sid}/approve", b"x" * 1_000_001, 413, id="too large"),
        pytest.param("POST", "/api/messages/{sid}/dance", b"{}", 404, id="no such decision"),
        pytest.param(
            "POST",
            "/api/messages/{sid}/reject",
            b'{"version": 1, "content_hash": "x", "reason": "mood"}',
            400,
            id="reason",
        ),
    ],
)
def test_bad_input_is_a_problem_document(house: House, method: str, path: str, body: bytes | None, status: int) -> None:
    url = house.url + path.replace("{sid}", text(house))
    answer = requests.request(method, url, data=body, headers=house.staff(), timeout=10)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nonsense", "Basic YTpi"])
def test_without_a_token_of_ours_everything_is_401(house: House, header: str) -> None:
    answer = get(house, "/api/messages", {"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
