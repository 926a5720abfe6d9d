"""From a purpose and a few names to the words of a message, as a clumsy CRM would fill its templates."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from sayso.shopyear import words_bench, words_people, words_sales

TEMPLATES: Mapping[str, str] = {
    "otp": words_people.OTP, "appointment_today": words_bench.VISIT_TODAY, "appointment_future": words_bench.VISIT,
    "visit_moved": words_bench.VISIT_MOVED, "receipt": words_sales.RECEIPT, "order_status": words_sales.ORDER_STATUS,
    "repair_ready": words_bench.REPAIR_READY, "repair_problem": words_bench.REPAIR_PROBLEM,
    "purchase_feedback": words_sales.FEEDBACK, "wishlist_reminder": words_sales.WISHLIST_REMINDER,
    "wishlist_hint": words_sales.WISHLIST_HINT, "birthday": words_people.BIRTHDAY,
    "anniversary": words_people.ANNIVERSARY, "anniversary_both": words_people.ANNIVERSARY_BOTH,
    "gift_card_mailer": words_people.GIFT_CARD, "marketing": words_people.MARKETING,
    "recently_purchased": words_sales.RECENT, "care_reminder": words_sales.CARE,
    "payment_reminder": words_sales.PAYMENT,
    "auto_reply": words_people.AUTO_REPLY, "complaint_followup": words_people.COMPLAINT,
    "condolence_sensitive": words_people.CONDOLENCE, "safety_legal_notice": words_people.SAFETY,
    "optout_confirmation": words_people.OPTOUT, "staff_alert": words_people.STAFF,
}  # fmt: skip
"""Every kind of text a year has: a purpose of purposes.csv, or a variant of one."""
HELLO = ("Hi {name}!", "Hi {name},", "Hello {name},", "Dear {name},", "Hey {name}!", "{name},", "Good morning {name},")
SIGNS = ("- Hartwell Jewelers", "Your Hartwell team", "Wren at Hartwell", "Hartwell & Daughter", "")
STOPS = ("Reply STOP to opt out.", "Text STOP to end.", "", "Unsubscribe anytime.")
TYPO, SHOUT = 0.03, 0.01
BARE = frozenset({"otp", "optout_confirmation"})


def lines(kind: str) -> list[str]:
    """The templates of a kind."""
    return [line for line in TEMPLATES[kind].splitlines() if line]


def words(rng: Random, kind: str, given: Mapping[str, str]) -> str:
    """One text of a kind, filled with what is given; a few with a slip of the finger."""
    template = rng.choice(lines(kind))
    name = given.get("name", "there")
    filled = template.format(
        **{
            "hi": rng.choice(HELLO).format(name=name),
            "sign": rng.choice(SIGNS),
            "stop": rng.choice(STOPS),
            "price": f"${rng.randrange(80, 9000)}.00",
            "code": f"{rng.randrange(1000, 999999):06}",
            "n": str(rng.randrange(2, 7)),
            "order": "your order",
            "piece": "piece",
            "other": "a customer",
            "day": "Friday",
            "time": "3 pm",
            **given,
        }
    ).strip()
    filled = filled.replace("your your", "your").replace("this your order", "this order")
    if kind not in BARE and rng.random() < TYPO:
        filled = _slip(rng, filled)
    return filled.upper() if kind not in BARE and rng.random() < SHOUT else filled


def _slip(rng: Random, text: str) -> str:
    """Two letters of one word in the wrong order."""
    places = [n for n in range(1, len(text) - 2) if text[n : n + 2].isalpha() and text[n : n + 2].islower()]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
