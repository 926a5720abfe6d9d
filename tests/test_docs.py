"""What the docs say is true of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sayso import failpoint
from sayso.message import MOVES, STATES, State
from sayso_config import load

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    known = {f"SAYSO_{name.upper()}" for name in type(load({})).model_fields}
    assert set(re.findall(r"SAYSO_[A-Z][A-Z_]*[A-Z]", page.read_text())) <= known


def test_the_readme_names_files_that_exist() -> None:
    table = re.findall(r"^\| \d .*", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(table) == 6
    for row in table:
        for name in re.findall(r"`([a-z_]+\.py|[a-z]+/)`", row):
            assert (ROOT / "middleware" / "sayso" / name).exists(), name


def test_the_page_on_faults_lists_every_failpoint() -> None:
    said = re.findall(r"^\| C\d+ \| `(\w+)`", (ROOT / "docs" / "faults.md").read_text(), re.MULTILINE)
    assert said == list(failpoint.POINTS)


def test_every_state_has_a_sentence_and_a_way_in_or_a_birth() -> None:
    assert set(STATES) == set(State)
    reachable = {to for _, to in MOVES} | {State.RECEIVED}
    assert reachable == set(State)
