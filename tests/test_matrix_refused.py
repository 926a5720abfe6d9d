"""The matrix at the start: what settings and data files must not say, with the line and why."""

from __future__ import annotations

import re

import pytest

from sayso_config import SettingsError, knows
from sayso_config.purposes import shipped_purposes
from sayso_config.roles import read_knows, read_roles
from sayso_config.tables import shipped_text
from tests.configured import toml_refusal

LINES = shipped_text("roles.csv").splitlines()


@pytest.mark.parametrize(
    ("toml", "mend"),
    [
        pytest.param(
            "[purposes.receipt]\npartner = 'allow'",
            "sayso.toml line 2: [purposes.receipt] partner = allow would tell a partner item, price, purchase: "
            "write hold or stop",
            id="rule",
        ),
        pytest.param(
            "[purposes.staff_alert]\nprincipal = 'allow'",
            "[purposes.staff_alert] principal = allow would tell a principal anything",
            id="staff-alone",
        ),
        pytest.param(
            "[stores.reno]\n\n[stores.reno.purposes.order_status]\nex_partner = 'allow'",
            "sayso.toml line 4: [stores.reno.purposes.order_status] ex_partner = allow would tell an ex_partner item",
            id="rule-in-a-shop",
        ),
        pytest.param(
            "[stores.reno]\npurposes.order_status.ex_partner = 'allow'",
            "line 2: [stores.reno.purposes.order_status] ex_partner = allow would tell",
            id="dotted",
        ),
        pytest.param(
            "[purposes.otp]\npartner = 'hold'",
            "line 2: [purposes.otp] partner = hold cannot be: otp is decided at once, so write allow or stop",
            id="hold-at-once",
        ),
        pytest.param(
            "[purposes.marketing]\ndiscloses = 'price'",
            "line 2: [purposes.marketing] discloses would tell a gift_recipient_after price, which is allowed as "
            "shipped: add gift_recipient_after = hold or stop",
            id="tells-more",
        ),
        pytest.param(
            "[purposes.wishlist_hint]\ndiscloses = 'wishlist price'",
            "discloses would tell a partner price",
            id="more-than-was-agreed",
        ),
        pytest.param(
            "[stores.reno.purposes.recipt]\npartner = 'stop'",
            'line 1: [stores.reno.purposes.recipt] is no purpose that sayso knows: did you mean "receipt"?',
            id="purpose-of-a-shop",
        ),
        pytest.param(
            "[stores.reno.purposes.receipt]\npartnr = 'stop'",
            'line 2: [stores.reno.purposes.receipt] partnr is no setting: did you mean "partner"?',
            id="role-of-a-shop",
        ),
        pytest.param(
            "[stores.reno.purposes.receipt]\nauto_clear = true",
            "line 2: [stores.reno.purposes.receipt] auto_clear is no setting",
            id="roles-only-in-a-shop",
        ),
        pytest.param(
            "[stores.reno.purposes.receipt]\npartner = 'maybe'",
            "line 2: [stores.reno.purposes.receipt] partner must be 'allow', 'hold' or 'stop'",
            id="verdict-of-a-shop",
        ),
        pytest.param("[stores.reno]\npurposes = 3", "line 2: [stores.reno] purposes must be", id="no-table"),
        pytest.param(
            "[stores.reno.purposes]\nreceipt = 3", "line 2: [stores.reno.purposes.receipt] must be", id="no-purpose"
        ),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_line_and_why(toml: str, mend: str) -> None:
    said = toml_refusal(toml)
    assert mend in said
    assert said.count("\n") == 0


def test_a_shop_hears_of_everything_that_is_wrong_and_of_nothing_else() -> None:
    said = toml_refusal("[purposes.receipt]\npartner = 'allow'\nunknown = 'stop'\nwishlist_owner = 'allow'\n")
    assert sorted(re.findall(r"line (\d+)", said)) == ["2", "4"]


def with_line(number: int, line: str) -> str:
    """The shipped roles.csv with another line in the place of one."""
    return "\n".join([*LINES[: number - 1], line, *LINES[number:]]) + "\n"


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        pytest.param("receipt,principal,maybe,,Says.", "verdict must be allow, hold or stop", id="verdict"),
        pytest.param(
            "recipt,principal,stop,,Says.", 'purpose is none that sayso knows: did you mean "rec', id="purpose"
        ),
        pytest.param("receipt,prncipal,stop,,Says.", 'role is none that sayso knows: did you mean "prin', id="role"),
        pytest.param("receipt,principal,stop,,", "reason must be a sentence", id="no-reason"),
        pytest.param("receipt,principal,stop,,no full stop", "reason must be a sentence", id="no-sentence"),
        pytest.param("receipt,principal,stop,colour,Says.", "must be words out of", id="agreed"),
        pytest.param("receipt,partner,allow,,Says.", "allow would tell a partner item, price, purchase", id="rule"),
        pytest.param("receipt,partner,allow,item,Says.", "allow would tell a partner price, purchase", id="part"),
        pytest.param(
            "staff_alert,partner,hold,,Says.", "verdict must be allow or stop: staff_alert is decided", id="at-once"
        ),
        pytest.param("otp,principal,allow,,Says.", "otp, principal has a line already", id="twice"),
        pytest.param("receipt,principal,stop,Says.", "must have these cells: purpose, role, verdict, agreed", id="few"),
        pytest.param("receipt,principal,stop,,Says.,x", "must have these cells", id="many"),
        pytest.param('receipt,principal,stop,,"Says."x', "is not CSV", id="no-csv"),
    ],
)
def test_a_bad_line_of_the_roles_is_named(line: str, mend: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_roles(with_line(17, line), shipped_purposes(), knows())
    assert f"roles.csv line 17: {mend}" in refused.value.problems[0]


def test_a_cell_that_the_roles_leave_out_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        read_roles("\n".join(LINES[:-1]), shipped_purposes(), knows())
    assert refused.value.problems == ("roles.csv: has no line for staff_alert, unknown",)


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("prtner,item", 'role is none that sayso knows: did you mean "partner"?'),
        ("principal,item", "role has a line already"),
        ("partner,colour", "must be words out of"),
        ("partner", "must have these cells: role, knows"),
    ],
)
def test_a_bad_line_of_what_roles_know_is_named(line: str, mend: str) -> None:
    lines = shipped_text("knows.csv").splitlines()
    with pytest.raises(SettingsError) as refused:
        read_knows("\n".join([*lines[:5], line, *lines[6:]]))
    assert f"knows.csv line 6: {mend}" in refused.value.problems[0]


def test_a_role_that_is_left_out_of_what_roles_know_is_named() -> None:
    with pytest.raises(SettingsError, match=r"knows\.csv: has no line for unknown"):
        read_knows("\n".join(shipped_text("knows.csv").splitlines()[:-1]))
