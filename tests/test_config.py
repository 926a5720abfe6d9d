"""The settings: where they come from, what is refused with which mend, and the policy as data."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from sayso_config import PurposeRow, Settings, SettingsError, load, policy_hash, purposes
from sayso_config.purposes import read_purposes
from sayso_config.settings import PolicyTable

KEY = "k" * 32
SHIPPED = files("sayso_config").joinpath("default.toml").read_text("utf-8")
PROMISED: dict[str, str] = dict(  # interface.md section 5: every key, with a value that is not its default
    re.findall(
        r"(\w+)=(\S+)",
        """
SAYSO_DATABASE_URL=sqlite:///other.db SAYSO_REDIS_URL=redis://localhost/1
SAYSO_PUBLIC_URL=https://sayso.example.com SAYSO_SECRET_KEY=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
SAYSO_TWILIO_ACCOUNT_SID=AC1 SAYSO_TWILIO_AUTH_TOKEN=token
SAYSO_TWILIO_API_URL=https://twilio.example.com SAYSO_SENDGRID_API_KEY=SG.1
SAYSO_SENDGRID_EVENT_PUBLIC_KEY=MFkw SAYSO_SENDGRID_API_URL=https://sendgrid.example.com
SAYSO_LOB_API_KEY=test_1 SAYSO_LOB_WEBHOOK_SECRET=whs SAYSO_LOB_API_URL=https://lob.example.com:8443
SAYSO_VENDOR_TIMEOUT=2.5 SAYSO_UNCONFIRMED_WINDOW=300 SAYSO_UNDO_SECONDS=0 SAYSO_QUIET_HOURS=off
SAYSO_VENDOR_LATEST_ACCEPT=20 SAYSO_VENDOR_LIST_LAG=10 SAYSO_DEFAULT_COUNTRY=GB SAYSO_BURST_BRAKE=off
SAYSO_SMTP_HOST=0.0.0.0 SAYSO_SMTP_PORT=25 SAYSO_SMTP_TLS_CERT=cert.pem SAYSO_SMTP_TLS_KEY=key.pem
SAYSO_MODE=shadow SAYSO_SMTP_RELAY_HOST=mail.example.com SAYSO_SMTP_RELAY_PORT=25
SAYSO_SMTP_RELAY_USERNAME=user SAYSO_SMTP_RELAY_PASSWORD=password SAYSO_WHATSAPP_TOKEN=EAAG
SAYSO_WHATSAPP_PHONE_ID=1555 SAYSO_WHATSAPP_APP_SECRET=app
SAYSO_WHATSAPP_API_URL=https://whatsapp.example.com SAYSO_FAILPOINT=claim:kill SAYSO_HOST=::1
SAYSO_PORT=9000 SAYSO_ALLOW_PRIVATE_HOSTS=crm.local
""",
    )
)
NEEDS = {
    "SAYSO_REDIS_URL": {"SAYSO_SECRET_KEY": KEY},
    "SAYSO_TWILIO_ACCOUNT_SID": {"SAYSO_TWILIO_AUTH_TOKEN": "token"},
    "SAYSO_TWILIO_AUTH_TOKEN": {"SAYSO_TWILIO_ACCOUNT_SID": "AC1"},
    "SAYSO_FAILPOINT": {"SAYSO_MODE": "test"},
}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def env(**said: str) -> dict[str, str]:
    return {f"SAYSO_{key.upper()}": value for key, value in said.items()}


def from_toml(text: str) -> Settings:
    Path("sayso.toml").write_text(text, "utf-8")
    return load({})


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return str(refused.value)


def toml_refusal(text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        from_toml(text)
    return str(refused.value)


def row(settings: Settings, name: str) -> PurposeRow:
    return next(row for row in purposes(settings) if row.name == name)


# Keys and layers


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_key_is_taken_from_the_environment(name: str) -> None:
    key = name.removeprefix("SAYSO_").lower()
    changed = load({name: PROMISED[name], **NEEDS.get(name, {})})
    assert getattr(changed, key) != getattr(load({}), key)


def test_default_toml_and_the_settings_have_the_same_keys() -> None:
    assert set(tomllib.loads(SHIPPED)) == set(Settings.model_fields)
    assert set(tomllib.loads(SHIPPED)["policy"]) == set(PolicyTable.model_fields)


def test_no_key_is_there_that_the_interface_does_not_promise() -> None:
    tables = {"policy", "purposes", "stores", "accounts", "sources", "regions"}
    assert {f"SAYSO_{key.upper()}" for key in set(Settings.model_fields) - tables} == set(PROMISED)


def test_every_default_has_one_comment_line_above_it() -> None:
    lines = SHIPPED.splitlines()
    said = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert said
    assert [lines[i] for i in said if not lines[i - 1].startswith("#") or lines[i - 2].startswith("# ")] == []


@pytest.mark.parametrize(
    ("toml", "given", "environ", "port"),
    [
        pytest.param("", {}, {}, 8000, id="default"),
        pytest.param("port = 1", {}, {}, 1, id="file-over-default"),
        pytest.param("port = 1", {"SAYSO_PORT": 2}, {}, 2, id="host-over-file"),
        pytest.param("port = 1", {"SAYSO_PORT": 2}, env(port="3"), 3, id="environment-over-host"),
        pytest.param("port = 1", {"SAYSO_PORT": None, "DEBUG": True}, {}, 1, id="none-is-not-given"),
        pytest.param("port = 1", {}, env(port=" "), 8000, id="empty-is-the-default"),
    ],
)
def test_a_later_layer_wins(
    toml: str, given: dict[str, object], environ: dict[str, str], port: int, tmp_path: Path
) -> None:
    file = tmp_path / "other.toml"
    file.write_text(toml, "utf-8")
    assert load(environ, given=given, file=file).port == port


def test_sayso_toml_of_the_current_folder_is_read_unless_another_file_is_named(tmp_path: Path) -> None:
    assert from_toml("port = 1").port == 1
    (tmp_path / "other.toml").write_text("", "utf-8")
    assert load({}, file=tmp_path / "other.toml").port == 8000


def test_a_file_written_by_a_windows_editor_is_read() -> None:
    assert from_toml("\ufeffport = 1\r\n").port == 1


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load({}).port = 1


# What is refused


REFUSED = [
    ("unknown", env(prot="1"), 'SAYSO_PROT (environment) is no setting: did you mean "SAYSO_PORT"?'),
    ("lower-case", {"SAYSO_port": "1"}, 'did you mean "SAYSO_PORT"?'),
    ("table-in-environment", env(purposes="x"), "SAYSO_PURPOSES (environment) is a table"),
    ("port-word", env(port="http"), "SAYSO_PORT (environment) must be a valid integer"),
    ("port-0", env(port="0"), "SAYSO_PORT"),
    ("port-65536", env(smtp_port="65536"), "SAYSO_SMTP_PORT"),
    ("mode", env(mode="tset"), "'enforce', 'shadow' or 'test'"),
    ("undo-negative", env(undo_seconds="-1"), "SAYSO_UNDO_SECONDS"),
    ("time-nan", env(undo_seconds="nan"), "SAYSO_UNDO_SECONDS"),
    ("time-endless", env(unconfirmed_window="1e300"), "SAYSO_UNCONFIRMED_WINDOW"),
    ("timeout-0", env(vendor_timeout="0"), "SAYSO_VENDOR_TIMEOUT"),
    ("quiet-word", env(quiet_hours="nights"), '"21:00-08:00", or "off"'),
    ("quiet-hour", env(quiet_hours="21:00-24:00"), '"21:00-08:00", or "off"'),
    ("quiet-minute", env(quiet_hours="21:60-08:00"), '"21:00-08:00", or "off"'),
    ("quiet-same", env(quiet_hours="08:00-8:00"), "same time"),
    ("brake-0", env(burst_brake="0/600"), '"200/600"'),
    ("brake-no-time", env(burst_brake="200/0"), '"200/600"'),
    ("country", env(default_country="USA"), "two letters"),
    ("failpoint-word", env(failpoint="claim:explode", mode="test"), "point:kill"),
    ("hosts-url", env(allow_private_hosts="http://crm.local"), "bare hosts"),
    ("hosts-port", env(allow_private_hosts="crm.local:80"), "bare hosts"),
    ("hosts-range", env(allow_private_hosts="10.0.0.0/8"), "bare hosts"),
    ("hosts-star", env(allow_private_hosts="*"), "bare hosts"),
    ("database", env(database_url="mysql://h/x", secret_key=KEY), "SAYSO_DATABASE_URL"),
    ("database-driver", env(database_url="postgresql+asyncpg://h/x", secret_key=KEY), "SAYSO_DATABASE_URL"),
    ("redis", env(redis_url="http://h", secret_key=KEY), "redis://"),
    ("window", env(unconfirmed_window="79.9"), "set it to 80 or more"),
    ("window-by-accept", env(vendor_latest_accept="71"), "SAYSO_UNCONFIRMED_WINDOW is shorter"),
    ("api-path", env(twilio_api_url="https://h.example/2010"), "take its path away"),
    ("api-query", env(sendgrid_api_url="https://h.example?x"), "take them away"),
    ("api-fragment", env(sendgrid_api_url="https://h.example#"), "take them away"),
    ("api-user", env(lob_api_url="https://u@h.example"), "take them away"),
    ("api-http", env(whatsapp_api_url="http://h.example"), "which allow_private_hosts does not name"),
    ("api-http-loopback", env(twilio_api_url="http://127.0.0.1:9"), "does not name"),
    (
        "api-http-other-host",
        env(twilio_api_url="http://h.example", allow_private_hosts="example"),
        "h.example",
    ),
    ("api-scheme", env(twilio_api_url="ftp://h.example"), "scheme and host"),
    ("api-no-host", env(twilio_api_url="https:///x"), "scheme and host"),
    ("api-port", env(twilio_api_url="https://h.example:99999"), "scheme and host"),
    ("api-space", env(twilio_api_url="https://h.example\n.evil"), "belongs in no URL"),
    (
        "public-http",
        env(public_url="http://h.example"),
        "SAYSO_PUBLIC_URL (environment) goes over plain http",
    ),
    ("public-http-almost", env(public_url="http://127.0.0.1.h.example"), "goes over plain http"),
    ("public-query", env(public_url="https://h.example/?x=1"), "take them away"),
    ("public-fragment", env(public_url="https://h.example/#x"), "take them away"),
    ("public-user", env(public_url="https://u:p@h.example"), "take them away"),
    ("postgresql-no-key", env(database_url="postgres://h/x"), "SAYSO_SECRET_KEY is missing"),
    ("redis-no-key", env(redis_url="redis://h"), "SAYSO_SECRET_KEY is missing"),
    ("key-short", env(secret_key="k" * 31), "SAYSO_SECRET_KEY (environment) is too short"),
    ("key-of-blanks", env(secret_key=" " * 40, redis_url="redis://h"), "is missing"),
    ("failpoint-enforce", env(failpoint="claim:kill"), "for tests only"),
    ("failpoint-shadow", env(failpoint="claim:kill", mode="shadow"), "for tests only"),
    ("sid-alone", env(twilio_account_sid="AC1"), "SAYSO_TWILIO_AUTH_TOKEN is missing"),
    ("token-alone", env(twilio_auth_token="t"), "SAYSO_TWILIO_ACCOUNT_SID is missing"),
]


@pytest.mark.parametrize(("environ", "mend"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_wrong_setting_is_refused_alone_and_with_its_mend(environ: dict[str, str], mend: str) -> None:
    said = refusal(environ)
    assert mend in said
    assert said.count("\n") == 0


@pytest.mark.parametrize(
    ("key", "said", "meant"),
    [
        pytest.param("public_url", "https://H.example/a/b/", "https://h.example/a/b", id="public-path-kept"),
        pytest.param("public_url", "https://h.example:8443", "https://h.example:8443", id="public-port-kept"),
        pytest.param("public_url", "http://localhost:8000/", "http://localhost:8000", id="public-localhost"),
        pytest.param("public_url", "http://127.9.9.9", "http://127.9.9.9", id="public-127"),
        pytest.param("public_url", "http://[::1]:80", "http://[::1]:80", id="public-ipv6-loopback"),
        pytest.param("public_url", "http://crm.local/x", "http://crm.local/x", id="public-private-host"),
        pytest.param("twilio_api_url", "http://CRM.local:9/", "http://crm.local:9", id="api-private-host"),
        pytest.param("twilio_api_url", "http://[0:0::2]", "http://[0:0::2]", id="api-private-ipv6"),
        pytest.param("database_url", "postgres://h/x", "postgresql+psycopg://h/x", id="postgres"),
        pytest.param("database_url", "postgresql://h/x", "postgresql+psycopg://h/x", id="postgresql"),
        pytest.param("database_url", "postgresql+psycopg://h", "postgresql+psycopg://h", id="psycopg"),
        pytest.param("unconfirmed_window", "80", 80.0, id="window-just-long-enough"),
        pytest.param("undo_seconds", "0.5", 0.5, id="decimals"),
        pytest.param("failpoint", "claim:pause", "claim:pause", id="failpoint-with-private-hosts"),
        pytest.param("default_country", "gb", "GB", id="country-in-lower-case"),
        pytest.param("quiet_hours", "9:00 - 17:30", "09:00-17:30", id="quiet-hours-by-day"),
        pytest.param("allow_private_hosts", "A, [::1],b.", {"a", "::1", "b"}, id="hosts"),
    ],
)
def test_a_safe_setting_is_taken_in_one_spelling(key: str, said: str, meant: object) -> None:
    beside = {"allow_private_hosts": "crm.local, [::2]", "secret_key": KEY}
    assert getattr(load(env(**{**beside, key: said})), key) == meant


@pytest.mark.parametrize(("text", "minutes"), [("21:00-08:00", (1260, 480)), ("0:00-23:59", (0, 1439)), ("OFF", None)])
def test_quiet_hours_are_given_in_minutes_of_the_day(text: str, minutes: tuple[int, int] | None) -> None:
    assert load(env(quiet_hours=text)).quiet_minutes == minutes


@pytest.mark.parametrize(("text", "limit"), [("200/600", (200, 600.0)), ("1/0.5", (1, 0.5)), ("off", None)])
def test_the_brake_is_given_as_count_and_seconds(text: str, limit: tuple[int, float] | None) -> None:
    assert load(env(burst_brake=text)).brake_limit == limit


def test_true_is_no_number() -> None:
    with pytest.raises(SettingsError, match="must be a number"):
        load({}, given={"SAYSO_PORT": True})


def test_a_host_app_is_told_about_its_unknown_key() -> None:
    with pytest.raises(SettingsError, match=r'SAYSO_MOED \(app.config\) is no setting: did you mean "SAYSO_MODE"'):
        load({}, given={"SAYSO_MOED": "test", "MOED": "not ours"})


def test_all_problems_are_told_at_once() -> None:
    Path("sayso.toml").write_text("prot = 1\nmode = 'x'\n[stores.reno]\ntime_zone = 'Reno'\n", "utf-8")
    with pytest.raises(SettingsError) as refused:
        load(env(port="x", twilio_account_sid="AC1"), given={"SAYSO_UNKNOWN": 1})
    assert len(refused.value.problems) == 6


def test_a_wrong_setting_raises_no_false_alarm_about_what_hangs_on_it() -> None:
    assert "SAYSO_UNCONFIRMED_WINDOW" in refusal(env(vendor_list_lag="101"))
    assert "SAYSO_UNCONFIRMED_WINDOW" not in refusal(env(vendor_timeout="soon", vendor_list_lag="101"))


def test_no_secret_is_shown_in_the_settings_or_in_a_refusal() -> None:
    secrets = {
        key: f"hunter2-{key}-{KEY}"
        for key in Settings.model_fields
        if key.endswith(("_token", "_password", "_secret", "_key")) and "tls" not in key and "public" not in key
    }
    place = {"database_url": "postgresql://u:hunter2@h/x", "redis_url": "redis://:hunter2@h"}
    Path("sayso.toml").write_text('[accounts.two]\nauth_token = "hunter2"\n', "utf-8")
    assert len(secrets) == 8
    settings = load(env(twilio_account_sid="AC1", **secrets, **place))
    assert "hunter2" not in repr(settings) + str(settings)
    wrong = {
        "public_url": "https://u:hunter2@h",
        "database_url": "hunter2://u:hunter2@h/x",
        "port": "hunter2",
    }
    assert "hunter2" not in refusal(env(**secrets, **wrong))
    with pytest.raises(SettingsError) as refused:
        load({}, given={"SAYSO_SECRET_KEY": ["hunter2"], "SAYSO_LOB_API_KEY": b"\xffhunter2"})
    assert "hunter2" not in str(refused.value)


# Tables and policy


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
        [regions.FR]
        sundays = false
        """
    )
    assert (settings.policy.hold_for, settings.policy.duplicate_window) == (60.5, 86400)
    assert settings.stores["reno"].approvers == ("shelby@example.com",)
    assert settings.accounts["second"]["api_url"] == "https://twilio.example.com"
    assert (settings.sources["crm"].account, settings.sources["crm"].routes) == ("second", {"sms": "twilio"})
    assert settings.regions["FR"] == {"sundays": False}


def test_every_shipped_purpose_has_its_own_sentence_and_waits_for_a_person() -> None:
    rows = purposes(load({}))
    assert len(rows) == len({row.name for row in rows}) == len({row.sentence for row in rows}) == 22
    assert {row.name for row in rows if row.lane == "at_once"} == {
        "otp", "appointment_today", "optout_confirmation", "staff_alert",
    }  # fmt: skip
    assert not any(row.auto_clear for row in rows)


@pytest.mark.parametrize(
    ("name", "seconds", "text"),
    [
        ("otp", 60, "60s"),
        ("optout_confirmation", 300, "5m"),
        ("order_status", 172_800, "48h"),
        ("purchase_feedback", 1_209_600, "14d"),
        ("appointment_future", None, "subject_time-24h"),
        ("payment_reminder", None, "due+1d"),
    ],
)
def test_a_validity_is_read_in_seconds_and_words_are_kept(name: str, seconds: int | None, text: str) -> None:
    found = row(load({}), name)
    assert (found.valid_for, found.valid_for_text) == (seconds, text)


@pytest.mark.parametrize(
    ("cell", "field", "meant"),
    [
        ("auto_clear = true", "auto_clear", True),
        ("lane = 'at_once'", "lane", "at_once"),
        ("valid_for = 90", "valid_for", 90),
        ("valid_for = '2h'", "valid_for", 7200),
        ("valid_for = 'day_end'", "valid_for", None),
        ("sign_off_within = '10:00 local'", "sign_off_within", "10:00 local"),
        ("on_expiry = 'escalate'", "on_expiry", "escalate"),
        ("discloses = 'item price'", "discloses", {"item", "price"}),
        ("principal_is = 'payer'", "principal_is", "payer"),
    ],
)
def test_an_override_changes_its_purpose_and_no_other(cell: str, field: str, meant: object) -> None:
    plain, changed = load({}), from_toml(f"[purposes.receipt]\n{cell}")
    assert getattr(row(changed, "receipt"), field) == meant != getattr(row(plain, "receipt"), field)
    others = [[one for one in purposes(settings) if one.name != "receipt"] for settings in (plain, changed)]
    assert others[0] == others[1]


HEAD = "name,principal_is,lane,sign_off_within,valid_for,on_expiry,discloses,sentence\n"


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        pytest.param("a,buyer,now,,1h,drop,item,Says.", "lane must be", id="lane"),
        pytest.param("a,buyer,sign_off,,soon,drop,item,Says.", "valid_for must be", id="valid_for"),
        pytest.param("a,buyer,sign_off,soon,1h,drop,item,Says.", "sign_off_within must", id="sign_off_within"),
        pytest.param("a,buyer,sign_off,,1h,send,item,Says.", "on_expiry must be", id="on_expiry"),
        pytest.param("a,buyer,sign_off,,1h,drop,colour,Says.", "discloses must be", id="discloses"),
        pytest.param("a,,sign_off,,1h,drop,item,Says.", "principal_is must have", id="principal_is"),
        pytest.param("a,buyer,sign_off,,1h,drop,item,", "sentence must be", id="sentence"),
        pytest.param(
            "ok,buyer,sign_off,,1h,drop,item,Says.",
            "name must be one lower-case word that no other",
            id="twice",
        ),
        pytest.param("a,buyer,sign_off,,1h,drop,item", "must have these cells", id="a-cell-too-few"),
        pytest.param("a,buyer,sign_off,,1h,drop,item,Says.,x", "must have these cells", id="a-cell-too-many"),
    ],
)
def test_a_bad_line_of_the_purposes_is_named(line: str, mend: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_purposes(f"{HEAD}ok,buyer,sign_off,,1h,drop,,Says.\n{line}\n")
    assert f"purposes.csv line 3: {mend}" in str(refused.value)


PAIR = (
    "[regions.FR]\nsundays = false\nfrom = 09:00:00\n",
    "[purposes.receipt]\nlane = 'at_once'\npartner = 'stop'\n",
)


def test_the_policy_hash_is_the_same_for_every_order_spelling_and_process() -> None:
    first, second = from_toml("".join(PAIR)), from_toml("\n".join(reversed(PAIR)))
    assert policy_hash(first) == policy_hash(second)
    hashes = {
        subprocess.run(
            [sys.executable, "-c", "import sayso_config as c; print(c.policy_hash(c.load({})))"],
            env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert hashes == {policy_hash(second) + "\n"}


@pytest.mark.parametrize(
    "text",
    [
        "quiet_hours = 'off'",
        "default_country = 'GB'",
        "burst_brake = 'off'",
        "policy.hold_for = 1",
        "policy.time_zone = 'Europe/Paris'",
        "purposes.receipt.auto_clear = true",
        "purposes.receipt.valid_for = 60",
        "purposes.receipt.partner = 'allow'",
        "stores.reno.time_zone = 'America/Los_Angeles'",
        "sources.crm.account = 'second'",
        "regions.FR.sundays = false",
    ],
)
def test_the_policy_hash_changes_with_the_policy(text: str) -> None:
    assert policy_hash(from_toml(text)) != policy_hash(load({}, file=Path("/dev/null")))


def test_the_policy_hash_does_not_depend_on_keys_and_places() -> None:
    whole = {name: value for name, value in PROMISED.items() if name.split("_", 1)[1] not in
             ("QUIET_HOURS", "DEFAULT_COUNTRY", "BURST_BRAKE")}  # fmt: skip
    assert policy_hash(load(whole)) == policy_hash(load({}))
