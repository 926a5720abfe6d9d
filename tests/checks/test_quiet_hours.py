"""quiet_hours: nobody is woken, in no zone and on no day when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.checks.quiet_hours import check, next_allowed
from tests.checks.build import a_message, some_facts

NEW_YORK, RENO, INDIA = (ZoneInfo(n) for n in ("America/New_York", "America/Los_Angeles", "Asia/Kolkata"))


def at(text: str, zone: ZoneInfo = RENO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def is_quiet(moment: datetime, zone: ZoneInfo, quiet: tuple[int, int]) -> bool:
    """Said anew for the test: walk the quiet minutes of the day and see whether this is one."""
    start, end = quiet
    minutes = set(range(start, end)) if start <= end else set(range(start, 1440)) | set(range(end))
    local = moment.astimezone(zone)
    return local.hour * 60 + local.minute in minutes


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("2026-11-18T20:59:59", False),
        ("2026-11-18T21:00", True),
        ("2026-11-18T23:59:59", True),
        ("2026-11-19T00:00", True),
        ("2026-11-19T07:59:59", True),
        ("2026-11-19T08:00", False),
    ],
)
def test_the_night_wraps_midnight(now: str, held: bool) -> None:
    found = check(a_message(), some_facts(now=at(now)))
    assert [f.key for f in found] == (["quiet_hours:quiet:"] if held else [])


@pytest.mark.parametrize(
    ("now", "held"),
    [("2026-11-18T12:59", False), ("2026-11-18T13:00", True), ("2026-11-18T14:59", True), ("2026-11-18T15:00", False)],
)
def test_quiet_hours_may_lie_within_a_day(now: str, held: bool) -> None:
    assert bool(check(a_message(), some_facts(now=at(now), policy={"quiet_hours": (780, 900)}))) is held


def test_the_sentence_and_the_proposal_say_when_it_can_go() -> None:
    (found,) = check(a_message(), some_facts(now=at("2026-11-18T22:14")))
    assert found.reason == "It is 22:14 where this person is; it can go at 08:00."
    assert found.proposal == {"kind": "delay", "until": "2026-11-19T16:00:00+00:00"}
    assert found.verdict == "hold"


def test_one_of_several_possible_zones_is_enough() -> None:
    (found,) = check(a_message(), some_facts(now=at("2026-11-18T19:00"), zones=(RENO, NEW_YORK)))
    assert found.reason == "It may be 22:00 where this person is; it can go at 11:00."
    assert found.proposal == {"kind": "delay", "until": at("2026-11-19T08:00").isoformat()}


def test_zones_that_never_agree_ask_for_the_place_and_propose_no_hour() -> None:
    quiet = {"quiet_hours": (19 * 60, 9 * 60)}
    facts = some_facts(now=at("2026-11-18T12:00"), zones=(RENO, INDIA), policy=quiet)
    (found,) = check(a_message(), facts)
    assert found.reason.endswith("please find out where that is.")
    assert found.proposal == {"kind": "confirm", "fact": "time_zone"}
    assert next_allowed(facts, facts.now) == facts.now + timedelta(hours=24)


def test_a_message_for_later_is_judged_by_its_own_hour() -> None:
    tomorrow = a_message(send_at=at("2026-11-19T10:00"))
    assert check(tomorrow, some_facts(now=at("2026-11-18T23:00"))) == ()
    (found,) = check(a_message(send_at=at("2026-11-18T23:00")), some_facts(now=at("2026-11-18T12:00")))
    assert found.reason == "It would be 23:00 where this person is; it can go at 08:00."
    past = a_message(send_at=at("2026-11-18T10:00"))
    assert check(past, some_facts(now=at("2026-11-18T23:00"))) != ()


def test_a_place_nobody_knows_is_held_and_waits_for_the_shop_s_own_morning() -> None:
    (found,) = check(a_message(), some_facts(zones=(), now=at("2026-11-18T23:00")))
    assert found.key == "quiet_hours:unknown_zone:"
    assert "do not know what time it is" in found.reason
    assert found.proposal == {"kind": "delay", "until": at("2026-11-19T08:00").isoformat()}


def test_a_place_nobody_knows_is_asked_for_by_day_or_without_a_zone_of_the_shop() -> None:
    ask = {"kind": "confirm", "fact": "time_zone"}
    (by_day,) = check(a_message(), some_facts(zones=(), now=at("2026-11-18T12:00")))
    (nowhere,) = check(a_message(), some_facts(zones=(), now=at("2026-11-18T23:00"), policy={"default_zone": ""}))
    assert (by_day.proposal, nowhere.proposal) == (ask, ask)


@pytest.mark.parametrize(
    "given",
    [{"purpose": "otp"}, {"purpose": "appointment_today"}, {"channel": "postcard"}, {"channel": "letter"}],
    ids=str,
)
def test_what_cannot_wait_and_what_comes_by_post_is_exempt(given: dict[str, str]) -> None:
    midnight = at("2026-11-19T00:00")
    assert check(a_message(**given), some_facts(now=midnight)) == ()
    assert check(a_message(**given), some_facts(now=midnight, zones=())) == ()


def test_a_night_that_ends_as_it_begins_is_none() -> None:
    facts = some_facts(now=at("2026-11-19T00:00"), policy={"quiet_hours": (0, 0)})
    assert check(a_message(), facts) == ()


@pytest.mark.parametrize("zones", [(RENO,), ()], ids=["known", "unknown"])
def test_quiet_hours_can_be_switched_off(zones: tuple[ZoneInfo, ...]) -> None:
    facts = some_facts(now=at("2026-11-19T00:00"), zones=zones, policy={"quiet_hours": None})
    assert check(a_message(), facts) == ()
    assert next_allowed(facts, facts.now) == facts.now


CLOCK_CHANGES = {
    "ordinary": ("2026-11-18T22:00", (21 * 60, 8 * 60), "2026-11-19T16:00:00+00:00"),
    "end_in_the_gap": ("2026-03-07T23:00", (21 * 60, 150), "2026-03-08T10:00:00+00:00"),
    "end_at_the_gap": ("2026-03-07T23:00", (21 * 60, 120), "2026-03-08T10:00:00+00:00"),
    "end_after_the_gap": ("2026-03-07T23:00", (21 * 60, 180), "2026-03-08T10:00:00+00:00"),
    "end_shown_twice": ("2026-10-31T23:00", (21 * 60, 90), "2026-11-01T09:30:00+00:00"),
    "end_after_the_fold": ("2026-10-31T23:00", (21 * 60, 120), "2026-11-01T10:00:00+00:00"),
    "quiet_shown_twice": ("2026-11-01T01:10", (60, 75), "2026-11-01T09:15:00+00:00"),
}


@pytest.mark.parametrize(("now", "quiet", "until"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES.keys())
def test_the_next_allowed_moment_on_a_day_when_the_clocks_change(now: str, quiet: tuple[int, int], until: str) -> None:
    moment = at(now)
    assert next_allowed(some_facts(now=moment, policy={"quiet_hours": quiet}), moment).isoformat() == until


ZONES = sorted(available_timezones())


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Every hour of 2025 to 2027 in whose course this zone's clocks change."""
    zone, found = ZoneInfo(name), []
    weeks = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(weeks=n) for n in range(158)]
    for week in weeks[:-1]:
        if _offset(week, zone) != _offset(week + timedelta(weeks=1), zone):
            hours = [week + timedelta(hours=n) for n in range(7 * 24)]
            found += [h for h in hours if _offset(h, zone) != _offset(h + timedelta(hours=1), zone)]
    return tuple(found)


@cache
def different_changes() -> dict[tuple[datetime, timedelta | None, timedelta | None], ZoneInfo]:
    """One zone for every moment at which clocks change from one offset to another."""
    zones = [(ZoneInfo(name), change) for name in ZONES for change in changes(name)]
    return {(c, _offset(c, zone), _offset(c + timedelta(hours=1), zone)): zone for zone, c in zones}


def test_the_clock_changes_of_many_zones_are_known() -> None:
    assert len(different_changes()) > 100
    assert len({zone.key for zone in different_changes().values()}) > 25


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def assert_allowed(moment: datetime, zone: ZoneInfo, quiet: tuple[int, int]) -> None:
    facts = some_facts(now=moment, zones=(zone,), policy={"quiet_hours": quiet})
    then = next_allowed(facts, moment)
    assert moment <= then <= moment + timedelta(hours=24), (zone.key, moment, quiet, then)
    assert not is_quiet(then, zone, quiet), (zone.key, moment, quiet, then)


@pytest.mark.parametrize("quiet", [(21 * 60, 8 * 60), (20 * 60, 150), (60, 105), (0, 60)], ids=str)
def test_no_change_of_the_clocks_in_any_zone_wakes_anybody(quiet: tuple[int, int]) -> None:
    for change, zone in different_changes().items():
        for minutes in (-1380, -605, -61, -20, 0, 25, 61, 130):
            assert_allowed(change[0] + timedelta(minutes=minutes), zone, quiet)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
nights = st.tuples(st.integers(0, 1439), st.integers(0, 22 * 60)).map(lambda n: (n[0], (n[0] + n[1]) % 1440))


@settings(max_examples=400, deadline=None)
@given(moment=moments, name=st.sampled_from(ZONES), quiet=nights)
def test_for_one_zone_it_is_never_quiet_and_never_more_than_a_day_away(
    moment: datetime, name: str, quiet: tuple[int, int]
) -> None:
    assert_allowed(moment, ZoneInfo(name), quiet)


@settings(max_examples=250, deadline=None)
@given(moment=moments, names=st.lists(st.sampled_from(ZONES), min_size=1, max_size=5), quiet=nights)
def test_for_several_zones_it_is_quiet_in_none_or_asks_again_in_a_day(
    moment: datetime, names: list[str], quiet: tuple[int, int]
) -> None:
    zones = tuple(map(ZoneInfo, names))
    facts = some_facts(now=moment, zones=zones, policy={"quiet_hours": quiet})
    then = next_allowed(facts, moment)
    everywhere = not any(is_quiet(then, zone, quiet) for zone in zones)
    assert moment <= then <= moment + timedelta(hours=49)
    assert everywhere or then == moment + timedelta(hours=24)


@settings(max_examples=100, deadline=None)
@given(moment=moments, names=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), quiet=nights)
def test_no_quarter_of_an_hour_before_it_would_have_done_for_all(
    moment: datetime, names: list[str], quiet: tuple[int, int]
) -> None:
    zones = tuple(map(ZoneInfo, names))
    if any(abs(change - moment) < timedelta(hours=72) for name in names for change in changes(name)):
        return
    facts = some_facts(now=moment, zones=zones, policy={"quiet_hours": quiet})
    then = next_allowed(facts, moment)
    for n in range(int((then - moment) / timedelta(minutes=15))):
        earlier = moment + timedelta(minutes=15 * n)
        assert any(is_quiet(earlier, zone, quiet) for zone in zones)
