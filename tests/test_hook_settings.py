"""Presets of the settings file: one that cannot work is refused at the start, with the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.api.drafting import KNOWN
from sayso.mapping import read_presets
from sayso_config import SettingsError, load
from tests.hooked import presets

MESSAGE = "[presets.own.message]\n"
FACTS = '[[presets.own.facts]]\nlist = "people"\n[presets.own.facts.fields]\n'


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        pytest.param(MESSAGE + 'to = "a["', "[presets.own] message.to = 'a[' is no JMESPath expression", id="syntax"),
        pytest.param(MESSAGE + 'to = ""', "message.to = '' is no JMESPath", id="empty"),
        pytest.param(MESSAGE + 'to = "lowr(a)"', "there is no function lowr(); did you mean lower?", id="function"),
        pytest.param(MESSAGE + 'to = "a || b.c[?x(d)]"', "there is no function x()", id="function-within"),
        pytest.param(MESSAGE + 'bdy = "a"', "bdy is no field of a message; did you mean body?", id="field"),
        pytest.param(
            MESSAGE + 'colour = "a"', "colour is no field of a message; there are channel, to,", id="no-field"
        ),
        pytest.param('[presets.own]\neach = "a["\n' + MESSAGE + 'to = "a"', "[presets.own] each = 'a['", id="each"),
        pytest.param('[presets.own]\nkey = "a["\n' + MESSAGE + 'to = "a"', "[presets.own] key = 'a['", id="key"),
        pytest.param('[presets.own]\nsays = "x"', "[presets.own] must say what it makes", id="nothing"),
        pytest.param(MESSAGE + 'to = "a"\n' + FACTS + 'id = "a"', "must say what it makes: either", id="both"),
        pytest.param(
            FACTS + 'id = "a"\nemials = "b"', "emials is no field of people; did you mean emails?", id="fact-field"
        ),
        pytest.param(FACTS + 'name = "b"', "[presets.own] people needs id: add it to its fields", id="fact-id"),
        pytest.param(FACTS.replace("people", "peple") + 'id = "a"', "did you mean people?", id="list"),
        pytest.param('[presets.own]\nlike = "zapir"', 'like is no preset: did you mean "zapier"?', id="like"),
        pytest.param(
            '[presets.own]\nmesage = {to = "a"}',
            '[presets.own] mesage is no setting: did you mean "message"',
            id="key-name",
        ),
        pytest.param('[presets.own]\nsigned = "stripe"', "[presets.own] signed must be 'shopify'", id="signed"),
    ],
)
def test_a_preset_that_cannot_work_is_refused_with_the_mend(text: str, mend: str) -> None:
    Path("sayso.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as refused:
        read_presets(load({}), KNOWN)
    assert mend in str(refused.value)
    assert len(refused.value.problems) == 1


def test_all_that_is_wrong_is_said_at_once() -> None:
    Path("sayso.toml").write_text(MESSAGE + 'to = "a["\nbdy = "b("', "utf-8")
    with pytest.raises(SettingsError) as refused:
        presets()
    assert len(refused.value.problems) == 3


def test_a_preset_that_is_like_another_adds_to_its_columns_and_keeps_the_rest() -> None:
    Path("sayso.toml").write_text('[presets.till]\nlike = "edge-csv"\ncolumns = {customer = ["Kunde"]}', "utf-8")
    till, edge = presets()["till"], presets()["edge-csv"]
    assert till.columns["kunde"] == "customer"
    assert "customer#" not in till.columns
    assert till.columns["firstname"] == "first"
    assert [rule.list for rule in till.rules] == [rule.list for rule in edge.rules]


def test_an_own_preset_of_our_name_stands_for_itself() -> None:
    Path("sayso.toml").write_text('[presets.zapier.message]\nto = "phone"', "utf-8")
    assert set(presets()["zapier"].rules[0].fields) == {"to"}


def test_every_preset_of_ours_names_its_vendors_page_and_has_a_page_of_ours() -> None:
    docs = Path(__file__).parent.parent / "docs/crm"
    for name, preset in presets().items():
        assert preset.page.startswith("https://") or name == "plain"
        assert (docs / f"{name}.md").exists(), name
