"""Messages of whose delivery a CRM is to hear, and places where it may be told."""

from __future__ import annotations

from sayso import relay, store
from tests.conftest import House
from tests.walk import sent


def delivered(house: House, path: str = "/cb", **fields: str) -> str:
    """A message whose delivery the CRM is to hear of."""
    fields = {"StatusCallback": house.crm.url + path} | fields
    sid = sent(house, **fields)
    house.twilio.call_back(house.twilio.messages[-1], "delivered")
    return sid


def allow_place(house: House, url: str, source: str = "crm") -> None:
    """Let a source be called at a place, and wake what waited for that."""

    def allow(tx: store.Tx) -> None:
        found = store.find_source(tx, name=source)
        store.allow_origin(tx, found, relay.origin(url), "test")
        store.wake_relays(tx, "parked", found.id, relay.origin(url))

    house.store.write(allow)
