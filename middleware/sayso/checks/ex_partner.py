"""Does the message take two people for a couple who are none any more? The other half alone may still be greeted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sayso.checks import couples, pairs, who
from sayso.checks.couples import Couple
from sayso.message import Facts, Finding, Message, Person

CHECK = "ex_partner"
WISHES = frozenset({"wishlist_hint", "wishlist_reminder"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for every couple of the past that the message is about, names, or would remind somebody of."""
    story = facts.story
    if not story.told:
        return ()
    people = who.once((*who.behind(story), *who.in_matter(story)))
    past = [one for one in couples.couples(story, people, facts.now) if one.state == "over"]
    found = ((couple, _signs(couple, message, facts)) for couple in past)
    return tuple(_finding(couple, code, facts) for couple, code in found if code)


def _signs(couple: Couple, message: Message, facts: Facts) -> str:
    """The first thing in the message that belongs to what is over; empty where nothing does."""
    for code, is_so in _SIGNS.items():
        if is_so(couple, message, facts):
            return code
    return ""


def _about_both(couple: Couple, message: Message, facts: Facts) -> bool:
    """An occasion of both, or an anniversary of one of them that can be no other couple's."""
    story = facts.story
    if message.purpose not in who.COUPLES:
        return False
    matter = who.in_matter(story)
    if all(_is_in(person, matter) for person in couple.people):
        return True
    others = [one for one in matter if not _is_in(one, couple.people)]
    return message.purpose == "anniversary" and not others and not _has_another(couple, facts)


def _has_another(couple: Couple, facts: Facts) -> bool:
    """Whether one of them, to whom this goes, is half of another couple by now."""
    here = [person for person in couple.people if _is_in(person, who.behind(facts.story))]
    return any(one.state != "over" for one in couples.couples(facts.story, here, facts.now))


def _names_both(couple: Couple, message: Message, facts: Facts) -> bool:
    """Both by their names, or as "Mr and Mrs" where that can be no other couple."""
    if pairs.are_named(message, *couple.people):
        return True
    greeting = pairs.greeted(message, facts.story)
    return greeting is not None and not greeting[0] and not _has_another(couple, facts)


def _wishes_of_other(couple: Couple, message: Message, facts: Facts) -> bool:
    return message.purpose in WISHES and _of_the_other(couple, facts, "wishlists", "owner")


def _day_of_other(couple: Couple, message: Message, facts: Facts) -> bool:
    return message.purpose == "birthday" and _of_the_other(couple, facts, "occasions", "people")


def _piece_of_then(couple: Couple, message: Message, facts: Facts) -> bool:
    """Care of a piece that one of them bought for the other, or that is theirs by the other's purchase."""
    fact = facts.story.subject_fact
    if message.purpose != "care_reminder" or fact is None or fact.list != "purchases":
        return False
    buyers, keepers = (who.known(facts.story, fact.people(field)) for field in ("purchaser", "gift_for"))
    both = all(_is_in(person, (*buyers, *keepers)) for person in couple.people)
    return both or _of_the_other(couple, facts, "purchases", "purchaser")


def _of_the_other(couple: Couple, facts: Facts, kind: str, field: str) -> bool:
    """Whether the subject is one's, and only the other of the two is behind the address."""
    fact, here = facts.story.subject_fact, who.behind(facts.story)
    if fact is None or fact.list != kind:
        return False
    theirs = who.known(facts.story, fact.people(field))
    return any(
        _is_in(one, theirs) and not _is_in(one, here) and _is_in(other, here)
        for one, other in (couple.people, couple.people[::-1])
    )


_SIGNS: Mapping[str, Callable[[Couple, Message, Facts], bool]] = {
    "couple": _about_both,
    "both_named": _names_both,
    "wishlist": _wishes_of_other,
    "birthday": _day_of_other,
    "care": _piece_of_then,
}
_ENDS: Mapping[str, str] = {
    "couple": "and this is about the two of them.",
    "both_named": "and this names both.",
    "wishlist": "and this is about the other one's wishes.",
    "birthday": "and this is about the other one's birthday.",
    "care": "and this is about a piece from that time.",
}


def _is_in(person: Person, people: tuple[Person, ...] | list[Person]) -> bool:
    return any(person.key == one.key for one in people)


def _finding(couple: Couple, code: str, facts: Facts) -> Finding:
    reason = f"{who.as_sentence(who.together(couple.people))} are no couple any more, {_ENDS[code]}"
    seen = [who.evidence(couple.fact, facts.now)] if couple.fact else []
    seen += [f"purchase {couple.sign.id} is {couple.sign.text('status')}"] if couple.sign else []
    return Finding(CHECK, code, reason, "stop", couple.key, "; ".join(seen), {"kind": "suppress"})
