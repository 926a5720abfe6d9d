"""Shadow mode: everything goes out at once, and what would have become of it is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sayso import screening
from sayso.message import Facts, Finding, Message, State
from sayso.runtime import Runtime
from sayso.store import Screening

ALWAYS = frozenset({"suppressed_address", "suppressed_person"})
"""Whoever asked for no more is not written to, in no mode."""
VERDICTS: Mapping[str, str] = {
    "stopped": "would have been stopped, or could not have been approved",
    "held": "would have waited, because something was found",
    "sign_off": "would have waited for a yes, with nothing found",
    "cleared": "would have gone by itself",
}
"""What becomes of a message in mode enforce, the strictest first."""


def is_on(runtime: Runtime) -> bool:
    """Whether everything goes out, and findings are only noted."""
    return runtime.mode == "shadow"


def born_state(
    runtime: Runtime, message: Message, findings: tuple[Finding, ...], facts: Facts
) -> tuple[State, str | None]:
    """Where a screened message begins: as the policy says; in shadow mode on its way, unless they asked for no more."""
    if not is_on(runtime):
        return screening.born_state(message, findings, facts)
    return (State.STOPPED, "suppressed") if asked_for_no_more(findings) else (State.CLEARED, None)


def asked_for_no_more(findings: Sequence[Finding]) -> bool:
    """Whether it may not go in any mode."""
    return any(finding.check in ALWAYS and finding.verdict == "stop" for finding in findings)


def noted(runtime: Runtime, message: Message, found: Screening, facts: Facts) -> Screening:
    """The screening, in shadow mode with what would have become of the message beside how it reads."""
    if not is_on(runtime):
        return found
    reading = found.snapshot.get("reading")
    would = {**(reading if isinstance(reading, dict) else {}), "would": verdict(message, found.findings, facts)}
    return replace(found, snapshot={**found.snapshot, "reading": would})


def verdict(message: Message, findings: tuple[Finding, ...], facts: Facts) -> str:
    """What becomes of a message in mode enforce: a word of VERDICTS."""
    state, _ = screening.born_state(message, findings, facts)
    if state is State.STOPPED or any(finding.verdict == "stop" for finding in findings):
        return "stopped"
    return "cleared" if state is State.CLEARED else "held" if findings else "sign_off"


def would(message: Message) -> str | None:
    """What would have become of a message that went in shadow mode; None for one that did not."""
    found = message.reading.get("would")
    return found if isinstance(found, str) and found in VERDICTS else None
