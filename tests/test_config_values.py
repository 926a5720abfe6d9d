"""The settings: a wrong value is refused with its mend, a safe one is taken in one spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso_config import Settings, SettingsError, load
from tests.configured import KEY, env, refusal

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
