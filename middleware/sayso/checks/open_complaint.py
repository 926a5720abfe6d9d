"""Is somebody behind the address waiting for us to put something right?"""

from __future__ import annotations

from sayso.checks import who
from sayso.message import Fact, Facts, Finding, Message, Person

CHECK = "open_complaint"
STILL_GOES = frozenset(
    {
        *("safety_legal_notice", "otp", "appointment_today", "auto_reply", "optout_confirmation", "staff_alert"),
        *("complaint_followup", "repair_problem"),
    }
)
"""What goes on while a complaint is open: what cannot wait, a direct answer, and what is about the matter itself."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """One hold for everybody behind the address who complained, or whose repair went wrong."""
    story = facts.story
    if not story.told or message.purpose in STILL_GOES:
        return ()
    people = who.behind(story)
    complaints = [fact for fact in who.of(story, "complaints", "person", *people) if _is_open(fact, facts)]
    repairs = [fact for fact in who.of(story, "repairs", "depositor", *people) if fact.text("state") == "problem"]
    found = [*complaints, *repairs]
    if not found:
        return ()
    reason = _complaint(people, complaints, facts) if complaints else _repair(people, repairs, facts)
    proof = "; ".join(who.evidence(fact, facts.now, _what(fact)) for fact in found)
    return (Finding(CHECK, "open", reason, "hold", found[0].key, proof, {"kind": "phone"}),)


def _is_open(fact: Fact, facts: Facts) -> bool:
    closed = fact.moment("closed_at")
    return closed is None or closed > facts.now


def _complaint(people: tuple[Person, ...], facts_of: list[Fact], facts: Facts) -> str:
    fact = facts_of[0]
    opened = fact.moment("opened_at")
    since = f" since {opened:%d %B}".replace(" 0", " ") if opened else ""
    name = _whose(people, fact, "person", facts)
    return f"{name} has an open complaint{since}; please settle that first, best by phone."


def _repair(people: tuple[Person, ...], facts_of: list[Fact], facts: Facts) -> str:
    name = _whose(people, facts_of[0], "depositor", facts)
    return f"Something went wrong with {name}\u2019s repair; please talk to them first, best by phone."


def _whose(people: tuple[Person, ...], fact: Fact, field: str, facts: Facts) -> str:
    named = who.known(facts.story, fact.people(field))
    return who.together(person for person in people if person in named) or "This person"


def _what(fact: Fact) -> str:
    return fact.text("note") or ("repair" if fact.list == "repairs" else "complaint")
