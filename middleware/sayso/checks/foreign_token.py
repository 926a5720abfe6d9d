"""Has a message that goes to somebody else instead a link in it that was made for the first person?"""

from __future__ import annotations

import re

from sayso.checks.links import Link, links
from sayso.checks.words import once, texts
from sayso.message import Facts, Finding, Message

CHECK = "foreign_token"
LEAVING = re.compile(r"unsub|opt[-_]?out|preferenc|list-manage|abmelde|baja|desinscri", re.I)
PARTS = re.compile(r"[/?&=#;,]")
SHORT, LONG = 6, 16
"""From how many characters on a part of a link is a name for somebody: in a link that ends a subscription, and else."""


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for each link of a redirected message that names somebody: by a code, an e-mail address or a number."""
    if message.parent_id is None or message.door != "desk":
        return ()
    content = message.content
    said = [text for _, text in texts(message)] + [content.subject_line or "", content.html or ""]
    found = [link for text in said for link in links(text) if not link.is_mail and _names_somebody(link)]
    return once(_finding(link) for link in found)


def _names_somebody(link: Link) -> bool:
    leaving = bool(LEAVING.search(link.written))
    rest = re.sub(r"%40", "@", link.rest, flags=re.I)
    own = [part for part in PARTS.split(rest) if part and not part.casefold().startswith("utm_")]
    return any("@" in part or _is_opaque(part, SHORT if leaving else LONG) for part in own)


def _is_opaque(part: str, least: int) -> bool:
    """Whether a part of a link is no words: digits among letters, both cases mixed, or nothing but digits."""
    plain = re.sub(r"[-_.~]", "", part)
    if len(plain) < least or not plain.isascii():
        return False
    words = [word for word in re.split(r"[-_.~]", part) if word]
    if all(word.isalpha() or (word.isdigit() and len(word) < SHORT) for word in words):
        return any(_is_mixed(word) for word in words if len(word) >= least)
    return any(len(word) >= min(least, 8) and not word.isalpha() for word in words)


def _is_mixed(word: str) -> bool:
    """Whether capitals stand in the middle of a word in no way that people write."""
    return len(re.findall(r"[a-z][A-Z]", word)) > 2


def _finding(link: Link) -> Finding:
    reason = f"The link to {link.host[:60] or 'a page'} was made for the one this was for at first; take it out."
    return Finding(CHECK, "token", reason, "hold", link.host[:80], link.written[:300], {"kind": "edit"})
