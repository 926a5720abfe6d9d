"""People and keys that no log may name, and everything that was logged while a test ran."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.conftest import House
from tests.vendors import VENDOR_SID, VENDOR_TOKEN

NUMBER, MAIL, NAME, WORDS = "+14155550188", "kayla.reed@example.com", "Kayla-Canary", "a sapphire for Rebecca-Canary"
TOKEN = "sayso_" + "Qx7" * 14
CANARIES = (NUMBER, NUMBER[1:], "415 555 0188", "(415) 555-0188", MAIL, NAME, "Rebecca-Canary", "sapphire", TOKEN)


class Taken(logging.Handler):
    """Every record as a host's own handler would write it, traceback and all."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.written: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_info)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.written.append(self.format(record))


@pytest.fixture
def taken() -> Iterator[list[str]]:
    """What everything that logs has said, at every level."""
    handler, root = Taken(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.written
    root.setLevel(before)
    root.removeHandler(handler)


def ours(taken: list[str]) -> list[str]:
    """What sayso itself said."""
    return [line for line in taken if line.startswith("sayso ")]


def leaks(taken: list[str], house: House | None = None) -> list[str]:
    """What was said of a person, or of a key."""
    issued = house.source() if house else {}
    keys = [secret for part in issued.values() for secret in (part.values() if isinstance(part, dict) else [part])]
    logins = {"twilio", issued.get("source"), *(issued.get("smtp") or {}).values(), VENDOR_SID}
    logins.add((issued.get("twilio") or {}).get("account_sid"))
    secrets = [key for key in keys if key not in logins and len(str(key)) > 12] + [VENDOR_TOKEN]
    return [line for line in taken if any(str(canary) in line for canary in (*CANARIES, *secrets))]
