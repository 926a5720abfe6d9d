"""Is the message still worth sending?"""

from __future__ import annotations

from sayso.checks.words import ago
from sayso.message import Facts, Finding, Message


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop once the time in which the message was worth sending is over."""
    over = message.hold_expires_at
    if over is None or over > facts.now:
        return ()
    reason = f"The time in which this was worth sending ended {ago(over, facts.now)}, so it will not go any more."
    return (
        Finding(
            "validity",
            "over",
            reason,
            "stop",
            "",
            f"worth sending until {over.isoformat()}",
            {"kind": "reject"},
        ),
    )
