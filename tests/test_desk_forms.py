"""The desk without a browser: which forms are believed, and what its pages let a browser do."""

from __future__ import annotations

import re

import pytest
import requests

from tests.conftest import House, MakeHouse
from tests.desk_visits import PASSWORD, enter, form_of, held, invited, state

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
POSTS = ("messages/{id}/approve", "messages/{id}/reject", "messages/{id}/undo", "messages/{id}/allow", "sign-out")
BAD = {
    "no token": ({"csrf": ""}, {}),
    "another session's token": ({"csrf": "theirs"}, {}),
    "a foreign Origin": ({}, {"Origin": "https://evil.example"}),
    "an Origin without a name": ({}, {"Origin": "null"}),
    "another site": ({}, {"Sec-Fetch-Site": "cross-site"}),
    "a neighbouring site": ({}, {"Sec-Fetch-Site": "same-site"}),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_form_with_something_wrong_is_refused_and_changes_nothing(house: House, bad: str) -> None:
    ana, ben = enter(house, role="manager"), enter(house, "ben@example.com")
    message_id = held(house)
    before, form = state(house, message_id), form_of(house, ana, message_id)
    change, headers = BAD[bad]
    if "csrf" in change:
        form["csrf"] = form_of(house, ben, message_id)["csrf"] if change["csrf"] else ""

    for path in POSTS:
        url = f"{house.url}/desk/{path.format(id=message_id)}"
        answer = ana.post(url, data=form, headers=headers, timeout=10, allow_redirects=False)
        assert (path, answer.status_code) == (path, 403)

    assert state(house, message_id) == before
    assert ana.get(f"{house.url}/desk", timeout=10, allow_redirects=False).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_signing_in_and_choosing_a_password_are_refused_from_another_site(
    house: House, headers: dict[str, str]
) -> None:
    link = invited(house, "ana@example.com")
    assert requests.post(link, data={"password": PASSWORD}, headers=headers, timeout=10).status_code == 403
    assert requests.get(link, timeout=10).status_code == 200
    enter(house, "ben@example.com")
    given = {"email": "ben@example.com", "password": PASSWORD}
    answer = requests.post(f"{house.url}/desk/sign-in", data=given, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


PAGES = ("", "/history", "/messages/{id}", "/messages/none", "/sign-in", "/invite/none", "/nowhere", "/sign-out")


def test_every_page_of_the_desk_tells_the_browser_what_it_may_do(house: House) -> None:
    ana, message_id = enter(house), held(house)
    for path in PAGES:
        answer = ana.get(f"{house.url}/desk{path.format(id=message_id)}", timeout=10)
        policy = answer.headers["Content-Security-Policy"]
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert not re.search(r"<script|\sstyle=|<style|\son\w+=", answer.text)


def test_the_style_sheet_comes_from_the_desk_and_nothing_beside_it(house: House) -> None:
    page = requests.get(f"{house.url}/desk/sign-in", timeout=10).text
    sheet = re.search(r'rel="stylesheet" href="([^"]+)"', page)
    assert sheet
    answer = requests.get(house.url + sheet[1], timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    for outside in ("../guard.py", "%2e%2e/guard.py", "..%2fguard.py"):
        assert requests.get(f"{house.url}/desk/static/{outside}", timeout=10).status_code == 404


def test_the_cookie_is_for_our_pages_alone(house: House) -> None:
    answer = requests.post(
        invited(house, "ana@example.com"), data={"password": PASSWORD}, timeout=10, allow_redirects=False
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("sayso=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_cookie_is_secure_and_bound_to_the_host_where_the_outside_speaks_https(make_house: MakeHouse) -> None:
    house = make_house(public_url="https://sayso.example.com")
    answer = requests.post(
        invited(house, "ana@example.com"), data={"password": PASSWORD}, timeout=10, allow_redirects=False
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sayso=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_a_form_without_a_sound_version_is_a_page_and_not_a_crash(house: House) -> None:
    ana, message_id = enter(house), held(house)
    form = form_of(house, ana, message_id)
    for version in ("", "-1", "1.0", "\uff19", "9" * 5000):
        url = f"{house.url}/desk/messages/{message_id}/approve"
        assert ana.post(url, data=form | {"version": version}, timeout=10).status_code == 400
