"""What a message is for, where its CRM did not say: read from its words, its channel and a few facts, in the open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sayso.checks import lane_guard
from sayso.checks.labels import LABELS
from sayso.checks.late import Late
from sayso.checks.offers import offer_in
from sayso.checks.plain_words import OWNED, PIECE, PIECE_ABROAD, any_of, plain, read
from sayso.checks.signs import NOT_TODAY, READY, SIGNS, TODAY, sign_in
from sayso.disclosing import tells
from sayso.message import Message, Named

_PRINTED = frozenset({"letter", "postcard", "self_mailer"})
_LONGEST_AT_ONCE = 320


@dataclass(frozen=True, slots=True)
class Hints:
    """What the facts say of the recipients, as far as it helps to read their messages.

    `occasion_near` is "birthday", "anniversary" or empty; `to_staff` when every address is one of the staff's.
    """

    has_appointment_today: bool = False
    has_appointment_later: bool = False
    has_open_repair: bool = False
    repair_state: str = ""
    has_recent_purchase: bool = False
    has_wishlist: bool = False
    occasion_near: str = ""
    open_complaint: bool = False
    to_staff: bool = False


_SERVICE = frozenset(
    {"receipt", "order_status", "repair_ready", "purchase_feedback", "care_reminder", "appointment_future"}
    | {"payment_reminder", "auto_reply", "repair_problem"}
)
_BEATS: Mapping[str, frozenset[str]] = {
    "marketing": _SERVICE - {"repair_problem"},
    "condolence_sensitive": _SERVICE | {"complaint_followup", "birthday", "anniversary"},
    "safety_legal_notice": _SERVICE | {"complaint_followup"},
    "complaint_followup": _SERVICE,
    "gift_card_mailer": frozenset({"birthday", "anniversary", "marketing"}),
    "birthday": frozenset({"marketing", "auto_reply"}),
    "anniversary": frozenset({"marketing", "auto_reply"}),
    "wishlist_hint": frozenset({"wishlist_reminder", "birthday", "anniversary", "marketing", "auto_reply"}),
    "wishlist_reminder": frozenset({"marketing", "auto_reply"}),
    "repair_problem": frozenset({"repair_ready", "order_status", "care_reminder", "payment_reminder", "auto_reply"}),
    "repair_ready": frozenset({"order_status", "care_reminder", "payment_reminder", "auto_reply", "receipt"}),
    "order_status": frozenset(
        {"receipt", "care_reminder", "payment_reminder", "auto_reply", "wishlist_reminder", "wishlist_hint"}
    ),
    "purchase_feedback": frozenset(
        {"receipt", "order_status", "appointment_future", "auto_reply", "wishlist_reminder", "wishlist_hint"}
    ),
    "payment_reminder": frozenset({"receipt", "auto_reply"}),
    "receipt": frozenset({"care_reminder", "wishlist_reminder", "wishlist_hint", "auto_reply"}),
    "appointment_future": frozenset({"care_reminder", "auto_reply"}),
    "care_reminder": frozenset({"auto_reply"}),
}
"""Where a text shows two purposes, which one it is for; a service with an offer in it is marketing."""

_APART = frozenset({"appointment", "gift_card", "soft", "staff_alert", "optout_confirmation"})

_SPECIAL = any_of(
    r"special day|big day|best wishes|celebrat\w+|joyeux anniversaire|bon anniversaire|felicidades|gluckwunsch\w*",
    abroad=r"शुभकामनाएँ|शुभकामनाएं|मुबारक|كل عام",
)
_LEANS: tuple[tuple[str, str, str, Late], ...] = (
    (
        *("has_recent_purchase", "", "receipt"),
        any_of(r"thank(?:s| you)(?: so much)? for (?:shopping|your business|choosing|coming in|stopping by)"),
    ),
    (
        *("open_complaint", "", "complaint_followup"),
        any_of(
            r"apologi\w+|(?:so|very|truly|deeply|we're|we are|i'm|i am) sorry|disculp\w+|lamentamos|desoles?|leid",
            abroad=r"क्षमा|माफ|نعتذر|آسف",
        ),
    ),
    ("occasion_near", "birthday", "birthday", _SPECIAL),
    ("occasion_near", "anniversary", "anniversary", _SPECIAL),
    (
        *("has_wishlist", "", "wishlist_reminder"),
        any_of(
            r"still (?:thinking|dreaming)|caught your eye|you eyeing|you (?:loved|admired|tried on|had your eye on)"
        ),
    ),
    (
        *("repair_state", "problem", "repair_problem"),
        any_of(
            r"(?:please|kindly|could you|can you) (?:call|ring|phone|contact)|give us a call|need to (?:speak|talk)"
        ),
    ),
)
"""Words that count only beside a fact: which fact, its value where one is meant, which purpose."""

_CODE_WORDS = any_of(
    r"codes?|pin|otp|passcode|(?:log|sign) ?-?in|codigo|clave|kennwort|passwort", abroad=r"कोड|ओटीपी|رمز|كود"
)  # fmt: skip
_CODE_TALK = frozenset(
    """
    your code codes is the an this it pin otp passcode password verification verify verifying security secure login log
    sign signin in one time use enter to for of valid expires expire expiring expiry minutes minute mins min seconds
    do not don't dont never share give tell with anyone anybody else and or from we will ask you if did didn't didnt
    request requested ignore please account access hi hello confirm confirmation continue device new call us call text
    on at by be keep private secret authentication within complete jewelers jewellers jewelry fine diamonds sons
    su tu codigo de es verificacion seguridad para no lo comparta comparte compartas con nadie el la acceso clave
    valido minutos por entrar iniciar sesion votre code est ne le partagez pas avec personne connexion valable vous
    ihr code ist lautet der zum zur anmeldung bestatigung gultig minuten nicht weitergeben niemals geben sie ihn
    weiter und wasn't wasnt wasn message number phone you're re
    """.split()
)
"""What a text with a one-time code says beside the names in it."""
_ABROAD_WORDS, _NAMES = 6, 3


def guess(message: Message, story_hints: Hints) -> Named | None:
    """The purpose as the words show it, with those words in the sentence; None where none or several fit."""
    words = read(message)
    if not words:
        return None
    found = dict(_at_once(message, words, story_hints)) or _best(message, words, story_hints)
    if len(found) != 1 or _EITHER in found:
        return None
    ((name, seen),) = found.items()
    return Named(name, True, f"It reads like {LABELS[name]}: “{seen.strip()[:60].strip()}”.")


def _best(message: Message, words: str, hints: Hints) -> dict[str, str]:
    """What fits and nothing else beats; a shop that only calls for attention does so for marketing."""
    fits = {**dict(_leaning(words, hints)), **dict(_shown(message, words, hints))}
    if not fits and (soft := sign_in(words, "soft") or sign_in(words, "gift_card")):
        return {"marketing": soft[0]}
    if "receipt" in fits and _PAPER.search(words):
        fits.pop("order_status", None)
    return {name: seen for name, seen in fits.items() if not any(name in _BEATS.get(other, ()) for other in fits)}


def _shown(message: Message, words: str, hints: Hints) -> Iterator[tuple[str, str]]:
    """Every purpose that the words show by themselves."""
    shown = {name: found[0] for name in SIGNS if name not in _APART and (found := sign_in(words, name))}
    yield from shown.items()
    if offer := offer_in(words):
        yield "marketing", offer
    if message.channel in _PRINTED and (card := sign_in(words, "gift_card")):
        yield "gift_card_mailer", card[0]
    if visit := sign_in(words, "appointment"):
        yield "appointment_future", visit[0]
    if not {"repair_ready", "repair_problem", "order_status"} & shown.keys():
        yield from _ready(words, hints)


_PAPER = any_of(r"e-?receipts?|receipts?|invoices?|recibos?|facturas?|quittung|rechnung|facture|recu")
"""A receipt speaks of an order; an order's news seldom of a receipt."""
_PRIVATE = any_of(
    PIECE, r"gifts?|surprises?|secret|bought|purchas\w+|he|she|they|his|her|him|them", abroad=PIECE_ABROAD
)
"""What may be somebody's secret: a text with any of it is read by a person."""
_EITHER = "either"
"""A piece is ready, and nobody can say whether it was bought or mended."""
_IT = any_of(r"it|it's|they're|they|everything|all|ella|elle|es|das")


def _ready(words: str, hints: Hints) -> Iterator[tuple[str, str]]:
    """That a piece can be fetched is said of repairs and of orders: only the facts know which."""
    found = READY.search(words)
    if not found or not (OWNED.search(words) or _IT.search(words)):
        return
    if hints.has_open_repair == hints.has_recent_purchase:
        yield _EITHER, found[0]
    else:
        yield ("repair_ready" if hints.has_open_repair else "order_status"), found[0]


def _leaning(words: str, hints: Hints) -> Iterator[tuple[str, str]]:
    """Every purpose that the words show beside a fact."""
    for hint, value, name, pattern in _LEANS:
        known = getattr(hints, hint)
        if (known == value if value else known) and (found := pattern.search(words)):
            yield name, found[0]


def _at_once(message: Message, words: str, hints: Hints) -> Iterator[tuple[str, str]]:
    """The purposes of the lane that nobody reads, each only where nothing at all speaks against it."""
    if hints.to_staff and (found := sign_in(words, "staff_alert")) and not offer_in(words):
        yield "staff_alert", found[0]
    if not message.content.words or len(words) > _LONGEST_AT_ONCE or offer_in(words) or _PRIVATE.search(words):
        return
    told = tells(message)
    if told <= {"account"} and (code := _CODE_WORDS.search(words)) and _is_code_talk(message):
        yield "otp", code[0]
    others = {name for name in SIGNS if name != "staff_alert" and sign_in(words, name)}
    if not told and others == {"optout_confirmation"} and not _suspect(message, "optout_confirmation"):
        yield "optout_confirmation", _seen("optout_confirmation", words)
    visit = hints.has_appointment_today and others == {"appointment"} and told <= {"appointment"}
    if visit and TODAY.search(words) and not NOT_TODAY.search(words) and not _suspect(message, "appointment_today"):
        yield "appointment_today", _seen("appointment", words)


def _is_code_talk(message: Message) -> bool:
    """Whether a text says what texts with codes say, a few names aside, and nothing that they never do."""
    if _suspect(message, "otp"):
        return False
    written = " ".join(token for token in message.content.words.split() if not re.search(r"[@#<>+\d]", token))
    unknown = {word for word in re.findall(r"[^\W\d_]+(?:['\u2019][a-z]+)?", written) if len(word) > 1}
    unknown = {word for word in unknown if plain(word) not in _CODE_TALK}
    names = {word for word in unknown if word[0].isupper()}
    abroad = {word for word in unknown if not any(letter.isupper() or letter.islower() for letter in word)}
    return unknown == names | abroad and len(names) <= _NAMES and len(abroad) <= _ABROAD_WORDS


def _suspect(message: Message, purpose: str) -> bool:
    return next(lane_guard.signs(message, purpose), None) is not None


def _seen(name: str, words: str) -> str:
    found = sign_in(words, name)
    return found[0] if found else ""
