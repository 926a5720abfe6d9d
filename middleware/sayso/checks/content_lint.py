"""Has marketing what the law wants in it: how to end it, and in an e-mail where the shop is?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sayso.checks import regions, who
from sayso.checks.plain_words import any_of, read
from sayso.message import Facts, Finding, Message, State

CHECK = "content_lint"
# CTIA Messaging Principles and 47 CFR 64.1200; CAN-SPAM 15 USC 7704(a)(5): domain/legal.md
_TEXTS = frozenset({"sms", "mms"})
_OPT_OUT_BY_LAW = frozenset({"US", "CA"})
_ENDS_TEXTS = any_of(
    r"stop|opt[ -]?out|unsubscribe|end texts|arret|stopp|(?:darse de )?baja|desabonn\w+|abmelden",
    abroad=r"बंद|إيقاف|توقف",
)
_ENDS_MAIL = any_of(
    r"unsubscrib\w*|opt[ -]?out|manage (?:your )?preferences|(?:email|e-mail) preferences|stop receiving"
    r"|list-unsubscribe|asm_group_unsubscribe\w*|darse de baja|dar de baja|cancelar (?:la|su) suscripcion"
    r"|se desabonner|desabonn\w*|desinscri\w+|abmelden|abbestellen|austragen",
    abroad=r"unsubscribe|सदस्यता (?:समाप्त|रद्द)|إلغاء الاشتراك",
)
_PLACE = any_of(
    r"\d{1,6}[a-z]?,? (?:[\w.'-]+ ){1,4}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|suite|highway|hwy|pkwy)",
    r"p\.? ?o\.? box \d+|[a-z]{2},? \d{5}(?:-\d{4})?|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}",
    r"(?:calle|avenida|avda\.?|plaza|c/) ?[\w. ]{2,40}\d+|\d+,? (?:bis )?(?:rue|avenue|boulevard|place) [\w' ]+",
    r"[\w-]+(?:strasse|str\.|weg|platz|allee|gasse) \d+|\d{5} [a-z]{3,}|[a-z]{3,}[ -]{1,3}\d{6}",
    abroad=r"\[sender_address\]|\{\{ ?\w*address\w* ?\}\}",
)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for a first marketing text, or a marketing e-mail, that lacks what the law wants in it."""
    content = message.content
    unseen = content.template and not (content.words or content.html)
    if message.purpose not in who.SELLS or unseen:
        return ()
    faults = (*_in_a_text(message, facts), *_in_a_mail(message))
    return tuple(Finding(CHECK, code, why, "hold", "", seen, {"kind": "edit"}) for code, why, seen in faults)


def _in_a_text(message: Message, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """The first text of that kind must say how to stop them."""
    if not facts.story.told or message.channel not in _TEXTS or _ENDS_TEXTS.search(read(message)):
        return
    texts = [one for one in facts.contacts if one.channel in ("", *_TEXTS)]
    before = any(one.purpose in who.SELLS and one.state == State.SENT for one in texts)
    countries = {code.partition("-")[0] for code in regions.of_message(message, facts)}
    if not before and countries & _OPT_OUT_BY_LAW:
        why = "This is the first marketing text to them that we know of, and it does not say how to stop them."
        yield "no_opt_out", why, "Such as: Reply STOP to opt out."


def _in_a_mail(message: Message) -> Iterator[tuple[str, str, str]]:
    """Every marketing e-mail must say how to unsubscribe and where the shop is."""
    if message.channel != "email":
        return
    fields = " ".join(f"{name} {value}" for name, value in message.content.fields).casefold()
    words = read(message)
    if not _ENDS_MAIL.search(words) and not _ENDS_MAIL.search(fields) and not re.search(r"\basm\b", fields):
        yield "no_unsubscribe", "This marketing e-mail does not say how to unsubscribe.", ""
    if not _PLACE.search(words):
        yield "no_place", "This marketing e-mail does not say where the shop is: it wants a postal address.", ""
