"""The print cut-off: what is printed leaves when the mail house's day ends, and can be taken back until then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sayso import store
from sayso.checks.who import PRINT
from sayso.message import Message
from sayso.runtime import Runtime
from sayso.store import Tx


def cut_off(tx: Tx, runtime: Runtime, message: Message) -> datetime | None:
    """Until when a printed piece stays here once it is approved; None for any other, and where it would be too late.

    Its batch's own cut-off comes before the shop's; one that has passed keeps nothing back.
    """
    if message.channel not in PRINT:
        return None
    batch = store.find_batch(tx, message.batch_id) if message.batch_id else None
    at = batch.cut_off if batch and batch.cut_off else _todays(runtime, message, tx.now)
    worth_until = message.hold_expires_at
    return at if at and at > tx.now and (worth_until is None or at <= worth_until) else None


def _todays(runtime: Runtime, message: Message, now: datetime) -> datetime | None:
    """The next time that the shop's clock shows the hour of the settings."""
    policy = runtime.read_policy()
    if policy.print_cut_off is None:
        return None
    at = time(*divmod(policy.print_cut_off, 60))
    zone = runtime.zones.get(message.store or "") or (ZoneInfo(policy.default_zone) if policy.default_zone else UTC)
    today = now.astimezone(zone).date()
    shown = [_shown(datetime.combine(today + timedelta(days=n), at, zone)) for n in (0, 1)]
    return next((one for both in shown for one in both if one > now), None)


def _shown(wall: datetime) -> tuple[datetime, datetime]:
    """When the clock shows this (UTC): twice on the day it goes back; an hour later where it leaves that hour out."""
    first, again = (wall.replace(fold=n).astimezone(UTC) for n in (0, 1))
    return first, max(first, again)
