"""A burst on the desk: what is far too much at once is one row of the list, and one typed number stops it all."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
import requests

from sayso import store, sweep
from sayso.message import State
from sayso.store import Store, Tx
from tests.conftest import House, MakeHouse
from tests.deciding import text, told
from tests.desk_visits import enter
from tests.stored import Ticking, draft, keep
from tests.two_databases import clock, here, make_store
from tests.walk import look

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere
NUMBERS = [f"+1212555010{n}" for n in range(1, 7)]
BATCH = f"B{'0' * 25}"
OTHER_BATCH = f"B{'1' * 25}"


@pytest.fixture
def house(make_house: MakeHouse, database_url: str) -> House:
    """A house in which three texts in ten minutes are as usual, and nothing moves by itself."""
    made = make_house(start=False, burst_brake="3/600", database_url=database_url)
    made.clock.offset = datetime(2027, 1, 21, 3, 5, tzinfo=UTC) - datetime.now(UTC)
    return made


def flood(house: House, source: str = "crm", what: str = "Ring") -> list[str]:
    """Six texts at once, to six people."""
    return [text(house, f"{what} {n} for you.", to=to, source=source) for n, to in enumerate(NUMBERS)]


def read(house: House, browser: requests.Session, path: str = "", status: int = 200) -> str:
    """A page of the desk, as it is read."""
    answer = browser.get(f"{house.url}/desk{path}", timeout=10)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def lines(page: str) -> list[str]:
    """The ids of the messages that a page lists, in its order."""
    return re.findall(r'<h2><a href="/desk/messages/(\w+)"', page)


def batch_of(page: str) -> str:
    """The id of the one burst on the list."""
    [found] = re.findall(r'href="/desk/bursts/(\w+)"', page)
    return str(found)


def stop(house: House, browser: requests.Session, batch_id: str, count: str, **more: str) -> requests.Response:
    """The form of the burst's page, filled in."""
    page = read(house, browser, f"/bursts/{batch_id}")
    form = dict(re.findall(r'<input type="hidden" name="(csrf|upto)" value="([^"]*)">', page))
    url = f"{house.url}/desk/bursts/{batch_id}"
    return browser.post(url, data={**form, "count": count, **more}, timeout=60)


def states(house: House, sids: list[str]) -> list[str]:
    """Where each of these is."""
    return [look(house, sid).state for sid in sids]


def test_what_is_beyond_the_usual_is_one_row_of_the_list_with_the_words_of_one(house: House) -> None:
    sids, ana = flood(house), enter(house)
    page = read(house, ana)
    assert "3 texts from crm since 03:05 UTC, far more than usual: somebody should look before any goes" in page
    assert lines(page) == [look(house, sid).id for sid in sids[:3]]
    assert "Ring 3 for you." in page
    assert "<h1>6 waiting</h1>" in page
    assert "3 of the 6 came in at once" in page
    assert lines(read(house, ana, f"/bursts/{batch_of(page)}")) == [look(house, sid).id for sid in sids[3:]]


def test_a_burst_of_another_hour_or_another_crm_is_another_row(house: House) -> None:
    flood(house)
    flood(house, "till")
    house.clock.forward(hours=1)
    flood(house, what="Chain")
    assert len(re.findall(r'href="/desk/bursts/(\w+)"', read(house, enter(house)))) == 3


@pytest.mark.parametrize("count", ["", "2", "33", "all", "-3", "\x00"])
def test_another_number_than_that_of_the_burst_stops_nothing(house: House, count: str) -> None:
    sids, ana = flood(house), enter(house)
    answer = stop(house, ana, batch_of(read(house, ana)), count)
    assert answer.status_code == 400
    assert "Nothing was stopped. There are 3: please type that." in answer.text
    assert states(house, sids) == ["held"] * 6


def test_the_right_number_stops_them_and_the_crm_hears_canceled(house: House) -> None:
    sids, ana = flood(house), enter(house)
    answer = stop(house, ana, batch_of(read(house, ana)), " 3 ")
    assert answer.status_code == 200
    assert "3 of 3 are stopped" in answer.text
    assert states(house, sids) == ["held"] * 3 + ["stopped"] * 3
    house.clock.forward(seconds=1)
    assert sorted(told(house)) == sorted((sid, "canceled") for sid in sids[3:])
    with house.store.read() as tx:
        [decision] = store.read_decisions(tx, look(house, sids[3]).id)
    assert (decision.kind, decision.by, decision.reason) == ("reject", "ana@example.com", "not_wanted")
    assert "/desk/bursts/" not in read(house, ana)


def test_a_form_without_its_own_token_or_its_last_message_stops_nothing(house: House) -> None:
    sids, ana = flood(house), enter(house)
    batch_id = batch_of(read(house, ana))
    assert stop(house, ana, batch_id, "3", csrf="theirs").status_code == 403
    assert stop(house, ana, batch_id, "3", upto="").status_code == 400
    assert states(house, sids) == ["held"] * 6


def test_what_came_in_after_the_page_was_read_is_not_stopped_with_the_others(house: House) -> None:
    sids, ana = flood(house), enter(house)
    batch_id = batch_of(read(house, ana))
    late = text(house, "Ring 7 for you.", to="+12125550109")
    answer = stop(house, ana, batch_id, "3", upto=look(house, sids[-1]).id)
    assert "3 of 3 are stopped; 1 still waits" in answer.text
    assert look(house, late).state == "held"


def test_one_go_stops_no_more_than_it_says_and_the_next_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.desk.bursts.AT_ONCE", 2)
    sids, ana = flood(house), enter(house)
    batch_id = batch_of(read(house, ana))
    assert "2 of 3 are stopped; 1 still waits. Go on below." in stop(house, ana, batch_id, "3").text
    assert "1 of 1 is stopped" in stop(house, ana, batch_id, "1").text
    assert states(house, sids[3:]) == ["stopped"] * 3


def test_who_may_only_look_sees_the_burst_without_a_form(house: House) -> None:
    sids, ana, vic = flood(house), enter(house), enter(house, "vic@example.com", "viewer")
    batch_id = batch_of(read(house, vic))
    assert "Do not send any of them" in read(house, ana, f"/bursts/{batch_id}")
    page = read(house, vic, f"/bursts/{batch_id}")
    assert "Do not send any of them" not in page
    token = re.findall(r'name="csrf" value="([^"]*)"', page)[0]
    form = {"csrf": token, "count": "3", "upto": look(house, sids[-1]).id}
    assert vic.post(f"{house.url}/desk/bursts/{batch_id}", data=form, timeout=10).status_code == 403
    assert states(house, sids) == ["held"] * 6


def test_staff_of_another_shop_do_not_see_it(house: House) -> None:
    house.source("crm", store="vegas")
    flood(house)
    batch_id = batch_of(read(house, enter(house)))
    ben = enter(house, "ben@example.com", stores=("reno",))
    assert "/desk/bursts/" not in read(house, ben)
    read(house, ben, f"/bursts/{batch_id}", 404)


@pytest.mark.parametrize("batch_id", [BATCH, "B", "b'%00", "B%00" + "0" * 24])
def test_a_burst_that_is_not_there_is_a_page_that_says_so(house: House, batch_id: str) -> None:
    assert "None of these wait any more." in read(house, enter(house), f"/bursts/{batch_id}", 404)


def test_one_that_somebody_changed_waits_for_itself_again(house: House) -> None:
    sids, ana = flood(house), enter(house)
    assert house.decide(sids[4], "edit", body="The ring is ready.").status_code == 200
    page = read(house, ana)
    assert look(house, sids[4]).id in lines(page)
    assert "2 texts from crm" in page


def test_what_the_sweep_screens_later_is_in_the_burst_of_its_hour(house: House) -> None:
    flood(house)
    later = house.store.write(_received)
    house.clock.forward(seconds=60)
    sweep.run_due(house.runtime)
    message = look(house, later)
    assert (message.state, message.batch_id) == ("held", batch_of(read(house, enter(house))))


def _received(tx: Tx) -> str:
    message = draft(tx, State.RECEIVED, due_at=tx.now)
    return store.insert(tx, message, message.crm_id, None).id


def in_burst(tx: Tx, batch_id: str = BATCH, **more: object) -> str:
    """The id of a message that is kept in a burst."""
    return keep(tx, batch_id=batch_id, **more).id


def test_a_burst_is_counted_from_its_oldest_to_its_newest_and_left_out_of_what_waits(here: Store) -> None:
    first, second = here.write(in_burst), here.write(in_burst)
    other, alone = here.write(lambda tx: in_burst(tx, OTHER_BATCH, channel="email")), here.write(keep).id
    unconfirmed = here.write(lambda tx: in_burst(tx, state=State.UNCONFIRMED))
    with here.read() as tx:
        found = store.bursts(tx, None, None)
        waits, _ = store.waiting(tx, ("held", "unconfirmed"), None, 9)
        inside = store.waiting_in(tx, BATCH, 1, stores=None, unseen_by=None)
    assert [(one.batch_id, one.count, one.sample.id, one.last_id) for one in found] == [
        (BATCH, 2, first, second),
        (OTHER_BATCH, 1, other, other),
    ]
    assert [one.channel for one in found] == ["sms", "email"]
    assert found[0].first < found[0].last
    assert {message.id for message in waits} == {alone, unconfirmed}
    assert [message.id for message in inside] == [first]


def test_a_burst_has_for_a_reader_only_what_is_not_kept_from_them(here: Store) -> None:
    secret, plain = here.write(in_burst), here.write(in_burst)
    here.write(lambda tx: store.hide(tx, secret, ["kayla@example.com"]))
    with here.read() as tx:
        [found] = store.bursts(tx, None, "kayla@example.com")
        inside = store.waiting_in(tx, BATCH, 9, stores=None, unseen_by="kayla@example.com")
    assert (found.count, found.sample.id) == (1, plain)
    assert [message.id for message in inside] == [plain]


def test_the_id_of_a_burst_is_the_same_for_an_hour_of_a_source(here: Store, clock: Ticking) -> None:
    hour = [datetime(2026, 11, 21, 3, minute, tzinfo=UTC) for minute in (0, 59)]
    with here.read() as tx:
        ids = {store.burst_id(tx, "one", at) for at in hour}
        assert len(ids) == 1
        assert ids.isdisjoint({store.burst_id(tx, "two", hour[0]), store.burst_id(tx, "one", hour[0].replace(hour=4))})
        assert [len(found) for found in ids] == [26]
