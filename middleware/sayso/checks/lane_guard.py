"""Is a message that wants to go at once what it claims to be? Keeps offers out of the lane nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sayso.checks.late import Late
from sayso.checks.links import links
from sayso.checks.offers import LOOSE, OFFER, PITCH
from sayso.checks.plain_words import plain
from sayso.checks.words import texts
from sayso.message import Facts, Finding, Message

_LONGEST = 320

_CLAIMS: Mapping[str, str] = {
    "otp": "a one-time code",
    "appointment_today": "about today's appointment",
    "optout_confirmation": "the answer to an opt-out",
    "staff_alert": "for your own staff",
}

_WORDS: Mapping[str, Late] = {
    "otp": Late(f"{PITCH}|{OFFER}|{LOOSE}"),
    "staff_alert": Late(PITCH),
}
_EVERY_OTHER = Late(f"{PITCH}|{OFFER}")
"""Who has an appointment drops rings off and parks free, staff talk of discounts; a code does neither."""

_PHONE = re.compile(r"\+\d{8,15}|\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,}")
_CODE = re.compile(r"(?<![\w.,$€£])(?<!\d[/-])(?:[a-z]-)?(\d{4,8}|\d{3}[ -]\d{3}|\d{4}[ -]\d{4})(?!\w|[.,/:-]\d)")


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for every sign that a message in the at-once lane is not what its purpose says."""
    purpose = message.purpose or ""
    if facts.policy.lane(purpose) != "at_once":
        return ()
    claim = _CLAIMS.get(purpose, "urgent")
    return tuple(
        Finding(
            "lane_guard",
            code,
            f"This claims to be {claim}, but {but}.",
            "hold",
            purpose,
            seen,
            {"kind": "edit"},
        )
        for code, but, seen in signs(message, purpose)
    )


def signs(message: Message, purpose: str) -> Iterator[tuple[str, str, str]]:
    """What in its words says that it is not what it claims: a code, the rest of a sentence, and what was seen."""
    words = "\n".join(plain(text) for place, text in texts(message) if place != "the sender")
    if found := _WORDS.get(purpose, _EVERY_OTHER).search(words):
        yield "offer", f"it speaks of an offer (“{found[0].strip()}”)", found[0].strip()
    if purpose == "otp" and not (message.content.template and not message.content.words):
        yield from _code_signs(plain(message.content.words))
    if purpose == "optout_confirmation":
        yield from _more_than_a_goodbye(plain(message.content.words))


_CODE_WORD = re.compile(
    r"\b(?:codes?|pin|otp|passcode|password|verif\w*|c[oó]digo|clave|mot de passe|codice|kennwort)\b"
    r"|\u0915\u094b\u0921|\u0930\u092e\u091c\u093c|\u0913\u091f\u0940\u092a\u0940|\u0631\u0645\u0632|\u0643\u0648\u062f"
)
_OTHER_MATTER = re.compile(
    r"\b(?:purchases?|orders?|rings?|gifts?|wishlist|repairs?|appointments?|anniversary|birthday|compra|pedido|anillo"
    r"|achat|commande|bague|cita)\b"
)
"""What a number may belong to that is no code, in a text that never says it brings one."""


def _more_than_a_goodbye(body: str) -> Iterator[tuple[str, str, str]]:
    """What the answer to an opt-out never is: about something else, with a link, long."""
    if other := _OTHER_MATTER.search(body):
        yield "other_matter", f"it speaks of something else (“{other[0]}”)", other[0]
    if link := next((link for link in links(body) if not link.is_mail), None):
        yield "link", "there is a link in it", link.written[:80]
    if len(body) > _LONGEST:
        yield "long", f"it is longer than {_LONGEST} letters", f"{len(body)} letters"


def _code_signs(body: str) -> Iterator[tuple[str, str, str]]:
    """What a text with a one-time code never is: without its code, with several, with a link, long."""
    codes = sorted({re.sub(r"\D", "", code) for code in _CODE.findall(_PHONE.sub(" ", body))})
    if not codes:
        yield "no_code", "there is no code of 4 to 8 digits in it", ""
    elif (other := _OTHER_MATTER.search(body)) and not _CODE_WORD.search(body):
        yield "other_matter", f"it speaks of something else (“{other[0]}”)", other[0]
    if len(codes) > 1:
        yield "two_codes", "there is more than one code in it", f"{len(codes)} numbers that could be the code"
    if link := next((link for link in links(body) if not link.is_mail), None):
        yield "link", "there is a link in it", link.written[:80]
    if len(body) > _LONGEST:
        yield "long", f"it is longer than {_LONGEST} letters", f"{len(body)} letters"
