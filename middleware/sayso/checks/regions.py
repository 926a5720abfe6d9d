"""Where the law is that a message must keep: the countries and states of its addresses and of who is behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sayso.message import Facts, Json, Message, Person, Recipient, telephony

EVERYWHERE = "*"
Region = Mapping[str, Json]


def codes(address: str, people: Iterable[Person]) -> frozenset[str]:
    """The regions of an address: `FR`, `US-FL`, `US-*` where the state is not known, `*` where no country is."""
    homes = {code for person in people for code in _homes(person)}
    phone = "" if "@" in address else _country_of(address.rpartition(":")[2])
    countries = {home.partition("-")[0] for home in homes}
    if phone and phone not in countries:
        homes.add(f"{phone}-*")
    return frozenset(homes) or frozenset({EVERYWHERE})


def of_message(message: Message, facts: Facts) -> frozenset[str]:
    """The regions of every address of a message."""
    behind = {one.address: people(one) for one in facts.story.recipients}
    return frozenset(code for to in message.content.to for code in codes(to, behind.get(to, ())))


def people(recipient: Recipient) -> tuple[Person, ...]:
    """Everybody known behind one address."""
    return tuple(one.person for one in recipient.behind if one.person)


def rule(facts: Facts, code: str) -> Region:
    """What holds in a region: its own line, else its country's, else that of everywhere."""
    lines = facts.policy.regions
    country = code.partition("-")[0]
    return lines.get(code) or lines.get(country) or lines.get(EVERYWHERE) or {}


def is_listed(facts: Facts, code: str) -> bool:
    """Whether anybody has said what holds in a region."""
    return code != EVERYWHERE and (code in facts.policy.regions or code.partition("-")[0] in facts.policy.regions)


@lru_cache(maxsize=4096)
def _country_of(number: str) -> str:
    return telephony.region_of(number)


def _homes(person: Person) -> Iterable[str]:
    found = person.get("addresses")
    for home in found if isinstance(found, list) else []:
        if not isinstance(home, dict) or not isinstance(home.get("country"), str):
            continue
        country, state = str(home["country"]).strip().upper(), str(home.get("region") or "").strip().upper()
        if country:
            yield f"{country}-{state if re.fullmatch('[A-Z0-9]{1,3}', state) else '*'}"
