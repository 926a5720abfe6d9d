"""What a finding asks that one tap can answer, and what each answer says of the fact it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.desk import letters, sayings
from sayso.message import Fact, Finding, Json

KEY = re.compile(r"[0-9a-f]{32}")
NOW = "now"
"""Stands for the moment of the tap."""
PLACES = frozenset({"place", "address", "moved"})
WRITES: Mapping[tuple[str, str], Mapping[str, Json]] = {
    ("relationships", "yes"): {"confirmed_at": NOW, "ended_at": None},
    ("relationships", "no"): {"ended_at": NOW},
    ("people", "yes"): {"deceased": False, "confirmed_at": NOW},
    ("people", "no"): {"deceased": True, "confirmed_at": NOW},
    ("places", "no"): {"addresses": []},
    ("purchases", "yes"): {"given_at": NOW},
    ("embargoes", "yes"): {"ended_at": NOW},
    ("complaints", "yes"): {"closed_at": NOW},
    ("staff", "yes"): {"left_at": None, "confirmed_at": NOW},
    ("staff", "no"): {"left_at": NOW},
}
OTHERWISE: Mapping[str, Mapping[str, Json]] = {"yes": {"confirmed_at": NOW}, "no": {"deleted": True}}
NAMED: Mapping[str, tuple[str, ...]] = {"relationships": ("a", "b", "kind"), "staff": ("address",)}
"""What names an item of a list whose items have no id of their own."""
NO_NEWS = frozenset({("purchases", "no"), ("embargoes", "no"), ("complaints", "no")})
"""It was not given yet, it is not settled yet: what was known goes on being known."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: which finding asks it, of which kind it is, about which fact (or which two people, of whom nobody
    ever said that they are a couple), and the answers as they are sent and as they are said."""

    finding: str
    kind: str
    fact: str
    people: tuple[str, ...]
    question: str
    answers: tuple[tuple[str, str], ...]

    def is_news(self, answer: str) -> bool:
        """Whether an answer changes what is known."""
        return answer != "unknown" and (self.kind, answer) not in NO_NEWS and not (self.people and answer == "no")

    def item(self, fact: Fact, answer: str, now: datetime) -> dict[str, Json]:
        """The answer as an item of the fact's list, which what names it makes the same item."""
        named = NAMED.get(fact.list, ())
        said = WRITES.get((self.kind, answer)) or OTHERWISE[answer]
        item: dict[str, Json] = {name: fact.get(name) for name in named} if named else {"id": fact.id}
        return item | {name: now.isoformat() if value == NOW else value for name, value in said.items()}


def asked(finding: Finding) -> Asked | None:
    """What a finding asks, if one tap can answer it."""
    proposal = finding.proposal or {}
    fact, people, kind = proposal.get("fact"), proposal.get("people"), _kind(finding)
    if proposal.get("kind") != "confirm" or not isinstance(fact, str) or not kind:
        return None
    return Asked(
        finding=finding.key,
        kind=kind,
        fact=fact,
        people=tuple(str(one) for one in people) if isinstance(people, list) else (),
        question=letters.spelled(str(proposal.get("question") or "Is that right?")),
        answers=sayings.TAPS.get(kind, sayings.TAPS[""]),
    )


def _kind(finding: Finding) -> str:
    """The list that the question is about; where somebody lives is asked for apart from how they are."""
    proposal = finding.proposal or {}
    listed = proposal.get("list") or ("relationships" if proposal.get("people") else "")
    is_place = listed == "people" and PLACES & set(f"{finding.check}_{finding.code}".split("_"))
    return "places" if is_place else str(listed)
