"""Vendor accounts: each source's messages leave by its own, each rests by itself, and none shows its keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.cli import ScriptInfo
from twilio.request_validator import RequestValidator

from sayso import doctor
from sayso.wsgi import create_app
from sayso_config import SettingsError
from tests.conftest import House, MakeHouse
from tests.desk_visits import enter
from tests.handing_in import handed_in
from tests.vendors import VENDOR_SID, Heard, Server, plain_http, serve
from tests.walk import decide, dispatched, hand_in, incidents, look, person, swept
from tests.whatsapp_world import APP_SECRET, PHONE_ID, a_meta, bag, post, status_of, whatsapp, with_whatsapp

SECOND_SID, SECOND_TOKEN = "AC" + "0e" * 16, "cd" * 16
SECRET = "a-secret-that-nobody-sees"


@dataclass
class SecondTwilio:
    """What the second account at Twilio was asked; it takes everything, unless its keys were taken away."""

    heard: list[Heard] = field(default_factory=list)
    works: bool = True
    server: Server | None = None

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request."""
        self.heard.append(heard)
        known = "Basic " + base64.b64encode(f"{SECOND_SID}:{SECOND_TOKEN}".encode()).decode()
        if heard.headers.get("authorization") != known or not self.works:
            return 401, {}, json.dumps({"code": 20003, "message": "Authenticate"}).encode()
        if "/v1/Content/" in heard.path:
            return 200, {}, json.dumps({"types": {"twilio/text": {"body": "Words of the second."}}}).encode()
        return 201, {}, json.dumps({"sid": f"SM{len(self.heard):032x}", "status": "queued"}).encode()

    def toml(self) -> str:
        """The settings with which `east` writes by this account."""
        assert self.server
        return f"""
        [accounts.second]
        provider = "twilio"
        account_sid = "{SECOND_SID}"
        auth_token = "{SECOND_TOKEN}"
        api_url = "{self.server.url}"
        [sources.east]
        account = "second"
        """


@pytest.fixture
def second() -> Iterator[SecondTwilio]:
    """A running second account."""
    vendor = SecondTwilio()
    with serve(vendor.answer) as server:
        vendor.server = server
        yield vendor


@pytest.fixture
def chain(make_house: MakeHouse, second: SecondTwilio) -> House:
    """A house with two accounts at Twilio; nothing moves by itself."""
    Path("sayso.toml").write_text(second.toml(), "utf-8")
    return make_house(start=False)


def approved(house: House, source: str, **fields: str) -> str:
    """The id of a message of that source that may go."""
    sid = hand_in(house, source, **fields)
    decide(house, sid, "approve", person(house))
    return sid


def test_messages_of_two_sources_leave_by_their_own_account(chain: House, second: SecondTwilio) -> None:
    west, east = approved(chain, "west"), approved(chain, "east")
    dispatched(chain)
    assert [look(chain, sid).state for sid in (west, east)] == ["sent", "sent"]
    assert [heard.path.split("/")[3] for heard in chain.vendor.posts()] == [VENDOR_SID]
    assert [heard.path.split("/")[3] for heard in second.heard] == [SECOND_SID]


def test_an_account_that_rests_holds_back_no_other(chain: House, second: SecondTwilio) -> None:
    second.works = False
    east = approved(chain, "east")
    dispatched(chain)
    west = approved(chain, "west")
    dispatched(chain)
    assert [look(chain, sid).state for sid in (east, west)] == ["cleared", "sent"]
    page = plain_http().get(f"{chain.url}/metrics", timeout=10).text
    resting = {line.split('"')[1]: line[-3:] for line in page.splitlines() if "breakers_open{" in line}
    assert (incidents(chain, east), resting["second"], resting["twilio"]) == (["vendor_alarm"], "1.0", "0.0")


def called_back(house: House, sid: str, account: str, key: str) -> int:
    """What Twilio hears when it calls back about a message, signed with this account's key."""
    message = look(house, sid)
    url = f"{house.url}/callbacks/twilio"
    form = {"MessageSid": message.provider_id, "MessageStatus": "delivered", "AccountSid": account}
    signed = {"X-Twilio-Signature": RequestValidator(key).compute_signature(url, form)}
    return plain_http().post(url, data=form, headers=signed, timeout=10).status_code


def test_callbacks_of_both_are_verified_with_their_own_keys(chain: House) -> None:
    west, east = approved(chain, "west"), approved(chain, "east")
    dispatched(chain)
    assert called_back(chain, east, SECOND_SID, SECOND_TOKEN) == 204
    assert called_back(chain, west, VENDOR_SID, "ab" * 16) == 204
    assert called_back(chain, east, SECOND_SID, "ab" * 16) == 403
    assert called_back(chain, east, VENDOR_SID, SECOND_TOKEN) == 403
    assert [look(chain, sid).delivery for sid in (west, east)] == ["delivered", "delivered"]


def test_templates_of_the_same_name_are_each_account_s_own(chain: House) -> None:
    name = "HX" + "a" * 32
    chain.twilio.templates[name] = {"twilio/text": {"body": "Words of the first."}}
    seen = [look(chain, hand_in(chain, source, ContentSid=name, Body="")).content.seen for source in ("west", "east")]
    assert seen == ["Words of the first.", "Words of the second."]


def examined(house: House) -> dict[str, tuple[bool, str]]:
    """What the doctor says of each thing."""
    return {
        found.check: (found.ok, found.mend) for found in doctor.examine(ScriptInfo(create_app=lambda: house.app), False)
    }


def without_the_second(make_house: MakeHouse, second: SecondTwilio, database_url: str) -> tuple[House, str]:
    """A house whose second account was taken out of the settings, and a message by it that may go."""
    Path("sayso.toml").write_text(second.toml(), "utf-8")
    before = make_house(start=False, database_url=database_url)
    east = approved(before, "east")
    Path("sayso.toml").unlink()
    after = make_house(start=False, database_url=database_url)
    after.issued |= before.issued
    return after, east


def test_a_message_whose_account_was_taken_out_waits_and_the_doctor_says_so(
    make_house: MakeHouse, second: SecondTwilio, database_url: str
) -> None:
    after, east = without_the_second(make_house, second, database_url)
    dispatched(after)
    assert (look(after, east).state, after.vendor.posts(), second.heard) == ("cleared", [], [])
    good, mend = examined(after)["accounts"]
    assert (good, "second (1 messages wait)" in mend) == (False, True)


def test_a_message_whose_account_was_taken_out_holds_up_no_other(
    make_house: MakeHouse, second: SecondTwilio, database_url: str
) -> None:
    after, east = without_the_second(make_house, second, database_url)
    later = approved(after, "east")
    dispatched(after)
    swept(after)
    assert [look(after, sid).state for sid in (east, later)] == ["cleared", "sent"]
    assert [heard.path.split("/")[3] for heard in after.vendor.posts()] == [VENDOR_SID]


def test_the_desk_says_that_nothing_can_carry_a_message_whose_account_was_taken_out(
    make_house: MakeHouse, second: SecondTwilio, tmp_path: Path
) -> None:
    after, east = without_the_second(make_house, second, f"sqlite:///{tmp_path / 'sayso.db'}")
    browser, here = enter(after, "rob@example.com"), approved(after, "west")
    cards = [browser.get(f"{after.url}/desk/messages/{look(after, sid).id}").text for sid in (east, here)]
    assert ["the keys of “second” are not set" in card for card in cards] == [True, False]
    assert ["Goes out" in card for card in cards] == [False, True]


def test_settings_for_a_source_that_nobody_added_are_told(chain: House) -> None:
    good, mend = examined(chain)["sources_named"]
    assert (good, "east" in mend) == (False, True)
    chain.source("east")
    assert examined(chain)["sources_named"] == (True, "")


def test_the_doctor_looks_at_every_account_and_shows_no_key(chain: House) -> None:
    checks = examined(chain)
    assert {"twilio_keys", "second_keys"} <= set(checks)
    told = json.dumps(list(checks.values()))
    assert [secret for secret in (SECOND_TOKEN, "ab" * 16) if secret in told] == []


def test_an_account_s_keys_are_in_no_repr(chain: House) -> None:
    settings = chain.app.extensions["sayso"].settings
    told = repr([chain.runtime.accounts, chain.runtime, settings])
    assert ("second" in told, SECOND_TOKEN in told, "ab" * 16 in told) == (True, False, False)


GOOD = f'[accounts.b]\nprovider = "twilio"\naccount_sid = "AC1"\nauth_token = "{SECRET}"\n'
WRONG = (
    pytest.param("[accounts.b]\nauth_token = 'SECRET'", "provider is missing", id="no provider"),
    pytest.param("[accounts.b]\nprovider = 'SECRET'", "write one of twilio", id="a provider that nobody is"),
    pytest.param("[accounts.b]\nprovider = 'mailhouse'", "nobody that has accounts", id="a provider without accounts"),
    pytest.param(
        "[accounts.b]\nprovider = 'twilio'\nauth_token = 'SECRET'", "account_sid is missing", id="a key missing"
    ),
    pytest.param(GOOD.replace("auth_token", "auth_tokn"), "did you mean auth_token", id="a key mistyped"),
    pytest.param(GOOD.replace("'AC1'", "true").replace('"AC1"', "true"), "account_sid must be a text", id="no text"),
    pytest.param(GOOD.replace("accounts.b", "accounts.twilio"), "another name", id="the name of a vendor"),
    pytest.param(GOOD.replace("accounts.b", 'accounts."b,c"'), "another name", id="a name with a comma"),
    pytest.param(GOOD + "[sources.crm]\naccount = 'bb'", "did you mean b", id="an account that is not there"),
    pytest.param(GOOD + GOOD.replace(".b]", ".c]") + "[sources.crm]\naccount = ['b', 'c']", "both twilio's", id="two"),
    pytest.param("[sources.crm]\nroutes = { whatsap = 'whatsapp' }", "there is no channel 'whatsap'", id="channel"),
    pytest.param("[sources.crm]\nroutes = { sms = 'whatsapp' }", "write twilio", id="a vendor that does not carry it"),
    pytest.param("[sources.crm]\nroutes = { sms = 'twillio' }", "write twilio", id="a vendor that is not there"),
    pytest.param(GOOD + "api_url = 'http://x.example'", "plain http", id="a host over plain http"),
    pytest.param(GOOD + "api_url = 'https://u:SECRET@x.example'", "api_url", id="a password in the URL"),
)


@pytest.mark.parametrize(("toml", "mend"), WRONG)
def test_a_wrong_account_or_route_is_told_at_the_start_without_its_secret(tmp_path: Path, toml: str, mend: str) -> None:
    Path("sayso.toml").write_text(toml.replace("SECRET", SECRET), "utf-8")
    with pytest.raises(SettingsError) as refused:
        create_app({}, tmp_path / "instance")
    assert (mend in str(refused.value), SECRET in str(refused.value)) == (True, False), str(refused.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    Path("sayso.toml").write_text("[accounts.b]\nprovider = 'twilio'\n[sources.crm]\naccount = 'd'\n", "utf-8")
    with pytest.raises(SettingsError) as refused:
        create_app({}, tmp_path / "instance")
    assert len(refused.value.problems) == 3


TWO_NUMBERS = f"""
[accounts.gulf]
provider = "whatsapp"
phone_id = "200"
token = "second"
app_secret = "{APP_SECRET}"
[sources.crm]
routes = {{ whatsapp = "whatsapp" }}
[sources.gulf]
account = "gulf, twilio"
routes = {{ whatsapp = "whatsapp" }}
"""


def test_one_post_may_speak_of_two_accounts_of_the_same_app(make_house: MakeHouse) -> None:
    with a_meta() as meta:
        house = with_whatsapp(make_house, meta, TWO_NUMBERS)
        ids = [str(handed_in(house, whatsapp(), source)["id"]) for source in ("crm", "gulf")]
        for message in ids:
            decide(house, message, "approve", person(house))
        dispatched(house)
        by_token = {sent["bearer"]: sent for sent in meta.sent}
        assert set(by_token) == {f"Bearer {house.runtime.accounts['whatsapp'].secret}", "Bearer second"}
        numbers = {"Bearer second": "200"}
        first, other = (
            json.loads(bag(numbers.get(str(sent["bearer"]), PHONE_ID), statuses=[status_of(sent, "delivered")]))
            for sent in meta.sent
        )
        first["entry"] += other["entry"]
        assert post(house, json.dumps(first).encode()).status_code == 200
        assert [look(house, message).delivery for message in ids] == ["delivered", "delivered"]
