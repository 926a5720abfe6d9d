"""The walk in single paces, for tests that stop in the middle: hand in, decide, dispatch, look."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

import requests

from sayso import dispatch, relay, signoff, store, sweep
from sayso.message import Message
from sayso.signoff import Wish
from sayso.store import Staff
from tests.conftest import House

TO, SHOP = "+14155550123", "+14155550100"
_numbers = itertools.count(1)


def hand_in(house: House, source: str = "crm", *, purpose: str = "", **fields: str) -> str:
    """The CRM's id of a message handed in at the door; no two have the same words."""
    given = house.source(source)["twilio"]
    path = f"/for/{purpose}" if purpose else ""
    url = f"{house.url}{path}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
    form = {"To": TO, "From": SHOP, "Body": f"Ring number {next(_numbers)} is ready."} | fields
    answer = requests.post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=10)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def withdraw(house: House, sid: str, source: str = "crm") -> requests.Response:
    """The CRM takes a message back."""
    given = house.source(source)["twilio"]
    url = f"{house.url}/2010-04-01/Accounts/{given['account_sid']}/Messages/{sid}.json"
    auth = (given["account_sid"], given["auth_token"])
    return requests.post(url, data={"Status": "canceled"}, auth=auth, timeout=10)


def withdraw_by_api(house: House, sid: str, source: str = "crm") -> requests.Response:
    """The CRM takes a message back at our own door."""
    headers = {"Authorization": f"Bearer {house.source(source)['token']}"}
    return requests.post(f"{house.url}/api/messages/{sid}/withdraw", headers=headers, timeout=10)


def person(house: House, email: str = "ana@example.com", role: str = "reviewer", **more: object) -> Staff:
    """A member of staff."""
    return house.store.write(lambda tx: store.add_staff(tx, email, role, **more))


def decide(house: House, sid: str, kind: str, staff: Staff | None = None, **more: object) -> Message:
    """A decision on the message as it is now."""
    shown = look(house, sid)
    wish = Wish(kind, shown.version, shown.content_hash, **more)
    return signoff.decide(house.runtime, staff or person(house), sid, wish)


def approved(house: House, source: str = "crm", **fields: str) -> str:
    """The CRM's id of a message that may go."""
    sid = hand_in(house, source, **fields)
    decide(house, sid, "approve")
    return sid


def sent(house: House, **fields: str) -> str:
    """The CRM's id of a message that the vendor took."""
    sid = approved(house, **fields)
    dispatched(house)
    assert look(house, sid).state == "sent"
    return sid


def look(house: House, sid: str) -> Message:
    """A message as it is stored."""
    with house.store.read() as tx:
        found = store.get(tx, sid)
    assert found is not None
    return found


def dispatched(house: House) -> None:
    """Everything that is due now has been tried."""
    _until_idle(lambda: dispatch.run_due(house.runtime))


def relayed(house: House) -> None:
    """Every relay that is due now has been tried."""
    _until_idle(lambda: relay.run_due(house.runtime))


def swept(house: House) -> None:
    """The sweep has looked once."""
    sweep.run_due(house.runtime)


def lose_lease(house: House) -> None:
    """Time passes until a lease that is held now is over, and the sweep has seen it."""
    house.clock.forward(seconds=house.runtime.lease_seconds + 1)
    swept(house)


def incidents(house: House, sid: str | None = None) -> list[str]:
    """The kinds of incident there were, of one message or of all."""
    with house.store.read() as tx:
        message = store.get(tx, sid) if sid else None
        return [kind for kind, _, _ in store.read_incidents(tx, message.id if message else None)]


def relays(house: House, sid: str) -> list[store.Relay]:
    """What the CRM heard, or is to hear."""
    with house.store.read() as tx:
        message = store.get(tx, sid)
        assert message
        return list(store.read_relays(tx, message.id))


def told(house: House) -> list[str]:
    """The statuses that the CRM has heard, in order."""
    return [heard.form["MessageStatus"] for heard in house.crm.posts()]


def in_(house: House, moment: object) -> timedelta:
    """How long from now until a moment."""
    return moment - house.clock()  # type: ignore[no-any-return,operator]  # a datetime


def _until_idle(step: Callable[[], bool]) -> None:
    for _ in range(200):
        if not step():
            return
    raise AssertionError("there is always more to do")
