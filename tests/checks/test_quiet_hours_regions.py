"""quiet_hours by region: offers keep the hours of where people live, on every day that the clocks change as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.checks.quiet_hours import check, next_allowed
from sayso.message import Facts, Json, Message, Named, Story
from tests.checks.build import a_message, some_facts
from tests.storied import a_story

REGIONS: dict[str, dict[str, Json]] = {
    "*": {"marketing": "09:00-20:00"},
    "US": {"marketing": "09:00-20:00", "service": "08:00-21:00"},
    "US-*": {"marketing": "09:00-18:00", "marketing_sat": "12:00-17:00", "marketing_sun": "12:00-17:00"},
    "US-FL": {"marketing": "09:00-20:00"},
    "US-TX": {"marketing": "09:00-20:00", "marketing_sun": "12:00-20:00"},
    "FR": {"marketing": "08:00-22:00", "no_days": ["sun"]},
    "IN": {"marketing": "10:00-21:00"},
    "AE": {"marketing": "09:00-20:00"},
    "DE": {"marketing": "09:00-20:00", "service": "10:00-18:00", "no_days": "sat sun"},
}
QUIET = (21 * 60, 8 * 60)
AMERICAN, FRENCH, INDIAN, GULF, GERMAN, BRITISH = (
    *("+14155550123", "+33612345678", "+919812345678", "+971501234567", "+4915112345678"),
    "+447400123456",
)
ZONE_OF = {
    AMERICAN: "America/New_York",
    FRENCH: "Europe/Paris",
    INDIAN: "Asia/Kolkata",
    GULF: "Asia/Dubai",
    GERMAN: "Europe/Berlin",
    BRITISH: "Europe/London",
}


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def scene(
    to: str, when: str, *, purpose: str | None = "marketing", zones: tuple[str, ...] = (), **given: Any
) -> tuple[Message, Facts]:
    names = zones or (ZONE_OF[to],)
    policy = {"regions": given.pop("regions", REGIONS), "quiet_hours": given.pop("quiet", QUIET)}
    home = given.pop("home", None)
    people = [{"id": "kayla", "phones": [to], "addresses": [home] if home else None}]
    facts = some_facts(policy, now=at(when, names[0]), zones=tuple(map(ZoneInfo, names)), **given)
    return a_message(to=(to,), purpose=purpose), Facts(
        **{name: getattr(facts, name) for name in Facts.__slots__ if name != "story"},
        story=a_story(to=[to], purpose=purpose, people=people),
    )


def is_held(*args: Any, **given: Any) -> bool:
    return bool(check(*scene(*args, **given)))


def goes_at(*args: Any, **given: Any) -> str:
    message, facts = scene(*args, **given)
    return next_allowed(facts, facts.now, message).astimezone(facts.zones[0]).strftime("%Y-%m-%dT%H:%M")


FLORIDA, TEXAS, NEVADA, SPELLED = ({"country": "US", "region": region} for region in ("FL", "TX", "NV", "Texas"))
HOURS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "nevada": (AMERICAN, {"home": NEVADA}, "2026-11-18T09:00", "2026-11-18T20:00"),
    "florida": (AMERICAN, {"home": FLORIDA}, "2026-11-18T09:00", "2026-11-18T20:00"),
    "texas_on_sunday": (AMERICAN, {"home": TEXAS}, "2026-11-22T12:00", "2026-11-22T20:00"),
    "texas_on_monday": (AMERICAN, {"home": TEXAS}, "2026-11-23T09:00", "2026-11-23T20:00"),
    "state_unknown": (AMERICAN, {}, "2026-11-18T09:00", "2026-11-18T18:00"),
    "state_unknown_on_saturday": (AMERICAN, {}, "2026-11-21T12:00", "2026-11-21T17:00"),
    "state_spelled_out": (AMERICAN, {"home": SPELLED}, "2026-11-18T09:00", "2026-11-18T18:00"),
    "france": (FRENCH, {}, "2026-11-18T08:00", "2026-11-18T21:00"),
    "france_without_the_shop_s_night": (FRENCH, {"quiet": (23 * 60, 6 * 60)}, "2026-11-18T08:00", "2026-11-18T22:00"),
    "india": (INDIAN, {}, "2026-11-18T10:00", "2026-11-18T21:00"),
    "gulf": (GULF, {}, "2026-11-18T09:00", "2026-11-18T20:00"),
    "a_country_nobody_named": (BRITISH, {}, "2026-11-18T09:00", "2026-11-18T20:00"),
    "a_shop_that_is_stricter": (
        AMERICAN,
        {"home": NEVADA, "quiet": (1080, 720)},
        "2026-11-18T12:00",
        "2026-11-18T18:00",
    ),
    "service_by_the_shop": (INDIAN, {"purpose": "receipt"}, "2026-11-18T08:00", "2026-11-18T21:00"),
    "service_by_a_region": (GERMAN, {"purpose": "receipt"}, "2026-11-18T10:00", "2026-11-18T18:00"),
    "service_on_a_day_without_offers": (GERMAN, {"purpose": "receipt"}, "2026-11-22T10:00", "2026-11-22T18:00"),
    "undeclared": (INDIAN, {"purpose": None}, "2026-11-18T08:00", "2026-11-18T21:00"),
}


@pytest.mark.parametrize(("to", "given_", "opens", "closes"), HOURS.values(), ids=HOURS.keys())
def test_offers_and_services_keep_the_hours_of_where_they_live(
    to: str, given_: dict[str, Any], opens: str, closes: str
) -> None:
    minute = timedelta(minutes=1)
    first, last = datetime.fromisoformat(opens), datetime.fromisoformat(closes)
    assert is_held(to, (first - minute).isoformat(), **given_)
    assert not is_held(to, opens, **given_)
    assert not is_held(to, (last - minute).isoformat(), **given_)
    assert is_held(to, closes, **given_)


@pytest.mark.parametrize(
    ("purpose", "held"), [("wishlist_hint", True), ("wishlist_reminder", True), ("birthday", False)]
)
def test_whatever_sells_keeps_the_hours_of_offers(purpose: str, held: bool) -> None:
    assert is_held(AMERICAN, "2026-11-18T20:30", purpose=purpose) is held


def test_a_purpose_that_was_only_read_counts_as_well() -> None:
    message, facts = scene(AMERICAN, "2026-11-18T20:30", purpose=None)
    read = Story(told=False, purpose=Named("marketing", True, "The words."))
    seen = Facts(**{name: getattr(facts, name) for name in Facts.__slots__ if name != "story"}, story=read)
    assert check(message, facts) == ()
    assert check(message, seen) != ()


def test_a_story_alone_tells_where_it_goes() -> None:
    _, facts = scene(INDIAN, "2026-11-18T08:30")
    assert next_allowed(facts, facts.now).astimezone(facts.zones[0]).hour == 10


def test_nothing_is_sold_in_france_on_a_sunday() -> None:
    message, facts = scene(FRENCH, "2026-11-21T21:30")
    (found,) = check(message, facts)
    assert found.reason == "It is 21:30 where this person is; it can go on Monday at 08:00."
    assert found.proposal == {"kind": "delay", "until": "2026-11-23T07:00:00+00:00"}
    assert is_held(FRENCH, "2026-11-22T12:00")
    assert not is_held(FRENCH, "2026-11-22T12:00", purpose="receipt")


def test_a_home_abroad_keeps_the_hours_of_both() -> None:
    home = {"country": "IN"}
    assert is_held(FRENCH, "2026-11-18T09:30", home=home)
    assert is_held(FRENCH, "2026-11-22T12:00", home=home)
    assert not is_held(FRENCH, "2026-11-18T10:00", home=home)


def test_the_strictest_of_all_zones_counts() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    assert is_held(AMERICAN, "2026-11-18T11:59", home=NEVADA, zones=zones)
    assert not is_held(AMERICAN, "2026-11-18T12:00", home=NEVADA, zones=zones)
    assert is_held(AMERICAN, "2026-11-18T20:00", home=NEVADA, zones=zones)


def test_switched_off_is_off_for_every_region() -> None:
    assert not is_held(FRENCH, "2026-11-22T03:00", quiet=None)
    assert goes_at(FRENCH, "2026-11-22T03:00", quiet=None) == "2026-11-22T03:00"


def test_a_shop_with_no_hour_in_common_with_a_region_keeps_its_own_for_services() -> None:
    quiet = (0, 23 * 60 + 59)
    assert goes_at(AMERICAN, "2026-11-18T12:00", purpose="receipt", quiet=quiet) == "2026-11-18T23:59"
    message, facts = scene(AMERICAN, "2026-11-18T12:00", quiet=quiet)
    assert next_allowed(facts, facts.now, message) == facts.now + timedelta(hours=24)


def test_a_region_where_nothing_may_ever_go_comes_back_in_a_day() -> None:
    regions = {"FR": {"marketing": "08:00-22:00", "no_days": "mon tue wed thu fri sat sun"}}
    message, facts = scene(FRENCH, "2026-11-18T12:00", regions=regions)
    assert next_allowed(facts, facts.now, message) == facts.now + timedelta(hours=24)


EDGES: dict[str, tuple[str, str, str, str]] = {
    "new_york_gap": ("America/New_York", "01:30-02:30", "2026-03-07T12:00", "2026-03-08T01:30"),
    "new_york_opens_in_the_gap": ("America/New_York", "02:30-05:00", "2026-03-07T12:00", "2026-03-08T03:00"),
    "new_york_fold": ("America/New_York", "01:30-05:00", "2026-10-31T12:00", "2026-11-01T01:30"),
    "london_opens_in_the_gap": ("Europe/London", "01:15-05:00", "2026-03-28T12:00", "2026-03-29T02:00"),
    "london_fold": ("Europe/London", "01:15-05:00", "2026-10-24T12:00", "2026-10-25T01:15"),
    "lord_howe_half_an_hour_gap": ("Australia/Lord_Howe", "02:15-05:00", "2026-10-03T12:00", "2026-10-04T02:30"),
    "lord_howe_fold": ("Australia/Lord_Howe", "01:45-05:00", "2026-04-04T12:00", "2026-04-05T01:45"),
    "furthest_west": ("Etc/GMT+12", "09:00-20:00", "2026-11-18T21:00", "2026-11-19T09:00"),
    "furthest_east": ("Pacific/Kiritimati", "09:00-20:00", "2026-11-18T21:00", "2026-11-19T09:00"),
}


@pytest.mark.parametrize(("zone", "window", "when", "then"), EDGES.values(), ids=EDGES.keys())
def test_hours_begin_right_where_the_clocks_change(zone: str, window: str, when: str, then: str) -> None:
    regions = {"FR": {"marketing": window}}
    assert goes_at(FRENCH, when, zones=(zone,), regions=regions, quiet=(0, 0)) == then


def test_hours_that_the_clock_shows_twice_begin_at_the_later() -> None:
    message, facts = scene(
        FRENCH,
        "2026-10-31T12:00",
        zones=("America/New_York",),
        regions={"FR": {"marketing": "01:30-05:00"}},
        quiet=(0, 0),
    )
    assert next_allowed(facts, facts.now, message) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_free_day_ends_after_the_midnight_that_the_clocks_skip() -> None:
    regions = {"FR": {"marketing": "00:00-24:00", "no_days": "sat"}}
    found = goes_at(FRENCH, "2026-09-05T12:00", zones=("America/Santiago",), regions=regions, quiet=(0, 0))
    assert found == "2026-09-06T01:00"


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    *("America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"),
    *("Etc/GMT+12", "Pacific/Kiritimati", "Asia/Kolkata", "Africa/Casablanca", "UTC"),
)


def may_go(moment: datetime, zone: str, rule: dict[str, str], quiet: tuple[int, int]) -> bool:
    """Said anew for the test: what the local clock shows lies in the region's hours and in none of the shop's."""
    local = moment.astimezone(ZoneInfo(zone))
    clock, minute = f"{local:%H:%M}", local.hour * 60 + local.minute
    first, last = rule["marketing"].split("-")
    start, end = quiet
    night = start <= minute < end if start <= end else minute >= start or minute < end
    return first <= clock < last and DAYS[local.weekday()] not in rule["no_days"].split() and not night


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
windows = st.tuples(st.integers(0, 20), st.integers(1, 12), st.sampled_from(("00", "15", "30"))).map(
    lambda n: f"{n[0]:02}:{n[2]}-{min(n[0] + n[1], 23):02}:59"
)
free_days = st.lists(st.sampled_from(DAYS), max_size=4, unique=True).map(" ".join)
nights = st.tuples(st.integers(0, 1439), st.integers(0, 8 * 60)).map(lambda n: (n[0], (n[0] + n[1]) % 1440))


@settings(max_examples=300, deadline=None)
@given(
    moment=moments,
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3),
    window=windows,
    days=free_days,
    quiet=nights,
)
def test_the_next_allowed_moment_is_never_quiet_and_never_before(
    moment: datetime, zones: list[str], window: str, days: str, quiet: tuple[int, int]
) -> None:
    rule = {"marketing": window, "no_days": days}
    facts = some_facts({"regions": {"FR": rule}, "quiet_hours": quiet}, now=moment, zones=tuple(map(ZoneInfo, zones)))
    then = next_allowed(facts, moment, a_message(to=(FRENCH,), purpose="marketing"))
    assert then >= moment
    if then != moment + timedelta(hours=24):
        assert all(may_go(then, zone, rule, quiet) for zone in zones)


@settings(max_examples=60, deadline=None)
@given(moment=moments, zone=st.sampled_from(ZONES), window=windows, days=free_days)
def test_no_quarter_of_an_hour_before_it_would_have_done(moment: datetime, zone: str, window: str, days: str) -> None:
    rule = {"marketing": window, "no_days": days}
    facts = some_facts({"regions": {"FR": rule}, "quiet_hours": (0, 0)}, now=moment, zones=(ZoneInfo(zone),))
    then = next_allowed(facts, moment, a_message(to=(FRENCH,), purpose="marketing"))
    around = [moment + timedelta(hours=n) for n in range(-24, 24 * 9)]
    if len({one.astimezone(ZoneInfo(zone)).utcoffset() for one in around}) > 1:
        return
    assert may_go(then, zone, rule, (0, 0))
    for n in range(int((then - moment) / timedelta(minutes=15))):
        assert not may_go(moment + timedelta(minutes=15 * n), zone, rule, (0, 0))
