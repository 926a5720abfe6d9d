"""Test mode without any Lob: a piece is taken, mailed and canceled, and its CRM hears of it as it would."""

from __future__ import annotations

import json

from sayso import store
from tests import walk
from tests.conftest import MakeHouse
from tests.fake_lob import FakeLob
from tests.lob_house import Printing


def test_a_piece_in_test_mode_is_mailed_and_told(make_house: MakeHouse) -> None:
    house = make_house(start=False, mode="test")
    press = Printing(house, FakeLob())
    press.key()

    def listen(tx: store.Tx) -> None:
        source = store.find_source(tx, name="crm")
        assert source
        store.set_webhooks(tx, source, {"lob_webhooks": f"{house.crm.url}/lob"})

    house.store.write(listen)
    made = press.create()
    walk.decide(house, made["id"], "approve")
    walk.dispatched(house)
    walk.swept(house)
    walk.relayed(house)
    (heard,) = house.crm.posts()
    said = json.loads(heard.body)
    assert (said["event_type"]["id"], said["body"]["id"]) == ("postcard.mailed", made["id"])
    assert press.call("DELETE", f"/postcards/{made['id']}").json()["deleted"] is True
