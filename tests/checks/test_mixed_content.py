"""mixed_content: a message that serves carries no offer."""
# ruff: noqa: RUF001  these are people's own letters

from __future__ import annotations

import pytest

from sayso.checks.mixed_content import check
from tests.checks.build import a_message, some_facts


def codes(body: str | None, purpose: str | None, **given: object) -> list[str]:
    return [found.code for found in check(a_message(body, purpose=purpose, **given), some_facts())]


MIXED = {
    "receipt_percent": ("receipt", "Your receipt. 20% off next time!"),
    "receipt_also_like": ("receipt", "Thank you for your purchase! You may also like these studs."),
    "status_code": ("order_status", "Your order has shipped. Use code RING10 for the next."),
    "status_collection": ("order_status", "Your order has shipped. See our new collection!"),
    "repair_shop": ("repair_ready", "Your repair is ready. Shop the holiday styles meanwhile."),
    "repair_sale": ("repair_ready", "Your ring is ready, and our sale starts today"),
    "problem": ("repair_problem", "The stone chipped. Enjoy 10% off a new one."),
    "feedback_gift": ("purchase_feedback", "How was your purchase? Enter to win a $500 prize"),
    "feedback_save": ("purchase_feedback", "How was your purchase? Save $50 on the next."),
    "appointment": ("appointment_future", "See you on Friday! Buy one, get one half price."),
    "care": ("care_reminder", "Time for a cleaning, and 30% off all chains"),
    "payment": ("payment_reminder", "Your balance is due. Black Friday deals inside"),
    "answer": ("auto_reply", "We got your message. Last chance: clearance!"),
    "complaint": ("complaint_followup", "We are sorry. Here is a coupon."),
    "condolence": ("condolence_sensitive", "So sorry for your loss. 10% off."),
    "safety": ("safety_legal_notice", "Recall of clasps. Shop now for a new one."),
    "birthday": ("birthday", "Happy birthday! 20% off this month"),
    "anniversary": ("anniversary", "Happy anniversary! Save 10% today"),
    "spanish": ("receipt", "Gracias por su compra. 20% de descuento en la próxima"),
    "french": ("receipt", "Merci pour votre achat. Vous aimerez aussi ceci"),
    "german": ("receipt", "Danke für Ihren Einkauf. Das könnte Ihnen gefallen: Ketten"),
    "hindi": ("receipt", "खरीदारी के लिए धन्यवाद। 20% छूट"),
    "arabic": ("receipt", "شكرا لشرائك. خصم 20%"),
    "hidden": ("receipt", "Your receipt. 20\u200b% o\u200bff"),
    "wide": ("receipt", "Your receipt. Our ＳＡＬＥ ends soon"),
}


@pytest.mark.parametrize(("purpose", "body"), MIXED.values(), ids=MIXED.keys())
def test_an_offer_in_a_message_that_serves_is_held(purpose: str, body: str) -> None:
    (found,) = check(a_message(body, purpose=purpose), some_facts())
    assert (found.code, found.verdict, found.proposal) == ("mixed", "hold", {"kind": "edit"})


PURE = {
    "receipt": ("receipt", "Your receipt: total paid $4,200"),
    "receipt_tax": ("receipt", "Total $100, 8.25% tax, paid in full"),
    "receipt_discount": ("receipt", "Receipt: discount -$20, total paid $180"),
    "receipt_applied": ("receipt", "Receipt. 10% off applied. Total $90"),
    "receipt_sale": ("receipt", "Sale 8812, date of sale 11/12, point of sale 3"),
    "receipt_order": ("receipt", "We received your order today."),
    "receipt_ordered": ("receipt", "You placed your order online. Thank you!"),
    "final_sale": ("receipt", "Engraved pieces are final sale."),
    "deposit": ("order_status", "Your 50% deposit is in; your order is being made."),
    "gold": ("order_status", "Your ring, 100% recycled gold, has shipped."),
    "after_sales": ("repair_ready", "Your repair is ready at our after-sales desk."),
    "free_parking": ("appointment_future", "See you on Friday; parking is free."),
    "free_clean": ("care_reminder", "It's time for your complimentary cleaning."),
    "drop_off": ("repair_ready", "Drop off or pick up any time."),
    "promotion": ("birthday", "Happy birthday, and well done on your promotion!"),
    "french_remise": ("order_status", "Votre commande est prête pour remise en main propre"),
    "solde": ("payment_reminder", "Votre solde dû est de 45 €"),
    "nothing": ("receipt", ""),
}


@pytest.mark.parametrize(("purpose", "body"), PURE.values(), ids=PURE.keys())
def test_a_message_that_only_serves_passes(purpose: str, body: str) -> None:
    assert codes(body, purpose) == []


@pytest.mark.parametrize(
    "purpose", ["marketing", "gift_card_mailer", "wishlist_reminder", "wishlist_hint", None, "gate_open"]
)
def test_what_sells_anyway_and_what_nobody_knows_may_carry_an_offer(purpose: str | None) -> None:
    assert codes("20% off everything", purpose) == []


def test_the_at_once_lane_has_its_own_guard() -> None:
    assert codes("Your code 482913 gives 20% off", "otp") == []


def test_the_sentence_names_the_offer() -> None:
    (found,) = check(a_message("Your receipt. 20% off next time!", purpose="receipt"), some_facts())
    assert found.reason == "This is a receipt, but there is an offer in it (“20% off”), which makes it marketing."
    assert found.key == "mixed_content:mixed:receipt"


def test_an_offer_in_a_subject_line_and_in_a_picture_is_seen() -> None:
    assert codes("Your receipt", "receipt", subject_line="30% off inside") == ["mixed"]
    assert codes("Your receipt", "receipt", html="<img alt='Sale ends Sunday'>") == ["mixed"]
