"""What a message is about, and whose business that is: named by the CRM, or inferred from what these people did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso import store
from sayso.checks import pieces
from sayso.checks.lane_proof import OFF
from sayso.message import KINDS, Fact, Limits, Message, Named, Person
from sayso.resolving import bonds, gifts
from sayso.resolving.surprises import NAMES, subject_of
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
GREETED: Mapping[str, tuple[str, ...]] = {"birthday": ("birth",), "anniversary": ("anniv", "wedding")}
AGES: Mapping[str, tuple[int, int]] = {
    "receipt": (-1, 3), "order_status": (-1, 30), "purchase_feedback": (2, 45), "care_reminder": (20, 9999),
}  # fmt: skip
"""How many days after a sale a CRM usually writes for a purpose; it only chooses among several sales."""
TOLD_IN = (
    ("repair", "repairs"), ("appointment", "appointments"), ("complaint", "complaints"), ("wishlist", "wishlists"),
    ("birth_date", "occasions"), ("debt", "purchases"), ("purchase", "purchases"), ("item", "purchases"),
)  # fmt: skip
"""In which list the matter is when a message tells of it, the first that applies."""
DONE = frozenset({"collected", "done", "closed", "cancelled", "canceled"})
DAY = timedelta(days=1)
NUMBER = re.compile(r"(?<![\w$€£.,-])(?=[\w-]*\d)[\w-]++(?!%|[.,]\d)")
MOST_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the purpose, the list that its subject is in (None: it needs none), what the text names."""

    purpose: str
    listed: str | None
    spoken: tuple[str, ...] = ()


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


def spoken_keys(tx: Tx, message: Message) -> list[str]:
    """The keys of the matters whose numbers a text without a subject names: "your order 8812"."""
    if message.subject:
        return []
    text = f"{message.content.subject_line or ''} {message.content.words}"
    numbers = dict.fromkeys(NUMBER.findall(text))
    return [
        store.fact_key(tx.seal, message.source_id, listed, number)
        for number in list(numbers)[:MOST_NUMBERS]
        for listed in ("purchases", "repairs")
    ]


def list_for(purpose: str | None, principal_is: str) -> str | None:
    """The list that the subject of a purpose is in; None where it needs none."""
    return "wishlists" if purpose in WISHES else NEEDED.get(principal_is)


def list_told(told: frozenset[str]) -> str | None:
    """The list that the subject of a message is in by what its words tell, where nobody can say what it is for."""
    return next((listed for kind, listed in TOLD_IN if kind in told), None) if "account" not in told else None


def find(world: World, message: Message, named: str | None, wanted: Wanted, limits: Limits) -> Matter:
    """The matter of a message: the fact that it names, else the one that these people's facts point to."""
    if message.subject:
        fact = world.facts.get(named or "")
        how = "The CRM says so." if fact else "The CRM names it, but nobody has told us about it."
        return _matter(world, Named(message.subject, False, how), fact, wanted.listed)
    here = {person.key: person for people in world.behind.values() for person in people}
    candidates = _candidates(world, here, wanted, limits) if wanted.listed else []
    if not candidates:
        return Matter(None, None, frozenset(), frozenset(), bool(wanted.listed and wanted.purpose))
    fact, how, sure = _closest(world, here, candidates, message, wanted)
    return _matter(world, Named(subject_of(fact), True, how, sure), fact, wanted.listed)


def carried(world: World, subject: Named | None, key: str | None, listed: str | None) -> Matter | None:
    """The matter that a redirected message brings along; None for every other message."""
    return _matter(world, subject, world.facts.get(key or ""), listed) if subject else None


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


def _candidates(world: World, here: Mapping[str, Person], wanted: Wanted, limits: Limits) -> list[Fact]:
    """What these people, and those who belong to them, have lately done of this kind."""
    ends, listed = set(world.behind), wanted.listed or ""
    named = [world.facts[key] for key in wanted.spoken if key in world.facts and world.facts[key].list == listed]
    if named:
        return named
    found = [fact for fact in world.of(listed) if _is_near(fact, world.now, limits) and _is_kind(fact, wanted.purpose)]
    own = [fact for fact in found if _touches(world, fact, here) or ends & set(fact.endpoints)]
    theirs = [fact for fact in found if fact not in own and any(_of_theirs(world, fact, key) for key in here)]
    if wanted.purpose == "wishlist_hint":
        allowed = [fact for fact in found if set(here) & world.all_who(fact.people("hints_to"))]
        return allowed or theirs or own
    return own if listed in ("wishlists", "complaints", "occasions") else [*own, *theirs]


def _is_kind(fact: Fact, purpose: str) -> bool:
    """Whether an occasion is of the kind that the purpose greets."""
    kind = fact.text("kind").casefold()
    if fact.list != "occasions" or not kind or purpose not in GREETED:
        return True
    return any(word in kind for word in GREETED[purpose])


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
        return state not in DONE - OFF and (at is None or now - DAY <= at)
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


def _closest(
    world: World, here: Mapping[str, Person], found: list[Fact], message: Message, wanted: Wanted
) -> tuple[Fact, str, bool]:
    """The one matter that a message without a subject is taken to be about, why, and whether that is sure."""
    ends, text = set(world.behind), f"{message.content.subject_line or ''} {message.content.words}"

    def nearness(fact: Fact) -> tuple[bool, bool, bool, bool, bool, str]:
        at = fact.moment("at") or fact.confirmed_at
        by_name, by_noun = _spoken(text, fact)
        given, own = bool(ends & set(fact.endpoints)), _touches(world, fact, here)
        return by_name, by_noun, own, given, _fits(fact, wanted.purpose, world.now), at.isoformat() if at else ""

    fact = max(found, key=nearness)
    by_name, by_noun, own, given, _, _ = nearness(fact)
    thing = NAMES[fact.list]
    alone = sum(nearness(other)[:2] == (by_name, by_noun) for other in found) == 1
    if by_name or by_noun:
        return fact, f"The text speaks of {thing} {fact.id}.", alone
    if given:
        return fact, f"This address was given at {thing} {fact.id}.", alone
    whose = "theirs" if own else "of somebody who belongs to them"
    return fact, f"It is the likeliest {thing} {whose} ({len(found)} came into question).", False


def _spoken(text: str, fact: Fact) -> tuple[bool, bool]:
    """Whether a text names a matter by its number or a piece of it, and whether by what kind of piece it is."""
    names = pieces.pieces(fact)
    numbered = {name for name in (fact.id, *names) if any(char.isdigit() for char in name)}
    return bool(pieces.spoken_of(text, numbered)), pieces.noun_in(text, names)


def _fits(fact: Fact, purpose: str, now: datetime) -> bool:
    """Whether a matter is of the age at which a CRM writes for this purpose."""
    at = fact.moment("at")
    first, last = AGES.get(purpose, (-9999, 9999))
    return at is None or first <= (now - at).days <= last
