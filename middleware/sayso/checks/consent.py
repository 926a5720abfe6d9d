"""Did everybody behind the address say yes to marketing? Consent is the reader's own, never the buyer's for others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sayso.checks import regions, who
from sayso.message import Fact, Facts, Finding, Message, Person, Recipient

CHECK = "consent"
GRANTED, NO = "granted", frozenset({"revoked", "withdrawn", "denied", "refused", "objected", "opted_out"})
ALIKE = {"mms": "sms", "rcs": "sms"}
"""Channels that one consent covers."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)
FREE = frozenset({"none", "free"})
CASL = timedelta(days=730)
"""Canada: a purchase counts as consent for two years (CASL, section 10(10))."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A stop for who took their yes back, or never gave one that the region asks for; a hold in an unknown region."""
    if not facts.story.told or message.purpose not in who.SELLS:
        return ()
    found = (_judge(n, recipient, message, facts) for n, recipient in enumerate(facts.story.recipients))
    return tuple(finding for finding in found if finding)


def _judge(index: int, recipient: Recipient, message: Message, facts: Facts) -> Finding | None:
    people = regions.people(recipient)
    refused = [person for person in people if _answer(person, message, facts) == "no"]
    if refused:
        reason = f"{who.as_sentence(who.together(refused))} asked for no more of this."
        return Finding(CHECK, "revoked", reason, "stop", str(index), _proof(refused, facts), {"kind": "suppress"})
    if message.purpose != "marketing":
        return None
    codes = sorted(regions.codes(recipient.address, people))
    lacking = {person.key: code for person in people for code in codes if not _may(person, code, message, facts)}
    if not lacking:
        return None
    unknown = [code for code in lacking.values() if not regions.is_listed(facts, code)]
    verdict = "hold" if len(unknown) == len(lacking) else "stop"
    names = who.together(person for person in people if person.key in lacking)
    reason = f"We have no yes to marketing from {names}; only they can give it."
    proof = f"{message.channel}; region {', '.join(sorted(set(lacking.values())))}"
    return Finding(CHECK, "missing", reason, verdict, str(index), proof, {"kind": "reject"})


def _may(person: Person, code: str, message: Message, facts: Facts) -> bool:
    """Whether somebody may be written to in a region: by their own yes, or by a purchase where the law takes that."""
    asked = _asked(code, message, facts)
    if asked in FREE or _answer(person, message, facts) == "yes":
        return True
    if asked == "soft":
        return _bought(person, facts) is not None
    if asked == "casl":
        bought = _bought(person, facts)
        return bought is not None and facts.now - bought <= CASL
    return False


def _asked(code: str, message: Message, facts: Facts) -> str:
    """The kind of consent that a region asks for on this channel: in `granted email=soft` e-mail has its own."""
    said = regions.rule(facts, code).get("consent")
    words = said.split() if isinstance(said, str) else []
    own = dict(word.split("=", 1) for word in words if "=" in word)
    usual = next((word for word in words if "=" not in word), GRANTED)
    return own.get(message.channel, usual)


def _answer(person: Person, message: Message, facts: Facts) -> str:
    """The newest yes or no of somebody for this channel and purpose; a no without a date counts as the newest."""
    found = [fact for fact in who.of(facts.story, "consents", "person", person) if _covers(fact, message)]
    noes = [_at(fact, facts.now) for fact in found if fact.text("status") in NO]
    yeses = [at for fact in found if fact.text("status") == GRANTED and (at := _at(fact, LONG_AGO)) <= facts.now]
    if noes and max(noes) >= max(yeses, default=LONG_AGO):
        return "no"
    return "yes" if yeses else ""


def _at(fact: Fact, undated: datetime) -> datetime:
    """When it was said; a no without a date is as new as can be, and a yes as old as can be."""
    return fact.moment("at") or fact.confirmed_at or undated


def _covers(fact: Fact, message: Message) -> bool:
    channel = ALIKE.get(message.channel, message.channel)
    of_channel = ALIKE.get(fact.text("channel"), fact.text("channel")) in ("", "any", "all", channel)
    return of_channel and fact.text("purpose") in ("", "any", "all", "marketing", message.purpose)


def _bought(person: Person, facts: Facts) -> datetime | None:
    """When somebody last bought something themselves; a purchase without a date is none."""
    found = who.of(facts.story, "purchases", "purchaser", person)
    dates = [fact.moment("at") for fact in found if fact.text("status") != "quote"]
    return max((date for date in dates if date and date <= facts.now), default=None)


def _proof(people: list[Person], facts: Facts) -> str:
    found = who.of(facts.story, "consents", "person", *people)
    return "; ".join(who.evidence(fact, facts.now, "their no") for fact in found if fact.text("status") in NO)
