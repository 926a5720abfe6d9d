"""The desk without a browser: which ways a card offers, what is typed wrong, and who may not."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from sayso import signoff, store
from sayso.store import Staff
from tests.conftest import House, MakeHouse
from tests.desk_visits import BUYER, OTHER, SHOP, enter, form_of, held, state

NEW = "+12125550199"
SHOPS = '[stores.oak]\napprovers = ["ben@example.com", "cleo@example.com"]\ntime_zone = "America/New_York"\n'


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves, and a decision can be taken back for a minute."""
    return make_house(undo_seconds=60, start=False)


def card(house: House, browser: requests.Session, message_id: str) -> str:
    """A card as it is read."""
    return html.unescape(browser.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text)


def post(house: House, browser: requests.Session, message_id: str, kind: str, **typed: str) -> requests.Response:
    """A form of the card as it is now, with what somebody typed."""
    form = form_of(house, browser, message_id) | typed
    return browser.post(f"{house.url}/desk/messages/{message_id}/{kind}", data=form, timeout=10)


def offered(page: str) -> set[str]:
    """The decisions that a page has forms for."""
    return set(re.findall(r'action="/desk/messages/\w+/(\w+)"', page)) - {"allow"}


def staff_of(house: House, email: str) -> Staff:
    """Who has this address."""
    with house.store.read() as tx:
        found = store.find_staff(tx, email=email)
    assert found
    return found


@pytest.mark.parametrize("before", [(), ("approve",), ("reject",), ("phone",), ("suppress",)])
def test_a_card_offers_exactly_what_may_be_decided_now(house: House, before: tuple[str, ...]) -> None:
    ana, message_id = enter(house), held(house)
    for kind in before:
        assert post(house, ana, message_id, kind, reason="other", scope="all").status_code == 200
    with house.store.read() as tx:
        message = store.get(tx, message_id)
    assert message
    may = signoff.possible(house.runtime, message, staff_of(house, "ana@example.com"))
    assert may
    assert offered(card(house, ana, message_id)) == set(may)


def test_a_stop_finding_takes_the_yes_away_and_leaves_every_other_way(house: House) -> None:
    ana, first, second = enter(house), held(house), held(house, "Come by today.")
    post(house, ana, first, "suppress", scope="all")
    page = card(house, ana, second)
    assert offered(page) == {"edit", "redirect", "phone", "reject", "suppress"}
    assert "✋ Cannot go" in page


WRONG: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("delay", {"until": "own", "own_time": "2020-01-01T09:00"}, "That time is over already.", "2020-01-01T09:00"),
    ("delay", {"until": "own", "own_time": "2999-01-01T09:00"}, "It is worth sending only until", "2999-01-01T"),
    ("delay", {"own_time": "0001-01-01T00:00+05:00"}, "Please write the day and the hour", "0001-01-01T00:00"),
    ("delay", {"own_time": "soon"}, "Please write the day and the hour", 'value="soon"'),
    ("delay", {"until": "next_allowed", "own_time": "2999-01-01T09:00"}, "leave one of the two", "2999-01-01T"),
    ("delay", {}, "Please choose when it may go.", "At another time"),
    ("redirect", {"to": "12", "person": "scott"}, "is no number that can be written to", 'value="scott"'),
    ("redirect", {"to": " "}, "Please say where it should go instead.", "To which number?"),
    ("redirect", {"to": BUYER}, "It is for that address already.", f'value="{BUYER}"'),
    ("edit", {"body": " "}, "Please write what it should say.", "Keep these words"),
    ("edit", {"body": "ring " * 400}, "a text may have 1600 at most", "ring " * 400),
    ("edit", {"body": "Your ring is ready."}, "Nothing was changed.", "Your ring is ready.</textarea>"),
    ("suppress", {"scope": "some"}, "Please choose how much should stop.", "What should stop?"),
    ("reject", {"note": "Not for her."}, "Please say why it should not go.", "Not for her.</textarea>"),
)


def test_what_was_typed_wrong_comes_back_with_a_sentence_and_changes_nothing(house: House) -> None:
    boss, message_id = enter(house, role="manager"), held(house)
    before = state(house, message_id)
    for kind, typed, said, kept in WRONG:
        answer = post(house, boss, message_id, kind, **typed)
        page = html.unescape(answer.text)
        alert = re.search(r'role="alert"[^>]*>([^<]*)', page)
        assert alert, (kind, typed)
        assert said in alert[1]
        assert kept in page
        assert answer.status_code == 400
    assert state(house, message_id) == before


def test_how_a_call_went_comes_back_when_the_time_to_call_again_is_missing(house: House) -> None:
    ana, message_id = enter(house), held(house)
    post(house, ana, message_id, "phone")
    for typed, said in (({}, "how the call went"), ({"outcome": "call_back"}, "when to call back")):
        answer = post(house, ana, message_id, "phone", note="She was driving.", **typed)
        assert answer.status_code == 400
        assert said in answer.text
        assert "She was driving.</textarea>" in answer.text


def test_a_time_is_read_from_the_clock_on_the_shops_wall(make_house: MakeHouse) -> None:
    house = _shop(make_house)
    ben, message_id = enter(house, "ben@example.com"), held(house, source="oak", store="oak")
    zone = ZoneInfo("America/New_York")
    wall = (house.clock().astimezone(zone) + timedelta(days=2)).replace(hour=10, minute=15)
    assert "Day and hour, America/New_York time" in card(house, ben, message_id)
    post(house, ben, message_id, "delay", until="own", own_time=f"{wall:%Y-%m-%dT%H:%M}")
    with house.store.read() as tx:
        message = store.get(tx, message_id)
    assert message
    assert message.due_at
    assert f"{message.due_at.astimezone(zone):%Y-%m-%dT%H:%M}" == f"{wall:%Y-%m-%dT%H:%M}"


def test_only_times_at_which_it_may_go_are_offered(make_house: MakeHouse) -> None:
    house = make_house(undo_seconds=60, start=False, quiet_hours="21:00-08:00")
    house.clock.fixed = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 21:30 in New York, where the number is
    ana, night = enter(house), held(house)
    page = card(house, ana, night)
    assert "When it is allowed there again (Mon 23 Nov, 13:00 UTC)" in page
    assert "In two hours" not in page
    house.clock.fixed = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    ana = enter(house)  # the night has ended the session
    assert "In two hours (Mon 23 Nov, 17:00 UTC)" in card(house, ana, night)
    text = {"to": OTHER, "from_": SHOP, "body": "Come by today.", "validity_period": 3600}
    soon = str(house.message(house.client().messages.create(**text).sid)["id"])
    page = card(house, ana, soon)
    assert "At another time" in page
    assert "In two hours" not in page


def test_an_hour_that_the_clocks_skip_is_no_time(make_house: MakeHouse) -> None:
    house = _shop(make_house)
    ben, message_id = enter(house, "ben@example.com"), held(house, source="oak", store="oak")
    answer = post(house, ben, message_id, "delay", own_time="2027-03-14T02:30")
    assert "The clocks are changed then" in answer.text
    assert state(house, message_id)[0] == "held"


def test_who_may_not_say_yes_in_this_shop_reads_who_may_and_keeps_the_other_ways(make_house: MakeHouse) -> None:
    house = _shop(make_house)
    ana, ben, message_id = enter(house), enter(house, "ben@example.com"), held(house, source="oak", store="oak")
    page = card(house, ana, message_id)
    assert "In this shop ben@example.com and cleo@example.com may say yes." in page
    assert offered(page) == {"edit", "redirect", "phone", "reject", "suppress"}
    assert post(house, ana, message_id, "approve").status_code == 403
    post(house, ben, message_id, "edit", body="Your ring is polished.")
    page = card(house, ben, message_id)
    assert "You changed it yourself, so somebody else must say yes to it." in page
    assert "approve" not in offered(page)


def test_where_a_shop_only_counts_two_the_card_asks_for_anybody_but_who_changed_it(make_house: MakeHouse) -> None:
    Path("sayso.toml").write_text("[stores.oak]\napprovers = 2\n", "utf-8")
    house = make_house(undo_seconds=60, start=False)
    ana, ben, message_id = enter(house), enter(house, "ben@example.com"), held(house, source="oak", store="oak")
    post(house, ana, message_id, "edit", body="Your ring is polished.")
    mine, theirs = card(house, ana, message_id), card(house, ben, message_id)
    assert "You changed it yourself, so somebody else must say yes to it." in mine
    assert ("approve" in offered(mine), "approve" in offered(theirs)) == (False, True)


def test_a_reviewer_does_not_send_to_an_unknown_number_and_keeps_what_was_typed(house: House) -> None:
    ana, boss, message_id = enter(house), enter(house, "boss@example.com", "manager"), held(house)
    answer = post(house, ana, message_id, "redirect", to=NEW, person="scott")
    assert answer.status_code == 403
    assert "ask a manager to send it there" in answer.text
    assert f'value="{NEW}"' in answer.text
    assert 'value="scott"' in answer.text
    assert post(house, boss, message_id, "redirect", to=NEW).status_code == 200
    assert state(house, message_id)[0] == "stopped"


def test_a_viewer_reads_who_is_to_be_phoned_and_has_no_form(house: House) -> None:
    ana, vic, message_id = enter(house), enter(house, "vic@example.com", "viewer"), held(house)
    post(house, ana, message_id, "phone")
    page = vic.get(f"{house.url}/desk/calls", timeout=10).text
    assert f"tel:{BUYER}" in page
    assert offered(page) == set()
    assert post(house, vic, message_id, "phone", outcome="reached").status_code == 403


def test_the_calls_of_another_shop_are_neither_listed_nor_counted(house: House) -> None:
    boss, ours = enter(house, "boss@example.com"), held(house, source="oak", store="oak")
    theirs = held(house, "Theirs is ready.", OTHER, source="elm", store="elm")
    for message_id in (ours, theirs):
        post(house, boss, message_id, "phone")
    page = enter(house, stores=("oak",)).get(f"{house.url}/desk/calls", timeout=10).text
    assert 'To phone <span class="count">1</span>' in page
    assert "Theirs" not in page
    assert OTHER not in page


def test_a_card_says_that_nothing_leaves_as_long_as_it_could_go(house: House) -> None:
    house.store.write(lambda tx: store.add_stop(tx, "Prices are wrong.", "operator"))
    house.store.write(lambda tx: store.add_stop(tx, "Elm is closed.", "operator", store="elm"))
    ana, message_id = enter(house), held(house, source="oak", store="oak")
    page = card(house, ana, message_id)
    assert "Prices are wrong." in page
    assert "Elm is closed." not in page
    post(house, ana, message_id, "reject", reason="other")
    assert "Prices are wrong." not in card(house, ana, message_id)


def test_a_no_has_no_reason_before_somebody_gives_one_or_a_finding_suggests_it(house: House) -> None:
    ana = enter(house)
    plain, gap = held(house), held(house, "Hi {{first_name}}, come by.")
    assert not re.search(r'name="reason"[^>]*checked', card(house, ana, plain))
    assert re.search(r'name="reason" value="wrong_content"[^>]*checked', card(house, ana, gap))


def test_a_search_finds_by_number_and_words_in_ones_own_shops_alone(house: House) -> None:
    held(house, "Ours is ready.", source="oak", store="oak")
    held(house, "Theirs is ready.", OTHER, source="elm", store="elm")
    ana = enter(house, stores=("oak",))
    for asked in ("ours", BUYER[-4:], "+1 (212) 555-0177"):
        page = ana.get(f"{house.url}/desk/history", params={"q": asked}, timeout=10).text
        assert "Ours is ready." in page, asked
    for asked in ("theirs", OTHER, "<b>nobody</b>", "\x00"):
        page = ana.get(f"{house.url}/desk/history", params={"q": asked}, timeout=10).text
        assert "Theirs" not in page
        assert "<b>" not in page
    assert "Nothing found for “<bdi>theirs</bdi>”" in html.unescape(
        ana.get(f"{house.url}/desk/history", params={"q": "theirs"}, timeout=10).text
    )


def _shop(make_house: MakeHouse) -> House:
    """A house with the shop oak, whose approvers are two."""
    Path("sayso.toml").write_text(SHOPS, "utf-8")
    return make_house(undo_seconds=60, start=False)
