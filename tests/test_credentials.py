"""The credentials that we issue: right at their own door only, kept as hashes, changed with an overlap, shown once."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from twilio.request_validator import RequestValidator

from sayso import issue, store
from sayso.store import Store, Tx
from sayso_providers import DOORS
from tests.conftest import House
from tests.handing_in import handed_in, sms
from tests.stillness import still
from tests.test_cli import sayso
from tests.two_databases import clock, here, make_store
from tests.vendors import plain_http
from tests.walk import decide, dispatched, hand_in, look, relayed

__all__ = ["clock", "here", "make_store", "still"]
Issued = Mapping[str, Mapping[str, str]]
Headers = dict[str, str]


def basic(user: str, password: str = "") -> Headers:
    """Basic credentials."""
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def bearer(token: object) -> Headers:
    """A bearer's token."""
    return {"Authorization": f"Bearer {token}"}


SHAPES: Mapping[str, Callable[[Issued], Headers]] = {
    "twilio": lambda given: basic(given["twilio"]["account_sid"], given["twilio"]["auth_token"]),
    "sendgrid": lambda given: bearer(given["sendgrid"]["api_key"]),
    "lob": lambda given: basic(given["lob"]["api_key"]),
    "api": lambda given: bearer(given["token"]),
}
"""How a CRM shows its credentials at each door."""
ASKED: Mapping[str, Callable[[Issued], str]] = {
    "twilio": lambda given: f"/2010-04-01/Accounts/{given['twilio']['account_sid']}/Messages.json",
    "sendgrid": lambda given: "/v3/scopes",
    "lob": lambda given: "/v1/postcards",
    "api": lambda given: "/api/messages",
}
"""What each door answers whoever may come in."""
DIALECTS: Mapping[str, Callable[[dict[str, object]], object]] = {
    "twilio": lambda said: said["code"],
    "sendgrid": lambda said: said["errors"],
    "lob": lambda said: said["error"]["status_code"],
    "api": lambda said: said["status"],
}
"""Where each door's own error says so."""
HERE = tuple(name for name in SHAPES if name == "api" or name in DOORS)


def knock(house: House, door: str, headers: Headers, given: Issued) -> requests.Response:
    """One harmless request at a door."""
    return plain_http().get(house.url + ASKED[door](given), headers=headers, timeout=10)


def rotated(house: House, overlap: timedelta = issue.OVERLAP) -> Issued:
    """Fresh credentials of the CRM."""
    return house.store.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm"), overlap))


@pytest.mark.parametrize("door", HERE)
def test_a_door_takes_its_own_shape_and_no_other(still: House, door: str) -> None:
    given = still.source()
    assert knock(still, door, SHAPES[door](given), given).status_code != 401
    for other in SHAPES.keys() - {door}:
        answer = knock(still, door, SHAPES[other](given), given)
        assert (answer.status_code, bool(DIALECTS[door](answer.json()))) == (401, True), other


@pytest.mark.parametrize("door", HERE)
def test_the_secret_of_one_door_in_another_s_shape_is_refused(still: House, door: str) -> None:
    given = still.source()
    secrets = {"token": given["token"], "lob": given["lob"]["api_key"], "sendgrid": given["sendgrid"]["api_key"]}
    own = {"api": "token"}.get(door, door)
    for name, secret in secrets.items():
        if name != own:
            for headers in (bearer(secret), basic(secret), basic(given["twilio"]["account_sid"], secret)):
                assert knock(still, door, headers, given).status_code == 401


@pytest.mark.parametrize("door", HERE)
def test_both_keys_count_during_the_overlap_and_only_the_new_one_after(still: House, door: str) -> None:
    old = still.source()
    new = rotated(still)

    def heard() -> list[bool]:
        still.app.extensions["sayso"].doorkeeper._known.clear()
        return [knock(still, door, SHAPES[door](given), given).status_code != 401 for given in (old, new)]

    assert heard() == [True, True]
    still.clock.forward(hours=23, minutes=59)
    assert heard() == [True, True]
    still.clock.forward(minutes=2)
    assert heard() == [False, True]


def test_without_an_overlap_every_former_key_ends_at_once(here: Store) -> None:
    def rotate(tx: Tx) -> list[bool]:
        source = store.add_source(tx, "crm")
        sets = [issue.issue(tx, source), issue.rotate(tx, source), issue.rotate(tx, source, timedelta())]
        return [store.source_by_secret(tx, "token", str(one["token"])) is not None for one in sets]

    assert here.write(rotate) == [False, False, True]


def test_a_later_change_does_not_lengthen_an_earlier_overlap(here: Store, clock: object) -> None:
    first = here.write(lambda tx: issue.issue(tx, store.add_source(tx, "crm")))
    here.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm"), timedelta(hours=1)))
    here.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm")))
    with here.read() as tx:
        spans = store.read_spans(tx, store.find_source(tx, name="crm").id)
    lasts = [round((one.ends_at - one.issued_at) / timedelta(hours=1)) if one.ends_at else None for one in spans]
    assert (lasts, bool(first)) == ([None, 24, 1], True)


def test_what_only_is_shown_to_us_is_kept_as_a_hash_alone(here: Store) -> None:
    here.write(lambda tx: issue.issue(tx, store.add_source(tx, "crm")))
    with here.read() as tx:
        rows = tx.connection.execute(text("SELECT kind, sealed IS NULL AS hashed FROM sayso_credential")).all()
    assert {row.kind for row in rows if row.hashed} == {"token", "sendgrid", "lob", "smtp"}
    assert {row.kind for row in rows if not row.hashed} == {"twilio", "webhook", "sendgrid_events", "lob_webhook"}


def secrets_in(given: Issued) -> list[str]:
    """Every secret of a set."""
    names = ("twilio.auth_token", "sendgrid.api_key", "lob.api_key", "lob.webhook_secret", "smtp.password")
    found = [given[name.partition(".")[0]][name.partition(".")[2]] for name in names]
    return [*found, str(given["token"]), str(given["webhook_secret"])]


def test_a_secret_is_shown_once_and_stands_nowhere(
    still: House, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    hand_in(still)
    sets = [still.source(), rotated(still)]
    staff = still.staff(role="admin")
    pages = [
        plain_http().get(still.url + path, headers=staff, timeout=10).text for path in ("/api/messages", "/metrics")
    ]
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("sayso.db*"))
    seen = "\n".join([*pages, caplog.text, files.decode("latin-1")])
    assert "sayso_credential" in seen
    assert [secret for given in sets for secret in secrets_in(given) if secret in seen] == []


def told(house: House, message: str) -> None:
    """A message goes, and its CRM is to hear of it."""
    decide(house, message, "approve")
    dispatched(house)
    relayed(house)


def test_our_own_relays_are_signed_with_both_secrets_during_the_overlap_and_with_the_new_one_after(
    still: House,
) -> None:
    old, new = still.source(), rotated(still)
    told(still, str(handed_in(still, sms(callback_url=f"{still.crm.url}/heard"))["id"]))
    heard = still.crm.posts()[-1]
    assert heard.headers["webhook-signature"].count("v1,") == 2
    for given in (old, new):
        assert Webhook(str(given["webhook_secret"])).verify(heard.body, heard.headers)["type"] == "message.sent"
    still.clock.forward(hours=25)
    still.issued["crm"] = new  # type: ignore[assignment]  # the CRM has changed over
    message = str(handed_in(still, sms(callback_url=f"{still.crm.url}/heard"))["id"])
    told(still, message)
    assert still.crm.posts()[-1].headers["webhook-signature"].count("v1,") == 1


def test_a_vendor_shaped_relay_is_signed_with_the_newest(still: House) -> None:
    url = f"{still.crm.url}/heard"
    sid = hand_in(still, StatusCallback=url)
    new = rotated(still)
    decide(still, sid, "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    relayed(still)
    heard = still.crm.posts()[-1]
    validator = RequestValidator(new["twilio"]["auth_token"])
    assert validator.validate(url, heard.form, heard.headers["x-twilio-signature"])
    assert look(still, sid).delivery == "delivered"


def test_a_key_that_somebody_gave_us_outlives_a_rotation(here: Store) -> None:
    def rotate(tx: Tx) -> int:
        source = store.add_source(tx, "crm")
        store.add_credential(tx, source.id, "shopify", "theirs")
        issue.rotate(tx, source, timedelta())
        return len(store.signing_secrets(tx, source.id, "shopify"))

    assert here.write(rotate) == 1


def test_the_list_says_when_keys_were_issued_and_end_and_shows_none() -> None:
    assert sayso("source", "add", "crm").returncode == 0
    rotated_ = json.loads(sayso("source", "rotate", "crm", "--overlap", "2", "--json").stdout)
    (listed,) = json.loads(sayso("source", "list", "--json").stdout)
    newest, former = listed["keys"]
    lasts = datetime.fromisoformat(former["ends_at"]) - datetime.fromisoformat(newest["issued_at"])
    assert (newest["ends_at"], round(lasts / timedelta(hours=1))) == (None, 2)
    words = sayso("source", "list").stdout
    assert ("until" in words, [secret for secret in secrets_in(rotated_) if secret in words]) == (True, [])
