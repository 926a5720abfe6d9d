"""Is there anything to read, and is it meant for a customer? Finds empty texts and somebody's try-outs."""

from __future__ import annotations

import re
import unicodedata

from sayso.checks.late import Late
from sayso.checks.words import once, texts, where
from sayso.message import Facts, Finding, Message

_TRIAL = Late(
    r"\b(?:lorem ipsum|dolor sit amet|asdf\w*|qwerty|foo ?bar|hello,? world|test (?:message|sms|text)"
    r"|this is (?:just |only )?a test(?= ?(?:[.!,]|$))|mensaje de prueba|message de test)\b"
    r"|\A\W*(?:test(?:ing)?|prueba|essai|\u091f\u0947\u0938\u094d\u091f)[\W\d]*(?:test(?:ing)?[\W\d]*)?\Z"
    r"|(?-i:\bDO NOT SEND\b|\bDRAFT:|\[DRAFT\]|\bTODO\b|\bFIXME\b)",
    re.IGNORECASE | re.MULTILINE,
)


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A finding when there is nothing to read or to look at, and for words that somebody typed as a trial."""
    if _is_blank(message):
        reason = "There is nothing to read in this message; please write it or do not send it."
        return (Finding("blank_text", "empty", reason, proposal={"kind": "edit"}),)
    return once(_trial(place, text, found) for place, text in texts(message) for found in _TRIAL.finditer(text))


def _is_blank(message: Message) -> bool:
    """Nothing a person could see; a picture is enough, and words that nobody has seen are another check's."""
    content = message.content
    if content.media or (content.template and content.seen is None):
        return False
    if message.channel not in ("sms", "mms", "whatsapp") and content.fields:
        return False
    return not any(
        unicodedata.category(c)[0] in "LNS" and c not in "\u115f\u1160\u2800\u3164\uffa0" for c in content.words
    )


def _trial(place: str, text: str, found: re.Match[str]) -> Finding:
    words = found[0].strip()
    reason = f"“{words[:40]}” looks like somebody's trial and not like words for a customer."
    at = where(place, text, found.start())
    return Finding("blank_text", "trial", reason, "hold", words.lower()[:80], at, {"kind": "reject"})
