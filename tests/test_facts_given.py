"""What the host's own hook says, read as a CRM's facts are; what cannot be read is left out without a word of it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from sayso.message import Json
from sayso.store import Source
from sayso.telling import given_facts
from tests.telling import NOW, SEAL, fact

HOST = Source("S1", "crm", None, None, (), {})


def test_the_hosts_facts_have_the_keys_of_the_source() -> None:
    given: dict[str, Json] = {"people": [{"id": 7, "name": "Ana", "phones": ["(415) 555-0123"]}], "staff": None}
    (ana,) = given_facts(given, HOST, SEAL, NOW, "US")
    assert (ana.key, ana.endpoints) == (fact("people", id="7").key, ("+14155550123",))
    assert (ana.values["name"].by, ana.values["name"].desk) == ("crm", False)


def test_an_item_said_twice_is_one_fact() -> None:
    items: list[Json] = [{"id": 7, "name": "Ana"}, {"id": 7, "deceased": True}]
    (ana,) = given_facts({"people": items}, HOST, SEAL, NOW, "US")
    assert (ana.text("name"), ana.get("deceased")) == ("Ana", True)


def test_what_cannot_be_read_is_left_out_and_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    later = (NOW + timedelta(days=9)).isoformat()
    bad: list[Json] = [
        "canary",
        {"id": "canary", "canary_phone": {}, "phones": "canary"},
        {"id": 1, "confirmed_at": later},
    ]
    with caplog.at_level(logging.WARNING, "sayso"):
        found = given_facts({"people": [*bad, {"id": "a"}], "wishes": bad, "purchases": "x"}, HOST, SEAL, NOW, "US")
    assert [one.id for one in found] == ["a"]
    assert len(caplog.records) == 3
    assert "canary" not in caplog.text
