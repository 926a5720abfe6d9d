"""Is the message what its CRM says it is? A label that its words contradict must not open a door."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.checks.labels import LABELS
from sayso.checks.offers import offer_in
from sayso.checks.plain_words import read
from sayso.checks.signs import READY, SIGNS, sign_in
from sayso.message import Facts, Finding, Message

_TELLING = (
    *("purchase_feedback", "receipt", "order_status", "repair_problem", "repair_ready", "payment_reminder"),
    *("condolence_sensitive", "complaint_followup", "safety_legal_notice", "wishlist_hint", "wishlist_reminder"),
    *("anniversary", "birthday"),
)
"""What words show so plainly that another label is wrong, the surest first."""
_OWN: Mapping[str, tuple[str, ...]] = {
    "marketing": ("soft", "gift_card"),
    "gift_card_mailer": ("gift_card", "birthday", "anniversary"),
    "wishlist_reminder": ("wishlist_hint",),
    "appointment_future": ("appointment",),
    "condolence_sensitive": ("complaint_followup",),
}
"""By what else a label is right."""
_FAMILIES = (
    frozenset({"receipt", "order_status", "payment_reminder", "safety_legal_notice"}),
    frozenset({"repair_ready", "repair_problem", "order_status", "payment_reminder", "care_reminder"}),
    frozenset({"complaint_followup", "repair_problem", "condolence_sensitive", "order_status", "purchase_feedback"}),
)
"""What one shop calls this and another that: no contradiction."""
_SELLS = frozenset({"marketing", "gift_card_mailer", "wishlist_reminder", "wishlist_hint", "birthday", "anniversary"})
"""What may call for attention: it is an offer, or a greeting that is held for an offer elsewhere."""
_NOTHING_ELSE = frozenset({"auto_reply"})
"""What goes to nearly everybody because it says next to nothing: every other sign contradicts it."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold when the declared purpose is contradicted by the words; the at-once lane has its own guard."""
    named = facts.story.purpose
    purpose = message.purpose or ""
    if (named and named.inferred) or facts.policy.lane(purpose) == "at_once":
        return ()
    sentence, seen = contradiction(purpose, message)
    if not sentence:
        return ()
    return (Finding("mislabelled", "contradicted", sentence, "hold", purpose, f"“{seen}”", {"kind": "edit"}),)


def contradiction(purpose: str, message: Message) -> tuple[str, str]:
    """A sentence that says what the words show instead, and those words; both empty without a contradiction."""
    if purpose not in LABELS:
        return "", ""
    words = read(message)
    if purpose not in _NOTHING_ELSE and _is_right(purpose, words):
        return "", ""
    for other in _TELLING:
        alike = other == purpose or any({other, purpose} <= family for family in _FAMILIES)
        if not alike and (found := sign_in(words, other)):
            seen = found[0].strip()[:60]
            return f"The CRM calls this {LABELS[purpose]}, but it reads like {LABELS[other]} (“{seen}”).", seen
    if purpose not in _SELLS and (found := sign_in(words, "soft")):
        seen = found[0].strip()[:60]
        return f"The CRM calls this {LABELS[purpose]}, but it reads like {LABELS['marketing']} (“{seen}”).", seen
    return "", ""


def _is_right(purpose: str, words: str) -> bool:
    """Whether any word shows what the label says."""
    if purpose == "marketing" and offer_in(words):
        return True
    if purpose in ("repair_ready", "order_status") and READY.search(words):
        return True
    own = (purpose, *_OWN.get(purpose, ()))
    return any(name in SIGNS and sign_in(words, name) for name in own)
