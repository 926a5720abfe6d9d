"""Messages and facts for the tests of the checks: ordinary ones, with the one thing a test is about put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

from sayso.message import Content, Facts, Message, Policy, Purpose, State

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
"""A Wednesday, ten in the morning in Reno."""

RENO = ZoneInfo("America/Los_Angeles")

PURPOSES = {
    name: Purpose(name, lane, name)
    for name, lane in {
        "otp": "at_once",
        "appointment_today": "at_once",
        "optout_confirmation": "at_once",
        "staff_alert": "at_once",
        "purchase_feedback": "sign_off",
    }.items()
}

POLICY = Policy(
    purposes=PURPOSES,
    quiet_hours=(21 * 60, 8 * 60),
    default_country="US",
    default_zone="America/Los_Angeles",
    duplicate_window=86400,
    hold_for=172800,
)


def a_message(body: str | None = "Hi Kayla, your ring is ready.", **given: Any) -> Message:
    """A held text to Kayla; names of Content's or Message's fields change just these."""
    in_content = {name: given.pop(name) for name in tuple(given) if name in Content.__dataclass_fields__}
    content = replace(Content(to=("+14155550123",), sender="+14155550100", body=body), **in_content)
    message = Message(
        id="01JD0000000000000000000000",
        crm_id="SM1",
        source_id="crm",
        channel="sms",
        provider="twilio",
        state=State.HELD,
        version=1,
        content_hash="",
        content=content,
        created_at=NOON,
        updated_at=NOON,
        purpose="purchase_feedback",
    )
    return replace(message, **given)


def some_facts(policy: Mapping[str, Any] | None = None, **given: Any) -> Facts:
    """Facts of a Wednesday morning in Reno; `policy` changes thresholds, the rest Facts' own fields."""
    known = Facts(now=NOON, policy=replace(POLICY, **(policy or {})), zones=(RENO,), zones_from="number")
    return replace(known, **given)


def seconds_for(run: Callable[[], object]) -> float:
    """The processor seconds that a call takes; a regular expression gone wild takes minutes."""
    began = process_time()
    run()
    return process_time() - began
