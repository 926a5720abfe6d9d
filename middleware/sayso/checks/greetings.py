"""Whom a text greets: the names after "Dear", "Hola" or "Happy birthday", and those that a text begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sayso.checks.late import Late
from sayso.checks.plain_words import plain
from sayso.checks.words import folded

_TITLE = (
    r"(?i:mr|mrs|ms|miss|mx|dr|prof|sir|herrn?|frau|se[ñn]or(?:a|ita)?|sra?|srta|don|do[ñn]a|monsieur|madame"
    r"|mademoiselle|mme|mlle|श्री|श्रीमती|السيد|السيدة)\.?"
)
_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŠŽČĆİ]"
_LETTER = r"(?:[^\W\d_]|['\u2019-](?=[^\W\d_]))"
_FIRST = rf"(?:[^\W\d_]{_LETTER}*\.?|[\u0900-\u0963]+|[\u0621-\u064a\u064b-\u0652]+)"
_NAME = rf"(?:{_TITLE}\s+)*{_FIRST}(?:\s+{_CAPITAL}{_LETTER}*\.?){{0,2}}"
_JOIN = r"(?:\s*[&+]\s*|\s+(?i:and|y|e|et|und|og|और|و)\s+)"
_HELLO = (
    r"(?i:hi|hello|hey|hiya|dear|dearest|good (?:morning|afternoon|evening|day)|greetings|hola|estimad[oa]s?"
    r"|querid[oa]s?|apreciad[oa]s?|buen[oa]s (?:d[ií]as|tardes|noches)|bonjour|bonsoir|salut|ch[eè]re?s?|liebe[rs]?"
    r"|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|ol[aá]|car[oa]|ciao|namaste|नमस्ते|प्रिय"
    r"|مرحبا|مرحباً|أهلا|أهلاً|عزيزي|عزيزتي)"
)
_WISH = (
    r"(?i:happy (?:\w+ )?(?:birthday|anniversary)|congratulations|welcome(?: back)?|feliz (?:cumplea[ñn]os|aniversario)"
    r"|joyeux anniversaire|alles gute)"
)
_BEFORE = r"(?:^|(?<=[\n.!?:;)\]>,\u2013\u2014])|(?<=- ))\s*"
_END = r"(?=\s*(?:[,!.:;\u2013\u2014\n]|-\s|$))"
_BOTH = rf"(?P<one>{_TITLE}|{_NAME}){_JOIN}(?:{_HELLO}\s+)?(?P<other>{_NAME})"
_GREETED = Late(rf"{_BEFORE}{_HELLO}[ ,]\s*(?:{_BOTH}|(?P<single>{_NAME}))(?P<end>{_END})?")
_WISHED = Late(rf"{_BEFORE}{_WISH},?\s+(?:(?i:to)\s+)?(?:{_BOTH}|(?P<single>{_NAME}))(?P<end>{_END})")
_CALLED = Late(
    rf"^\s*(?:\[[^\]\n]{{1,40}}\]\s*|[^\n:.!?,]{{1,40}}:\s*)?(?:(?P<one>{_CAPITAL}{_LETTER}+){_JOIN}(?P<other>{_CAPITAL}{_LETTER}+)|(?P<single>{_CAPITAL}{_LETTER}+)),\s+"
    r"(?i:your?|you're|we|we've|thank|thanks|here|just|it|the|this|how|good|great|happy|have|enjoy|please|come|wishing|congratulations|don't|can|could|would|what|did"
    r"|tus?|sus?|votre|vous|ihre?|wir)\b"
)
_SHOP = re.compile(r"\s+(?i:here|has|have|is|are|team|jewell?(?:er|ry)s?|fine|diamonds?|wish|would|invites?)\b")

_NOBODY = frozenset(
    """
    there all everyone everybody friend friends team customer customers client clients member members guest guests
    folks again beautiful gorgeous lovely love dear valued loyal sir madam sirs madams ma'am maam guys family families
    lover lovers shopper shoppers vip neighbor neighbour neighbors neighbours bride brides groom parents mom mum dad
    couple you both two lovebirds lovebird girl boy ladies gentlemen lady gentleman staff colleague colleagues
    subscriber fan fans collector insider jewelry jewellery from to and or we our us it this that is your my the a an
    just at in for on with month months week day season stranger sunshine honey babe sweetheart darling angel world
    patron homeowner owner resident user holder applicant partner partners
    cliente clientes amigo amigos amiga amigas todos todas senores familia socio buenas buenos
    client cliente clients tous toutes ami amis amie amies tout le la les messieurs mesdames mesdames,
    kunde kunden kundin kundinnen zusammen alle damen herren freunde freund freundin leute interessent gaste
    ग्राहक मित्र दोस्त दोस्तों सब सभी आपका आपकी आप عميل عميلنا عميلتنا العميل الجميع صديقي صديقتي بك بكم
    """.split()
)
"""Words after a greeting that are nobody's name."""
_OPENERS = frozenset(
    """
    thanks congratulations congrats hello sorry hooray finally today tomorrow tonight yesterday yes no ok okay great
    hurry reminder remember unfortunately surprise oops wow please welcome psst news hey hi enjoy cheers indeed also now
    next soon still however meanwhile luckily fortunately sadly honestly obviously recently currently alas first last
    gracias hola merci bonjour hallo danke monday tuesday wednesday thursday friday saturday sunday january february
    march july august september october november december spring summer autumn fall winter christmas easter shh guess
    ready good apologies update alert important hint ps afterwards then inside outside here online regards so well look
    """.split()
)


@dataclass(frozen=True, slots=True)
class Greeting:
    """One greeting: the words, and the name of everybody whom it greets; an empty name is a title alone."""

    words: str
    names: tuple[str, ...]


@lru_cache(maxsize=8)
def greetings(text: str) -> tuple[Greeting, ...]:
    """Every greeting by name in a text; one to nobody in particular is none."""
    return tuple(_greetings(folded(text))) if text else ()


def _greetings(text: str) -> Iterator[Greeting]:
    for found in (*_GREETED.finditer(text), *_WISHED.finditer(text)):
        pair = found["one"] and not _SHOP.match(text, found.end())
        if found["one"] and not pair:
            continue
        parts = (found["one"], found["other"]) if pair else (found["single"],)
        if not _is_greeting(parts, ended=found["end"] is not None):
            continue
        yield Greeting(" and ".join(part.strip() for part in parts), tuple(map(_bare, parts)))
    called = _CALLED.match(text)
    if called:
        names = (called["one"], called["other"]) if called["one"] else (called["single"],)
        if _is_greeting(names, ended=True):
            yield Greeting(" and ".join(names), names)


def tokens(name: str) -> tuple[str, ...]:
    """The parts of a name as they are compared: small letters, no accents."""
    return tuple(part for part in re.split(r"[\s.,'-]+", plain(name)) if part)


def _is_greeting(parts: tuple[str, ...], *, ended: bool) -> bool:
    """Whether these are names: no word for everybody, and a word in small letters only where the greeting ends."""
    words = [word for part in parts for word in tokens(_bare(part))]
    if not words or any(word in _NOBODY or word in _OPENERS for word in words):
        return False
    first = _bare(parts[0]) or _bare(parts[-1])
    return ended or not first[:1].islower()


def _bare(part: str) -> str:
    """A name without its titles."""
    return re.sub(rf"^(?:{_TITLE}(?:\s+|$))+", "", part.strip()).strip()
