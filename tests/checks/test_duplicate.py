"""duplicate: the same words to the same place within the window are held, with what became of the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.checks.duplicate import check
from sayso.message import State, Twin
from tests.checks.build import NOON, a_message, some_facts


def twin(state: str = "sent", *, hours: float = 2, name: str = "01JC") -> Twin:
    return Twin(name, state, NOON - timedelta(hours=hours))


SENTENCES = {
    "sent": "The same words went to this number 2 hours ago.",
    "sending": "The same words are just going to this number.",
    "unconfirmed": "The same words may have gone to this number 2 hours ago; nobody knows yet.",
    "cleared": "The same words for this number were signed off 2 hours ago and are about to go.",
    "held": "The same words for this number came in 2 hours ago and still wait.",
    "received": "The same words for this number came in 2 hours ago and still wait.",
    "failed": "The same words for this number were tried 2 hours ago and could not be delivered.",
    "stopped": "The same words for this number were stopped 2 hours ago.",
}


def test_there_is_a_sentence_for_every_state() -> None:
    assert set(SENTENCES) == {str(state) for state in State}


@pytest.mark.parametrize(("state", "sentence"), SENTENCES.items(), ids=SENTENCES.keys())
def test_a_twin_holds_and_the_sentence_says_what_became_of_it(state: str, sentence: str) -> None:
    (found,) = check(a_message(), some_facts(twins=(twin(state),)))
    subject = "out" if state in ("sending", "unconfirmed", "sent") else "waiting"
    assert (found.key, found.verdict, found.reason) == (f"duplicate:twin:{subject}", "hold", sentence)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "just now"), (1 / 60, "1 minute ago"), (0.5, "30 minutes ago"), (1, "1 hour ago"), (23.9, "23 hours ago")],
    ids=["now", "minute", "minutes", "hour", "hours"],
)
def test_the_sentence_says_when(hours: float, words: str) -> None:
    (found,) = check(a_message(), some_facts(twins=(twin(hours=hours),)))
    assert found.reason == f"The same words went to this number {words}."


def test_the_window_ends_and_may_be_closed() -> None:
    assert check(a_message(), some_facts(twins=(twin(hours=24),))) == ()
    assert check(a_message(), some_facts(twins=(twin(hours=0),), policy={"duplicate_window": 0})) == ()
    assert check(a_message(), some_facts()) == ()


def test_a_twin_that_went_out_is_named_before_a_later_one_that_did_not() -> None:
    facts = some_facts(twins=(twin("stopped", hours=1), twin("sent", hours=3), twin("sent", hours=5)))
    (found,) = check(a_message(), facts)
    assert found.reason == "The same words went to this number 3 hours ago."
    assert found.evidence.startswith("3 with the same words")


def test_the_key_stays_when_another_twin_appears() -> None:
    one = check(a_message(), some_facts(twins=(twin(),)))
    two = check(a_message(), some_facts(twins=(twin(), twin(hours=1, name="01JD"))))
    assert one[0].key == two[0].key


def test_a_message_is_not_its_own_twin() -> None:
    message = a_message()
    assert check(message, some_facts(twins=(twin(name=message.id),))) == ()


def test_mail_goes_to_an_address() -> None:
    (found,) = check(a_message(to=("kayla@example.com",)), some_facts(twins=(twin(),)))
    assert "to this address" in found.reason


def test_one_of_another_source_is_for_staff_alone_and_said_beside_an_own_one() -> None:
    mine, theirs = twin("stopped", hours=1), replace(twin("sent"), own=False)
    found = check(a_message(), some_facts(twins=(theirs, mine)))
    assert [(one.key, one.for_staff) for one in found] == [
        ("duplicate:twin:waiting", False),
        ("duplicate:elsewhere:out", True),
    ]


def test_one_of_another_source_keeps_nothing_back_that_goes_at_once() -> None:
    theirs = replace(twin("sent"), own=False)
    assert check(a_message(purpose="otp"), some_facts(twins=(theirs,))) == ()
    assert check(a_message(purpose="otp"), some_facts(twins=(twin("sent"),)))
