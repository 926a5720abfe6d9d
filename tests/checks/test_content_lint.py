"""content_lint: marketing says how to end it, and an e-mail where the shop is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sayso.checks.content_lint import check
from sayso.message import Contact, Finding, Story
from tests.checks.build import NOON, a_message, some_facts

TOLD = Story(True)


def found(body: str | None, *contacts: Contact, story: Story = TOLD, **given: object) -> tuple[Finding, ...]:
    message = a_message(body, **{"purpose": "marketing", **given})
    return check(message, some_facts(contacts=contacts, story=story))


def codes(body: str | None, *contacts: Contact, **given: object) -> list[str]:
    return [one.code for one in found(body, *contacts, **given)]


def earlier(purpose: str = "marketing", state: str = "sent") -> Contact:
    return Contact("m0", NOON - timedelta(days=30), purpose, state, "")


def test_a_first_marketing_text_says_how_to_stop_them() -> None:
    (one,) = found("Smith & Sons: 20% off this week!")
    assert (one.code, one.verdict, one.proposal) == ("no_opt_out", "hold", {"kind": "edit"})


@pytest.mark.parametrize(
    "body",
    [
        "20% off! Reply STOP to opt out.",
        "20% off! Text STOP to end",
        "20% off! Opt-out: STOP",
        "20% de descuento. Envíe BAJA para no recibir más",
        "Soldes ! STOP au 36111",
        "Sale! ARRET pour terminer",
    ],
)
def test_words_that_end_it_are_enough(body: str) -> None:
    assert codes(body) == []


def test_only_a_marketing_text_that_went_makes_the_next_one_a_second() -> None:
    assert codes("20% off!", earlier()) == []
    assert codes("20% off!", earlier("wishlist_reminder")) == []
    assert codes("20% off!", earlier("receipt")) == ["no_opt_out"]
    assert codes("20% off!", earlier(state="stopped")) == ["no_opt_out"]


@pytest.mark.parametrize(
    ("to", "expected"),
    [("+14155550123", ["no_opt_out"]), ("+16135550123", ["no_opt_out"]), ("+442079460958", []), ("+34600123456", [])],
    ids=["us", "canada", "uk", "spain"],
)
def test_it_is_asked_for_where_the_carriers_want_it(to: str, expected: list[str]) -> None:
    assert codes("20% off!", to=(to,)) == expected


@pytest.mark.parametrize("purpose", ["receipt", "purchase_feedback", "birthday", None])
def test_a_message_that_sells_nothing_is_not_asked(purpose: str | None) -> None:
    assert codes("20% off!", purpose=purpose) == []
    assert codes("Hello", purpose=purpose, channel="email") == []


def test_a_shop_that_told_us_nothing_has_no_first_time() -> None:
    assert codes("20% off!", story=Story()) == []


def test_another_channel_has_its_own_way_out() -> None:
    assert codes("20% off!", channel="whatsapp") == []
    assert codes("20% off!", channel="postcard") == []


WHOLE = "Sale! Smith & Sons, 12 Oak Street, Reno. Unsubscribe: smith.com/u"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (WHOLE, []),
        ("Sale! 12 Oak Street, Reno", ["no_unsubscribe"]),
        ("Sale! Unsubscribe here", ["no_place"]),
        ("Sale!", ["no_unsubscribe", "no_place"]),
        ("Sale! PO Box 12, Reno. Opt out", []),
        ("Sale! Reno, NV 89501. Manage preferences", []),
        ("Rebajas. Calle Mayor 5, Madrid. Darse de baja", []),
        ("Soldes. 5, rue de la Paix, Paris. Se désabonner", []),
        ("Angebote! Hauptstraße 5, 10115 Berlin. Abmelden", []),
        ("Sale! [Sender_Address] unsubscribe", []),
        ("Sale! London SW1A 1AA, unsubscribe", []),
    ],
)
def test_a_marketing_e_mail_says_how_to_leave_and_where_the_shop_is(body: str, expected: list[str]) -> None:
    assert codes(body, channel="email") == expected
    assert codes(None, channel="email", html=f"<p>{body}</p>") == expected


@pytest.mark.parametrize(
    "fields",
    [(("headers", '{"List-Unsubscribe": "<https://smith.example/u>"}'),), (("asm", '{"group_id": 5}'),)],
    ids=["header", "group"],
)
def test_a_way_out_in_the_request_counts(fields: tuple[tuple[str, str], ...]) -> None:
    assert codes("Sale! 12 Oak Street", channel="email", fields=fields) == []


def test_words_that_nobody_has_seen_are_not_judged() -> None:
    assert codes(None, template="HX1") == []
    assert codes(None, template="d-1", channel="email") == []
