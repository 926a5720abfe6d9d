"""The policy as data: the purposes, what overrides them, and the hash of it all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sayso_config import PurposeRow, Settings, SettingsError, load, policy_hash, purposes
from sayso_config.purposes import read_purposes
from tests.configured import PROMISED, from_toml


def row(settings: Settings, name: str) -> PurposeRow:
    return next(row for row in purposes(settings) if row.name == name)


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
    "[regions.FR]\nno_days = 'sat'\nmarketing = '9:00-12:00'\n",
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
        "purposes.receipt.partner = 'hold'",
        "stores.reno.time_zone = 'America/Los_Angeles'",
        "sources.crm.account = 'second'",
        "regions.FR.no_days = 'none'",
        "regions.FR.sms = 'off'",
    ],
)
def test_the_policy_hash_changes_with_the_policy(text: str) -> None:
    assert policy_hash(from_toml(text)) != policy_hash(load({}, file=Path("/dev/null")))


def test_the_policy_hash_does_not_depend_on_keys_and_places() -> None:
    whole = {name: value for name, value in PROMISED.items() if name.split("_", 1)[1] not in
             ("QUIET_HOURS", "DEFAULT_COUNTRY", "BURST_BRAKE")}  # fmt: skip
    assert policy_hash(load(whole)) == policy_hash(load({}))
