"""Messages that are over, in every way one can be, and all that is stored of their words."""

from __future__ import annotations

from sqlalchemy import select

from sayso.store import tables
from tests.conftest import House
from tests.standing import PICTURES
from tests.vendor_log import refuses
from tests.walk import approved, decide, dispatched, hand_in, look, sent, swept, withdraw

SECRET = "Emerald solitaire for Kayla {{name}}"
PICTURE = PICTURES[0]


def arrived(house: House, **fields: str) -> str:
    """A message that was delivered."""
    sid = sent(house, **fields)
    assert house.twilio.call_back(house.twilio.messages[-1], "delivered").status_code == 204
    return sid


def rejected(house: House) -> str:
    """Somebody said no."""
    sid = hand_in(house, Body=SECRET)
    decide(house, sid, "reject")
    house.clock.forward(seconds=1)
    return sid


def refused(house: House) -> str:
    """The vendor refused it."""
    sid = approved(house, Body=SECRET)
    house.twilio.fault = refuses(400, 21614, "not a mobile")
    dispatched(house)
    house.twilio.fault = None
    return sid


def withdrawn(house: House) -> str:
    """The CRM took it back."""
    sid = hand_in(house, Body=SECRET)
    withdraw(house, sid)
    return sid


def expired(house: House) -> str:
    """Nobody said yes in time."""
    sid = hand_in(house, Body=SECRET, ValidityPeriod="60")
    house.clock.forward(seconds=61)
    swept(house)
    return sid


def delivered(house: House) -> str:
    """It has arrived."""
    return arrived(house, Body=SECRET)


def undelivered(house: House) -> str:
    """It has not arrived."""
    sid = sent(house, Body=SECRET)
    house.twilio.call_back(house.twilio.messages[-1], "undelivered", ErrorCode="30003")
    return sid


OVER = [rejected, refused, withdrawn, expired, delivered, undelivered]


def opened(house: House, sid: str) -> str:
    """Everything that is stored sealed about a message, opened."""
    message, found = look(house, sid), []
    with house.store.read() as tx:
        for table, kind in (
            (tables.content, "content"),
            (tables.screening, "screening"),
            (tables.decision, "decision"),
        ):
            for row in tx.connection.execute(select(table).where(table.c.message_id == message.id)):
                place = f"{message.id}|{row.edition}" if kind == "content" else row.id
                found.append(tx.seal.open(row.sealed, f"{kind}|{place}").decode())
    return "\n".join(found)
