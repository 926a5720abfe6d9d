"""suppressed_address: nobody on the do-not-send list is written to, however the number is spelled."""

from __future__ import annotations

import pytest

from sayso.checks.suppressed_address import check
from tests.checks.build import a_message, some_facts

SPELLINGS = {
    "same": ("+14155550123", "+14155550123"),
    "national": ("+14155550123", "(415) 555-0123"),
    "national_to": ("415-555-0123", "+14155550123"),
    "channel_in_front": ("whatsapp:+14155550123", "+14155550123"),
    "listed_with_channel": ("+14155550123", "whatsapp:+14155550123"),
    "spaces": (" +1 415 555 0123 ", "+14155550123"),
    "mail": ("Kayla@Example.com", "kayla@example.com"),
    "short_code": ("22395", "22395"),
    "not_a_number": ("KAYLA", "kayla"),
}


@pytest.mark.parametrize(("to", "listed"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_listed_address_stops_the_message(to: str, listed: str) -> None:
    (found,) = check(a_message(to=(to,)), some_facts(suppressed={listed: "opt-out"}))
    assert (found.key, found.verdict) == ("suppressed_address:listed:0", "stop")
    assert "do-not-send list: opt-out" in found.reason


def test_only_the_listed_one_of_several_is_named_and_never_in_full() -> None:
    message = a_message(to=("+14155550123", "+14155550199"))
    (found,) = check(message, some_facts(suppressed={"+14155550199": ""}))
    assert found.subject == "1"
    assert "0199" in found.evidence
    assert "+14155550199" not in found.reason + found.evidence


def test_another_address_on_the_list_is_no_finding() -> None:
    facts = some_facts(suppressed={"+14155550124": "opt-out", "kayla@example.com": "opt-out"})
    assert check(a_message(), facts) == ()
    assert check(a_message(), some_facts()) == ()
