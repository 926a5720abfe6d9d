"""unseen_words: what we have not read is not let through unread."""

from __future__ import annotations

import pytest

from sayso.checks.unseen_words import check
from tests.checks.build import a_message, some_facts


@pytest.mark.parametrize("body", [None, "", " \n"], ids=["none", "empty", "blank"])
def test_a_template_without_words_is_held(body: str | None) -> None:
    (found,) = check(a_message(body, template="HX0123"), some_facts())
    assert (found.key, found.verdict) == ("unseen_words:unseen:HX0123", "hold")
    assert found.reason == "The words of this text are kept at Twilio and we have not seen them."


def test_a_mail_is_called_a_mail() -> None:
    (found,) = check(a_message(None, template="d-1", channel="email", provider="sendgrid"), some_facts())
    assert found.reason == "The words of this e-mail are kept at Sendgrid and we have not seen them."


def test_words_beside_the_template_or_no_template_are_no_finding() -> None:
    assert check(a_message("Hi Kayla", template="HX0123"), some_facts()) == ()
    assert check(a_message(None), some_facts()) == ()
