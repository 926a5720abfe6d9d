"""The desk without a browser: who sees what, on the cards and above them."""

from __future__ import annotations

import re
from datetime import timedelta

from sayso import signoff, store
from tests.conftest import House, MakeHouse
from tests.desk_visits import OTHER, enter, form_of, held, state


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
