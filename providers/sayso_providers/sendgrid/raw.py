"""A mail that Inbound Parse hands over whole: whatever somebody's mail program made, what it says is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message as Mime

from sayso_providers.base import mime, parts

MOST_READ = 1_000_000
"""How much of a mail is read that is more than a mail is."""
LONGEST_HEADER = 2_000
KINDS = ("text/plain", "text/html", "text")
"""What is read of a mail, the best first; some programs write them oddly."""
OLD = frozenset({"utf-7", "utf-16", "utf-16le", "utf-16be"})
"""Charsets that no mail program writes any more, and that can be read all the same."""
SEAMS = re.compile(r"(?im)^(?:--|content-[a-z-]{1,40}:).*$")
"""The lines between the parts of a mail."""


@dataclass(frozen=True, slots=True)
class Raw:
    """From whom a mail is and what it says: `text`, and where there is none, `page`."""

    sender: str = ""
    subject: str = ""
    text: str = ""
    page: str = ""


def read(raw: bytes) -> Raw:
    """What a mail says; where it cannot be taken apart, all of it is what it says, so that no stop is lost."""
    try:
        whole = parts.parsed(raw)
        texts = [part for part in _leaves(whole) if part.get_content_disposition() != "attachment"]
        first = next((part for kind in KINDS for part in texts if kind in part.get_content_type()), None)
        words = _words(first) if first is not None else ""
        is_page = first is not None and first.get_content_subtype() == "html"
        sender, subject = (clean(str(whole.get(name) or ""))[:LONGEST_HEADER] for name in ("from", "subject"))
        subject = clean(mime.decoded(subject))
    except (LookupError, ValueError, RecursionError, TypeError, AttributeError):
        head = parts.EMPTY_LINE.search(raw)  # a line of it, "From:", would look like the end of what was written
        return Raw(text=SEAMS.sub("", decoded(raw[head.end() if head else 0 :][:MOST_READ], "utf-8")))
    return Raw(sender, subject, "" if is_page else words, words if is_page else "")


def decoded(raw: bytes, charset: str) -> str:
    """The text in these bytes; in UTF-8 where nobody knows their charset, without what is no character."""
    old = charset.lower() if charset.lower() in OLD else "utf-8"
    return clean(raw.decode(parts.known_as(charset) or old, "replace"))


def clean(text: str) -> str:
    """The text without halves of characters."""
    return text.encode("utf-8", "ignore").decode()


def _leaves(part: Mime) -> list[Mime]:
    """Every part that holds something, of one that `parts` has found to be no deeper than a mail is."""
    inside = part.get_payload() if part.is_multipart() else None
    if not isinstance(inside, list):
        return [part]
    return [leaf for one in inside if isinstance(one, Mime) for leaf in _leaves(one)]


def _words(part: Mime) -> str:
    found = part.get_payload(decode=True)
    return decoded(found, part.get_content_charset() or "utf-8") if isinstance(found, bytes) else ""
