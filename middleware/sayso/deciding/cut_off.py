"""The print cut-off: what is printed leaves when the mail house's day ends, and can be taken back until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sayso import store
from sayso.checks.who import PRINT
from sayso.message import Message
from sayso.runtime import Runtime
from sayso.store import Tx

LATE = timedelta(days=1)
"""How long after its cut-off an approved piece may still leave: a mail house that is down is no reason to drop it."""


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
    hour, minute = divmod(policy.print_cut_off, 60)
    zone = runtime.zones.get(message.store or "") or (ZoneInfo(policy.default_zone) if policy.default_zone else UTC)
    local = now.astimezone(zone)
    today = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)
