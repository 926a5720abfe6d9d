"""blank_text: an empty message and somebody's trial are found."""

from __future__ import annotations

import pytest

from sayso.checks.blank_text import check
from tests.checks.build import a_message, some_facts

BLANK = {
    "none": None,
    "empty": "",
    "spaces": "  \r\n\t ",
    "hidden": "\u200b\u2060\ufeff",
    "filler": "\u3164 \u2800",
    "nbsp": "\u00a0",
    "dots": "...",
    "dash": " - ",
}


@pytest.mark.parametrize("body", BLANK.values(), ids=BLANK.keys())
def test_a_message_with_nothing_to_read_is_held(body: str | None) -> None:
    (found,) = check(a_message(body), some_facts())
    assert (found.key, found.verdict) == ("blank_text:empty:", "hold")


@pytest.mark.parametrize(
    "given",
    [
        {"media": ("https://smith.com/ring.jpg",)},
        {"template": "HX1"},
        {"channel": "postcard", "fields": (("front", "tmpl_1"),)},
    ],
    ids=["picture", "words at the vendor", "card from fields"],
)
def test_a_message_may_say_it_without_a_body(given: dict[str, object]) -> None:
    assert check(a_message(None, **given), some_facts()) == ()


def test_a_card_with_nothing_at_all_is_held() -> None:
    assert [f.code for f in check(a_message(None, channel="postcard"), some_facts())] == ["empty"]


TRIALS = {
    "lorem": "Lorem ipsum dolor",
    "test_message": "TEST MESSAGE",
    "test_sms": "This test SMS is from Shelby",
    "asdf": "asdf",
    "asdfgh": "Hi asdfgh",
    "qwerty": "qwerty 123",
    "foo_bar": "foo bar",
    "hello_world": "Hello, World!",
    "only_test": "Test",
    "test_counted": "test 123",
    "testing": "testing testing 1 2",
    "this_is_a_test": "Hi, this is a test.",
    "just_a_test": "This is just a test",
    "do_not_send": "DO NOT SEND Hi Kayla",
    "draft": "DRAFT: Hi Kayla",
    "todo": "Hi Kayla TODO price",
    "spanish": "Mensaje de prueba",
    "spanish_short": "prueba",
    "french": "Message de test",
    "hindi": "\u091f\u0947\u0938\u094d\u091f",
}


@pytest.mark.parametrize("body", TRIALS.values(), ids=TRIALS.keys())
def test_a_trial_is_held(body: str) -> None:
    (found,) = check(a_message(body), some_facts())
    assert (found.code, found.proposal) == ("trial", {"kind": "reject"})
