"""What a message would give away, as a sentence that a shop assistant reads first."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.checks import pieces
from sayso.message import Behind, Facts, Message, Recipient, Role, Story

WHAT: Mapping[str, str] = {
    "principal": "is the person whose business this is",
    "gift_recipient_before": "is the one it is a surprise for",
    "gift_recipient_after": "was given it by somebody else",
    "wishlist_owner": "has it on their wishlist",
    "partner": "is the partner of the person whose business this is",
    "ex_partner": "is the former partner of the person whose business this is",
    "household_member": "shares a home or a line with the person whose business this is",
    "staff": "is on the staff list",
    "unknown": "is not known in this matter",
}
"""Roles as a card says them, after a name."""

TOLD: tuple[tuple[str, str], ...] = (
    ("loss", "about the damage"),
    ("repair", "about a repair"),
    ("debt", "about money that is owed"),
    ("price", "what it cost"),
    ("complaint", "about a complaint"),
    ("appointment", "about an appointment"),
    ("wishlist", "what is on a wishlist"),
    ("account", "a code for somebody's account"),
    ("relationship", "about a couple"),
    ("birth_date", "about a birthday"),
    ("date", "about a date"),
    ("address", "an address"),
)


STRICT: Mapping[str, int] = {"allow": 0, "hold": 1, "stop": 2}


def decisive(message: Message, facts: Facts, recipient: Recipient) -> tuple[Behind, Role]:
    """The person behind an address, and the role of theirs, that the matrix judges most strictly."""
    judged = [
        (STRICT[cell.verdict] if cell else 1, -n, behind, role)
        for n, behind in enumerate(recipient.behind)
        for role in behind.roles
        for cell in [facts.policy.cell(message.store, message.purpose or "", role.name)]
    ]
    _, _, behind, role = max(judged, key=lambda one: one[:2])
    return behind, role


def what(role: str) -> str:
    """A role after a name: "is the one it is a surprise for"."""
    return WHAT.get(role, "is not known in this matter")


def first_name(name: str) -> str:
    """How a card calls somebody."""
    return name.split(maxsplit=1)[0] if name.split() else "this person"


def told_sentence(facts: Facts, behind: Behind, more: frozenset[str]) -> str:
    """ "Would tell Kayla that someone bought ring 4411 from her wishlist." with what this story knows."""
    story = facts.story
    whom = first_name(behind.person.name) if behind.person and behind.person.name else "somebody we do not know"
    if more & {"purchase", "item"}:
        return f"Would tell {whom} that someone bought {pieces.shown(story.items)}{_from_list(story, behind)}."
    told = next((words for kind, words in TOLD if kind in more), "what is not theirs to know")
    return f"Would tell {whom} {told}{_of_whom(story, behind)}."


def _from_list(story: Story, behind: Behind) -> str:
    """Where a piece of the matter is on the wishlist of whoever would read of it."""
    if behind.person is None:
        return ""
    for fact in story.of("wishlists"):
        mine = behind.person.keys & set(fact.people("owner"))
        if mine and pieces.same(story.items, pieces.pieces(fact)):
            return " from their wishlist"
    return ""


def _of_whom(story: Story, behind: Behind) -> str:
    """Whose business it is, where that is one other person whom we know by name."""
    own = behind.person.key if behind.person else ""
    names = {story.people[key].name for key in story.principals if key in story.people and key != own}
    return f" of {first_name(next(iter(names)))}" if len(names) == 1 and next(iter(names)) else ""
