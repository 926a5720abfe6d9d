"""What a log may say: which words of an error, what is taken out of a text, and that a host's logging is its own."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import text

from sayso import Sayso, logs
from sayso.message import Unsafe
from tests.canaries import MAIL, NAME, NUMBER, TOKEN, WORDS, leaks
from tests.conftest import House
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN

__all__ = ["still"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"to {NUMBER}.", "to [number]."),
        ("call (415) 555-0188 now", "call [number] now"),
        ("To=%2B14155550188&x", "To=[number]&x"),
        ("of 14155550188", "of [number]"),
        (f"<{MAIL}>", "<[address]>"),
        ("q=kayla%40example.com", "q=[address]"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer [key]"),
        ("Basic QUM6eHh4eHg=", "Basic [key]"),
        (f"{VENDOR_SID}:{VENDOR_TOKEN}", f"{VENDOR_SID}:[key]"),
        (f"the token {VENDOR_TOKEN}", "the token [key]"),
        ("postgresql://sayso:pw@db/x", "postgresql://[key]@db/x"),
        ("GET /desk/invite/abcdefghijklmnopqrstuv", "GET /desk/invite/[key]"),
        ("SG.abcdefgh.ijklmnopqrstuv", "SG.[key]"),
        ("one\nERROR two\x1b[31m", "one ERROR two [31m"),
    ],
)
def test_what_looks_like_a_person_or_a_key_is_taken_out(said: str, kept: str) -> None:
    assert logs.hide(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "message 01ARZ3NDEKTSV4RRFFQ69G5FAV was settled",
        "SM" + "0123456789abcdef" * 2,
        "the policy was read again; its hash is " + "0123456789abcdef" * 4,
        "http://127.0.0.1:8000/desk/",
        "2026-11-22 02:14:42 after 12.345678 seconds",
        "relay 01J8ZQ4Y8R0000000000000000 to https://crm.example.com:443",
    ],
)
def test_ids_hashes_and_times_stay(said: str) -> None:
    assert logs.hide(said) == said


class Quoting(Exception):
    """An error whose words nobody may read."""

    def __str__(self) -> str:
        return f"{NAME} {NUMBER}"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (Unsafe("set fsync=on"), "set fsync=on"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError(f"{NAME} is not here"), "builtins.OSError"),
        (requests.ConnectionError(f"https://crm.test/?who={NAME}"), "requests.exceptions.ConnectionError"),
        (Quoting(), "Quoting"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_errors_words_are_told_only_where_they_cannot_quote(error: Exception, word: str) -> None:
    told = "".join(logs.told(error))
    assert (word in told, leaks([told])) == (True, [])


def test_a_database_error_says_what_is_wrong_and_no_value(still: House) -> None:
    for statement in ("SELECT nothing FROM sayso_message", f"SELECT '{NAME}' AND \"{WORDS}"):
        try:
            still.store.write(lambda tx, statement=statement: tx.connection.execute(text(statement)))
        except Exception as error:  # noqa: BLE001  # the database's own
            told = "".join(logs.told(error))
            assert ("OperationalError: " in told, leaks([told])) == (True, [])
        else:
            pytest.fail("the database should not like this")


def test_a_plug_in_leaves_the_hosts_logging_alone(tmp_path: Path) -> None:
    def state() -> list[tuple[object, ...]]:
        names = ("", "werkzeug", "flask.app", "sqlalchemy", "host", "waitress")
        return [(one.level, tuple(one.handlers), tuple(one.filters)) for one in map(logging.getLogger, names)]

    before = state()
    for n in range(2):
        Sayso(Flask("host", instance_path=str(tmp_path / str(n))))
    assert state() == before
    assert logging.getLogger("sayso").filters.count(logs.WALL) == 1
    assert logging.getLogger("sayso").handlers == []


def test_every_module_of_ours_speaks_through_the_logger_that_is_guarded() -> None:
    root = Path(logs.__file__).parent
    asked = [name for path in root.rglob("*.py") for name in re.findall(r"getLogger\(([^)]*)\)", path.read_text())]
    assert set(asked) - {'"sayso"'} <= {'"alembic"', '"waitress.queue"', '"mail.log"', '"rq"', '"rq.worker"', ""}
