"""Did far more messages than usual come from one program at once? Then a person looks before the first one goes."""

from __future__ import annotations

from sayso.message import Facts, Finding, Message

CHECK = "burst_brake"


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold that is the same for every message of the burst, so that a thousand of them are one line on the desk."""
    brake = facts.policy.burst_brake
    if brake is None or facts.burst <= brake[0] or facts.policy.lane(message.purpose) == "at_once":
        return ()
    count, seconds = brake
    reason = "Far more messages than usual came in at once; please see first whether all of them are meant."
    proof = f"more than {count} within {seconds:g} seconds"
    return (Finding(CHECK, "burst", reason, "hold", message.source_id, proof),)
