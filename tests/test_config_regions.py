"""The regions: which hours and which consent hold where, and what settings may make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.policing import policy_of
from sayso_config import SettingsError, load, regions
from sayso_config.regions import read_regions, shipped_regions
from tests.configured import from_toml, toml_refusal

NO_CHANGE = Path("/dev/null")


@pytest.mark.parametrize(
    ("code", "key", "meant"),
    [
        pytest.param("US", "marketing", "09:00-20:00", id="us-hours"),
        pytest.param("US", "service", "08:00-21:00", id="us-service"),
        pytest.param("US-FL", "marketing", "09:00-20:00", id="florida-is-as-strict-as-its-country"),
        pytest.param("US-FL", "service", "08:00-21:00", id="a-state-has-what-its-country-says"),
        pytest.param("US-TX", "marketing", "09:00-20:00", id="texas"),
        pytest.param("US-TX", "marketing_sun", "12:00-20:00", id="texas-on-sundays"),
        pytest.param("US-RI", "marketing_sat", "10:00-17:00", id="rhode-island-on-saturdays"),
        pytest.param("US-*", "marketing_sun", "12:00-17:00", id="a-state-that-is-not-known"),
        pytest.param("FR", "no_days", "sun", id="france-on-sundays"),
        pytest.param("DE", "marketing", "09:00-20:00", id="a-country-has-what-holds-anywhere"),
        pytest.param("IN", "marketing", "10:00-21:00", id="india"),
        pytest.param("GB", "consent", "soft", id="consent-uk"),
        pytest.param("CA", "consent", "casl letter=soft postcard=soft self_mailer=soft", id="consent-canada"),
    ],
)
def test_a_region_has_the_hours_and_the_consent_that_we_ship(code: str, key: str, meant: str) -> None:
    assert policy_of(load({}, file=NO_CHANGE)).regions[code][key] == meant


def test_every_region_says_when_and_with_which_consent() -> None:
    found = regions(load({}, file=NO_CHANGE))
    assert set(found) == set(shipped_regions()) >= {"*", "US", "US-*", "GB", "FR", "DE", "CA", "AU", "IN", "AE", "SA"}
    assert [code for code, region in found.items() if not {"marketing", "service", "consent"} <= set(region)] == []


def minutes(window: str) -> tuple[int, int]:
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in window.split("-"))
    return first, last


def test_no_state_is_looser_than_its_country_and_an_unknown_one_is_the_strictest() -> None:
    found = regions(load({}, file=NO_CHANGE))
    states = [region for code, region in found.items() if code.startswith("US-")]
    for key in ("marketing", "marketing_sat", "marketing_sun", "service"):
        spans = [minutes(region.get(key) or region["marketing"]) for region in states]
        country, unknown = (minutes(found[code].get(key) or found[code]["marketing"]) for code in ("US", "US-*"))
        assert all(country[0] <= first < last <= country[1] for first, last in spans)
        assert unknown == (max(first for first, _ in spans), min(last for _, last in spans))


@pytest.mark.parametrize(
    ("toml", "code", "meant"),
    [
        pytest.param("[regions.GB]\nmarketing = '10:00-18:00'", "GB", {"marketing": "10:00-18:00"}, id="changes"),
        pytest.param("[regions.gb]\nmarketing = '9:00 - 18:00'", "GB", {"marketing": "09:00-18:00"}, id="spelling"),
        pytest.param("[regions.JP]\nno_days = 'sun sat'", "JP", {"no_days": "sat sun"}, id="adds-a-country"),
        pytest.param("[regions.US-NV]\nno_days = 'sun'", "US-NV", {"no_days": "sun"}, id="adds-a-state"),
        pytest.param("[regions.FR]\nno_days = 'none'", "FR", {}, id="takes-a-day-away"),
        pytest.param("[regions.US]\nno_days = 'sun'", "US-TX", {"no_days": "sun"}, id="a-state-follows"),
        pytest.param(
            "[regions.US-TX]\nmarketing = '06:00-23:00'", "US-TX", {"marketing": "09:00-20:00"}, id="never-looser"
        ),
        pytest.param("[regions.US]\nmarketing = '08:00-21:00'", "US-FL", {"marketing": "08:00-20:00"}, id="law"),
        pytest.param(
            "[regions.US]\nconsent = 'granted sms=soft'", "US-FL", {"consent": "granted sms=soft"}, id="consent"
        ),
        pytest.param("[regions.JP]\nconsent = 'none'", "JP", {"consent": "none"}, id="no-consent-needed"),
        pytest.param("[regions.'*']\nmarketing = '10:00-11:00'", "DE", {"marketing": "10:00-11:00"}, id="anywhere"),
    ],
)
def test_settings_change_a_region_or_add_one(toml: str, code: str, meant: dict[str, str]) -> None:
    found = policy_of(from_toml(toml)).regions[code]
    assert meant.items() <= found.items()
    assert "consent" in found
    assert ("no_days" in found) == ("no_days" in meant)


def test_a_changed_region_leaves_the_others_alone_and_changes_the_policy() -> None:
    plain, changed = (policy_of(one) for one in (load({}, file=NO_CHANGE), from_toml("regions.GB.no_days = 'sun'")))
    assert {code for code in plain.regions if plain.regions[code] != changed.regions[code]} == {"GB"}
    assert plain.hash != changed.hash


def test_settings_that_say_what_we_ship_are_the_same_policy() -> None:
    said = "[regions.FR]\nno_days = 'sun'\n[purposes.receipt]\npartner = 'stop'\n[policy]\nhint_days = 180\n"
    assert policy_of(from_toml(said)) == policy_of(load({}, file=NO_CHANGE))


@pytest.mark.parametrize(
    ("toml", "mend"),
    [
        pytest.param("[regions.FR]\nsundays = false", 'sundays is no setting: did you mean "no_days"?', id="key"),
        pytest.param("[regions.FR]\nmarketting = '1'", 'did you mean "marketing"?', id="typo"),
        pytest.param(
            "[regions.UK]\nno_days = 'sun'", 'is no region that sayso knows: write a country like "GB"', id="uk"
        ),
        pytest.param("[regions.US-Florida]\nno_days = 'sun'", "is no region that sayso knows", id="state"),
        pytest.param(
            "[regions.FR]\nmarketing = '20:00-09:00'", "marketing must be two times of one day", id="backwards"
        ),
        pytest.param(
            "[regions.FR]\nmarketing = '09:00-24:01'", "marketing must be two times of one day", id="too-late"
        ),
        pytest.param("[regions.FR]\nservice = 'always'", "service must be two times of one day", id="word"),
        pytest.param("[regions.FR]\nno_days = 'sunday'", "no_days must be words out of: mon tue", id="day"),
        pytest.param(
            "[regions.FR]\nconsent = 'maybe'", "consent must begin with one of granted soft casl none", id="consent"
        ),
        pytest.param("[regions.FR]\nconsent = 'sms=soft'", "consent must begin with one of granted", id="no-usual"),
        pytest.param("[regions.FR]\nconsent = 'soft fax=soft'", "for one of: sms mms rcs whatsapp", id="channel"),
        pytest.param("[regions.FR]\nsms = 'maybe'", "sms must be 'on' or 'off'", id="sms"),
        pytest.param("[regions.US-FL]\nsms = 'off'", "sms = off is for whole countries", id="sms-of-a-state"),
        pytest.param("[regions.US-FL]\nmarketing = '06:00-07:00'", "leaves no time of the day in US-FL", id="no-time"),
    ],
)
def test_a_region_that_cannot_be_is_refused_with_its_key_and_why(toml: str, mend: str) -> None:
    said = toml_refusal(toml)
    assert mend in said
    assert said.startswith("sayso.toml line ")
    assert said.count("\n") == 0


def test_hours_that_no_state_is_left_with_are_refused_at_the_country() -> None:
    assert "line 1: [regions.US] leaves no time of the day in US-*" in toml_refusal(
        "[regions.US]\nmarketing = '18:30-20:00'"
    )


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("UK,,,,,,soft", "code must be a country"),
        ("US,,,,,,soft", "code must be a country or a state that no other line has"),
        ("FR,9-20,,,,,", "marketing must be two times"),
        ("FR,,,,,,maybe", "consent must begin"),
        ("FR,,,,,", "must have these cells: code, marketing, marketing_sat, marketing_sun, service, no_days, consent"),
    ],
)
def test_a_bad_line_of_the_regions_is_named(line: str, mend: str) -> None:
    head = "code,marketing,marketing_sat,marketing_sun,service,no_days,consent\nUS,,,,,,soft\n"
    with pytest.raises(SettingsError) as refused:
        read_regions(f"{head}{line}\n")
    assert f"regions.csv line 3: {mend}" in str(refused.value)
