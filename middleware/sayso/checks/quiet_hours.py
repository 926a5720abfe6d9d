"""Would the message arrive in somebody's quiet hours?"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sayso.message import Facts, Finding, Json, Message

_PRINT = frozenset({"letter", "postcard", "self_mailer"})
_FURTHEST = timedelta(hours=48)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when it is, or may be, quiet where the person is, or when nobody knows what time it is there."""
    quiet = facts.policy.quiet_hours
    if not quiet or message.channel in _PRINT or facts.policy.lane(message.purpose) == "at_once":
        return ()
    at = max(facts.now, message.send_at or facts.now)
    if not facts.zones:
        reason = "We do not know what time it is where this person is; please make sure it is not the night."
        return (Finding("quiet_hours", "unknown_zone", reason, proposal=_proposal(facts, at)),)
    asleep = [zone for zone in facts.zones if _is_quiet(at.astimezone(zone), quiet)]
    if not asleep:
        return ()
    reason = _sentence(facts, at, asleep[0])
    evidence = f"{', '.join(zone.key for zone in asleep)}; known from {facts.zones_from or 'nothing noted'}"
    return (Finding("quiet_hours", "quiet", reason, evidence=evidence, proposal=_proposal(facts, at)),)


def next_allowed(facts: Facts, at: datetime) -> datetime:
    """The first moment from `at` on that is in nobody's quiet hours.

    Where the zones never agree within 48 hours it is `at` and a day, still quiet for somebody: the message
    comes back to a person then, never into a night by our guess. Without zones the shop's own counts.
    """
    quiet = facts.policy.quiet_hours
    zones = facts.zones or ((ZoneInfo(facts.policy.default_zone),) if facts.policy.default_zone else ())
    moment = at
    while quiet and moment - at <= _FURTHEST:
        asleep = [zone for zone in zones if _is_quiet(moment.astimezone(zone), quiet)]
        if not asleep:
            return moment
        moment = max(_wakes(moment, zone, quiet) for zone in asleep).astimezone(at.tzinfo)
    return at + timedelta(hours=24) if quiet else at


def _is_quiet(local: datetime, quiet: tuple[int, int]) -> bool:
    start, end = quiet
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


def _wakes(moment: datetime, zone: ZoneInfo, quiet: tuple[int, int]) -> datetime:
    """The end of the quiet hours that `moment` lies in; where the clock shows it twice, the later one."""
    local = _wall(moment, zone)
    minute = local.hour * 60 + local.minute
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    days = 0 if minute < quiet[1] else 1
    return _instant(midnight + timedelta(days=days, minutes=quiet[1]), zone)


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


def _sentence(facts: Facts, at: datetime, zone: ZoneInfo) -> str:
    """What time it is there, and when the message may go, on that person's clock."""
    verb = "It is" if at == facts.now else "It would be"
    if len(facts.zones) > 1:
        verb = "It may be"
    then = next_allowed(facts, at).astimezone(zone)
    advice = f"it can go at {then:%H:%M}" if _agrees(facts, then) else "please find out where that is"
    return f"{verb} {at.astimezone(zone):%H:%M} where this person is; {advice}."


def _agrees(facts: Facts, moment: datetime) -> bool:
    quiet = facts.policy.quiet_hours
    return not quiet or not any(_is_quiet(moment.astimezone(zone), quiet) for zone in facts.zones)


def _proposal(facts: Facts, at: datetime) -> dict[str, Json]:
    """Wait until the next allowed moment, or find out the time zone where waiting does not help."""
    until = next_allowed(facts, at)
    if until == at or not _agrees(facts, until):
        return {"kind": "confirm", "fact": "time_zone"}
    return {"kind": "delay", "until": until.astimezone(UTC).isoformat()}
