"""Does the text go to a country that the shop has closed?"""

from __future__ import annotations

import phonenumbers

from sayso.message import Facts, Finding, Message

TEXTS = frozenset({"sms", "mms"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for every number of a country to which no texts go, whichever door or decision named it."""
    closed = facts.policy.closed_regions
    if not closed or message.channel not in TEXTS:
        return ()
    found = ((n, region_of(address)) for n, address in enumerate(message.content.to))
    return tuple(_finding(n, region) for n, region in found if region in closed)


def region_of(address: str) -> str:
    """The two letters of a number's country; empty where the number has none."""
    try:
        parsed = phonenumbers.parse(address.rpartition(":")[2])
    except phonenumbers.NumberParseException:
        return ""
    by_code = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return phonenumbers.region_code_for_number(parsed) or by_code


def _finding(index: int, region: str) -> Finding:
    reason = f"No texts go to this country ({region}): the shop has closed it."
    return Finding("closed_region", "closed", reason, "stop", str(index), f"a number of {region}", {"kind": "reject"})
