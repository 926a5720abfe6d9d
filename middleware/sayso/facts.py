"""Step 2 of 6, first half. From a message to all that is known about it, in one snapshot that checks can read."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sayso import store
from sayso.checks.suppressed_address import plain_address
from sayso.message import Facts, Json, Message, OptOut, Policy
from sayso.runtime import Runtime
from sayso.store import Suppression, Tx

logger = logging.getLogger("sayso")
MOST_ZONES = 6
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
    zones, zones_from = _zones(runtime, policy, message, given)
    asked = store.suppressions(tx, message.content.to, message.purpose)
    return Facts(
        now=tx.now,
        policy=policy,
        zones=zones,
        zones_from=zones_from,
        suppressed={
            **_given_suppressions(message, given),
            **{one.address: one.reason for one in asked if one.origin != store.OPT_OUT},
        },
        opted_out={one.address: _opt_out(tx, message, one) for one in asked if one.origin == store.OPT_OUT},
        twins=store.twins(
            tx,
            store.words_hash(tx, message.content),
            tx.now - timedelta(seconds=policy.duplicate_window),
            own=message.id,
        ),
        given=given,
    )


def snapshot(facts: Facts) -> dict[str, Json]:
    """The facts as evidence, to be sealed beside the findings."""
    return {
        "now": facts.now.isoformat(),
        "zones": [zone.key for zone in facts.zones],
        "zones_from": facts.zones_from,
        "suppressed": dict(facts.suppressed),
        "opted_out": {address: found.reason for address, found in facts.opted_out.items()},
        "twins": [twin.message_id for twin in facts.twins],
        "given": dict(facts.given),
    }


def _opt_out(tx: Tx, message: Message, asked: Suppression) -> OptOut:
    """Only a confirmation wants to know when they said so, and whether they have heard."""
    if message.purpose != "optout_confirmation":
        return OptOut(asked.reason)
    stopped_at = store.last_stop(tx, asked.address)
    return OptOut(asked.reason, stopped_at, store.was_confirmed(tx, asked.address, asked.at, before=message.id))


def _zones(
    runtime: Runtime, policy: Policy, message: Message, given: Mapping[str, Json]
) -> tuple[tuple[ZoneInfo, ...], str]:
    """The clocks the recipient may live by: their own, else the shop's and the number's, else the policy's."""
    if policy.quiet_hours is None:
        return (), ""
    own = _own_zone(message, given, policy.default_country)
    if own:
        return (own,), "person"
    shop = runtime.zones.get(message.store or "")
    numbers = [zone for address in message.content.to for zone in _number_zones(address)]
    if len(numbers) > MOST_ZONES:
        numbers = []  # a number of no place (+1 800) says nothing of the hour; a person looks instead
    known = tuple(dict.fromkeys([*([shop] if shop else []), *numbers]))
    if not known and policy.default_zone:
        return (ZoneInfo(policy.default_zone),), "policy"
    return known, "shop and number" if shop else "number"


def _own_zone(message: Message, given: Given, country: str) -> ZoneInfo | None:
    here = {plain_address(address, country) for address in message.content.to}
    for person in _items(given, "people"):
        phones = person.get("phones")
        numbers = {plain_address(str(phone), country) for phone in phones} if isinstance(phones, list) else set()
        if numbers & here and isinstance(person.get("time_zone"), str):
            return _zone(str(person["time_zone"]))
    return None


def _number_zones(address: str) -> Sequence[ZoneInfo]:
    from phonenumbers import NumberParseException, parse  # heavy: only where quiet hours are asked for
    from phonenumbers.timezone import time_zones_for_number

    try:
        names = time_zones_for_number(parse(store.bare(address)))
    except NumberParseException:
        return ()
    return [zone for zone in map(_zone, names) if zone]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, such as "America", is none
        return None


def _given_suppressions(message: Message, given: Given) -> dict[str, str]:
    """The host's suppressions, as it spells them (the check reads every spelling), and those of this person."""
    found = {}
    for item in _items(given, "suppressions"):
        reason = str(item.get("reason") or "suppressed")
        if isinstance(item.get("address"), str):
            found[str(item["address"])] = reason
        elif item.get("person") and item.get("person") == message.person:
            found |= dict.fromkeys(message.content.to, reason)
    return found


def _items(given: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    items = given.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
