"""What a message is about, and whose business that is: named by the CRM, or inferred from what these people did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso import store
from sayso.message import Fact, Limits, Message, Named, Person
from sayso.resolving import bonds, gifts, pieces
from sayso.resolving.surprises import KINDS, NAMES, subject_of
from sayso.resolving.world import World
from sayso.store import Tx

NEEDED: Mapping[str, str] = {
    "buyer": "purchases", "payer": "purchases", "owner of the piece": "purchases", "depositor": "repairs",
    "booker": "appointments", "celebrant": "occasions", "complainant": "complaints",
}  # fmt: skip
"""The list that a purpose's subject is in, by whose business the purpose is; the others need no subject."""
WISHES = frozenset({"wishlist_reminder", "wishlist_hint"})
OWNERS: Mapping[str, str] = {
    "repairs": "depositor", "appointments": "booked_by", "complaints": "person", "occasions": "people",
    "wishlists": "owner", "people": "",
}  # fmt: skip
DONE = frozenset({"collected", "done", "closed", "cancelled", "canceled"})
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Matter:
    """The subject of a message, the fact it is, whose business it is; `needed` when the purpose cannot be without."""

    subject: Named | None
    fact: Fact | None
    principals: frozenset[str]
    items: frozenset[str]
    needed: bool


def key_of(tx: Tx, message: Message) -> str | None:
    """The key of the fact that the CRM names as the subject; None where it names none, or a kind unknown to us."""
    kind, _, name = (message.subject or "").partition("/")
    listed = KINDS.get(kind)
    return store.fact_key(tx.seal, message.source_id, listed, name) if listed and name else None


def list_for(purpose: str | None, principal_is: str) -> str | None:
    """The list that the subject of a purpose is in; None where it needs none."""
    return "wishlists" if purpose in WISHES else NEEDED.get(principal_is)


def find(
    world: World, message: Message, named: str | None, listed: str | None, *, now: datetime, limits: Limits
) -> Matter:
    """The matter of a message: the fact that it names, else the one that these people's facts point to."""
    if message.subject:
        fact = world.facts.get(named or "")
        how = "The CRM says so." if fact else "The CRM names it, but nobody has told us about it."
        return _matter(world, Named(message.subject, False, how), fact, listed)
    here = {person.key: person for people in world.behind.values() for person in people}
    candidates = [] if listed is None else _candidates(world, here, listed, now, limits)
    spoken = [fact for fact in candidates if _speaks_of(message, fact)]
    found = spoken or candidates
    if not found:
        return Matter(None, None, frozenset(), frozenset(), listed is not None)
    fact, how = _closest(world, here, found, message, spoken=bool(spoken))
    return _matter(world, Named(subject_of(fact), True, how), fact, listed)


def carried(world: World, subject: Named | None, key: str | None, listed: str | None) -> Matter | None:
    """The matter of what a message was made from; None where it was made from none, or nobody knew of it."""
    fact = world.facts.get(key or "")
    return _matter(world, subject, fact, listed) if subject and fact else None


def principals(world: World, fact: Fact | None) -> frozenset[str]:
    """Whose business a matter is: the buyer, the depositor, the booker, the celebrants, the writer."""
    if fact is None:
        return frozenset()
    if fact.list == "purchases":
        own = gifts.buyer(world, fact)
        return frozenset({own} if own else ())
    if fact.list == "wishlists":
        return _bought_from(world, fact)
    if fact.list == "people":
        return frozenset({world.who(fact.key)})
    return world.all_who(fact.people(OWNERS[fact.list])) if fact.list in OWNERS else frozenset()


def _bought_from(world: World, wishlist: Fact) -> frozenset[str]:
    """Those who bought a piece of a list, its owner and strangers aside: a word about the list comes too late."""
    owners, wished = world.all_who(wishlist.people("owner")), pieces.pieces(wishlist)
    found = {
        own
        for purchase in world.of("purchases")
        if pieces.same(pieces.pieces(purchase), wished) and (own := gifts.payer(world, purchase)) not in (None, *owners)
    }
    return frozenset(key for key in found if key and any(bonds.is_related(world, key, owner) for owner in owners))


def _matter(world: World, subject: Named, fact: Fact | None, listed: str | None) -> Matter:
    items = pieces.pieces(fact) if fact else frozenset()
    return Matter(subject, fact, principals(world, fact), items, listed is not None)


def _candidates(world: World, here: Mapping[str, Person], listed: str, now: datetime, limits: Limits) -> list[Fact]:
    """What these people, and those who belong to them, have lately done of this kind; their own first."""
    ends = set(world.behind)
    found = [fact for fact in world.of(listed) if _is_near(fact, now, limits)]
    own = [fact for fact in found if _touches(world, fact, here) or ends & set(fact.endpoints)]
    if own or listed in ("wishlists", "complaints"):
        return own
    return [fact for fact in found if any(_of_theirs(world, fact, key) for key in here)]


def _touches(world: World, fact: Fact, here: Iterable[str]) -> bool:
    return bool(_whose(world, fact) & set(here))


def _of_theirs(world: World, fact: Fact, key: str) -> bool:
    return any(bonds.is_related(world, key, other) for other in _whose(world, fact))


def _whose(world: World, fact: Fact) -> frozenset[str]:
    if fact.list == "purchases":
        own = gifts.payer(world, fact)
        return frozenset({own} if own else ()) | world.all_who(fact.people("gift_for"))
    return world.all_who(fact.people(OWNERS.get(fact.list, ""))) | world.all_who(fact.people("attendees"))


def _is_near(fact: Fact, now: datetime, limits: Limits) -> bool:
    """Whether a matter is recent, open or about to be: the kind that a CRM writes about."""
    state = fact.text("status") or fact.text("state")
    at = fact.moment("at")
    if fact.list == "purchases":
        return state != "quote" and (at is None or now - timedelta(days=limits.recent_days) <= at <= now + DAY)
    if fact.list == "appointments":
        return state not in DONE and (at is None or now - DAY <= at)
    if fact.list == "repairs":
        return state not in DONE
    if fact.list == "complaints":
        return fact.moment("closed_at") is None
    if fact.list == "occasions":
        return days_to(fact, now) <= 31
    return True


def days_to(fact: Fact, now: datetime) -> int:
    """How many days lie between now and the nearest time this occasion comes; many where it has no date."""
    day = fact.moment("date")
    if day is None:
        return 999
    away = (day.timetuple().tm_yday - now.timetuple().tm_yday) % 365
    return min(away, 365 - away)


def _speaks_of(message: Message, fact: Fact) -> bool:
    names = {name for name in (fact.id, *pieces.pieces(fact)) if any(char.isdigit() for char in name)}
    return bool(pieces.spoken_of(message.content.words, names))


def _closest(
    world: World, here: Mapping[str, Person], found: list[Fact], message: Message, *, spoken: bool
) -> tuple[Fact, str]:
    """The one matter that a message without a subject is taken to be about, and why."""
    ends = set(world.behind)

    def nearness(fact: Fact) -> tuple[bool, bool, str]:
        at = fact.moment("at") or fact.confirmed_at
        return bool(ends & set(fact.endpoints)), _touches(world, fact, here), at.isoformat() if at else ""

    fact = max(found, key=nearness)
    thing = NAMES[fact.list]
    if spoken:
        return fact, f"The text names {thing} {fact.id}."
    if ends & set(fact.endpoints):
        return fact, f"This address was given at {thing} {fact.id}."
    whose = "theirs" if _touches(world, fact, here) else "of somebody who belongs to them"
    return fact, f"It is the latest {thing} {whose} ({len(found)} came into question)."
