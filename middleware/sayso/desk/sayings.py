"""The desk's words about people: who they are to a matter, what a card asks of them, which surprises are kept."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.desk.words import spoken

KINDS: Mapping[str, str] = {"purchase": "A purchase", "wishlist": "A wishlist", "repair": "A repair"}
SURPRISES: Mapping[str, str] = {
    "opened": "It is kept a surprise. What waits was looked at again.",
    "given": "Noted: it was given, and may be spoken of.",
    "over": "Noted: it is no surprise any more.",
    "longer": "It is kept for 30 more days.",
    "told": "It is kept until somebody says so.",
    "until": "It is kept to the end of that day.",
}
"""What an answer about a surprise came to."""

ROLES: Mapping[str, str] = {
    "principal": "it is their own business",
    "gift_recipient_before": "the surprise is for them",
    "gift_recipient_after": "it was a gift for them",
    "wishlist_owner": "it is on their wishlist",
    "partner": "partner",
    "ex_partner": "former partner",
    "household_member": "lives with them",
    "staff": "a colleague",
    "unknown": "we do not know who this is to it",
}
OWNERS: Mapping[str, str] = {
    "purchase": "buyer",
    "order": "buyer",
    "repair": "brought it in",
    "appointment": "made the appointment",
    "occasion": "it is their day",
    "complaint": "wrote the complaint",
    "wishlist": "it is their wishlist",
}
"""What the one whose business it is is called, by what it is about."""

TAPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "relationships": (("yes", "Still together"), ("no", "No longer"), ("unknown", "Do not know")),
    "occasions": (("yes", "The date is right"), ("no", "It is wrong")),
    "people": (("yes", "Alive and well"), ("no", "Has died")),
    "places": (("yes", "Still there"), ("no", "Moved")),
    "purchases": (("yes", "Yes, given"), ("no", "Not yet")),
    "embargoes": (("yes", "Yes, given"), ("no", "Not yet")),
    "complaints": (("yes", "Settled"), ("no", "Still open")),
    "staff": (("yes", "Still works here"), ("no", "Has left")),
    "": (("yes", "Yes"), ("no", "No")),
}
"""The answers to what a card asks, by what it asks about."""
TAPPED: Mapping[str, str] = {
    "clear": "Noted. Nothing speaks against it any more; it waits for your yes.",
    "others": "Noted. That reason is gone; others are left.",
    "same": "Noted. It does not change what we found.",
    "waits": "Nothing was changed. It goes on waiting.",
    "gone": "That question is settled already.",
}
"""What an answer came to."""


def about(subject: str) -> str:
    """What a message or a surprise is about, as people say it: `purchase/8812` is purchase 8812."""
    kind, _, item = subject.partition("/")
    return f"{spoken(kind)[:1].upper()}{spoken(kind)[1:]} {item}" if item else subject


def role(name: str, subject: str) -> str:
    """Who somebody is to a matter, as the shop says it."""
    owner = OWNERS.get(subject.partition("/")[0]) if name == "principal" else None
    return owner or ROLES.get(name, spoken(name))
