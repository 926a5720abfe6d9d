"""The desk without a browser: who comes in, who sees what, and which forms are believed."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import requests
from flask import session as host_session

from sayso import access, signoff, store
from sayso.desk import letters, words
from sayso.message import Finding
from tests.conftest import House, MakeHouse

PASSWORD = "four words do well"
SHOP, BUYER, OTHER = "+12125550100", "+12125550177", "+12125550178"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def invited(house: House, email: str, role: str = "reviewer", stores: tuple[str, ...] | None = None) -> str:
    """The address of a fresh invite."""
    token = house.store.write(lambda tx: access.invite(tx, store.add_staff(tx, email, role, stores).id))
    return f"{house.url}/desk/invite/{token}"


def enter(
    house: House, email: str = "ana@example.com", role: str = "reviewer", stores: tuple[str, ...] | None = None
) -> requests.Session:
    """A browser's worth of cookies of somebody who has just chosen a password."""
    browser = requests.Session()
    answer = browser.post(invited(house, email, role, stores), data={"password": PASSWORD}, timeout=10)
    assert answer.status_code == 200, answer.text
    return browser


def held(house: House, body: str = "Your ring is ready.", to: str = BUYER, source: str = "crm", **more: str) -> str:
    """The id of a message that waits."""
    client = house.client(source) if not more else (house.source(source, **more), house.client(source))[1]
    return str(house.message(client.messages.create(to=to, from_=SHOP, body=body).sid)["id"])


def form_of(house: House, browser: requests.Session, message_id: str) -> dict[str, str]:
    """What the card's own forms carry."""
    page = browser.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return {name: html.unescape(value) for name, value in found.items()}


def state(house: House, message_id: str) -> tuple[str, int]:
    """Where a message is, and its version."""
    with house.store.read() as tx:
        message = store.get(tx, message_id)
    assert message
    return message.state, message.version


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


def test_a_viewer_sees_no_buttons_and_cannot_decide(house: House) -> None:
    vic, ana, message_id = enter(house, "vic@example.com", "viewer"), enter(house), held(house)
    page = vic.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text
    assert "You may look; a reviewer decides." in page
    assert "/approve" not in page
    assert "/reject" not in page
    form = form_of(house, ana, message_id) | {"csrf": form_of(house, vic, message_id)["csrf"]}
    before = state(house, message_id)
    for kind in signoff.DECISIONS:
        url = f"{house.url}/desk/messages/{message_id}/{kind}"
        assert vic.post(url, data=form, timeout=10).status_code == 403
    assert state(house, message_id) == before


def test_a_reviewer_of_one_shop_meets_nothing_of_another(house: House) -> None:
    ours = held(house, "Ours is ready.", source="oak", store="oak")
    theirs = held(house, "Theirs is ready.", OTHER, source="elm", store="elm")
    ana, boss = enter(house, stores=("oak",)), enter(house, "boss@example.com")
    for page in ("", "/history"):
        text = ana.get(f"{house.url}/desk{page}", timeout=10).text
        assert "Ours is ready." in text
        assert "Theirs is ready." not in text
    form = form_of(house, boss, theirs) | {"csrf": form_of(house, ana, ours)["csrf"]}
    assert ana.get(f"{house.url}/desk/messages/{theirs}", timeout=10).status_code == 404
    assert ana.get(f"{house.url}/desk?done={theirs}", timeout=10).text.count("Theirs") == 0
    for kind in signoff.DECISIONS:
        assert ana.post(f"{house.url}/desk/messages/{theirs}/{kind}", data=form, timeout=10).status_code == 404
    assert state(house, theirs)[0] == "held"


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


def test_a_form_without_a_sound_version_is_a_page_and_not_a_crash(house: House) -> None:
    ana, message_id = enter(house), held(house)
    form = form_of(house, ana, message_id)
    for version in ("", "-1", "1.0", "\uff19", "9" * 5000):
        url = f"{house.url}/desk/messages/{message_id}/approve"
        assert ana.post(url, data=form | {"version": version}, timeout=10).status_code == 400


def test_opening_a_card_is_noted_and_the_next_one_hears_of_it(house: House) -> None:
    ana, ben, message_id = enter(house), enter(house, "ben@example.com"), held(house)
    ana.get(f"{house.url}/desk/messages/{message_id}", timeout=10)
    url = f"{house.url}/desk/messages/{message_id}"
    assert "ana@example.com opened this" in ben.get(url, timeout=10).text
    house.clock.forward(minutes=3)
    assert "opened this" not in ana.get(url, timeout=10).text
    with house.store.read() as tx:
        assert [row.event for row in store.read_trail(tx, message_id)].count("opened") == 3


def test_a_stop_of_one_shop_is_a_banner_for_that_shop_alone(house: House) -> None:
    house.store.write(lambda tx: store.add_stop(tx, "Prices are wrong.", "operator", store="elm"))
    oak, elm = enter(house, stores=("oak",)), enter(house, "elm@example.com", stores=("elm",))
    assert "Prices are wrong." not in oak.get(f"{house.url}/desk", timeout=10).text
    assert "Prices are wrong." in elm.get(f"{house.url}/desk", timeout=10).text


def test_a_card_says_that_what_nobody_decides_is_dropped_and_not_sent(house: House) -> None:
    ana, message_id = enter(house), held(house)
    card = ana.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text
    assert "Dropped, not sent, if nobody says yes by" in card
    assert re.search(r"Dropped in \d+ days?, not sent", ana.get(f"{house.url}/desk", timeout=10).text)


def test_at_night_the_button_says_when_it_goes_out(make_house: MakeHouse) -> None:
    house = make_house(quiet_hours="00:00-23:59")
    ana, message_id = enter(house), held(house)
    page = ana.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text
    assert ">Send at 23:59</button>" in page
    assert "It is night there. Goes out " in page
    assert "We suggest: wait until " in page


def test_a_banner_names_the_vendor_that_needs_a_person(house: House) -> None:
    alarm = store.Breaker("twilio", 5, house.clock() + timedelta(minutes=1), "Twilio refuses our key.")
    house.store.write(lambda tx: store.write_breaker(tx, alarm))
    assert "Twilio refuses our key." in enter(house).get(f"{house.url}/desk", timeout=10).text


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        ({"kind": "delay", "until": "2026-11-22T14:00:00+00:00"}, "wait until Sun 22 Nov, 09:00."),
        ({"kind": "delay", "until": "tomorrow"}, ""),
        ({"kind": "confirm", "fact": "time_zone"}, "find out the time zone first."),
        ({"kind": "reject"}, "do not send it."),
        ({"kind": "sing"}, ""),
        (None, ""),
    ],
)
def test_a_proposal_is_put_in_words(proposal: dict[str, str] | None, said: str) -> None:
    assert words.proposed(Finding("c", "d", "r", proposal=proposal), ZoneInfo("America/New_York")) == said


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\u3164", "\u2800", "\u2028", "\x00", "\U000e0041"]
)
def test_a_character_nobody_sees_is_shown_by_its_code_point(letter: str) -> None:
    found = letters.pieces(f"pay{letter}pal")
    assert [piece.kind for piece in found] == ["", "hidden", ""]
    assert found[1].text == f"U+{ord(letter):04X}"
    assert letter not in letters.spelled(f"pay{letter}pal")


@pytest.mark.parametrize("text", ["👩‍👩‍👧 ❤️", "می‌خواهم", "שלום", "plain\ntext"])
def test_joiners_that_belong_to_a_script_or_an_emoji_stay(text: str) -> None:
    assert [piece.text for piece in letters.pieces(text)] == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("\u0416" * 70, 1), ("\u0416" * 71, 2)],
)
def test_the_card_counts_texts_as_the_vendor_does(text: str, count: int) -> None:
    assert letters.parts(text) == count
