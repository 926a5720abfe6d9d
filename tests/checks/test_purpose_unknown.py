"""purpose_unknown: who may read it depends on what it is for."""

from __future__ import annotations

from dataclasses import replace

from sayso.checks.purpose_unknown import check
from sayso.message import Purpose, Story
from tests.checks.build import a_message, some_facts


def test_a_message_for_nothing_we_know_is_held_for_a_person() -> None:
    (found,) = check(a_message("Hello!", purpose=None), some_facts(story=Story(True)))
    assert (found.code, found.verdict, found.proposal) == ("unknown", "hold", None)
    assert found.reason.startswith("We cannot tell what this is for")


def test_a_purpose_that_we_know_is_enough_and_one_that_is_none_is_held() -> None:
    facts = some_facts(story=Story(True))
    known = replace(facts.policy, purposes={"marketing": Purpose("marketing", "sign_off", "An offer.")})
    facts = replace(facts, policy=known)
    assert check(a_message("Hello!", purpose="marketing"), facts) == ()
    (found,) = check(a_message("Hello!", purpose="marketting"), facts)
    assert (found.code, found.verdict) == ("no_such", "hold")
    assert "“marketting”" in found.reason


def test_a_shop_that_told_of_nobody_is_not_asked() -> None:
    assert check(a_message("Hello!", purpose=None), some_facts(story=Story())) == ()
