"""Step 2 of 6, first half. From a message to all that is known about it, in one snapshot that checks can read."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sayso import endpoints, resolving, store, telling
from sayso.checks.disclosure import decisive
from sayso.checks.greetings import tokens
from sayso.checks.suppressed_address import IN_THEIR_MATTER
from sayso.message import (
    Behind,
    Colleague,
    Contact,
    Embargo,
    Fact,
    Facts,
    Finding,
    Json,
    Message,
    OptOut,
    Policy,
    Recipient,
    Story,
    telephony,
)
from sayso.runtime import Runtime
from sayso.store import Suppression, Tx

logger = logging.getLogger("sayso")
MOST_ZONES = 6
LOOK_BACK = timedelta(days=400)
"""How far back earlier messages are looked at: a year and its holidays."""
MOST_SHARING, MOST_REACHED, MOST_STAFF, LONGEST_LIST = 20, 40, 200, 60
Given = Mapping[str, Json]


def ask_host(runtime: Runtime, message: Message) -> Given | None:
    """What the host's own facts hook says, asked before any transaction; None when it failed or said nonsense."""
    try:
        given = runtime.given_facts(message)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise TypeError("a facts hook returns a dict of lists, or None")
        json.dumps(given)
        return given
    except Exception:
        logger.exception("the facts hook failed for message %s", message.id)
        return None


def gather(tx: Tx, runtime: Runtime, message: Message, given: Mapping[str, Json]) -> Facts:
    """Everything the checks may know, as of this transaction."""
    policy = runtime.read_policy()
    source = store.find_source(tx, source_id=message.source_id)
    told = telling.given_facts(given, source, tx.seal, tx.now, policy.default_country) if given and source else ()
    clocks, zones_from = _clocks(runtime, policy, message)
    name = source.name if source else ""
    story = resolving.read(tx, message, policy, source=name, given=told, zones=clocks)
    purpose = story.purpose.name if story.purpose else None
    if own := _own_zones(story):
        clocks, zones_from = own, "person"
    quiet = policy.quiet_hours is not None
    asked = [one for one in store.suppressions(tx, message.content.to, purpose) if _counts(one, message, story)]
    return Facts(
        now=tx.now,
        policy=policy,
        zones=clocks if quiet else (),
        zones_from=zones_from if quiet else "",
        clocks=clocks,
        clocks_from=zones_from,
        suppressed={
            **_told_suppressions(message, policy, story, name),
            **{one.address: one.reason for one in asked if one.origin != store.OPT_OUT},
        },
        opted_out={one.address: _opt_out(tx, message, one) for one in asked if one.origin == store.OPT_OUT},
        twins=store.twins(tx, message, tx.now - timedelta(seconds=policy.duplicate_window)),
        given=given,
        story=story,
        contacts=_contacts(tx, message, story),
        burst=_burst(tx, message, policy),
        colleagues=_colleagues(tx, message),
    )


def snapshot(message: Message, facts: Facts) -> dict[str, Json]:
    """The facts as evidence, to be sealed beside the findings, and how they made the message read."""
    return {
        "reading": reading(message, facts),
        "now": facts.now.isoformat(),
        "zones": [zone.key for zone in facts.zones],
        "zones_from": facts.zones_from,
        "suppressed": dict(facts.suppressed),
        "opted_out": {address: found.reason for address, found in facts.opted_out.items()},
        "twins": [twin.message_id for twin in facts.twins],
        "given": dict(facts.given),
    }


def reading(message: Message, facts: Facts) -> dict[str, Json]:
    """How the message reads: purpose, subject and people, each with how we know; for staff, and its source if `own`."""
    story = facts.story
    named = {"purpose": story.purpose, "subject": story.subject}
    return {
        "own": story.own,
        "to": [_read_recipient(message, facts, recipient) for recipient in story.recipients],
        "tells": [*sorted(story.tells)],
        "about": story.subject_fact.key if story.subject_fact else None,
        "surprises": {one.subject: one.until.isoformat() for one in story.embargoes if one.until and not one.bridal},
        **{
            name: {"name": found.name, "inferred": found.inferred, "how": found.how} if found else None
            for name, found in named.items()
        },
    }


def _read_recipient(message: Message, facts: Facts, recipient: Recipient) -> dict[str, Json]:
    """Whoever it is addressed to, or else decides the verdict on the address, and who else is behind it."""
    behind, role = decisive(message, facts, replace(recipient, behind=_addressed(message, recipient)))
    others = [one.person.name for one in recipient.behind if one.person and one is not behind]
    known = facts.story.told or role.name != "unknown"
    return {
        "address": recipient.address,
        "person": behind.person.facts[0].id if behind.person else None,
        "name": behind.person.name if behind.person else None,
        "role": role.name if known else None,
        "evidence": role.evidence if known else None,
        "others": list(others),
    }


def _addressed(message: Message, recipient: Recipient) -> tuple[Behind, ...]:
    """Whoever is called as the envelope of a printed piece says; everybody there, where nobody is or there is none."""
    name = tokens(recipient.address.partition(",")[0]) if message.channel in endpoints.MAIL else ()
    called = tuple(one for one in recipient.behind if name and one.person and tokens(one.person.name) == name)
    return called or recipient.behind


def reachable(message: Message, story: Story) -> tuple[str, ...]:
    """The addresses of a message, and whatever else those behind them can be reached at; never what a crowd has."""
    theirs = {end for one in story.behind if one.person for end in one.person.endpoints}
    known = [end for end in sorted(_private(story, theirs)) if not end.startswith("post|")]
    return tuple(dict.fromkeys([*message.content.to, *known]))[: max(MOST_REACHED, len(message.content.to))]


def _private(story: Story, ends: set[str]) -> set[str]:
    """Those of these endpoints that no crowd shares."""
    everybody = {person.key: person for person in story.people.values()}.values()
    having = Counter(end for person in everybody for end in person.endpoints)
    return {end for end in ends if having[end] <= MOST_SHARING}


def _contacts(tx: Tx, message: Message, story: Story) -> tuple[Contact, ...]:
    since = tx.now - LOOK_BACK
    return store.contacts(tx, reachable(message, story), since, own=message.id) if story.told else ()


def secrets(story: Story, findings: Sequence[Finding]) -> tuple[Embargo, ...]:
    """The surprises that a message is about, or that were found in it."""
    found = {finding.subject for finding in findings if finding.check == "embargo"}
    about = story.subject.name if story.subject else None
    return tuple(one for one in story.embargoes if one.subject in found or one.subject == about)


def kept_from(story: Story, findings: tuple[Finding, ...]) -> frozenset[str]:
    """The e-mail addresses of those who must not see this message: the surprised, and whoever lives with them."""
    about = secrets(story, findings)
    owners = {key for one in about for key in one.owners}
    hidden = {key for one in about for key in one.hidden_from}
    ends = {end for key in hidden if key in story.people for end in story.people[key].endpoints}
    home = _private(story, ends)
    people = [person for key, person in story.people.items() if key in hidden or person.endpoints & home]
    return frozenset(end for person in people if person.key not in owners for end in person.endpoints if "@" in end)


def _counts(asked: Suppression, message: Message, story: Story) -> bool:
    """Whether it stops this message: a vendor's list that they left does, unless it surely is of no such list."""
    if not asked.origin.startswith(store.LIST):
        return True
    purpose = story.purpose
    serves = purpose and not purpose.inferred and purpose.name in IN_THEIR_MATTER
    named = (text for _, text in message.content.fields if len(text) < LONGEST_LIST)
    return not serves or asked.origin in {store.list_origin(message.carrier, text) for text in named}


def _opt_out(tx: Tx, message: Message, asked: Suppression) -> OptOut:
    """Only a confirmation wants to know when they said so, and whether they have heard."""
    if message.purpose != "optout_confirmation":
        return OptOut(asked.reason)
    stopped_at = store.last_stop(tx, asked.address)
    return OptOut(asked.reason, stopped_at, store.was_confirmed(tx, asked.address, asked.at, before=message.id))


def _colleagues(tx: Tx, message: Message) -> tuple[Colleague, ...]:
    """Everybody who works here or did, told by facts or signed in to sayso, for a message that somebody signed."""
    if not dict(message.content.metadata).get("signed_by"):
        return ()
    told = [fact for fact in store.list_facts(tx, "staff", MOST_STAFF) if fact.text("name")]
    by_facts = (Colleague(fact.text("name"), not _has_left(fact, tx.now), fact) for fact in told)
    by_login = (Colleague(one.email.partition("@")[0], not one.disabled) for one in store.read_staff(tx))
    return (*by_facts, *by_login)


def _has_left(fact: Fact, now: datetime) -> bool:
    left = fact.moment("left_at")
    return fact.get("deleted") is True or (left is not None and left <= now)


def _burst(tx: Tx, message: Message, policy: Policy) -> int:
    """How many messages this source has handed in of late, this one with them, no more than it takes to be too many."""
    if policy.burst_brake is None or _is_batch(message, policy):
        return 0
    count, seconds = policy.burst_brake
    since = tx.now - timedelta(seconds=seconds)
    return 1 + store.arrived(tx, message.source_id, since, limit=count + 1, own=message.id)


def _is_batch(message: Message, policy: Policy) -> bool:
    """Whether it is part of a run that is signed off as one: many of those at once are no misfire."""
    known = policy.purposes.get(message.purpose or "")
    signed = policy.lane(message.purpose) == "sign_off" and not (known and known.auto_clear)
    return bool(message.batch_id) and not str(message.batch_id).startswith("B") and signed


def _clocks(runtime: Runtime, policy: Policy, message: Message) -> tuple[tuple[ZoneInfo, ...], str]:
    """The clocks that somebody may live by whose own is not known: the shop's and the number's, else the policy's."""
    shop = runtime.zones.get(message.store or "")
    numbers = [zone for address in message.content.to for zone in _number_zones(address)]
    if len(numbers) > MOST_ZONES:
        numbers = []  # a number of no place (+1 800) says nothing of the hour; a person looks instead
    known = tuple(dict.fromkeys([*([shop] if shop else []), *numbers]))
    if not known and policy.default_zone:
        return (ZoneInfo(policy.default_zone),), "policy"
    return known, "shop and number" if shop else "number"


def _own_zones(story: Story) -> tuple[ZoneInfo, ...]:
    """The zones of everybody behind the addresses; none where that of one of them is not known."""
    people = [one.person for one in story.behind]
    named = [person.get("time_zone") if person else None for person in people]
    zones = [_zone(name) if isinstance(name, str) else None for name in named]
    return tuple(dict.fromkeys(zone for zone in zones if zone)) if all(zones) else ()


@lru_cache(maxsize=4096)
def _number_zones(address: str) -> tuple[ZoneInfo, ...]:
    from phonenumbers.timezone import time_zones_for_number  # heavy: every prefix of the world

    number = telephony.read_number(store.bare(address))
    names = time_zones_for_number(number) if number else ()
    return tuple(zone for zone in map(_zone, names) if zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as "America", is none
        return None


def _told_suppressions(message: Message, policy: Policy, story: Story, source: str) -> dict[str, str]:
    """The addresses that facts suppress for everything, and those of the person whom the CRM itself names."""
    found: dict[str, str] = {}
    ends = endpoints.of_message(message, policy.default_country)
    for fact in story.of("suppressions"):
        if fact.get("occasion") or fact.get("purpose"):
            continue
        reason = fact.text("reason") or "suppressed"
        found |= {to: reason for to, end in zip(message.content.to, ends, strict=True) if end in fact.endpoints}
        if message.person and fact.source == source and fact.get("person") == message.person:
            found |= dict.fromkeys(message.content.to, reason)
    return found
