"""The words of a message as its reader takes them in: every place they stand, without markup and without disguise."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sayso.checks.late import Late
from sayso.checks.words import LAST_READ, texts
from sayso.message import Content, Message
from sayso.message.pages import unescaped

PIECE = (
    r"(?:(?:engagement|wedding|eternity|signet|promise) )?(?:rings?|bands?)|necklaces?|bracelets?|ear ?rings?|pendants?"
    r"|chains?|bangles?|brooch(?:es)?|lockets?|charms?|solitaires?|tiaras?|cuff ?links?|diamonds?|stones?|sapphires?"
    r"|emeralds?|rub(?:y|ies)|pearls?|studs|hoops|watch(?:es)?|jewel(?:ry|lery|ery)|jewels?|pieces?|items?|gems?|gemstones?|heirlooms?"
    r"|anillos?|collar(?:es)?|pulseras?|pendientes|aretes|relojes|reloj|sortijas?|joyas?|colgantes?|piedras?"
    r"|bagues?|colliers?|bracelets?|boucles d'oreilles|montres?|bijou(?:x)?|pendentifs?|solitaires?"
    r"|ringe?|ketten?|halsketten?|armb[aä]nder|armband|ohrringe?|(?<!\d )uhr(?:en)?|schmuck\w*|trauringe?|eheringe?"
    r"|verlobungsringe?|anh[aä]nger|armreif"
)
"""What a jeweller calls what people own, in English, Spanish, French and German."""
PIECE_ABROAD = "अंगूठी|अँगूठी|हार|कंगन|झुमके|घड़ी|गहने|गहना|ज़ेवर|मंगलसूत्र|चेन|خاتم|قلادة|سوار|أقراط|ساعتك|مجوهرات|عقدك|ألماس"

_TO_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u201b\u00b4`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u0640": None,  # the stroke that only stretches an Arabic word
        **dict.fromkeys((*range(0x0300, 0x0370), *range(0x064B, 0x0660), 0x0670, *range(0xFE00, 0xFE10))),
    }
)
_ENDLESS = re.compile(r"\S{64}(?=\S)")
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|title)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_ALT = re.compile(r"<img\b[^<>]*?\balt\s*=\s*[\"']([^\"'<>]*)[^<>]*>?", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)


def plain(text: str) -> str:
    """The words without disguise: no accents, no wide letters, nothing hidden, one space, small letters.

    No word is longer than 64 letters: a pattern that begins with any word would try each of them anew.
    """
    if text.isascii():
        return _shortened(" ".join(text.casefold().split()))
    bare = unicodedata.normalize("NFKD", text.translate(_TO_PLAIN)).translate(_TO_PLAIN).casefold()
    return _shortened(" ".join("".join(c for c in bare if unicodedata.category(c) != "Cf").split()))


def _shortened(words: str) -> str:
    return _ENDLESS.sub(r"\g<0> ", words)


def read(message: Message) -> str:
    """All that the recipient would read but the sender's name, plain, one line for every place that has words."""
    return _read(message.content, tuple(text for place, text in texts(message) if place != "the sender"))


@lru_cache(maxsize=LAST_READ)
def _read(content: Content, said: tuple[str, ...]) -> str:
    places = [*said]
    places += [content.subject_line or "", unmarked(content.html or "")]
    places += [unmarked(text) for text in places if "<" in text]
    return "\n".join(dict.fromkeys(words for text in places if (words := plain(text))))


def unmarked(text: str) -> str:
    """What a page of HTML shows: its words, and what stands for a picture."""
    return unescaped(_TAG.sub(" ", _ALT.sub(r" \1 ", _UNSEEN.sub(" ", text))))


def any_of(*latin: str, abroad: str = "") -> Late:
    """A pattern for plain words: one of these as whole words, or one of those of a script without word ends."""
    whole = rf"(?<!\w)(?:{'|'.join(latin)})(?!\w)" if latin else ""
    found = "|".join(part for part in (whole, abroad) if part)
    found = found.replace(r"(?: \S+)", r"[^\w\s]{0,3}(?: \S+)")  # a comma may stand before the words between
    return Late(unicodedata.normalize("NFKD", found).translate(_TO_PLAIN))


OWNED = any_of(
    rf"(?:your|ur|tus?|sus?|votre|vos|ihr(?:e[nmrs]?)?|deine?[nmrs]?)(?: [\w'.-]+){{0,3}}? (?:{PIECE})",
    abroad=rf"(?:आपक[ाीे]|आपकी)(?: \S+){{0,2}}? (?:{PIECE_ABROAD})|خاتمك|قلادتك|سوارك|أقراطك|ساعتك|مجوهراتك",
)
"""A piece that is spoken of as the reader's own."""
