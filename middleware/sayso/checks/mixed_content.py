"""Is there an offer inside a message that should only serve? Then the law takes the whole of it for marketing."""

from __future__ import annotations

from sayso.checks.labels import LABELS
from sayso.checks.offers import offer_in
from sayso.checks.plain_words import read
from sayso.message import Facts, Finding, Message

_SELLS = frozenset({"marketing", "wishlist_reminder", "wishlist_hint", "gift_card_mailer"})
"""What may carry an offer, because it asks for the same consent anyway."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for an offer in a message that is for something else; the at-once lane has its own guard."""
    purpose = message.purpose or ""
    if facts.policy.lane(purpose) == "at_once":
        return ()
    seen = offer(purpose, message)
    if not seen:
        return ()
    return (Finding("mixed_content", "mixed", sentence(purpose, seen), "hold", purpose, f"“{seen}”", {"kind": "edit"}),)


def offer(purpose: str, message: Message) -> str:
    """The words of the offer in a message of a purpose that sells nothing; empty where there is none."""
    return offer_in(read(message)) if purpose in LABELS and purpose not in _SELLS else ""


def sentence(purpose: str, seen: str) -> str:
    """What to say of it."""
    return f"This is {LABELS[purpose]}, but there is an offer in it (“{seen}”), which makes it marketing."
