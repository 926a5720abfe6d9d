"""Patterns are compiled when something is first looked for, and read like those of `re`."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from sayso.checks.greetings import greetings
from sayso.checks.late import Late
from sayso.checks.offers import offer_in
from sayso.checks.plain_words import read
from sayso.checks.signs import SIGNS, sign_in
from sayso.checks.words import texts
from tests.checks.build import a_message

ASKED = """
import sayso.wsgi
from sayso.checks.late import Late
made = [one for name, module in list(sys.modules.items()) if name.startswith("sayso.") for one in vars(module).values()]
made += [one for table in made if isinstance(table, Mapping) for one in table.values()]
late = [one for one in made if isinstance(one, Late)]
print(len(late), sum("_compiled" in vars(one) for one in late))
"""


def test_a_start_compiles_none_of_them() -> None:
    program = f"import sys\nfrom collections.abc import Mapping\n{ASKED}"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    made, compiled = map(int, told.stdout.split())
    assert made > 50
    assert compiled == 0


def test_one_keeps_its_flags() -> None:
    late = Late(r"a(b)?$", re.IGNORECASE | re.MULTILINE)
    assert [found[0] for found in late.finditer("xA\nAB")] == ["A", "AB"]
    assert late.search("A\nx") is not None
    assert late.match("xA") is None
    assert late.sub(lambda found: found[0].lower(), "xAB") == "xab"


@pytest.mark.parametrize("name", SIGNS)
def test_every_sign_of_a_purpose_is_a_pattern(name: str) -> None:
    assert re.compile(SIGNS[name].pattern).search("") is None


def test_two_messages_read_in_turns_keep_their_own_words() -> None:
    sale, visit = a_message("Hi Ada, 20% off today"), a_message("Hi Bea, your appointment is on Monday")
    for _ in range(2):
        assert [read(sale), offer_in(read(sale))] == ["hi ada, 20% off today", "20% off"]
        assert [read(visit), offer_in(read(visit))] == ["hi bea, your appointment is on monday", ""]
        assert [sign_in(read(one), "appointment") is not None for one in (sale, visit)] == [False, True]
        assert [text for one in (sale, visit) for _, text in texts(one) if text.startswith("Hi")] == [
            "Hi Ada, 20% off today",
            "Hi Bea, your appointment is on Monday",
        ]
        assert [one.names for text in ("Hi Ada,", "Hi Bea,") for one in greetings(text)] == [("Ada",), ("Bea",)]
