"""Would the message arrive in somebody's quiet hours, or when nothing may be sold where they live?"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sayso.checks import hours
from sayso.checks.hours import Week
from sayso.message import Facts, Finding, Json, Message

_PRINT = frozenset({"letter", "postcard", "self_mailer"})
_FURTHEST = timedelta(hours=48)
_FURTHEST_OVER_DAYS_OFF = timedelta(days=8)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when it is, or may be, quiet where the person is, or when nobody knows what time it is there."""
    weeks = hours.weeks(facts, message)
    if not weeks or message.channel in _PRINT or facts.policy.lane(message.purpose) == "at_once":
        return ()
    at = max(facts.now, message.send_at or facts.now)
    if not facts.zones:
        reason = "We do not know what time it is where this person is; please make sure it is not the night."
        proposal = _proposal(facts, at, _next(facts, at, weeks), weeks)
        return (Finding("quiet_hours", "unknown_zone", reason, proposal=proposal),)
    asleep = [zone for zone in facts.zones if _is_quiet(at, zone, weeks)]
    if not asleep:
        return ()
    until = _next(facts, at, weeks)
    reason = _sentence(facts, at, until, asleep[0], weeks)
    evidence = f"{', '.join(zone.key for zone in asleep)}; known from {facts.zones_from or 'nothing noted'}"
    return (Finding("quiet_hours", "quiet", reason, evidence=evidence, proposal=_proposal(facts, at, until, weeks)),)


def next_allowed(facts: Facts, at: datetime, message: Message | None = None) -> datetime:
    """The first moment from `at` on that is in nobody's quiet hours; a message has those of its kind and region.

    Where the zones never agree within 48 hours (eight days where a region has days off) it is `at` and a day, still
    quiet for somebody: the message comes back to a person then, never into a night by our guess. Without zones the
    shop's own counts.
    """
    return _next(facts, at, hours.weeks(facts, message))


def _next(facts: Facts, at: datetime, weeks: tuple[Week, ...]) -> datetime:
    zones = facts.zones or ((ZoneInfo(facts.policy.default_zone),) if facts.policy.default_zone else ())
    furthest = _FURTHEST_OVER_DAYS_OFF if any(map(hours.has_days_off, weeks)) else _FURTHEST
    moment = at
    while weeks and moment - at <= furthest:
        asleep = [(zone, week) for zone in zones for week in weeks if _is_quiet(moment, zone, (week,))]
        if not asleep:
            return moment
        opens = [_wakes(moment, zone, week) for zone, week in asleep]
        moment = max((one for one in opens if one), default=at + furthest * 2).astimezone(at.tzinfo)
        if None in opens:
            break
    return at + timedelta(hours=24) if weeks else at


def _is_quiet(moment: datetime, zone: ZoneInfo, weeks: tuple[Week, ...]) -> bool:
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return not all(hours.is_open(week, local.weekday(), minute) for week in weeks)


def _wakes(moment: datetime, zone: ZoneInfo, week: Week) -> datetime | None:
    """The end of the quiet hours that `moment` lies in; where the clock shows it twice, the later one."""
    local = _wall(moment, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    minutes = hours.next_opening(week, local.weekday(), local.hour * 60 + local.minute)
    return None if minutes is None else _instant(midnight + timedelta(minutes=minutes), zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment a wall clock shows `wall`; where it never does, the first minute after the gap."""
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if _wall(later, zone) == wall:
        return later
    gap = range(24 * 60)
    return later + timedelta(
        minutes=bisect_left(gap, True, key=lambda minutes: _wall(later + timedelta(minutes=minutes), zone) > wall)
    )


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _sentence(facts: Facts, at: datetime, until: datetime, zone: ZoneInfo, weeks: tuple[Week, ...]) -> str:
    """What time it is there, and when the message may go, on that person's clock."""
    verb = "It is" if at == facts.now else "It would be"
    if len(facts.zones) > 1:
        verb = "It may be"
    there, then = at.astimezone(zone), until.astimezone(zone)
    far = (then.date() - there.date()).days > 1
    advice = f"it can go {f'on {_WEEKDAYS[then.weekday()]} ' if far else ''}at {then:%H:%M}"
    advice = advice if _agrees(facts, then, weeks) else "please find out where that is"
    return f"{verb} {there:%H:%M} where this person is; {advice}."


def _agrees(facts: Facts, moment: datetime, weeks: tuple[Week, ...]) -> bool:
    return not any(_is_quiet(moment, zone, weeks) for zone in facts.zones)


def _proposal(facts: Facts, at: datetime, until: datetime, weeks: tuple[Week, ...]) -> dict[str, Json]:
    """Wait until the next allowed moment, or find out the time zone where waiting does not help."""
    if until == at or not _agrees(facts, until, weeks):
        return {"kind": "confirm", "fact": "time_zone"}
    return {"kind": "delay", "until": until.astimezone(UTC).isoformat()}
