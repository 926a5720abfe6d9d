"""The story of a card, told through Lob's door: it waits, somebody says yes, it is printed once, and its CRM hears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sayso import store
from tests.conftest import DEPLOYMENTS, MakeHouse
from tests.fake_lob import post, signed
from tests.lob_house import Printing, printing_house
from tests.vendors import wait_for


@pytest.fixture(params=DEPLOYMENTS)
def running(request: pytest.FixtureRequest, make_house: MakeHouse) -> Iterator[Printing]:
    """A house that moves by itself, in each way that sayso is run, whose CRM said where it hears."""
    settings: dict[str, Any] = {}
    if "postgresql" in request.param:
        settings["database_url"] = request.getfixturevalue("postgres_url")
    if "redis" in request.param:
        settings["redis_url"] = request.getfixturevalue("redis").url
    for press in printing_house(make_house, **settings):
        press.key()

        def listen(tx: store.Tx, url: str = press.house.crm.url) -> None:
            source = store.find_source(tx, name="crm")
            assert source
            store.set_webhooks(tx, source, {"lob_webhooks": f"{url}/lob"})

        press.house.store.write(listen)
        yield press


def test_a_card_waits_is_approved_printed_once_and_its_delivery_is_told(running: Printing) -> None:
    made = running.create(metadata={"purpose": "marketing", "run": "May"})
    assert made["status"] == "processed"
    assert running.house.message(made["id"])["state"] == "held"
    assert running.lob.pieces == []

    assert running.house.decide(made["id"], "approve").status_code == 200
    wait_for(lambda: running.house.message(made["id"])["state"] == "sent")
    (printed,) = running.lob.pieces
    body = running.lob.event(printed, "delivered")
    for _ in range(2):
        assert post(running.house.url, body, signed(body)).status_code == 204

    heard = wait_for(running.house.crm.posts)
    said = json.loads(heard[0].body)
    assert (said["event_type"]["id"], said["body"]["id"]) == ("postcard.delivered", made["id"])
    assert running.call("GET", "/postcards?metadata[run]=May").json()["data"][0]["id"] == made["id"]
    assert running.house.message(made["id"])["delivery"] == "delivered"
    assert len(running.lob.pieces) == len(running.house.crm.posts()) == 1


def test_a_card_that_somebody_stops_is_never_printed_and_its_crm_hears_so(running: Printing) -> None:
    made = running.create()
    assert running.house.decide(made["id"], "reject", reason="wrong_person").status_code == 200
    said = json.loads(wait_for(running.house.crm.posts)[0].body)
    assert (said["event_type"]["id"], said["body"]["deleted"]) == ("postcard.deleted", True)
    assert running.call("GET", f"/postcards/{made['id']}").json()["deleted"] is True
    assert running.lob.asked == []
