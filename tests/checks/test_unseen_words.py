"""unseen_words: what we have not read is not let through unread."""

from __future__ import annotations

import pytest

from sayso.checks.unseen_words import check
from sayso.message import VENDOR_NAMES
from sayso_providers import REGISTRY
from tests.checks.build import a_message, some_facts


@pytest.mark.parametrize("body", [None, "", " \n"], ids=["none", "empty", "blank"])
def test_a_template_without_words_is_held(body: str | None) -> None:
    (found,) = check(a_message(body, template="HX0123"), some_facts())
    assert (found.key, found.verdict) == ("unseen_words:unseen:HX0123", "hold")
    assert found.reason == "The words of this text are kept at Twilio and we have not seen them."


def test_a_mail_is_called_a_mail() -> None:
    (found,) = check(a_message(None, template="d-1", channel="email", provider="sendgrid"), some_facts())
    assert found.reason == "The words of this e-mail are kept at SendGrid and we have not seen them."


def test_every_vendor_has_the_name_that_staff_know() -> None:
    assert set(VENDOR_NAMES) == set(REGISTRY)
    (found,) = check(a_message(None, template="ready", channel="whatsapp", provider="whatsapp"), some_facts())
    assert "kept at WhatsApp and" in found.reason


def test_words_beside_a_template_that_nobody_has_seen_are_held_as_well() -> None:
    (found,) = check(a_message("Your code is 493201", template="HX0123"), some_facts())
    assert found.code == "unseen"


def test_two_texts_of_which_one_will_go_are_held() -> None:
    (found,) = check(a_message("Your code is 493201", template="HX0123", seen="Come to our party"), some_facts())
    assert (found.code, found.verdict, found.evidence) == ("two_texts", "hold", "kept at Twilio: Come to our party")
    assert found.reason == "This text has words of its own and others kept at Twilio; only one will go."


@pytest.mark.parametrize(
    "given",
    [
        {"body": None},
        {"body": None, "template": "HX0123", "seen": "Hi"},
        {"body": "Hi ", "template": "H", "seen": "Hi"},
    ],
    ids=["no_template", "seen", "the_same_twice"],
)
def test_words_that_are_known_are_no_finding(given: dict[str, str | None]) -> None:
    assert check(a_message(**given), some_facts()) == ()
