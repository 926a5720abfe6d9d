"""Is a piece on the wishlist gone already? rules.md §4: sold or reserved, a list mail waits."""

from __future__ import annotations

from sayso.checks import pieces
from sayso.message import ENDED_STATES, Fact, Facts, Finding, Message

CHECK = "sold_piece"
WISHES = frozenset({"wishlist_reminder", "wishlist_hint"})
GONE = frozenset({"sold", "reserved", "gone"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold where somebody near has bought a piece of the list; a surprise is the surprise check's to speak of."""
    wishlist = facts.story.subject_fact
    if message.purpose not in WISHES or wishlist is None or wishlist.list != "wishlists":
        return ()
    wished, secret = pieces.pieces(wishlist), {one.key for one in facts.story.embargoes}
    sold = [fact for fact in facts.story.of("purchases") if fact.key not in secret and _is_sold(fact)]
    gone = sorted({name for fact in sold for name in pieces.same(wished, pieces.pieces(fact))} | _marked(wishlist))
    if not gone:
        return ()
    reason = f"{pieces.shown(gone).capitalize()} of this wishlist was bought already. Mend the list before it goes."
    return (Finding(CHECK, "gone", reason, subject=wishlist.key, proposal={"kind": "edit"}),)


def _is_sold(fact: Fact) -> bool:
    return fact.text("status") not in ENDED_STATES | {"quote"}


def _marked(wishlist: Fact) -> set[str]:
    """The pieces that the list itself says are gone."""
    items = wishlist.get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {str(item.get("id") or item.get("name")) for item in found if str(item.get("state")) in GONE}
