"""Is a message that wants to go at once what it claims to be? Keeps offers out of the lane nobody reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import timedelta

from sayso.checks.links import links
from sayso.checks.words import texts
from sayso.message import Facts, Finding, Message

_LONGEST = 320
_CONFIRM_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)

_CLAIMS: Mapping[str, str] = {
    "otp": "a one-time code",
    "appointment_today": "about today's appointment",
    "optout_confirmation": "the answer to an opt-out",
    "staff_alert": "for your own staff",
}

_PITCH = (
    r"\d{1,3}\s?%\s?(?:off|de (?:descuento|remise|r[eé]duction|desconto)|discount)|[$€£]\s?[\d.,]+\s?off\b"
    r"|half[ -]price|special offer|(?:promo|discount|coupon|voucher) code|use code|code promo|c[oó]digo promo"
    r"|\b(?:shop|buy|order) (?:now|today|online)\b|comprar? ahora|achetez|buy one|2 for 1|2x1|clearance"
    r"|sale (?:ends|starts|is on|now on)|black friday|cyber monday|limited[ -]time|last chance|\brebajas\b"
    r"|\bofertas?\b|\bsoldes\b|\bremises?\b|\boffre sp[eé]ciale|\bpromo(?:tion|ci[oó]n)"
    r"|\u091b\u0942\u091f|\u0911\u092b\u093c?\u0930"
    r"|\u0921\u093f\u0938\u094d\u0915\u093e\u0909\u0902\u091f"  # Hindi
    r"|\u062e\u0635\u0645|\u062a\u062e\u0641\u064a\u0636|\u0639\u0631\u0648\u0636"  # Arabic
    r"|\u0639\u0631\u0636 \u062e\u0627\u0635"
)
_OFFER = (
    r"[%\u066a]|\bdiscounts?\b|\bdescuentos?\b|\br[eé]ductions?\b"
    r"|(?<!after-)(?<!after )(?<!point of )(?<!for )\bsale\b"
    r"|\bpromos?\b|\bcoupons?\b|\bvouchers?\b|\bbargains?\b|\bdeals\b|\bgratis\b|\bgratuit"
)
_LOOSE = r"\b(?:off|offers?|offre|deal|free|save|win|gift|regalo|shop|collection)\b"
_WORDS: Mapping[str, re.Pattern[str]] = {
    "otp": re.compile(f"{_PITCH}|{_OFFER}|{_LOOSE}"),
    "staff_alert": re.compile(_PITCH),
}
_EVERY_OTHER = re.compile(f"{_PITCH}|{_OFFER}")
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
        for code, but, seen in (*_signs(message, purpose), *_unproven(message, facts, purpose))
    )


def _signs(message: Message, purpose: str) -> Iterator[tuple[str, str, str]]:
    words = "\n".join(_plain(text) for place, text in texts(message) if place != "the sender")
    if found := _WORDS.get(purpose, _EVERY_OTHER).search(words):
        yield "offer", f"it speaks of an offer (“{found[0].strip()}”)", found[0].strip()
    if purpose == "otp" and not (message.content.template and not message.content.words):
        yield from _code_signs(_plain(message.content.words))
    if purpose == "optout_confirmation":
        yield from _more_than_a_goodbye(_plain(message.content.words))


_RECORDS = {"staff_alert": "staff", "appointment_today": "appointments", "optout_confirmation": "suppressions"}
_CODE_WORD = re.compile(
    r"\b(?:codes?|pin|otp|passcode|password|verif\w*|c[oó]digo|clave|mot de passe|codice|kennwort)\b"
    r"|\u0915\u094b\u0921|\u0930\u092e\u091c\u093c|\u0913\u091f\u0940\u092a\u0940|\u0631\u0645\u0632|\u0643\u0648\u062f"
)
_OTHER_MATTER = re.compile(
    r"\b(?:purchases?|orders?|rings?|gifts?|wishlist|repairs?|appointments?|anniversary|birthday|compra|pedido|anillo"
    r"|achat|commande|bague|cita)\b"
)
"""What a number may belong to that is no code, in a text that never says it brings one."""


def _unproven(message: Message, facts: Facts, purpose: str) -> Iterator[tuple[str, str, str]]:
    """A lane nobody reads wants more than a claim: the shop's own records must know of it."""
    kind = _RECORDS.get(purpose)
    items = facts.given.get(kind or "")
    known = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    if purpose in ("staff_alert", "optout_confirmation"):
        known = [item for item in known if item.get("address") in message.content.to]
    if purpose == "optout_confirmation":
        asked = [facts.opted_out.get(address) for address in message.content.to]
        if any(found and found.confirmed for found in asked):
            yield "confirmed", "the opt-out was confirmed already", ""
            return
        if all(found and found.stopped_at and facts.now - found.stopped_at <= _CONFIRM_WITHIN for found in asked):
            return
    if kind and not known:
        yield "unproven", "the shop's own records do not say so", ""


def _more_than_a_goodbye(body: str) -> Iterator[tuple[str, str, str]]:
    """What the answer to an opt-out never is: about something else, with a link, long."""
    if other := _OTHER_MATTER.search(body):
        yield "other_matter", f"it speaks of something else (“{other[0]}”)", other[0]
    if link := next((link for link in links(body) if not link.is_mail), None):
        yield "link", "there is a link in it", link.written[:80]
    if len(body) > _LONGEST:
        yield "long", f"it is longer than {_LONGEST} letters", f"{len(body)} letters"


def _plain(text: str) -> str:
    """The words without disguise: no wide letters, nothing hidden between the letters, small letters."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf").casefold()


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
