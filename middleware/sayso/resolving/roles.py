"""Who somebody is to a matter: the roles of rules.md §2, each with its evidence; CRM ranks are never roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sayso.checks import pieces
from sayso.message import Embargo, Fact, Person, Role
from sayso.resolving import bonds, gifts
from sayso.resolving.matter import Matter
from sayso.resolving.surprises import NAMES
from sayso.resolving.world import World

UNKNOWN = Role("unknown", "Nobody has told us who has this address.")
BOUGHT = ("purchases", "repairs", "appointments")


@dataclass(frozen=True, slots=True)
class Scene:
    """What roles are judged by: the world, the matter, the surprises, the moment; `named` is whom the CRM names."""

    world: World
    matter: Matter
    surprises: tuple[Embargo, ...]
    now: datetime
    purpose: str
    principal_is: str
    named: str | None


def roles(scene: Scene, person: Person) -> tuple[Role, ...]:
    """Every role of somebody in a matter, the one that says most about them first; `unknown` where there is none."""
    if scene.matter.needed or scene.matter.fact:
        found = list(_in_matter(scene, person))
    else:
        found = list(_without_matter(scene, person))
    own = next((role for role in found if role.name == "principal"), None)
    if own and _bought_for_self(scene, person):
        return (own,)
    return tuple(found) or (
        Role("unknown", f"{person.name or 'This person'} has nothing to do with it as far as we know."),
    )


def _bought_for_self(scene: Scene, person: Person) -> bool:
    """Self-purchase, the one relaxation: payer and given endpoint are theirs, and nothing says that it is a gift."""
    fact = scene.matter.fact
    if fact is None or fact.list != "purchases":
        return False
    return gifts.buyer(scene.world, fact) == person.key and not gifts.for_whom(scene.world, fact)


def _in_matter(scene: Scene, person: Person) -> Iterator[Role]:
    """The roles that somebody has in the one matter that the message is about."""
    world, fact = scene.world, scene.matter.fact
    who = person.name or "This person"
    if fact and person.key in scene.matter.principals:
        yield Role("principal", f"{who} {_principal(fact)} ({_source(fact, scene.now)}).")
    given = tuple(_recipient_of(scene, person))
    yield from given
    belonging = tuple(_belonging(scene, person, _whose(scene)))
    invited = fact is not None and person.key in world.all_who((*fact.people("attendees"), *fact.people("hints_to")))
    if invited and fact:
        yield _guest(fact, who, scene.now)
    known = given and given[0].name == "gift_recipient_after" and fact is not None and fact.list == "purchases"
    if invited or known or person.key in scene.matter.principals:
        yield from (role for role in belonging if role.name == "ex_partner")
        return  # they know of it, or it is theirs: what else they are tells them no more
    if listed := _wished(scene, person):
        yield Role("wishlist_owner", f"It is on {who}'s wishlist ({_source(listed, scene.now)}).")
    yield from belonging


def _whose(scene: Scene) -> frozenset[str]:
    """Those whose partner or household somebody may be: whose business it is, or who is noted although not proven."""
    fact = scene.matter.fact
    if fact and fact.list == "purchases":
        return scene.matter.principals | gifts.parties(scene.world, fact)
    if fact and fact.list == "wishlists":
        return scene.world.all_who(fact.people("owner"))
    return scene.matter.principals


def _guest(fact: Fact, who: str, now: datetime) -> Role:
    """Whoever was asked to come is told like the one who booked; whoever may have hints is their partner in this."""
    if fact.list == "wishlists":
        return Role("partner", f"The wishlist's owner lets {who} have hints ({_source(fact, now)}).")
    return Role("principal", f"{who} is expected at it ({_source(fact, now)}).")


def _recipient_of(scene: Scene, person: Person) -> Iterator[Role]:
    """Whether it is a gift for them, still secret or given already."""
    world, fact = scene.world, scene.matter.fact
    who = person.name or "This person"
    hidden = [one for one in scene.surprises if one.hidden_from & person.keys and _covers(scene, one)]
    if hidden:
        yield Role("gift_recipient_before", f"It is a surprise for {who}: {hidden[0].reason or hidden[0].set_by}.")
    elif fact and fact.list == "purchases" and (gift := gifts.for_whom(world, fact).get(person.key)):
        yield Role("gift_recipient_after", f"It was bought for {who}: {gift.why}, and is no secret any more.")
    elif (
        fact and fact.list == "repairs" and person.key in world.all_who(fact.people("owner")) - scene.matter.principals
    ):
        yield Role("gift_recipient_after", f"It is {who}'s piece, which somebody else handed in.")


def _covers(scene: Scene, surprise: Embargo) -> bool:
    """Whether a surprise is what the message is about, or a piece in it."""
    matter = scene.matter
    if matter.fact is not None and surprise.key == matter.fact.key:
        return True
    if matter.subject and matter.subject.name == surprise.subject:
        return True
    return bool(pieces.same(surprise.items, matter.items))


def _wished(scene: Scene, person: Person) -> Fact | None:
    """The wishlist of theirs that is the matter, or has one of its pieces."""
    world, fact = scene.world, scene.matter.fact
    for wishlist in world.of("wishlists"):
        if person.key not in world.all_who(wishlist.people("owner")):
            continue
        if wishlist is fact or (
            fact and fact.list != "wishlists" and pieces.same(scene.matter.items, pieces.pieces(wishlist))
        ):
            return wishlist
    return None


def _belonging(scene: Scene, person: Person, others: frozenset[str]) -> Iterator[Role]:
    """What somebody is to those whose business it is."""
    world, who = scene.world, person.name or "This person"
    for other in sorted(others - {person.key}):
        whom = world.people[other].name if other in world.people else "them"
        known = bonds.bond(world, person.key, other)
        if known and known.ended:
            yield Role("ex_partner", f"{who} and {whom} are no couple any more ({_source(known.fact, scene.now)}).")
        elif known and known.couple and known.confirmed and not _hint(scene):
            yield Role("partner", f"{who} and {whom} are a couple ({_source(known.fact, scene.now)}).")
        elif known and known.related:
            yield Role("household_member", f"{who} is family of {whom} ({_source(known.fact, scene.now)}).")
        elif shared := bonds.lives_with(world, person.key, other):
            what = "an address" if shared.startswith("post|") else "a line or mailbox"
            yield Role("household_member", f"{who} and {whom} share {what}.")


def _hint(scene: Scene) -> bool:
    """Whether it is a hint at somebody's wishes: only whom the list's owner allows hints is a partner in that."""
    return scene.purpose == "wishlist_hint"


def _without_matter(scene: Scene, person: Person) -> Iterator[Role]:
    """The roles where nothing but the person counts: whoever has the account, wrote, or is a customer."""
    world, who = scene.world, person.name or "This person"
    behind = {one.key for people in world.behind.values() for one in people}
    alone = len(behind) == 1
    for surprise in scene.surprises if scene.principal_is == "customer" else ():
        if surprise.hidden_from & person.keys:
            yield Role(
                "gift_recipient_before", f"A surprise is being kept from {who}: {surprise.reason or surprise.set_by}."
            )
            break
    ours = scene.named in person.keys
    if scene.principal_is in ("account holder", "survivor"):
        if ours or (alone and scene.named is None):
            yield Role("principal", f"{who} has this address, alone ({_source(person.facts[0], scene.now)}).")
        elif not alone:
            yield Role("household_member", f"{who} shares this address with somebody else.")
    elif scene.principal_is != "customer":
        yield Role("principal", f"{who} has this address ({_source(person.facts[0], scene.now)}).")
    else:
        yield from _customer(scene, person)


def _customer(scene: Scene, person: Person) -> Iterator[Role]:
    """A customer is who bought, brought or booked something, or said yes to letters; the others only belong to one."""
    world, who = scene.world, person.name or "This person"
    for kind in BOUGHT:
        for fact in world.of(kind):
            own = gifts.payer(world, fact) if kind == "purchases" else None
            if person.key == own or person.key in world.all_who((*fact.people("depositor"), *fact.people("booked_by"))):
                yield Role("principal", f"{who} {_principal(fact)} ({_source(fact, scene.now)}).")
                return
    for fact in world.of("consents"):
        if person.key in world.all_who(fact.people("person")) and fact.text("status") == "granted":
            yield Role("principal", f"{who} asked to hear from us ({_source(fact, scene.now)}).")
            return
    if any(person.key in world.all_who(fact.people("owner")) for fact in world.of("wishlists")):
        yield Role("wishlist_owner", f"{who} has a wishlist, but bought nothing.")
        return
    near = bonds.bonds(world, person.key)
    if any(one.couple and one.confirmed for one in near.values()):
        yield Role("partner", f"{who} belongs to a customer, but bought nothing.")


PRINCIPAL = {
    "purchases": "bought it", "repairs": "handed it in", "appointments": "booked it", "complaints": "complained",
    "occasions": "is celebrating it", "people": "is who it is about", "wishlists": "owns the list",
}  # fmt: skip


def _principal(fact: Fact) -> str:
    return PRINCIPAL.get(fact.list, "is whose business it is")


def _source(fact: Fact, now: datetime) -> str:
    """Where a fact is from and how old it is, as a card says it."""
    name = f"{NAMES[fact.list]} {fact.id}, " if fact.list in NAMES and fact.list != "people" else ""
    at = fact.moment("at") or fact.confirmed_at
    days = (now - at).days if at else None
    age = "no date" if days is None else _age(days)
    return f"{name}{fact.said_by}, {age}"


def _age(days: int) -> str:
    if days == 0:
        return "today"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"in {count}" if days < 0 else f"{count} ago"
