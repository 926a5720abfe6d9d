"""Who everybody is to a message: from its addresses and what it names to the story that checks and cards read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sayso import disclosing, endpoints, purposing, store
from sayso.message import Behind, Fact, Message, Named, Policy, Recipient, Role, Story
from sayso.resolving import copies, matter, roles, surprises, world
from sayso.resolving.matter import Wanted
from sayso.resolving.roles import UNKNOWN, Scene
from sayso.resolving.world import World
from sayso.store import Tx

__all__ = ["read"]


def read(
    tx: Tx, message: Message, policy: Policy, *, source: str, given: Sequence[Fact], zones: Sequence[ZoneInfo]
) -> Story:
    """The story of a message of a source; `given` is what the host says of it, `zones` the clocks that say "today"."""
    return _Reading(tx.now, message, policy, source, tuple(zones) or (ZoneInfo("UTC"),)).story(tx, given)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One message while it is read."""

    now: datetime
    message: Message
    policy: Policy
    source: str
    zones: tuple[ZoneInfo, ...]

    def story(self, tx: Tx, given: Sequence[Fact]) -> Story:
        ends = endpoints.of_message(self.message, self.policy.default_country)
        first = copies.first_of(tx, self.message)
        named = first.key or matter.key_of(tx, self.message)
        own_id = self.message.person
        person = store.fact_key(tx.seal, self.message.source_id, "people", own_id) if own_id else None
        spoken = matter.spoken_keys(tx, self.message)
        keys = [key for key in (named, person, *spoken) if key]
        seen = world.load(tx, [end for end in ends if end], keys, given)
        purpose = self._purpose(seen, ends, first.purpose)
        known = self.policy.purposes.get(purpose.name) if purpose else None
        said = disclosing.tells(self.message)
        listed = matter.list_for(purpose.name, known.principal_is) if purpose and known else matter.list_told(said)
        carried = matter.carried(seen, first.subject, first.key, listed)
        wanted = Wanted(purpose.name if purpose else "", listed, tuple(spoken))
        about = carried or matter.find(seen, self.message, named, wanted, self.policy.limits)
        kept = surprises.surprises(seen, self.now, self.policy.limits)
        principal_is = known.principal_is if known else "customer"
        scene = Scene(seen, about, kept, self.now, purpose.name if purpose else "", principal_is, person)
        return Story(
            told=seen.told,
            own={fact.source for fact in seen.facts.values()} <= {self.source},
            purpose=purpose,
            subject=about.subject,
            subject_fact=about.fact,
            principals=about.principals,
            items=about.items,
            recipients=tuple(
                _recipient(scene, address, end) for address, end in zip(self.message.content.to, ends, strict=True)
            ),
            embargoes=kept,
            people=seen.people,
            facts=tuple(seen.facts.values()),
            tells=said | (known.discloses if known else frozenset()),
        )

    def _purpose(self, seen: World, ends: Sequence[str], first: Named | None) -> Named | None:
        """The purpose that the CRM declares, else that of what it was made from, else what words and facts speak of."""
        if self.message.purpose:
            return Named(self.message.purpose, False, "The CRM says so.")
        if first:
            return first
        return purposing.guess(self.message, self._hints(seen, ends)) if seen.told else None

    def _hints(self, seen: World, ends: Sequence[str]) -> purposing.Hints:
        """What the facts say of these people that tells one purpose from another."""
        here = {person.key for people in seen.behind.values() for person in people}
        visits = [
            at
            for fact in seen.of("appointments")
            if seen.all_who((*fact.people("booked_by"), *fact.people("attendees"))) & here
            and (at := fact.moment("at"))
            and fact.text("state") not in matter.DONE
        ]
        days = {
            (at.astimezone(zone).date() - self.now.astimezone(zone).date()).days for at in visits for zone in self.zones
        }
        repairs = [
            fact
            for fact in seen.of("repairs")
            if seen.all_who(fact.people("depositor")) & here and fact.text("state") not in matter.DONE
        ]
        limit = self.now - timedelta(days=self.policy.limits.recent_days)
        bought = [at for fact in seen.of("purchases") if (at := fact.moment("at") or self.now) >= limit]
        near = [fact for fact in seen.of("occasions") if matter.days_to(fact, self.now) <= 14]
        return purposing.Hints(
            has_appointment_today=0 in days,
            has_appointment_later=any(day > 0 for day in days),
            has_open_repair=bool(repairs),
            repair_state=repairs[0].text("state") if repairs else "",
            has_recent_purchase=bool(bought),
            has_wishlist=any(seen.all_who(fact.people("owner")) & here for fact in seen.of("wishlists")),
            occasion_near=near[0].text("kind") if near else "",
            open_complaint=any(
                fact.moment("closed_at") is None and seen.all_who(fact.people("person")) & here
                for fact in seen.of("complaints")
            ),
            to_staff=any(set(fact.endpoints) & set(ends) for fact in seen.of("staff")),
        )


def _recipient(scene: Scene, address: str, end: str) -> Recipient:
    """Everybody behind one address; whoever is staff there and nobody in the story is staff."""
    people = scene.world.behind.get(end, ())
    behind = [Behind(person, roles.roles(scene, person)) for person in people]
    staff = next((fact for fact in scene.world.of("staff") if end in fact.endpoints), None)
    if staff:
        role = Role("staff", f"{staff.text('name') or 'A colleague'}'s own address, on the list of staff.")
        behind = [replace(one, roles=(role,)) if _is_at_work(scene, one) else one for one in behind]
        behind = behind or [Behind(None, (role,))]
    if not behind:
        behind = [Behind(None, _nobody(scene, end))]
    return Recipient(address, tuple(behind), end in scene.world.crowded)


def _is_at_work(scene: Scene, behind: Behind) -> bool:
    """Whether a colleague who is known as a customer, too, is meant as a colleague here."""
    if scene.principal_is == "member of staff" and behind.person:
        return not any(behind.person.keys & one.hidden_from for one in scene.surprises)
    return all(found.name == "unknown" for found in behind.roles)


def _nobody(scene: Scene, end: str) -> tuple[Role, ...]:
    """An address that nobody has: given at the sale itself it is the buyer's; else nobody knows."""
    fact = scene.matter.fact
    if fact and fact.list == "purchases" and end in fact.endpoints:
        return (Role("principal", f"This address was given at purchase {fact.id} itself, and is nobody else's."),)
    return (UNKNOWN,)
