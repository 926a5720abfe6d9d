"""The desk without a browser: who comes in, how, and for how long."""

from __future__ import annotations

import html

import requests
from flask import session as host_session

from sayso import store
from tests.conftest import House
from tests.desk_visits import PASSWORD, enter, form_of, held, invited, state


def test_an_invite_works_once_and_looking_at_it_does_not_use_it_up(house: House) -> None:
    link = invited(house, "ana@example.com")
    for _ in range(3):
        assert requests.get(link, timeout=10).status_code == 200
    assert requests.post(link, data={"password": "short"}, timeout=10).status_code == 400
    first = requests.post(link, data={"password": PASSWORD}, timeout=10, allow_redirects=False)
    second = requests.post(link, data={"password": "five other words do well"}, timeout=10, allow_redirects=False)
    assert (first.status_code, second.status_code) == (303, 403)
    assert requests.get(link, timeout=10).status_code == 403


def test_an_invite_is_too_old_after_a_day(house: House) -> None:
    link = invited(house, "ana@example.com")
    house.clock.forward(hours=23, minutes=59)
    assert requests.get(link, timeout=10).status_code == 200
    house.clock.forward(minutes=2)
    assert requests.get(link, timeout=10).status_code == 403
    assert requests.post(link, data={"password": PASSWORD}, timeout=10).status_code == 403


def test_a_session_ends_after_half_an_hour_without_a_page(house: House) -> None:
    ana = enter(house)
    for _ in range(3):
        house.clock.forward(minutes=29)
        assert ana.get(f"{house.url}/desk", timeout=10, allow_redirects=False).status_code == 200
    house.clock.forward(minutes=31)
    assert ana.get(f"{house.url}/desk", timeout=10, allow_redirects=False).status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(house: House) -> None:
    ana = enter(house)
    for _ in range(30):
        house.clock.forward(minutes=24)
        last = ana.get(f"{house.url}/desk", timeout=10, allow_redirects=False).status_code
    assert last == 303


def test_a_disabled_person_is_sent_to_the_door_at_the_next_click(house: House) -> None:
    ana, message_id = enter(house), held(house)
    form = form_of(house, ana, message_id)

    def disable(tx: store.Tx) -> None:
        staff = store.find_staff(tx, email="ana@example.com")
        assert staff
        store.change_staff(tx, staff.id, disabled_at=tx.now)

    house.store.write(disable)
    for answer in (
        ana.get(f"{house.url}/desk", timeout=10, allow_redirects=False),
        ana.post(f"{house.url}/desk/messages/{message_id}/approve", data=form, timeout=10, allow_redirects=False),
    ):
        assert (answer.status_code, answer.headers["Location"][:13]) == (303, "/desk/sign-in")
    assert state(house, message_id)[0] == "held"


def test_wrong_passwords_slow_down_and_say_nothing_of_who_is_known(house: House) -> None:
    enter(house)
    house.clock.fixed = house.clock()
    url, told = f"{house.url}/desk/sign-in", set()
    for email in ("ana@example.com", "nobody@example.com"):
        for _ in range(7):
            answer = requests.post(url, data={"email": email, "password": "not this one"}, timeout=10)
            told.add((answer.status_code, answer.text.replace(email, "")))
    assert len(told) == 1
    right = {"email": "ana@example.com", "password": PASSWORD}
    assert requests.post(url, data=right, timeout=10, allow_redirects=False).status_code == 403
    house.clock.forward(seconds=2)
    assert requests.post(url, data=right, timeout=10, allow_redirects=False).status_code == 303


INSIDE = {"/desk/history": "/desk/history", "": "/desk"}
OUTSIDE = (
    "https://evil.example/desk",
    "//evil.example/desk",
    "/\\evil.example",
    "/desk//evil.example",
    "/desk\\..\\evil",
    "/desk/\r\nX-Evil: 1",
    "/desk/?x=https://evil.example",
    "javascript:alert(1)",
    "desk",
    "/api/messages",
)


def test_signing_in_leads_on_to_our_own_pages_only(house: House) -> None:
    enter(house)
    for then in (*INSIDE, *OUTSIDE):
        given = {"email": "ana@example.com", "password": PASSWORD, "then": then}
        answer = requests.post(f"{house.url}/desk/sign-in", data=given, timeout=10, allow_redirects=False)
        assert (then, answer.status_code, answer.headers["Location"]) == (then, 303, INSIDE.get(then, "/desk"))


def test_who_is_sent_to_the_door_comes_back_to_the_card_and_nothing_was_decided(house: House) -> None:
    ana, message_id = enter(house), held(house)
    form = form_of(house, ana, message_id)
    ana.cookies.clear()
    ana.post(f"{house.url}/desk/messages/{message_id}/approve", data=form, timeout=10)
    given = {"email": "ana@example.com", "password": PASSWORD, "then": f"/desk/messages/{message_id}/approve"}
    answer = ana.post(f"{house.url}/desk/sign-in", data=given, timeout=10)
    assert answer.url == f"{house.url}/desk/messages/{message_id}"
    assert state(house, message_id)[0] == "held"


def test_a_host_says_who_is_signed_in_and_we_ask_for_no_password(house: House) -> None:
    hooks = house.app.extensions["sayso"].hooks
    house.app.secret_key = "host"
    house.app.add_url_rule("/login/<email>", "login", lambda email: host_session.update(email=email) or "in")

    def reviewer() -> dict[str, object] | None:
        return {"email": host_session["email"], "role": "reviewer", "stores": None} if "email" in host_session else None

    hooks.reviewer = reviewer
    message_id, browser = held(house), requests.Session()
    door = browser.get(f"{house.url}/desk", timeout=10)
    assert "in your shop's own program" in html.unescape(door.text)
    assert 'type="password"' not in door.text
    browser.get(f"{house.url}/login/hana@example.com", timeout=10)
    form = form_of(house, browser, message_id)
    assert form["csrf"]
    answer = browser.post(f"{house.url}/desk/messages/{message_id}/approve", data=form | {"csrf": "x"}, timeout=10)
    assert answer.status_code == 403
    answer = browser.post(f"{house.url}/desk/messages/{message_id}/approve", data=form, timeout=10)
    assert answer.status_code == 200
    assert state(house, message_id)[0] != "held"


def test_a_person_the_house_disabled_stays_out_whatever_role_the_host_gives(house: House) -> None:
    def disabled(tx: store.Tx) -> None:
        store.change_staff(tx, store.add_staff(tx, "hana@example.com", "viewer").id, disabled_at=tx.now)

    house.store.write(disabled)
    house.app.extensions["sayso"].hooks.reviewer = lambda: {"email": "hana@example.com", "role": "admin"}
    assert requests.get(f"{house.url}/desk", timeout=10, allow_redirects=False).status_code == 303
