"""mislabelled: a label that the words contradict opens no door."""

from __future__ import annotations

import pytest

from sayso.checks.mislabelled import check
from sayso.message import Named, Story
from tests.checks.build import a_message, some_facts

DECLARED = Story(True)


def codes(body: str, purpose: str | None, story: Story = DECLARED) -> list[str]:
    return [found.code for found in check(a_message(body, purpose=purpose), some_facts(story=story))]


WRONG = {
    "survey_as_marketing": ("marketing", "How was your purchase? Tell us!"),
    "receipt_as_marketing": ("marketing", "Thank you for your purchase. Total paid $90"),
    "status_as_marketing": ("marketing", "Your order has shipped."),
    "repair_as_marketing": ("marketing", "Your repair is ready"),
    "debt_as_marketing": ("marketing", "Your layaway payment is due"),
    "birthday_as_marketing": ("marketing", "Happy birthday, Kayla!"),
    "anniversary_as_marketing": ("marketing", "Happy anniversary, Nate and Rebecca"),
    "hint_as_marketing": ("marketing", "Kayla dropped a hint"),
    "survey_as_birthday": ("birthday", "How was your purchase?"),
    "survey_as_care": ("care_reminder", "How was your purchase?"),
    "status_as_answer": ("auto_reply", "Your order has shipped"),
    "answer_with_status": ("auto_reply", "Thanks for your message! Your order has shipped."),
    "birthday_as_anniversary": ("anniversary", "Happy birthday Kayla"),
    "anniversary_as_birthday": ("birthday", "Happy anniversary Nate"),
    "survey_as_safety": ("safety_legal_notice", "How was your purchase?"),
    "receipt_as_appointment": ("appointment_future", "Thank you for your purchase!"),
    "repair_as_survey": ("purchase_feedback", "Your repair is ready"),
    "condolence_as_care": ("care_reminder", "We are so sorry for your loss"),
    "survey_as_wishlist": ("wishlist_reminder", "How was your purchase?"),
    "spanish": ("marketing", "Su pedido fue enviado"),
    "french": ("marketing", "Votre commande est arrivée"),
    "german": ("marketing", "Ihre Bestellung ist unterwegs"),
}


@pytest.mark.parametrize(("purpose", "body"), WRONG.values(), ids=WRONG.keys())
def test_a_label_that_the_words_contradict_is_held(purpose: str, body: str) -> None:
    assert codes(body, purpose) == ["contradicted"]


RIGHT = {
    "marketing": ("marketing", "Our new collection is here: 20% off"),
    "marketing_after_a_purchase": ("marketing", "Thank you for your purchase! 20% off the next."),
    "marketing_birthday": ("marketing", "Happy birthday! Enjoy 20% off"),
    "code_as_marketing": ("marketing", "Your code is 482913"),
    "survey": ("purchase_feedback", "How was your purchase?"),
    "survey_thanks": ("purchase_feedback", "Thank you for your purchase. How did we do?"),
    "short_survey": ("purchase_feedback", "Hi Kayla!"),
    "ready": ("repair_ready", "Hi Kayla, your ring is ready."),
    "ready_order": ("order_status", "Hi Kayla, your ring is ready."),
    "receipt_shipped": ("receipt", "Your order has shipped"),
    "receipt_balance": ("receipt", "Balance due: $0"),
    "status_paid": ("order_status", "Thank you for your purchase!"),
    "repair_with_balance": ("repair_ready", "Balance due at pick-up: $45"),
    "recall_of_a_purchase": ("safety_legal_notice", "Thank you for your purchase. Safety recall of clasps."),
    "apology": ("repair_problem", "We are sorry to hear of your trouble"),
    "anniversary": ("anniversary", "Happy anniversary!"),
    "answer": ("auto_reply", "Thanks for your message! We'll get back to you."),
    "nothing": ("receipt", ""),
    "unheard_of": ("gate_open", "How was your purchase?"),
    "no_purpose": (None, "How was your purchase?"),
    "at_once": ("otp", "How was your purchase?"),
}


@pytest.mark.parametrize(("purpose", "body"), RIGHT.values(), ids=RIGHT.keys())
def test_a_label_that_fits_or_that_nothing_speaks_against_is_believed(purpose: str | None, body: str) -> None:
    assert codes(body, purpose) == []


def test_what_we_read_into_it_ourselves_is_no_label() -> None:
    inferred = Story(True, purpose=Named("marketing", True, "It reads like marketing."))
    declared = Story(True, purpose=Named("marketing", False, "The CRM says so."))
    assert codes("How was your purchase?", "marketing", inferred) == []
    assert codes("How was your purchase?", "marketing", declared) == ["contradicted"]


def test_the_sentence_says_what_it_reads_like() -> None:
    (found,) = check(a_message("How was your purchase?", purpose="marketing"), some_facts())
    assert found.reason == (
        "The CRM calls this marketing, but it reads like a question about a purchase (“how was your purchase”)."
    )
    assert (found.verdict, found.key) == ("hold", "mislabelled:contradicted:marketing")
