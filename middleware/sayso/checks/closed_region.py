"""Does the text go to a country that the shop has closed?"""

from __future__ import annotations

from sayso.message import Facts, Finding, Message, telephony

TEXTS = frozenset({"sms", "mms"})


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for every number of a country to which no texts go, whichever door or decision named it."""
    closed = facts.policy.closed_regions
    if not closed or message.channel not in TEXTS:
        return ()
    found = ((n, telephony.region_of(address)) for n, address in enumerate(message.content.to))
    return tuple(_finding(n, region) for n, region in found if region in closed)


def _finding(index: int, region: str) -> Finding:
    reason = f"No texts go to this country ({region}): the shop has closed it."
    return Finding("closed_region", "closed", reason, "stop", str(index), f"a number of {region}", {"kind": "reject"})
