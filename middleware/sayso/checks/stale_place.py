"""Does the person still live where the letter goes?"""

from __future__ import annotations

from datetime import datetime, timedelta

from sayso.checks import who
from sayso.message import Fact, Facts, Finding, Message, Person, Recipient

CHECK = "stale_place"


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for the post to a place that nobody confirmed lately; for a printed run sooner than for one letter."""
    if not facts.story.told or message.channel not in who.PRINT:
        return ()
    in_burst = (message.batch_id or "").startswith("B")  # which is no printed run
    is_run = (message.batch_id is not None and not in_burst) or message.purpose == "gift_card_mailer"
    limits = facts.policy.limits
    days = limits.place_print_days if is_run else limits.place_days
    found = (_judge(n, recipient, days, facts) for n, recipient in enumerate(facts.story.recipients))
    return tuple(finding for finding in found if finding)


def _judge(index: int, recipient: Recipient, days: int, facts: Facts) -> Finding | None:
    """One finding for a place, by whoever of those who live there confirmed it last."""
    people = who.once(one.person for one in recipient.behind if one.person)
    homes = [(person, fact, at) for person in people for fact, at in _homes(person, recipient.address)]
    if not homes:
        return None
    person, fact, said = max(homes, key=lambda one: (one[2] is not None, one[2] or facts.now))
    if said and facts.now - said <= timedelta(days=days):
        return None
    name = who.first_name(person)
    since = f"Nobody has told us since {said:%B %Y}" if said else "Nobody ever confirmed"
    proof = who.evidence(fact, facts.now, "this address")
    proposal = who.confirm(fact, f"Does {name} still live there?")
    code = "old" if said else "unconfirmed"
    return Finding(CHECK, code, f"{since} that {name} lives at this address.", "hold", str(index), proof, proposal)


def _homes(person: Person, address: str) -> list[tuple[Fact, datetime | None]]:
    """The facts that say where somebody lives, those that name this very place before the others."""
    found = [fact for fact in person.facts if fact.get("addresses")]
    exact = [fact for fact in found if address in fact.endpoints]
    return [(fact, fact.values["addresses"].at) for fact in exact or found]
