"""Did somebody behind the address, or of the couple in it, ask for no more, at this address or at all?"""

from __future__ import annotations

from sayso.checks import who
from sayso.checks.suppressed_address import AFTER_OPT_OUT, plain_address
from sayso.message import Fact, Facts, Finding, Message

CHECK = "suppressed_person"


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """One stop for all who asked for no more of this; an answer or a warning to them is a hold, a code passes."""
    if not facts.story.told:
        return ()
    found = {fact.key: fact for fact in (*_by_person(message, facts), *_by_address(message, facts))}
    asked = [fact for fact in found.values() if _covers(fact, message)]
    excepted = message.purpose in AFTER_OPT_OUT
    if not asked or (excepted and facts.policy.lane(message.purpose) == "at_once"):
        return ()
    named = who.known(facts.story, [key for fact in asked for key in fact.people("person")])
    reason = f"{who.as_sentence(who.together(named)) or 'Whoever has this address'} asked for no more of this."
    if excepted:
        reason += " Only a direct answer to what they wrote, or a warning, may still go."
    proof = "; ".join(who.evidence(fact, facts.now, fact.text("reason")) for fact in asked)
    verdict, code = ("hold", "asked") if excepted else ("stop", "listed")
    return (Finding(CHECK, code, reason, verdict, asked[0].key, proof, {"kind": "reject"}),)


def _by_person(message: Message, facts: Facts) -> tuple[Fact, ...]:
    """The suppressions of those who would read it, and of both halves of the couple that it speaks of."""
    story = facts.story
    couple = who.in_matter(story) if message.purpose in who.COUPLES else ()
    return who.of(story, "suppressions", "person", *who.behind(story), *couple)


def _by_address(message: Message, facts: Facts) -> list[Fact]:
    """The suppressions of these addresses, but for those that the list of addresses has already stopped."""
    country = facts.policy.default_country
    stopped = {plain_address(address, country) for address in (*facts.suppressed, *facts.opted_out)}
    here = {plain_address(address, country) for address in message.content.to} - stopped
    here |= {one.address for one in facts.story.recipients if plain_address(one.address, country) not in stopped}
    return [
        fact
        for fact in facts.story.of("suppressions")
        if fact.get("deleted") is not True and here & set(fact.endpoints)
    ]


def _covers(fact: Fact, message: Message) -> bool:
    """Whether a suppression is of this purpose and channel; those of an occasion are for `bereaved`."""
    if fact.text("occasion"):
        return False
    purposes = {fact.text("purpose"), *fact.texts("purposes")} - {""}
    channels = {fact.text("channel"), *fact.texts("channels")} - {""}
    return (not purposes or message.purpose in purposes) and (not channels or message.channel in channels)
