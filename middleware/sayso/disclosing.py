"""What a message tells by its words alone, whatever it is for."""

from __future__ import annotations

from collections.abc import Iterator

from sayso.checks.greetings import greetings
from sayso.checks.plain_words import OWNED, PIECE, any_of, plain, read, unmarked
from sayso.checks.signs import READY, sign_in
from sayso.checks.words import texts
from sayso.disclosing_words import GENERIC, MONEY, PRICED, SENDER_TELLS, SIGN_TELLS, WORDS
from sayso.message import Message

_DONE = frozenset({"purchase", "repair", "loss", "debt"})
"""Without any of these a piece beside a wishlist is one that is wished for, not one that is owned."""
_BOUGHT = any_of(
    r"purchase|order|bought|purchased|buying", rf"(?:the|this) (?:[\w-]+ )?(?:{PIECE})", rf"(?:{OWNED.pattern})"
)


def tells(message: Message) -> frozenset[str]:
    """The kinds of fact (the words of knows.csv) that its words and its sender's name disclose of themselves."""
    whole = read(message)
    words = GENERIC.sub(" ~ ", whole)
    found = {kind for kind, pattern in WORDS.items() if pattern.search(words)}
    found |= {kind for sign, kinds in SIGN_TELLS.items() if sign_in(words, sign) for kind in kinds}
    if OWNED.search(words):
        found.add("item")
    if sign_in(words, "purchase_feedback") and _BOUGHT.search(words):
        found.add("purchase")
    if found & {"item", "wishlist"} and READY.search(words) and not found & {"repair"}:
        found |= {"purchase", "item"}
    if "wishlist" in found and not found & _DONE:
        found.discard("item")
    if sign_in(words, "condolence_sensitive"):
        found.discard("complaint")
    if found & PRICED and MONEY.search(words):
        found.add("price")
    if any(len(greeting.names) > 1 for text in _written(message) for greeting in greetings(text)):
        found.add("relationship")
    return frozenset(found | _told_by_sender(message.content.sender))


def _written(message: Message) -> Iterator[str]:
    """Where a greeting may stand, as it was written."""
    content = message.content
    places = [text for place, text in texts(message) if place != "the sender"]
    for text in (*places, content.subject_line or "", content.html or ""):
        yield unmarked(text) if "<" in text else text


def _told_by_sender(sender: str | None) -> frozenset[str]:
    name = plain(sender or "")
    return frozenset(kind for kind, pattern in SENDER_TELLS.items() if pattern.search(name))
