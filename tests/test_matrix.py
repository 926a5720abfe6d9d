"""The matrix: who may be told what, over every cell of it, as it is shipped and as settings change it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.message import Policy
from sayso.policing import policy_of
from sayso_config import Settings, SettingsError, knows, load, matrix, purposes
from sayso_config.purposes import shipped_purposes
from sayso_config.roles import ROLES
from sayso_config.tables import shipped_text
from tests.configured import from_toml

PURPOSES = tuple(row.name for row in shipped_purposes())
DISCLOSES = {row.name: row.discloses for row in shipped_purposes()}
AT_ONCE = {row.name for row in shipped_purposes() if row.lane == "at_once"}
CELLS = tuple(product(PURPOSES, ROLES))
IDS = [f"{purpose}-{role}" for purpose, role in CELLS]
LINES = shipped_text("roles.csv").splitlines()

names, roles = st.sampled_from(PURPOSES), st.sampled_from(ROLES)
verdicts = st.sampled_from(("allow", "hold", "stop"))


@cache
def shipped() -> Policy:
    """The policy of a shop that changed nothing."""
    return policy_of(load({}, file=Path("/dev/null")))


def load_from(toml: str) -> Settings:
    """What a sayso.toml of its own sets."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sayso.toml"
        file.write_text(toml, "utf-8")
        return load({}, file=file)


def lost(purpose: str, role: str) -> frozenset[str]:
    """What a purpose tells somebody who does not know it, straight from the files."""
    return frozenset() if knows()[role] == {"any"} else DISCLOSES[purpose] - knows()[role]


@pytest.mark.parametrize(("purpose", "role"), CELLS, ids=IDS)
def test_every_purpose_has_a_verdict_and_a_sentence_for_every_role(purpose: str, role: str) -> None:
    cell = shipped().cell("reno", purpose, role)
    assert cell is not None
    assert cell.verdict in ("allow", "hold", "stop")
    assert re.fullmatch(r"[A-Z][^.\n]{15,130}\.", cell.reason)
    assert not re.search(r"embargo|principal|recipient|fault|blame|suspicious", cell.reason, re.IGNORECASE)


def test_the_matrix_has_these_cells_and_no_others() -> None:
    assert set(shipped().matrix) == set(CELLS)
    assert len(CELLS) == 22 * 9
    assert set(shipped().knows) == set(ROLES)


@pytest.mark.parametrize(("purpose", "role"), CELLS, ids=IDS)
def test_what_somebody_does_not_know_is_never_allowed_to_be_told(purpose: str, role: str) -> None:
    row = matrix(load({}))[purpose, role]
    assert row.verdict != "allow" or lost(purpose, role) <= row.agreed


def test_the_only_exception_is_a_hint_that_the_owner_of_the_list_agreed_to() -> None:
    agreed = {(row.purpose, row.role): set(row.agreed) for row in matrix(load({})).values() if row.agreed}
    assert agreed == {("wishlist_hint", "partner"): {"wishlist"}}


@pytest.mark.parametrize("role", ["ex_partner", "unknown", "household_member"])
def test_who_knows_nothing_is_allowed_only_what_tells_nothing(role: str) -> None:
    assert {name for name in PURPOSES if shipped().matrix[name, role].verdict == "allow" and DISCLOSES[name]} == set()


@pytest.mark.parametrize("role", ["gift_recipient_before", "wishlist_owner"])
def test_whoever_a_surprise_is_for_is_never_allowed_a_word_of_it(role: str) -> None:
    allowed = [name for name in PURPOSES if shipped().matrix[name, role].verdict == "allow"]
    assert not frozenset().union(*(DISCLOSES[name] for name in allowed)) & {"purchase", "item", "price", "repair"}


def test_a_purpose_that_is_decided_at_once_is_allowed_or_stopped_for_everybody() -> None:
    assert {shipped().matrix[name, role].verdict for name in AT_ONCE for role in ROLES} == {"allow", "stop"}


def test_a_staff_alert_goes_to_staff_alone() -> None:
    assert {role for role in ROLES if shipped().matrix["staff_alert", role].verdict != "stop"} == {"staff"}


def test_a_code_and_a_receipt_go_to_whose_they_are_and_to_staff_alone() -> None:
    for purpose in ("otp", "receipt", "appointment_today", "payment_reminder"):
        allowed = {role for role in ROLES if shipped().matrix[purpose, role].verdict == "allow"}
        assert allowed == {"principal", "staff"}, purpose


def test_an_opt_out_is_confirmed_to_whoever_asked_for_it() -> None:
    assert {shipped().matrix["optout_confirmation", role].verdict for role in ROLES} == {"allow"}


def test_only_staff_may_know_anything_and_who_knows_nothing_is_said_to() -> None:
    assert {role for role, known in knows().items() if "any" in known} == {"staff"}
    assert {role for role, known in knows().items() if not known} == {"ex_partner", "household_member", "unknown"}


def keeps_the_rule(purpose: str, role: str, verdict: str) -> bool:
    """Whether settings may say so, by the rule as it is written down."""
    if verdict == "hold" and purpose in AT_ONCE:
        return False
    promised = {"wishlist"} if (purpose, role) == ("wishlist_hint", "partner") else set()
    return verdict != "allow" or lost(purpose, role) <= promised


def all_changes() -> Iterator[tuple[str, str, str]]:
    for (purpose, role), verdict in product(CELLS, ("allow", "hold", "stop")):
        yield purpose, role, verdict


@pytest.mark.parametrize("where", ["purposes", "stores.reno.purposes"])
def test_a_cell_is_changed_exactly_where_the_one_rule_is_kept(where: str) -> None:
    wrong = "".join(
        f"{where}.{purpose}.{role} = '{verdict}'\n"
        for purpose, role, verdict in all_changes()
        if verdict == "allow" and not keeps_the_rule(purpose, role, verdict)
    )
    with pytest.raises(SettingsError) as refused:
        load_from(wrong)
    assert len(refused.value.problems) == wrong.count("\n") > 60
    for line, problem in zip(wrong.splitlines(), sorted(refused.value.problems, key=line_number), strict=True):
        purpose, role = line.split(" = ")[0].split(".")[-2:]
        assert f"[{where}.{purpose}] {role} = allow would tell a" in problem
        assert all(word in problem for word in lost(purpose, role) - {"any"})


def line_number(problem: str) -> int:
    found = re.search(r"line (\d+)", problem)
    assert found
    return int(found[1])


@settings(max_examples=60, deadline=None)
@given(names, roles, verdicts)
def test_one_changed_cell_changes_that_cell_alone(purpose: str, role: str, verdict: str) -> None:
    if not keeps_the_rule(purpose, role, verdict):
        with pytest.raises(SettingsError, match=rf"line 2: \[purposes\.{purpose}\] {role} = {verdict}"):
            load_from(f"[purposes.{purpose}]\n{role} = '{verdict}'\n")
        return
    changed = policy_of(load_from(f"[purposes.{purpose}]\n{role} = '{verdict}'\n"))
    assert changed.matrix[purpose, role].verdict == verdict
    different = {cell for cell in CELLS if changed.matrix[cell] != shipped().matrix[cell]}
    assert different == ({(purpose, role)} if shipped().matrix[purpose, role].verdict != verdict else set())
    assert (changed.hash != shipped().hash) == bool(different)
    assert (changed.knows, changed.limits, changed.shop_matrix) == (shipped().knows, shipped().limits, {})


@settings(max_examples=60, deadline=None)
@given(names, roles, verdicts)
def test_the_cell_of_one_shop_leaves_all_other_shops_alone(purpose: str, role: str, verdict: str) -> None:
    toml = f"[stores.reno.purposes.{purpose}]\n{role} = '{verdict}'\n[stores.elko]\n"
    if not keeps_the_rule(purpose, role, verdict):
        with pytest.raises(SettingsError, match=rf"\[stores\.reno\.purposes\.{purpose}\] {role} = {verdict}"):
            load_from(toml)
        return
    changed = policy_of(load_from(toml))
    reno = changed.cell("reno", purpose, role)
    assert reno is not None
    assert reno.verdict == verdict
    assert changed.matrix == shipped().matrix
    for shop, cell in product(("elko", "", None), CELLS):
        assert changed.cell(shop, *cell) == shipped().matrix[cell]
    assert {cell for cell in CELLS if changed.cell("reno", *cell) != shipped().matrix[cell]} <= {(purpose, role)}


def test_a_shop_says_it_over_what_holds_for_all_shops() -> None:
    everywhere = "[purposes.order_status]\npartner = 'stop'\n"
    policy = policy_of(from_toml(everywhere + "[stores.reno.purposes.order_status]\npartner = 'hold'\n"))
    verdicts = [cell.verdict for shop in ("reno", "elko") if (cell := policy.cell(shop, "order_status", "partner"))]
    assert verdicts == ["hold", "stop"]


def test_a_hint_that_was_agreed_to_may_be_allowed_again_in_one_shop() -> None:
    shop = "[stores.reno.purposes.wishlist_hint]\npartner = 'allow'\n"
    policy = policy_of(from_toml("[purposes.wishlist_hint]\npartner = 'hold'\n" + shop))
    verdicts = [cell.verdict for shop in ("reno", "elko") if (cell := policy.cell(shop, "wishlist_hint", "partner"))]
    assert verdicts == ["allow", "hold"]


def test_a_changed_cell_says_that_the_shop_has_decided_so() -> None:
    policy = policy_of(from_toml("[purposes.order_status]\npartner = 'stop'\nunknown = 'hold'\n"))
    assert "settings" in policy.matrix["order_status", "partner"].reason
    assert policy.matrix["order_status", "unknown"] == shipped().matrix["order_status", "unknown"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(names, roles, verdicts), min_size=1, max_size=12))
def test_no_mixture_of_settings_that_is_taken_breaks_the_one_rule(said: list[tuple[str, str, str]]) -> None:
    cells = {(purpose, role): verdict for purpose, role, verdict in said}
    toml = "".join(f"stores.reno.purposes.{p}.{r} = '{v}'\n" for (p, r), v in cells.items())
    try:
        policy = policy_of(load_from(toml))
    except SettingsError:
        assert not all(keeps_the_rule(*cell, verdict) for cell, verdict in cells.items())
        return
    for purpose, role in CELLS:
        cell = policy.cell("reno", purpose, role)
        assert cell is not None
        assert keeps_the_rule(purpose, role, cell.verdict)


@settings(max_examples=60, deadline=None)
@given(names, st.frozensets(st.sampled_from(sorted(frozenset().union(*DISCLOSES.values())))))
def test_a_purpose_made_to_tell_more_is_refused_unless_its_cells_follow(purpose: str, tells: frozenset[str]) -> None:
    toml = f"[purposes.{purpose}]\ndiscloses = '{' '.join(sorted(tells))}'\n"
    problems = ""
    try:
        load_from(toml)
    except SettingsError as refused:
        problems = str(refused)
    unsaid = re.findall(rf"line 2: \[purposes\.{purpose}\] discloses would tell an? .*: add (\w+) = hold", problems)
    assert len(unsaid) == len(problems.splitlines())
    said = load_from(toml + "".join(f"{role} = 'stop'\n" for role in unsaid))
    row = next(row for row in purposes(said) if row.name == purpose)
    assert row.discloses == tells
    for role in ROLES:
        allowed = matrix(said)[purpose, role]
        beyond = frozenset() if role == "staff" else tells - knows()[role] - allowed.agreed
        assert not (allowed.verdict == "allow" and beyond)


def test_no_two_reasons_of_a_stop_and_an_allow_are_the_same_sentence() -> None:
    rows = list(csv.DictReader(LINES))
    meant: dict[str, set[str]] = {}
    for row in rows:
        meant.setdefault(row["reason"], set()).add(row["verdict"])
    assert [reason for reason, found in meant.items() if len(found) > 1] == []
