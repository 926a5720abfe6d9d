"""What may be decided, and by whom: told by the server, and never offered where it would surely be refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.deciding import decided, may, quiet, refused, text
from tests.walk import TO, dispatched, look, swept, withdraw

__all__ = ["quiet"]
ANA, BEN, EVE = "ana@example.com", "ben@example.com", "eve@example.com"
EVERY_WAY = ["approve", "edit", "redirect", "delay", "phone", "reject", "suppress"]


def held(house: House) -> str:
    return text(house)


def held_with_a_stop(house: House) -> str:
    sid = cleared(house)
    house.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    house.clock.forward(seconds=21)
    dispatched(house)
    return sid


def held_after_its_time(house: House) -> str:
    sid = text(house, validity_period=60)
    house.clock.forward(seconds=61)
    return sid


def cleared(house: House) -> str:
    sid = text(house)
    decided(house, sid, "approve")
    return sid


def unconfirmed(house: House) -> str:
    house.twilio.lose_answers = True
    sid = cleared(house)
    house.clock.forward(seconds=21)
    dispatched(house)
    return sid


def sent(house: House) -> str:
    sid = cleared(house)
    house.clock.forward(seconds=21)
    dispatched(house)
    return sid


def failed(house: House) -> str:
    house.twilio.fault = 400, {}, b'{"code": 21211, "message": "no such number"}'
    return sent(house)


def rejected(house: House) -> str:
    sid = text(house)
    decided(house, sid, "reject")
    return sid


def rejected_for_good(house: House) -> str:
    sid = rejected(house)
    house.clock.forward(seconds=21)
    return sid


def phoned(house: House) -> str:
    sid = text(house)
    decided(house, sid, "phone")
    return sid


def expired(house: House) -> str:
    sid = held_after_its_time(house)
    swept(house)
    return sid


def withdrawn(house: House) -> str:
    sid = text(house)
    withdraw(house, sid)
    return sid


@pytest.mark.parametrize(
    ("make", "state", "ways"),
    [
        (held, "held", EVERY_WAY),
        (held_with_a_stop, "held", ["edit", "redirect", "phone", "reject", "suppress"]),
        (held_after_its_time, "held", ["phone", "reject", "suppress"]),
        (cleared, "cleared", ["undo"]),
        (unconfirmed, "unconfirmed", ["approve", "phone", "arrived"]),
        (sent, "sent", []),
        (failed, "failed", ["phone"]),
        (rejected, "stopped", ["undo"]),
        (rejected_for_good, "stopped", []),
        (phoned, "stopped", ["phone", "undo"]),
        (expired, "stopped", ["phone"]),
        (withdrawn, "stopped", []),
    ],
)
def test_what_may_be_decided_is_said_and_nothing_else_is_taken(
    quiet: House, make: Callable[[House], str], state: str, ways: list[str]
):
    sid = make(quiet)
    message = quiet.message(sid)
    assert (message["state"], message["may"]) == (state, ways)
    given: dict[str, dict[str, object]] = {"edit": {"body": "Hi."}, "redirect": {"to": TO}, "delay": {"until": "x"}}
    for kind in {*EVERY_WAY, "undo", "arrived"} - set(ways):
        refused(quiet, sid, kind, 409, **given.get(kind, {}))


@pytest.fixture
def shop(make_house: MakeHouse, tmp_path: Path) -> Callable[[str], House]:
    """A house whose shop lists these people, or so many, as the ones who say yes."""

    def make(approvers: str) -> House:
        (tmp_path / "sayso.toml").write_text(f"[stores.reno]\napprovers = {approvers}\n")
        house = make_house(start=False, undo_seconds="20")
        house.source(store="reno")
        return house

    return make


def test_where_a_shop_lists_who_approves_the_others_do_everything_else(shop: Callable[[str], House]):
    house = shop('["Ana@example.com"]')
    sid = text(house)
    assert may(house, sid, ANA) == EVERY_WAY
    assert may(house, sid, EVE) == ["edit", "redirect", "phone", "reject", "suppress"]
    said = refused(house, sid, "approve", 403, email=EVE)
    assert said == "Only those whom reno lists as approvers may say yes; you may still do everything else."
    refused(house, sid, "delay", 403, email=EVE, until="next_allowed")
    decided(house, sid, "edit", email=EVE, body="Other words.")
    assert decided(house, sid, "approve", email=ANA)["state"] == "cleared"
    assert decided(house, sid, "undo", email=EVE)["state"] == "held"


def test_where_a_shop_lists_two_nobody_says_yes_to_their_own_words(shop: Callable[[str], House]):
    house = shop(f'["{ANA}", "{BEN}"]')
    sid = text(house)
    decided(house, sid, "edit", email=ANA, body="Ana's words.")
    assert "approve" not in may(house, sid, ANA)
    said = refused(house, sid, "approve", 403, email=ANA)
    assert said == "You changed it yourself, so somebody else must say yes to it."
    decided(house, sid, "edit", email=BEN, body="Ben's words.")
    assert ("approve" in may(house, sid, ANA), "approve" in may(house, sid, BEN)) == (True, False)
    assert decided(house, sid, "approve", email=ANA)["state"] == "cleared"


def test_where_a_shop_lists_one_that_one_says_yes_to_their_own_words(shop: Callable[[str], House]):
    house = shop(f'["{ANA}"]')
    sid = text(house)
    decided(house, sid, "edit", email=ANA, body="Ana's words.")
    assert decided(house, sid, "approve", email=ANA)["state"] == "cleared"


def test_where_a_shop_only_says_that_there_are_two_anybody_else_says_yes(shop: Callable[[str], House]):
    house = shop("2")
    sid = text(house)
    assert may(house, sid, EVE) == EVERY_WAY
    decided(house, sid, "edit", email=EVE, body="Eve's words.")
    assert may(house, sid, EVE) == ["edit", "redirect", "phone", "reject", "suppress"]
    said = refused(house, sid, "approve", 403, email=EVE)
    assert said == "You changed it yourself, so somebody else must say yes to it."
    assert decided(house, sid, "approve", email=BEN)["state"] == "cleared"


def test_where_a_shop_says_that_there_is_one_everybody_says_yes_to_their_own_words(shop: Callable[[str], House]):
    house = shop("1")
    sid = text(house)
    decided(house, sid, "edit", email=EVE, body="Eve's words.")
    assert decided(house, sid, "approve", email=EVE)["state"] == "cleared"


def test_who_is_listed_twice_is_one_person(shop: Callable[[str], House]):
    house = shop('["ana@example.com", "Ana@Example.com"]')
    sid = text(house)
    decided(house, sid, "edit", email=ANA, body="Ana's words.")
    assert decided(house, sid, "approve", email=ANA)["state"] == "cleared"


def test_a_shop_that_lists_nobody_asks_nobody_in_particular(shop: Callable[[str], House]):
    house = shop(f'["{ANA}", "{BEN}"]')
    house.source("vegas-crm", store="vegas")
    sid = text(house, source="vegas-crm")
    decided(house, sid, "edit", email=EVE, body="Eve's words.")
    assert decided(house, sid, "approve", email=EVE)["state"] == "cleared"


def test_whoever_gave_a_new_address_is_not_the_one_who_says_yes_to_it(shop: Callable[[str], House]):
    house = shop(f'["{ANA}", "{BEN}"]')
    sid = text(house)
    shown = look(house, sid)
    body = {"version": shown.version, "content_hash": shown.content_hash, "to": "+14155550188"}
    new = house.app.test_client().post(f"/api/messages/{sid}/redirect", json=body, headers=house.staff(ANA, "manager"))
    assert new.status_code == 201, new.text
    child = str(new.json["id"])
    assert "approve" not in may(house, child, ANA)
    assert decided(house, child, "approve", email=BEN)["state"] == "cleared"
