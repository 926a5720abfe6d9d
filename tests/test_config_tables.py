"""The tables of sayso.toml: what is taken, and what is refused with its name and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso_config import SettingsError, load
from tests.configured import from_toml, toml_refusal


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        pytest.param("a = ", "sayso.toml: is not TOML", id="syntax"),
        pytest.param("# x\nprot = 1", 'sayso.toml line 2: prot is no setting: did you mean "port"?', id="key"),
        pytest.param("SAYSO_PORT = 1", 'did you mean "port"?', id="prefixed-key"),
        pytest.param("[store.reno]", 'line 1: store is no setting: did you mean "stores"?', id="table"),
        pytest.param("hold_for = 1", "put it under [policy]", id="policy-key-at-the-top"),
        pytest.param("[policy]\nport = 1", "put it above the first [table]", id="setting-in-a-table"),
        pytest.param("policy = 3", "[policy]", id="policy-no-table"),
        pytest.param("[policy]\nhold_fro = 1", '[policy] hold_fro is no setting: did you mean "hold_for"', id="typo"),
        pytest.param("[policy]\nhold_for = 0", "line 2: [policy] hold_for must be greater", id="hold-for-0"),
        pytest.param("[policy]\ntime_zone = 'Reno'", "[policy] time_zone must be an IANA", id="policy-zone"),
        pytest.param("[stores.reno]\ntime_zone = '../x'", "line 2: [stores.reno] time_zone must be", id="zone"),
        pytest.param("[stores.reno]\ntime_zone = 'America'", "[stores.reno] time_zone must be", id="zone-folder"),
        pytest.param("[stores.reno]\ntime_zone = 'Europe/Pariss'", 'did you mean "Europe/Paris"?', id="zone-near"),
        pytest.param(
            "[stores.reno]\napprovers = 0", "approvers must be greater than or equal to 1, or", id="approvers"
        ),
        pytest.param("stores.reno = 1", "[stores.reno] must be", id="store-no-table"),
        pytest.param(
            "[sources.crm]\nroute = 1",
            '[sources.crm] route is no setting: did you mean "routes"',
            id="source",
        ),
        pytest.param("[accounts.two]\napi_url = 'https://h/x'", "[accounts.two] api_url must be", id="account-path"),
        pytest.param("[accounts.two]\napi_url = 'http://h'", "[accounts.two] goes over plain http", id="account-http"),
        pytest.param(
            "[purposes.recipt]",
            '[purposes.recipt] is no purpose that sayso knows: did you mean "receipt"?',
            id="purpose",
        ),
        pytest.param("[purposes.otp]\nlane = 'now'", "[purposes.otp] lane must be 'at_once' or 'sign_off'", id="lane"),
        pytest.param("[purposes.otp]\nvalid_for = '3w'", "[purposes.otp] valid_for must be", id="validity"),
        pytest.param("[purposes.otp]\nvalid_for = 0", "[purposes.otp] valid_for must be", id="validity-0"),
        pytest.param("[purposes.otp]\nvalid_for = '99999d'", "10 years at most", id="validity-for-ever"),
        pytest.param(
            "[purposes.otp]\non_expiry = 'send'",
            "[purposes.otp] on_expiry must be",
            id="expires-into-sending",
        ),
        pytest.param("[purposes.otp]\ndiscloses = [['item']]", "[purposes.otp] discloses must be", id="discloses"),
        pytest.param("[purposes.otp]\npartner = 'maybe'", "[purposes.otp] partner must be", id="role"),
    ],
)
def test_a_wrong_table_is_refused_with_its_name_and_key(text: str, mend: str) -> None:
    said = toml_refusal(text)
    assert mend in said
    assert said.count("\n") == 0


def test_a_named_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file or directory: check its path"):
        load({}, file=tmp_path / "missing.toml")


def test_the_tables_of_the_interface_are_taken() -> None:
    settings = from_toml(
        """
        [policy]
        hold_for = 60.5
        [stores.reno]
        time_zone = "America/Los_Angeles"
        opening_hours = {mon = "09:00-18:00"}
        approvers = ["shelby@example.com"]
        [accounts.second]
        account_sid = "AC2"
        api_url = "https://twilio.example.com/"
        [sources.crm]
        account = "second"
        routes = {sms = "twilio"}
        [stores.reno.purposes.receipt]
        partner = "hold"
        [regions.FR]
        no_days = "sun sat"
        """
    )
    assert (settings.policy.hold_for, settings.policy.duplicate_window) == (60.5, 86400)
    assert settings.stores["reno"].approvers == ("shelby@example.com",)
    assert settings.accounts["second"]["api_url"] == "https://twilio.example.com"
    assert (settings.sources["crm"].account, settings.sources["crm"].routes) == ("second", {"sms": "twilio"})
    assert settings.stores["reno"].purposes["receipt"].partner == "hold"
    assert settings.regions["FR"].no_days == "sat sun"
