"""Where Twilio's door is: with a purpose in front, with slashes too many, alone or plugged into a host's app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sayso import store
from tests.conftest import House
from tests.standing import PLAIN, SHOP, TO, assert_twilio_error, call, count_rows, standing
from tests.standing_alone import alone

__all__ = ["alone"]  # fixtures from elsewhere


@pytest.fixture(scope="module")
def plugged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A host's app with sayso under /sayso."""
    with standing(tmp_path_factory.mktemp("plugged"), "/sayso") as house:
        yield house


def test_the_base_url_can_name_the_purpose(alone: House) -> None:
    client = alone.client(path="/for/purchase_feedback")

    sid = client.messages.create(to=TO, from_=SHOP, body="How was it?").sid

    assert alone.message(sid)["purpose"] == "purchase_feedback"
    assert client.messages(sid).fetch().sid == sid


@pytest.mark.parametrize("purpose", ["gossip", "OTP", "otp%00", "%2e%2e", "a%2Fb", "otp%20", "💍", "x" * 500])
@pytest.mark.parametrize("kind", ["alone", "plugged"])
def test_an_unknown_purpose_is_refused(request: pytest.FixtureRequest, kind: str, purpose: str) -> None:
    house = request.getfixturevalue(kind)
    before = count_rows(house)

    answer = call(house, "POST", before=f"/for/{purpose}", data=PLAIN)

    assert_twilio_error(answer, 404, 20404)
    assert count_rows(house) == before


SLASHES = (
    "/2010-04-01/Accounts/{sid}/Messages.json/",
    "//2010-04-01/Accounts/{sid}/Messages.json",
    "/2010-04-01//Accounts/{sid}//Messages.json",
    "/for/marketing//2010-04-01/Accounts/{sid}/Messages.json",
    "//for/marketing/2010-04-01/Accounts/{sid}/Messages.json",
    "/for/marketing/2010-04-01//Accounts/{sid}/Messages.json//",
)


@pytest.mark.parametrize("path", SLASHES)
@pytest.mark.parametrize("kind", ["alone", "plugged"])
def test_a_slash_too_many_is_answered_and_never_redirected(
    request: pytest.FixtureRequest, kind: str, path: str
) -> None:
    house = request.getfixturevalue(kind)
    given = house.source()["twilio"]
    url = house.url + path.format(sid=given["account_sid"])
    auth = (given["account_sid"], given["auth_token"])

    made = requests.post(url, data=PLAIN | {"Body": path}, auth=auth, timeout=10, allow_redirects=False)
    listed = requests.get(url, auth=auth, timeout=10, allow_redirects=False)

    assert (made.status_code, listed.status_code) == (201, 200), (made.text, listed.text)
    purpose = "marketing" if "/for/" in path else None
    stored = call(house, "GET", f"/Messages/{made.json()['sid']}.json").json()
    with house.store.read() as tx:
        message = store.get(tx, stored["sid"])
    assert message is not None
    assert message.purpose == purpose


@pytest.mark.parametrize("path", ["/for//2010-04-01/x", "/for/2010-04-01/Accounts/x", "/for/x", "/for/x/y"])
@pytest.mark.parametrize("kind", ["alone", "plugged"])
def test_a_purpose_without_a_door_behind_it_is_told_so_in_json(
    request: pytest.FixtureRequest, kind: str, path: str
) -> None:
    answer = requests.get(request.getfixturevalue(kind).url + path, timeout=10, allow_redirects=False)

    assert_twilio_error(answer, 404, 20404)


def test_the_plug_in_walks_create_fetch_list_and_cancel_under_its_prefix(plugged: House) -> None:
    client = plugged.client()
    made = [client.messages.create(to=TO, from_=SHOP, body=f"Hello {n}").sid for n in range(3)]

    assert client.messages(made[0]).fetch().status == "queued"
    assert [m.sid for m in client.messages.list(page_size=1)][:3] == made[::-1]
    assert client.messages(made[0]).update(status="canceled").status == "canceled"
