"""Did every name and value arrive? Finds {{first_name}}, "Dear None," and "Hi ,"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sayso.checks.late import Late
from sayso.checks.words import once, texts, where
from sayso.message import Facts, Finding, Message

_UNFILLED = Late(
    r"\{{2,3}[^{}]{0,120}\}{2,3}|\{\{|\}\}"  # {{first_name}} of Handlebars, Liquid, Twilio, and a torn half
    r"|\{%.{0,120}?%\}|<%.{0,120}?%>"  # {% if %} of Liquid and Jinja, <%= %> of ERB
    r"|[$#]\{[^{}]{1,80}\}|\{[!$#@][^{}]{1,80}\}"  # ${name}, {!Contact.Name} of Salesforce, {#var#} of DLT
    r"|\{\s?[A-Za-z_][\w.|:\-]{0,60}\s?\}|\{\d{0,2}\}"  # {first_name}, {0}
    r"|\*\|[^|*]{1,60}\|\*|\|\*[^|*]{1,60}\*\|"  # *|FNAME|* of Mailchimp
    r"|%%[^%\n]{1,40}%%|(?<![\w%])%[A-Za-z][A-Za-z_.]{2,40}%"  # %%First Name%%, %FIRSTNAME%
    r"|(?<![\w%])%(?:\([\w.]{1,40}\)|\d\$)?[sd](?!\w)"  # %s, %(name)s, %1$s
    r"|\[\[[^\[\]\n]{1,60}\]\]|\$\[[^\[\]\n]{1,60}\]\$?"  # [[data:name]] of Mailjet, $[FNAME]$ of Zoho
    r"|~[A-Za-z]+(?:\.[A-Za-z]+)+~",  # ~Contact.FirstName~ of Keap
    re.DOTALL,
)

_SIGNS = frozenset("{}<>[]%$#|~\u00ab\u00bb")
"""No field is written without one of these."""

_BRACKETED = Late(
    r"\[([^\[\]\n]{2,40})\]|<<?([^<>\n]{2,40})>>?|\u00ab\s?([^\u00ab\u00bb\n]{2,40}?)\s?\u00bb|\{([^{}\n]{2,40})\}"
    r"|(?<![\w#&])#{1,2}([A-Za-z_]{3,40})#{1,2}(?!\w)|\$([A-Za-z_]{3,40})\b"
)
"""Brackets and signs that people use as well: only what reads like a field inside them is one."""

_FIELD_WORD_LIST = """
    name names fname lname firstname lastname fullname yourname customer customername client
    clientname customerfirstname clientfirstname contactname contactfirstname recipientname
    recipient firstnamelastname date time price amount item product productname link url ordernumber
    orderid orderno appointmentdate appointmenttime storename storephone associatename var nombre
    apellido nombrecliente nombredelcliente pr\u00e9nom prenom nom nomclient nomduclient vorname
    nachname nome \u0928\u093e\u092e \u0627\u0644\u0627\u0633\u0645 \u0627\u0633\u0645"
"""
_FIELD_WORDS = frozenset(_FIELD_WORD_LIST.split())
_SNAKE = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)+")
_TOLD = Late(
    r"(?:insert|enter|your|add|type)\s(?:\w+\s){0,3}(?:name|date|time|link|amount|price|number|text|here)",
    re.IGNORECASE,
)

_GREETING = (
    "dear|hi|hey|hello|good (?:morning|afternoon|evening)|hola|buenos d[i\u00ed]as|buenas tardes|estimad[oa]"
    "|querid[oa]|ch(?:er|\u00e8re|ere)|hallo|lieber?|ciao|gentile|car[oa]|ol[\u00e1a]|prezad[oa]"
    "|\u092a\u094d\u0930\u093f\u092f"  # Hindi: priya, dear
)
_FRENCH = "bonjour|bonsoir|salut|coucou"  # "Bonjour !" is good French, "Bonjour ," is not
_NOTHING = r"none|null|nil|n/a|undefined|unknown|name|first ?name|f?name|customer ?name"

_NO_VALUE = Late(
    rf"\b(?i:{_GREETING}|{_FRENCH})[ ,]\s*(?i:{_NOTHING})\b(?! of\b)(?!\w)"
    r"|\[object \w+\]|\b(?i:undefined)\b|\bNaN\b|\bNoneType\b|\bInvalid [Dd]ate\b"
    r"|\b(?:[Nn]ull|NULL)\b(?!(?: and| &) void)"
    r"|[#$\u00a3\u20ac]\s?None\b|^None[,!]|\bNone['\u2019]s\b"
    r"|(?<!second to )(?<![bB]ar )(?<=[a-z,0-9] )None\b(?! of\b)"
    r"|\A\s*(?i:none|null|nan)\s*\Z",
    re.MULTILINE,
)

_NO_NAME = Late(
    rf"(?:^|[.!?:\])\u2013\u2014-]\s?)[\"'\u00a1\u201c\s]{{0,4}}"
    rf"(?:(?:{_GREETING})\s+[,!.](?![.\w])|(?:{_FRENCH})\s+,|(?:dear|cher|ch\u00e8re|estimad[oa])[,!]"
    rf"|(?:dear|cher|estimad[oa])\s(?:mr|mrs|ms|dr|sr|sra|srta|m|mme)\.?\s*[,!])"
    r"|,[ \t]+[!,](?!\w)",
    re.IGNORECASE | re.MULTILINE,
)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A finding for every field nobody filled in, every value that is none, and a greeting without a name."""
    return once(finding for place, text in texts(message) for finding in _gaps(place, text))


def _gaps(place: str, text: str) -> Iterator[Finding]:
    for start, field in _fields(text):
        reason = f"“{_short(field)}” was not replaced by the customer's own details; please fill it in."
        yield _finding("unfilled", field, reason, where(place, text, start))
    for found in _NO_VALUE.finditer(text):
        reason = f"“{_short(found[0])}” stands where a name or a value should be; please fill it in."
        yield _finding("no_value", found[0].strip(), reason, where(place, text, found.start()))
    for found in _NO_NAME.finditer(text):
        reason = "A name seems to be missing here; please add it, or greet without one."
        yield _finding("no_name", found[0].strip(), reason, where(place, text, found.end()))


def _fields(text: str) -> Iterator[tuple[int, str]]:
    if _SIGNS.isdisjoint(text):
        return
    for found in _UNFILLED.finditer(text):
        yield found.start(), found[0]
    rest = _UNFILLED.sub(lambda found: "." * len(found[0]), text)
    for found in _BRACKETED.finditer(rest):
        if _reads_like_field(found[found.lastindex or 0]):
            yield found.start(), found[0]


def _reads_like_field(inner: str) -> bool:
    """Whether words in brackets name a field: "First Name", "customer_name", "your name here"; not "SMS"."""
    name = re.split(r"[|:=,]", inner)[0].strip()
    letters = "".join(c for c in name.casefold() if c not in " _-.*")
    return letters in _FIELD_WORDS or bool(_SNAKE.fullmatch(name) or _TOLD.match(name))


def _finding(code: str, subject: str, reason: str, evidence: str) -> Finding:
    return Finding("merge_field", code, reason, "hold", subject[:80], evidence, {"kind": "edit"})


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "\u2026"
