"""lane_guard: nothing takes the lane nobody reads but what belongs there."""

from __future__ import annotations

import pytest

from sayso.checks.lane_guard import check
from tests.checks.build import PURPOSES, a_message, some_facts


def codes(body: str | None, purpose: str, **given: object) -> list[str]:
    return [f.code for f in check(a_message(body, purpose=purpose, **given), some_facts())]


HONEST = {
    "otp": ("otp", "Your Smith code is 482913. It expires in 10 minutes."),
    "otp_short": ("otp", "4829"),
    "otp_split": ("otp", "482 913 is your Smith & Sons code"),
    "otp_dashed": ("otp", "Your code: 482-913. Never tell anybody."),
    "otp_letter": ("otp", "G-482913 is your code"),
    "otp_colon": ("otp", "Code:482913"),
    "otp_phone": ("otp", "482913 is your code. Not you? Call +1 415 555 0123 or 020 7946 0958."),
    "otp_mail": ("otp", "482913 is your code. Not you? care@smith.com"),
    "otp_date": ("otp", "482913 is valid until 21/11/2026 10:30, or 2026-11-21."),
    "otp_autofill": ("otp", "482913 is your code.\n\n@smith-jewellers.com #482913"),
    "otp_android": ("otp", "<#> 482913 is your code\nFA+9qCX9VSu"),
    "otp_no_space": ("otp", "Your code is 482913.Do not share it."),
    "otp_no_space_country": ("otp", "Your code is 482913.In a hurry? Call us."),
    "otp_spanish": ("otp", "Su c\u00f3digo es 482913. No lo comparta."),
    "otp_hindi": ("otp", "\u0906\u092a\u0915\u093e \u0915\u094b\u0921 482913 \u0939\u0948"),
    "otp_arabic": (
        "otp",
        "\u0631\u0645\u0632 \u0627\u0644\u062a\u062d\u0642\u0642 \u0664\u0668\u0662\u0669\u0661\u0663",
    ),
    "appointment": (
        "appointment_today",
        "Hi Scott, see you today at 3. Drop off your ring; parking is free, off Main St.",
    ),
    "appointment_sale": ("appointment_today", "Your after-sale service is today at 3, bring your proof of purchase."),
    "appointment_link": ("appointment_today", "See you at 3. Map: https://smith.com/map"),
    "optout": ("optout_confirmation", "You will get no more texts from Smith & Sons. Reply START to come back."),
    "staff_discount": ("staff_alert", "Till 2: a discount of 30% waits for your OK. Sale of $12,000 closed."),
}


@pytest.mark.parametrize(("purpose", "body"), HONEST.values(), ids=HONEST.keys())
def test_what_belongs_in_the_lane_is_no_finding(purpose: str, body: str) -> None:
    assert codes(body, purpose) == []


BYPASS = {
    "no_code": ("otp", "Hi Kayla, thank you for coming in!", ["no_code"]),
    "no_words": ("otp", None, ["no_code"]),
    "long_number": ("otp", "Order 123456789 is here", ["no_code"]),
    "price": ("otp", "Now only $4999", ["no_code"]),
    "three_digits": ("otp", "Your code is 482", ["no_code"]),
    "order": ("otp", "How was your purchase? Order 482913", ["other_matter"]),
    "two_codes": ("otp", "482913 or 551204", ["two_codes"]),
    "link": ("otp", "Your code is 482913: https://smith.com/x", ["link"]),
    "bare_link": ("otp", "Your code is 482913, see smith.com/x", ["link"]),
    "percent": ("otp", "Use 482913 for 20% today", ["offer"]),
    "off": ("otp", "482913: $20 off", ["offer"]),
    "sale": ("otp", "Code 482913 opens our SALE", ["offer"]),
    "offer": ("otp", "Code 482913 for a special offer", ["offer"]),
    "discount": ("otp", "Discount code 482913", ["offer"]),
    "free": ("otp", "Code 482913: a free gift", ["offer"]),
    "hidden_letters": ("otp", "Code 482913 opens our s\u200bale", ["offer"]),
    "wide_letters": ("otp", "Code 482913 opens our \uff53\uff41\uff4c\uff45", ["offer"]),
    "long": ("otp", "Your code is 482913. " + "We are glad that you came. " * 12, ["long"]),
    "everything": ("otp", "Sale! smith.com " * 25, ["offer", "no_code", "link", "long"]),
    "spanish": ("otp", "482913: 20 de descuento", ["offer"]),
    "hindi": ("otp", "482913: 20 \u0930\u0941\u092a\u092f\u0947 \u0915\u0940 \u091b\u0942\u091f", ["offer"]),
    "arabic": ("otp", "482913 \u062e\u0635\u0645", ["offer"]),
    "appointment_percent": ("appointment_today", "See you at 3! Everything 20% off", ["offer"]),
    "appointment_sale": ("appointment_today", "See you at 3 at our big sale", ["offer"]),
    "appointment_french": ("appointment_today", "\u00c0 15 h ! Soldes : tout doit partir", ["offer"]),
    "optout_last_chance": ("optout_confirmation", "You are out. Last chance: 20% off!", ["offer"]),
    "optout_coupon": ("optout_confirmation", "You are out. Here is a coupon.", ["offer"]),
    "staff_pitch": ("staff_alert", "20% off everything, shop now", ["offer"]),
}


@pytest.mark.parametrize(("purpose", "body", "expected"), BYPASS.values(), ids=BYPASS.keys())
def test_what_only_claims_to_belong_is_held(purpose: str, body: str | None, expected: list[str]) -> None:
    assert codes(body, purpose) == expected


def test_the_sentence_says_what_it_claims_and_what_it_is() -> None:
    (found,) = check(a_message("Your code is 482913: https://smith.com/x", purpose="otp"), some_facts())
    assert found.reason == "This claims to be a one-time code, but there is a link in it."
    assert (found.key, found.verdict) == ("lane_guard:link:otp", "hold")


def test_an_offer_in_a_template_s_variables_is_found() -> None:
    assert codes(None, "otp", template="HX1", fields=(("vars", '{"1": "20% off"}'),)) == ["offer"]
    assert codes(None, "otp", template="HX1", fields=(("vars", '{"1": "482913"}'),)) == []


def test_a_lane_that_is_signed_off_is_not_guarded() -> None:
    assert codes("Sale! 20% off, smith.com", "purchase_feedback") == []
    facts = some_facts(policy={"purposes": {}})
    assert check(a_message("Sale! 20% off", purpose="otp"), facts) == ()


def test_another_purpose_put_into_the_lane_is_guarded_as_well() -> None:
    gate = {"purposes": {"gate_open": PURPOSES["otp"]}}
    (found,) = check(a_message("20% off", purpose="gate_open"), some_facts(policy=gate))
    assert found.reason == "This claims to be urgent, but it speaks of an offer (“20% off”)."


@pytest.mark.parametrize(
    "body",
    [
        "Good-bye. https://evil.example.com/x",
        "Scott picked up your surprise ring.",
        "You are out. " + "You will hear no more of us. " * 12,
    ],
)
def test_the_answer_to_an_opt_out_is_a_good_bye_and_no_more(body: str) -> None:
    assert check(a_message(body, purpose="optout_confirmation"), some_facts())
