"""Is a surprise being kept from somebody who would read this? rules.md §3: every channel, every kind of message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sayso.checks import pieces
from sayso.checks.disclosure import first_name
from sayso.checks.ways import fits, hidden_from, private_endpoints
from sayso.message import Behind, Embargo, Fact, Facts, Finding, Json, Message, Story

CHECK = "embargo"
TELLING = frozenset({"purchase", "item", "price", "repair", "debt", "appointment", "loss"})
WISHES = frozenset({"wishlist_reminder", "wishlist_hint"})
QUIET = frozenset({"otp", "optout_confirmation", "auto_reply", "staff_alert"})

FRESH = timedelta(days=7)
"""So long after somebody bought something themselves, what tells of a purchase is taken to be about that."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for what would give a surprise away to whoever it is kept from; a hold for a list with a gap in it."""
    story = facts.story
    if not story.embargoes or message.purpose in QUIET:
        return ()
    found: dict[str, Finding] = {}
    for behind in story.behind:
        for surprise in story.embargoes:
            if behind.person and behind.person.keys & _keys(story, surprise):
                for finding in _found(message, facts, behind, surprise):
                    found.setdefault(finding.key, finding)
    return tuple(found.values())


def _keys(story: Story, surprise: Embargo) -> frozenset[str]:
    """Every key of those from whom it is kept."""
    people = [story.people[key].keys if key in story.people else frozenset({key}) for key in surprise.hidden_from]
    return frozenset().union(*people)


def _found(message: Message, facts: Facts, behind: Behind, surprise: Embargo) -> Iterator[Finding]:
    story, who = facts.story, first_name(behind.person.name if behind.person else "")
    way = _way(message, story, surprise)
    evidence = _evidence(facts, surprise)
    if message.purpose in WISHES:
        if _on_list(story, behind, surprise):
            reason = f"A piece of {who}'s wishlist is a surprise now. A list with or without it could tell, so wait."
            wait: dict[str, Json] = {"kind": "delay", "until": "embargo_end"}
            yield Finding(CHECK, "wishlist", reason, "hold", surprise.subject, evidence, wait)
    elif _is_about(story, surprise) or _names_piece(message, surprise):
        yield Finding(CHECK, "surprise", _sentence(story, behind, surprise), "stop", surprise.subject, evidence, way)
    elif _may_be_about(story, surprise, facts.now):
        reason = f"{_sentence(story, behind, surprise)[:-1]}, if it is about that. We cannot tell what it is about."
        verdict = "stop" if story.subject is None else "hold"
        yield Finding(CHECK, "perhaps", reason, verdict, surprise.subject, evidence, way)


def _is_about(story: Story, surprise: Embargo) -> bool:
    """Whether the matter is the surprise, or has one of its pieces; somebody's own purchase of the same is not."""
    if story.subject and story.subject.name == surprise.subject:
        return True
    own = story.subject_fact is not None and story.subject_fact.list == "purchases"
    shared = pieces.same(story.items, surprise.items)
    return bool(shared) and not (own and not story.principals & surprise.owners)


def _names_piece(message: Message, surprise: Embargo) -> bool:
    """Whether the words name the piece itself."""
    text = " ".join((message.content.subject_line or "", message.content.words, *message.content.media))
    return bool(pieces.spoken_of(text, surprise.items))


def _may_be_about(story: Story, surprise: Embargo, now: datetime) -> bool:
    """Whether it tells of a purchase, a repair or a visit, and nothing says for sure that it is about another one.

    The CRM's own word on the subject counts; one that we inferred counts where the text points to it, or where it is
    the recipient's own, no older than the surprise and so fresh that a CRM writes about it just now.
    """
    if not story.tells & TELLING:
        return False
    if story.subject is None:
        return True
    if not story.subject.inferred or story.subject.sure:
        return False
    here = {key for one in story.behind if one.person for key in one.person.keys}
    secret = next((fact for fact in story.facts if fact.key == surprise.key), None)
    own, other = (_when(story.subject_fact), _when(secret))
    return not story.principals & here or own is None or other is None or own < max(other, now - FRESH)


def _when(fact: Fact | None) -> datetime | None:
    return fact.moment("at") if fact else None


def _on_list(story: Story, behind: Behind, surprise: Embargo) -> bool:
    keys = behind.person.keys if behind.person else frozenset()
    lists = (fact for fact in story.of("wishlists") if keys & set(fact.people("owner")))
    return any(pieces.same(surprise.items, pieces.pieces(fact)) for fact in lists)


def _sentence(story: Story, behind: Behind, surprise: Embargo) -> str:
    who = first_name(behind.person.name if behind.person else "")
    where = " from their wishlist" if _on_list(story, behind, surprise) else ""
    piece = pieces.shown(surprise.items)
    done = f"is having {piece} worked on" if surprise.subject.startswith("repair/") else f"bought {piece}"
    return f"Would tell {who} that someone {done}{where}."


def _evidence(facts: Facts, surprise: Embargo) -> str:
    until = f"until {surprise.until:%d %b %Y}" if surprise.until else "until somebody says that it was given"
    asks = " Its day is over: ask whether it was given." if surprise.asks else ""
    how = "We think so: " if surprise.inferred else ""
    return f"{how}{surprise.reason or 'a surprise'}; {surprise.subject}, {surprise.set_by}, kept {until}.{asks}"


def _way(message: Message, story: Story, surprise: Embargo) -> dict[str, Json]:
    """To the one whose secret it is, where nobody else reads; else by phone; else when the surprise is over."""
    hidden = hidden_from(story)
    for key in sorted(surprise.owners):
        person = story.people.get(key)
        private = private_endpoints(person, story, hidden) if person else ()
        for kind, channel in (("redirect", message.channel), ("phone", "sms")):
            fitting = [end for end in private if fits(end, channel)]
            if person and fitting:
                return {"kind": kind, "person": person.facts[0].id, "name": person.name, "to": fitting[0]}
    return {"kind": "delay", "until": "embargo_end"}
