"""The store on both databases: credentials, allowed origins and staff, however often they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sayso import store
from sayso.store import Store, Tx
from tests.stored import at_once
from tests.two_databases import MakeStore, clock, here, make_store

__all__ = ["clock", "here", "make_store"]  # fixtures from elsewhere


def test_fresh_credentials_sign_although_the_clock_was_set_back(here: Store) -> None:
    def rotate(tx: Tx) -> tuple[str | None, str] | None:
        source, earlier = store.add_source(tx, "crm"), replace(tx, now=tx.now - timedelta(hours=1))
        store.add_credential(tx, source.id, "twilio", "old")
        store.end_credentials(tx, source.id, tx.now + timedelta(days=1))
        store.add_credential(earlier, source.id, "twilio", "new")
        return store.newest_credential(tx, source.id, "twilio")

    assert here.write(rotate) == (None, "new")


def test_two_origins_allowed_on_the_same_reading_are_both_kept(here: Store) -> None:
    source = here.write(lambda tx: store.add_source(tx, "crm"))
    for origin in ("http://a.test:80", "http://b.test:80"):
        here.write(lambda tx, origin=origin: store.allow_origin(tx, source, origin, "test"))
    with here.read() as tx:
        found = store.find_source(tx, name="crm")
    assert found
    assert found.allowed == ("http://a.test:80", "http://b.test:80")


def test_staff_added_twice_are_one_person_with_the_later_role(make_store: MakeStore) -> None:
    stores = (make_store(), make_store())
    calls = [
        lambda one=one: one.write(lambda tx: store.add_staff(tx, "ana@example.com", "viewer")) for one in stores * 5
    ]
    ids = {person.id for person in at_once(calls) if isinstance(person, store.Staff)}
    later = stores[0].write(lambda tx: store.add_staff(tx, "Ana@Example.com", "admin", ("oak",)))
    assert ids == {later.id}
    assert (later.role, later.stores, later.email) == ("admin", ("oak",), "ana@example.com")
