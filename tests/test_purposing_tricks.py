"""Texts that pretend: an offer dressed as a code, a survey dressed as a reminder, and words that only sound alike."""
# ruff: noqa: RUF001  these are people's own letters

from __future__ import annotations

import pytest

from sayso.purposing import Hints, guess
from tests.checks.build import a_message

AT_ONCE = frozenset({"otp", "appointment_today", "optout_confirmation", "staff_alert"})
ALL = Hints(True, True, True, "", True, True, "birthday", True, False)
TODAY = Hints(has_appointment_today=True)

NEVER_AT_ONCE = (
    # dressed as a code
    "Your code 482913 gives you 20% at our shop",
    "Code 482913: a free gift waits for you",
    "Your VIP code is 482913. Sale starts today!",
    "Discount code 482913",
    "482913 is your code: smith.com/sale",
    "Your code is 482913. How was your purchase?",
    "Your code is 482913. Scott bought you the ring.",
    "Use code 482913 at the counter to pick up your ring.",
    "Your pick-up code is 482913. Your engagement ring is ready.",
    "Your wishlist code is 482913",
    "Your codes are 482913 and 551204",
    "Code 482913. He will propose on Saturday.",
    "Code 482913 – Scott has a surprise for you",
    "Your code is 482",
    "Your code is 482913482913",
    "Cоde 482913 opens our sаle",
    "Y\u200bour c\u200bode 482913: 2\u200b0% o\u200bff",
    "Ｃｏｄｅ 482913 for our ＳＡＬＥ",
    "Your code is 482913, it opens the door to our party",
    "CODE 482913 KAYLA SCOTT PROPOSES SATURDAY EVENING",
    "Tu código 482913 te da 20 de descuento",
    "Votre code 482913 : soldes privées",
    "Code 482913: Gutschein über 20 Euro",
    "कोड 482913 से 20 रुपये की छूट",
    "رمز 482913 خصم خاص",
    "Your code is 482913. " + "We are glad that you came in. " * 12,
    "Total $4999, thank you for your order. Code attached.",
    "Your order code is 482913",
    "Happy birthday! Your code is 482913",
    "Your appointment code is 482913",
    "We are sorry for your loss. Your code is 482913",
    "Your code is 482913. Reply STOP to opt out. Visit us, we miss you!",
    "482913",
    "Order 482913",
    # dressed as today's appointment
    "Today only: everything 20% off, see you today at 3!",
    "See you today at 3! Your engagement ring is ready.",
    "See you today at 3. Scott picked the ring.",
    "Your appointment today was moved to tomorrow.",
    "Your appointment today is cancelled.",
    "Your appointment today at 3 is now at 5, rescheduled.",
    "Your appointment is on Friday at 3.",
    "See you today at our sale",
    "See you today! How was your purchase?",
    "Su cita de hoy se cambió para mañana.",
    "Join us today at 3 for champagne: see you today at our event",
    "See you today at 3 for your proposal planning.",
    # dressed as the answer to an opt-out
    "You have been unsubscribed. Scott bought the ring.",
    "You are unsubscribed. Last chance: 20% off!",
    "You are now opted out: smith.com/come-back",
    "You have been unsubscribed from missing out! Our new collection is here.",
    "You have been removed. Your ring is ready.",
    "You will receive no more texts. " + "Good-bye and farewell. " * 20,
    "Reply STOP to unsubscribe",
    # dressed as staff's
    "Till 2: customer Kayla is waiting, your ring is ready",
    "Walk-in offer: 20% off",
    "Low stock! Call the customer line to order now",
    # harmless, but of the lane that people read
    "You may also like our code of ethics",
    "Use code RING20",
    "Save the date: 20251231",
    "PIN: a brooch for your lapel, from $99",
)  # fmt: skip


@pytest.mark.parametrize("body", NEVER_AT_ONCE, ids=range(len(NEVER_AT_ONCE)))
@pytest.mark.parametrize("hints", [ALL, TODAY], ids=["all_facts", "an_appointment"])
def test_no_trick_takes_the_lane_that_nobody_reads(body: str, hints: Hints) -> None:
    found = guess(a_message(body, purpose=None), hints)
    assert not found or found.name not in AT_ONCE


def test_an_offer_to_staff_is_no_alert() -> None:
    found = guess(a_message("Walk-in? 20% off, shop now!", purpose=None), Hints(to_staff=True))
    assert found
    assert found.name == "marketing"


SOUNDS_ALIKE = (
    ("Customers who purchased this ring also love our gold", "marketing"),
    ("Recently purchased? Complete the set: now only $199", "marketing"),
    ("Thank you for your order! 15% off the next", "marketing"),
    ("Your repair is ready! Shop the new collection while you wait", "marketing"),
    ("How was your purchase? Save 10% on the next", "marketing"),
    ("Free cleaning day this Friday, and 30% off all chains", "marketing"),
    ("Your balance is due. Shop now and get 10% off", "marketing"),
    ("Birthday gifts she will adore, starting at $49", "marketing"),
    ("Anniversary gifts from $99", "marketing"),
    ("Your receipt is attached. You may also like this pendant", "marketing"),
    ("Receipt for sale 8812. 10% off applied. Total paid $90", "receipt"),
    ("Receipt: discount -$20, total paid $180", "receipt"),
    ("We received your order today.", "receipt"),
    ("Your 50% deposit was received: payment received, thank you", "receipt"),
    ("We've recalled that you love pearls! Discover our pearls", "marketing"),
    ("You'll be lost for words: discover our new season", "marketing"),
    ("Rappel : votre rendez-vous est demain.", "appointment_future"),
    ("Votre remise en main propre : votre commande est prête", "order_status"),
    ("Congratulations on your promotion! Happy birthday too", "birthday"),
    ("Our appointment book is open. Book your consultation", "marketing"),
    ("Create your wishlist today and discover rings", "marketing"),
    ("Feedback", None),
    ("Your ring and Scott", None),
)  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), SOUNDS_ALIKE, ids=[t[0][:30] for t in SOUNDS_ALIKE])
def test_what_sounds_alike_is_told_apart(body: str, expected: str | None) -> None:
    found = guess(a_message(body, purpose=None), Hints())
    assert (found.name if found else None) == expected


def test_words_in_a_templates_variables_keep_a_code_from_going_at_once() -> None:
    told = a_message("Your code is 482913", purpose=None, fields=(("vars", '{"1": "Scott bought the ring"}'),))
    found = guess(told, Hints())
    assert not found or found.name != "otp"
