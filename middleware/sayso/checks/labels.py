"""What each purpose is called in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "otp": "a one-time code",
        "appointment_today": "a word about today's appointment",
        "appointment_future": "a word about an appointment",
        "receipt": "a receipt",
        "order_status": "news of an order",
        "repair_ready": "word that a repair is ready",
        "repair_problem": "word of a problem with a piece",
        "purchase_feedback": "a question about a purchase",
        "wishlist_reminder": "a reminder of their own wishlist",
        "wishlist_hint": "a hint about somebody's wishes",
        "birthday": "a birthday greeting",
        "anniversary": "an anniversary greeting",
        "gift_card_mailer": "a printed gift card",
        "marketing": "marketing",
        "care_reminder": "a reminder to have a piece cleaned or checked",
        "payment_reminder": "a reminder of a payment",
        "auto_reply": "an automatic answer",
        "complaint_followup": "an answer to a complaint",
        "condolence_sensitive": "words of condolence",
        "safety_legal_notice": "a safety or legal notice",
        "optout_confirmation": "the answer to an opt-out",
        "staff_alert": "a word to your own staff",
    }
)
