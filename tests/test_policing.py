"""The policy that checks read: what of the settings gets into it, and where the limits are."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from sayso.message import Limits, Policy
from sayso.policing import policy_of
from sayso_config import load, policy_hash
from tests.configured import from_toml, toml_refusal

PAGE = (Path(__file__).parents[1] / "docs" / "policy.md").read_text("utf-8")


def shipped() -> Policy:
    """The policy of a shop that changed nothing."""
    return policy_of(load({}, file=Path("/dev/null")))


def test_a_purpose_says_whose_business_it_is_and_what_it_tells() -> None:
    policy = policy_of(from_toml("[purposes.receipt]\ndiscloses = 'item'\n"))
    assert (policy.purposes["receipt"].principal_is, policy.purposes["receipt"].discloses) == ("buyer", {"item"})
    assert (shipped().purposes["otp"].principal_is, shipped().purposes["otp"].discloses) == (
        "account holder",
        {"account"},
    )


def test_the_limits_are_as_shipped_unless_a_shop_says_otherwise() -> None:
    assert shipped().limits == Limits()
    said = {name: value + 1 for name, value in asdict(Limits()).items()}
    changed = from_toml("[policy]\n" + "".join(f"{name} = {value}\n" for name, value in said.items()))
    assert asdict(policy_of(changed).limits) == said


@pytest.mark.parametrize("name", asdict(Limits()))
def test_a_limit_is_a_whole_number_within_reason_and_part_of_the_policy(name: str) -> None:
    for wrong in ("-1", "4000", "1.5", "true", "'x'", *(["0"] if name != "surprise_margin_days" else [])):
        assert f"line 2: [policy] {name} must be" in toml_refusal(f"[policy]\n{name} = {wrong}"), wrong
    assert policy_hash(from_toml(f"[policy]\n{name} = 1")) != shipped().hash


def test_the_burst_brake_is_part_of_the_policy() -> None:
    assert shipped().burst_brake == (200, 600.0)
    assert policy_of(from_toml("burst_brake = 'off'")).burst_brake is None


def test_a_shop_that_says_what_holds_for_all_shops_is_the_same_policy() -> None:
    plain = policy_of(from_toml("[stores.reno]\n"))
    same = policy_of(from_toml("[stores.reno.purposes.receipt]\npartner = 'stop'\n"))
    other = policy_of(from_toml("[stores.reno.purposes.receipt]\npartner = 'hold'\n"))
    assert (plain.shop_matrix, same) == ({}, plain)
    assert other.hash != plain.hash


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_every_example_of_the_page_on_the_policy_is_taken_and_changes_it(example: str) -> None:
    assert policy_of(from_toml(example)).hash != shipped().hash


def test_the_refusal_that_the_page_on_the_policy_shows_is_the_one_that_is_said() -> None:
    refused = toml_refusal("[purposes.receipt]\npartner = 'allow'\n")
    assert f"```text\n{refused}\n```" in PAGE
