"""How a phone, or a hasty eye, finds the links in a text; what checks share that ask where one goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DOTS = str.maketrans("\u3002\uff0e\uff61\u2024", "....")
"""Dots that a browser, or an eye, takes for the ordinary one."""

_ENDING_LIST = """
    com net org info biz shop store online site website club app dev page link live world top xyz
    vip jewelry jewellery diamonds gold luxury boutique gifts wedding company business global email
    icu click support uk us ca au nz ie in ae sa es mx fr de ch nl be eu co io ly me tv ai
"""
_ENDINGS = frozenset(_ENDING_LIST.split())
"""Endings that make a link of a name with no path behind it; before a path any ending does."""

_TOKEN = re.compile(
    "[^\\s<>\"`|'\u2018\u2019\u201c\u201d\u00ab\u00bb\u060c\u061b\u2022"  # quotes, commas, bullets
    "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]+"  # arrows, emoji
)
_INNER = re.compile(r"(?<=[=/?&#])(?=https?:[/\\]{2})", re.IGNORECASE)
_SCHEME = re.compile(
    r"([a-z][a-z0-9+.\-]{0,19}):([/\\]{2}.*)|\b(javascript|vbscript|data(?=:\w+/)):(.*)", re.IGNORECASE
)
_PARTS = re.compile(r"[,;()\[\]{}]|:(?!\d)")
_MARKS = ".,;:!?)]}*_~\u2026\u200e\u200f\u061f\u0964\u3002\uff01\uff1f\uff09"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is written: `host` is where it really goes, `user` what stands before an @."""

    written: str
    scheme: str
    user: str
    host: str
    rest: str

    @property
    def is_mail(self) -> bool:
        """Whether this is a plain e-mail address."""
        return not self.scheme and bool(self.user) and not self.rest


_SIGNS = frozenset(".:@")


def links(text: str) -> Iterator[Link]:
    """Every link in a text, with or without a scheme, also one inside another; e-mail addresses as well."""
    for token in _TOKEN.findall(text):
        if token.isascii() and _SIGNS.isdisjoint(token):
            continue  # an ordinary word, as nearly all are
        for piece in _INNER.split(token):
            if found := _SCHEME.search(piece):
                yield _schemed(found)
                continue
            for part in _PARTS.split(piece):
                if link := _bare(re.sub(r"^[^\w@]+", "", part.rstrip(_MARKS))):
                    yield link


def skeleton(text: str) -> str:
    """The text with every letter that only looks like an ordinary one replaced by the ordinary one."""
    return "".join(c if c.isascii() else _ordinary(c) for c in text).lower()


@lru_cache(maxsize=4096)
def script(char: str) -> str:
    """The script that a letter belongs to, as Unicode names it."""
    from confusable_homoglyphs import categories  # heavy: only where a letter is not ASCII

    return "LATIN" if char.isascii() and char.isalpha() else str(categories.alias(char))


@lru_cache(maxsize=4096)
def _ordinary(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    if plain.isascii():
        return plain
    from confusable_homoglyphs import confusables  # heavy: only where a letter is not ASCII

    alike = [found["c"] for found in confusables.confusables_data.get(char, ())]
    return next((c for c in alike if len(c) == 1 and c.isascii() and c.isalnum()), char)


def _schemed(found: re.Match[str]) -> Link:
    if found[3]:
        return Link(found[0], found[3].lower(), "", "", found[4])
    authority, rest = _cut(found[2][2:])
    user, _, host = authority.rpartition("@")
    return Link(found[0].rstrip(_MARKS), found[1].lower(), user, _site(host), rest)


def _bare(part: str) -> Link | None:
    authority, rest = _cut(part)
    user, at, host = authority.rpartition("@")
    site = _site(host)
    has_path = bool(rest) or ":" in host
    if (at and not user) or not _is_host(site, has_path=has_path):
        return None
    return Link(part, "", user, site, rest)


def _is_host(text: str, *, has_path: bool) -> bool:
    """Whether this passes for the name of a site; a name with a path behind it may end on anything."""
    if not all(c in "-." or c.isalnum() or not c.isascii() for c in text):
        return False
    *_, owner, ending = ["", "", *skeleton(text.translate(_DOTS)).split(".")]
    if ending.isdigit():
        return has_path and re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", text) is not None
    if not owner or owner.isdigit():
        return False
    return ending in _ENDINGS or ending.startswith("xn--") or (has_path and 1 < len(ending) < 25)


def _cut(address: str) -> tuple[str, str]:
    authority = re.split(r"[/?#\\]", address, maxsplit=1)[0]
    return authority, address[len(authority) :]


def _site(host: str) -> str:
    """The host without its port and without what follows a sentence's end."""
    ipv6 = re.match(r"\[[0-9a-fA-F:.%]+\]", host)
    return ipv6[0] if ipv6 else re.sub(r":\d{0,5}$", "", host.rstrip(_MARKS)).rstrip(_MARKS).lower()
