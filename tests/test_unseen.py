"""Who must not see a message: it is not there for them, on any page and by any question, and is for everybody else."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
import requests

from sayso import signoff, store
from sayso.message import State
from sayso.store import Asked, Store, Tx
from tests.conftest import House
from tests.desk_visits import OTHER, enter, form_of, held, state
from tests.stored import keep
from tests.two_databases import clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere

KAYLA, ANA = "kayla@example.com", "ana@example.com"
SECRET = "The ring for Kayla is ready."


def ids(tx: Tx, who: str | None) -> set[str]:
    """What `recent` shows of everything."""
    return {message.id for message in store.recent(tx, limit=9, unseen_by=who)}


def searched(tx: Tx, who: str | None) -> set[str]:
    """What a search finds of everything."""
    source = store.find_source(tx, name="crm")
    assert source
    asked = Asked("ring", (source.id,), ("twilio",))
    return {message.id for message in store.recent(tx, limit=9, asked=asked, unseen_by=who)}


def waiting(tx: Tx, who: str | None) -> set[str]:
    """What waits."""
    return {message.id for message in store.waiting(tx, ("held",), None, 9, unseen_by=who)[0]}


def to_phone(tx: Tx, who: str | None) -> set[str]:
    """Who is to be phoned."""
    return {message.id for message in store.open_tasks(tx, ("phone",), None, 9, unseen_by=who)}


@pytest.mark.parametrize("shown", [ids, searched, waiting, to_phone])
def test_a_list_leaves_out_what_is_kept_from_its_reader(
    here: Store, shown: Callable[[Tx, str | None], set[str]]
) -> None:
    secret, plain = (here.write(lambda tx: keep(tx, task="phone")).id for _ in range(2))
    here.write(lambda tx: store.hide(tx, secret, [KAYLA]))
    with here.read() as tx:
        assert shown(tx, KAYLA) == {plain}
        assert shown(tx, ANA) == shown(tx, None) == {secret, plain}


def test_the_counts_leave_out_what_is_kept_from_their_reader(here: Store) -> None:
    secret, _ = (here.write(lambda tx: keep(tx, task="phone")).id for _ in range(2))
    here.write(lambda tx: store.hide(tx, secret, [KAYLA]))
    with here.read() as tx:
        assert [store.count_states(tx, unseen_by=who) for who in (KAYLA, ANA)] == [{"held": 1}, {"held": 2}]
        assert [store.count_tasks(tx, ("phone",), None, unseen_by=who) for who in (KAYLA, ANA)] == [1, 2]


def test_hiding_again_replaces_who_does_not_see_it(here: Store) -> None:
    secret = here.write(keep).id
    here.write(lambda tx: store.hide(tx, secret, [KAYLA, KAYLA.upper(), "nate@example.com"]))
    here.write(lambda tx: store.hide(tx, secret, [ANA]))
    with here.read() as tx:
        assert store.hidden(tx, (secret,), KAYLA) == frozenset()
        assert store.hidden(tx, (secret, "x"), ANA.upper()) == {secret}
    here.write(lambda tx: store.hide(tx, secret, []))
    with here.read() as tx:
        assert store.hidden(tx, (secret,), ANA) == frozenset()


def test_both_the_shops_and_the_surprise_limit_a_list(here: Store) -> None:
    oak = here.write(lambda tx: keep(tx, store="oak")).id
    elm = here.write(lambda tx: keep(tx, store="elm")).id
    here.write(lambda tx: store.hide(tx, oak, [KAYLA]))
    with here.read() as tx:
        assert not store.recent(tx, limit=9, stores=("oak",), unseen_by=KAYLA)
        assert [message.id for message in store.recent(tx, limit=9, stores=("elm",), unseen_by=KAYLA)] == [elm]


@pytest.fixture
def secret(house: House) -> str:
    """The id of a message that Kayla, who works here, must not see; another one she may."""
    held(house, "Your watch is ready.", OTHER)
    message_id = held(house, SECRET)
    house.store.write(lambda tx: store.hide(tx, message_id, [KAYLA]))
    return message_id


PAGES = ("/desk", "/desk/history", "/desk/history?q=ring", "/desk?done={id}", "/desk/history?q={id}")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_desk_has_no_trace_of_it(house: House, secret: str, page: str) -> None:
    kayla, ana, path = enter(house, KAYLA), enter(house, ANA), page.format(id=secret)
    assert SECRET not in html.unescape(kayla.get(house.url + path, timeout=10).text)
    assert SECRET in html.unescape(ana.get(house.url + path, timeout=10).text)


def test_the_title_counts_only_what_is_shown(house: House, secret: str) -> None:
    assert "1 waiting" in enter(house, KAYLA).get(f"{house.url}/desk", timeout=10).text
    assert "2 waiting" in enter(house, ANA).get(f"{house.url}/desk", timeout=10).text


def test_the_calls_and_their_number_leave_it_out(house: House, secret: str) -> None:
    ana, kayla = enter(house, ANA), enter(house, KAYLA)
    ana.post(f"{house.url}/desk/messages/{secret}/phone", data=form_of(house, ana, secret), timeout=10)
    page = kayla.get(f"{house.url}/desk/calls", timeout=10).text
    assert "Nobody to phone" in page
    assert 'class="count"' not in page
    assert "1 to phone" in ana.get(f"{house.url}/desk/calls", timeout=10).text


def test_its_card_is_nowhere_and_nothing_can_be_decided_on_it(house: House, secret: str) -> None:
    ana, kayla = enter(house, ANA), enter(house, KAYLA)
    form = form_of(house, ana, secret) | {"csrf": form_of(house, kayla, other(house, secret))["csrf"]}
    url = f"{house.url}/desk/messages/{secret}"
    assert kayla.get(url, timeout=10).status_code == 404
    for kind in signoff.DECISIONS:
        assert kayla.post(f"{url}/{kind}", data=form, timeout=10).status_code == 404
    assert state(house, secret) == ("held", 1)


def test_the_api_answers_as_for_another_shops_message(house: House, secret: str) -> None:
    mine, hers = house.staff(ANA), house.staff(KAYLA)
    url = f"{house.url}/api/messages"
    assert [answer(url, headers, secret) for headers in (mine, hers)] == [(200, 2, 1, 2), (404, 1, 0, 1)]


def test_the_api_decides_nothing_on_it_alone_or_among_many(house: House, secret: str) -> None:
    hers, shown = house.staff(KAYLA), house.message(secret)
    wish = {"version": shown["version"], "content_hash": shown["content_hash"]}
    url = f"{house.url}/api/messages/{secret}/approve"
    assert requests.post(url, json=wish, headers=hers, timeout=10).status_code == 404
    many = {"decision": "approve", "messages": [{"id": secret, **wish}]}
    answered = requests.post(f"{house.url}/api/decisions", json=many, headers=hers, timeout=10)
    assert (answered.status_code, answered.json()["results"][0]["ok"]) == (207, False)
    assert SECRET not in answered.text
    assert state(house, secret)[0] == State.HELD


def test_a_card_does_not_lead_to_a_message_that_was_made_from_it_and_is_kept_from_its_reader(house: House) -> None:
    ana, kayla, first = enter(house, ANA), enter(house, KAYLA), held(house)
    boss = enter(house, "boss@example.com", "manager")
    form = form_of(house, boss, first) | {"to": OTHER}
    second = boss.post(f"{house.url}/desk/messages/{first}/redirect", data=form, timeout=10).url.split("/")[-1][:26]
    house.store.write(lambda tx: store.hide(tx, second, [KAYLA]))
    assert second in ana.get(f"{house.url}/desk/messages/{first}", timeout=10).text
    assert second not in kayla.get(f"{house.url}/desk/messages/{first}", timeout=10).text


def other(house: House, secret: str) -> str:
    """The id of the message that is no secret."""
    with house.store.read() as tx:
        return next(message.id for message in store.recent(tx, limit=9) if message.id != secret)


def answer(url: str, headers: dict[str, str], message_id: str) -> tuple[int, int, int, int]:
    """The status of one message, how many are listed, how many are found, how many are counted."""
    one = requests.get(f"{url}/{message_id}", headers=headers, timeout=10)
    listed = requests.get(url, headers=headers, timeout=10).json()["messages"]
    found = requests.get(url, params={"q": "kayla"}, headers=headers, timeout=10).json()["messages"]
    counts = requests.get(url.replace("messages", "counts"), headers=headers, timeout=10).json()
    return one.status_code, len(listed), len(found), counts["held"]
