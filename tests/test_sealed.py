"""What the database's own bytes say about people: nothing."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from sayso import store
from sayso.message import Finding, State
from sayso.store import Screening
from tests.conftest import House, MakeHouse
from tests.stored import keep
from tests.vendors import wait_for

NUMBER, SHOP, CLERK = "+14155550177", "+14155550100", "canary.clerk@example.com"
WORDS, NOTE, NAME, DETAIL = (
    "canary words for Rebecca",
    "canary note by a clerk",
    "Canary Surname",
    "canary of a callback",
)
CANARIES = (NUMBER[2:], SHOP[2:], CLERK, WORDS, NOTE, NAME, DETAIL, "canary.query", "canary host fact", "canary reason")


@pytest.fixture
def house(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database."""
    return make_house(database_url=database_url)


def test_no_word_number_note_name_or_email_is_in_the_databases_bytes(house: House, database_url: str) -> None:
    a_message_is_sent_and_called_back(house)
    a_message_is_refused_by_the_vendor(house)
    a_message_is_rejected(house)
    what_has_no_door_yet(house)
    raw = sqlite_bytes(database_url) if database_url.startswith("sqlite") else postgres_bytes(database_url)
    assert b"sayso_content" in raw
    assert b"twilio" in raw
    assert [canary for canary in CANARIES if canary.lower().encode() in raw.lower()] == []


def test_the_words_are_found_where_they_are_stored_plain(house: House, database_url: str) -> None:
    """The look above finds what is there."""
    house.store.write(lambda tx: store.write_trail(tx, "test", "planted", {"words": WORDS}))
    raw = sqlite_bytes(database_url) if database_url.startswith("sqlite") else postgres_bytes(database_url)
    assert WORDS.encode() in raw


def post(house: House, body: str) -> str:
    callback = f"{house.crm.url}/twilio?who=canary.query"
    sent = house.client().messages.create(to=NUMBER, from_=SHOP, body=body, status_callback=callback)
    return str(sent.sid)


def a_message_is_sent_and_called_back(house: House) -> None:
    sid = post(house, f"{WORDS}, once")
    house.decide(sid, "approve", email=CLERK, note=NOTE)
    wait_for(lambda: house.message(sid)["state"] == "sent")
    house.twilio.call_back(house.twilio.messages[0], "delivered", Note=DETAIL)
    wait_for(house.crm.posts)


def a_message_is_refused_by_the_vendor(house: House) -> None:
    said = {"code": 21211, "message": f"{NUMBER} of {NAME} is no phone", "status": 400}
    house.twilio.fault = 400, {"Content-Type": "application/json"}, json.dumps(said).encode()
    sid = post(house, f"{WORDS}, twice")
    house.decide(sid, "approve", email=CLERK)
    wait_for(lambda: house.message(sid)["state"] == "failed")


def a_message_is_rejected(house: House) -> None:
    house.decide(post(house, f"{WORDS}, thrice"), "reject", email=CLERK, note=NOTE, reason="other")


def what_has_no_door_yet(house: House) -> None:
    def write(tx: store.Tx) -> None:
        message = keep(tx, State.HELD, to=NUMBER)
        finding = Finding("words", "name", f"It names {NAME}.", evidence=WORDS)
        store.screened(tx, message, Screening("policy", (finding,), {"given": "canary host fact"}))
        store.suppress(tx, NUMBER, "canary reason", origin="test")
        store.write_incident(tx, "orphan_callback", message.id, f"{NAME} at {NUMBER}")
        relay = store.read_relays(tx, store.recent(tx, limit=10)[-1].id)[0]
        store.delay_relay(tx, relay, tx.now, f"no route to {NAME}")

    house.store.write(write)


def sqlite_bytes(url: str) -> bytes:
    """The database's file and what is written ahead of it."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def postgres_bytes(url: str) -> bytes:
    """Every table as COPY dumps it, after its name."""
    raw = b""
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        names = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with cursor.copy(f"COPY {name} TO STDOUT (FORMAT binary)".encode()) as copy:
                raw += name.encode() + b"".join(bytes(part) for part in copy)
    return raw
