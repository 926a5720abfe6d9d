"""signer_left: a card from somebody who works here no more waits, and so does one from a stranger."""

from __future__ import annotations

import pytest

from sayso.checks.signer_left import check
from sayso.message import Colleague, Finding
from tests.checks.build import a_message, some_facts
from tests.storied import a_fact

HERE = a_fact("staff", {"id": "shelby@example.com", "name": "Shelby Moreno"})
GONE = a_fact("staff", {"id": "wren@example.com", "name": "Wren Doyle"})
SHELBY, WREN = Colleague("Shelby Moreno", True, HERE), Colleague("Wren Doyle", False, GONE)
OTHER_WREN = Colleague("Wren Ito", True, HERE)
ANA, BEN = Colleague("ana", True), Colleague("ben", False)


def look(signer: str, *colleagues: Colleague) -> tuple[Finding, ...]:
    message = a_message(channel="postcard", metadata=(("signed_by", signer),) if signer else ())
    return check(message, some_facts(colleagues=colleagues))


@pytest.mark.parametrize(
    ("signer", "colleagues", "codes"),
    [
        ("Shelby", (SHELBY, WREN), []),
        ("SHELBY  MORENO", (SHELBY,), []),
        ("Shelby", (), []),
        ("", (SHELBY, WREN), []),
        ("Wren", (SHELBY, WREN), ["left"]),
        ("Wren Doyle", (WREN,), ["left"]),
        ("Wren", (WREN, OTHER_WREN), []),
        ("Wren Doyle", (WREN, OTHER_WREN), ["left"]),
        ("Nate", (SHELBY,), ["unknown"]),
        ("Nate", (ANA, BEN), []),
        ("Ana", (ANA, SHELBY), []),
        ("Ben", (ANA, BEN), ["left"]),
    ],
    ids=[
        "works here", "by the whole name", "nobody is known", "nobody signed", "has left", "has left, whole name",
        "two of that name", "the one of two who left", "a stranger", "only logins are known", "signs in here",
        "signs in no more",
    ],
)  # fmt: skip
def test_only_somebody_who_works_here_signs(signer: str, colleagues: tuple[Colleague, ...], codes: list[str]) -> None:
    found = look(signer, *colleagues)
    assert [finding.code for finding in found] == codes
    assert all(finding.verdict == "hold" for finding in found)


def test_a_colleague_can_say_that_somebody_who_left_is_back() -> None:
    (found,) = look("Wren", SHELBY, WREN)
    assert found.proposal is not None
    assert (found.proposal["kind"], found.proposal["list"]) == ("confirm", "staff")
    assert found.proposal["question"] == "Does Wren Doyle still work here?"


def test_a_stranger_is_asked_for_by_name() -> None:
    (found,) = look("Nate", SHELBY)
    assert found.reason.startswith("Does Nate still work here?")
