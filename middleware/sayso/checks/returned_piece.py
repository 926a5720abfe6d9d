"""Is it about a piece that came back to the shop, or was handed over only just now? rules.md §4, roles.csv."""

from __future__ import annotations

from datetime import timedelta

from sayso.message import ENDED_STATES, Facts, Finding, Message

CHECK = "returned_piece"
GLAD = frozenset({"care_reminder", "purchase_feedback", "marketing"})
SETTLED = timedelta(days=3)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for a glad word about a piece that was returned, exchanged or traded in, or that is not yet worn."""
    sale = facts.story.subject_fact
    if sale is None or sale.list != "purchases" or message.purpose not in GLAD:
        return ()
    state, sold = sale.text("status"), sale.moment("at")
    if state in ENDED_STATES:
        reason = f"The piece was {state.replace('_', ' ')}. Ask before anybody is written to about it."
        return (Finding(CHECK, "came_back", reason, subject=sale.key, evidence=_said(state, sale.said_by)),)
    if message.purpose == "purchase_feedback" and sold and facts.now - sold < SETTLED:
        reason = "They have had it for less than three days, too short to say how it is."
        return (Finding(CHECK, "too_soon", reason, subject=sale.key, proposal={"kind": "delay"}),)
    return ()


def _said(state: str, by: str) -> str:
    return f"{state.replace('_', ' ')}, says {by}"
