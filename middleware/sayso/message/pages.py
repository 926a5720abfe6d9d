"""What a page of HTML says to whoever reads it."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

INLINE = frozenset("a abbr b big cite code em font i label s small span strong sub sup u".split())
UNSEEN_TAGS = frozenset({"script", "style", "head", "template"})
CONDITION = re.compile(r"<!\[\s*(?:if|else|endif)\b", re.IGNORECASE)
"""What Outlook's own conditions begin with; no browser shows them."""
ENDLESS = re.compile("&#[0-9]{4000,};?")
"""A character's number with more digits than Python reads."""
SIGNED = '<span class="sayso-signature">'
"""Where a signature stands in a page; its picture lies beside the pieces, once for all of them."""
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,[a-z0-9+/=]*", re.IGNORECASE)
"""A picture that lies in the page itself, as its source names it: nothing to read, and nowhere to go."""


def readable(page: str) -> str:
    """The words of an HTML text, with the addresses of its links; a torn end is shown as it is written.

    The work grows with the length alone: the parser's own `close` would read a torn end again from each of its signs.
    """
    reader = _Reader()
    reader.feed(ENDLESS.sub("\ufffd", page))
    rest, reader.rawdata = reader.rawdata, ""
    reader.handle_data(unescaped(rest))
    lines = (" ".join(part.split()) for part in "".join(reader.seen).splitlines())
    return "\n".join(part for part in lines if part)


def unescaped(text: str) -> str:
    """A text with the characters that its `&…;` stand for."""
    return html.unescape(ENDLESS.sub("\ufffd", text))


def with_picture(page: str, picture: str) -> str:
    """A page with the picture in place of the signer's name, for whoever prints or shows it."""
    return re.sub(
        re.escape(SIGNED) + "([^<]*)</span>", lambda found: f'<img alt="{found[1]}" src="{picture}">', page
    )  # fmt: skip


class _Reader(HTMLParser):
    """Collects what a reader of the page sees, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.leads: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in UNSEEN_TAGS
        given = dict(attrs)
        if tag == "a":
            self.leads.append(given.get("href") or "")
        source = given.get("src") or ""
        place = f" ({source}) " if source and not PICTURE.fullmatch(source) else " "
        self.seen.append(f" {given.get('alt') or ''}{place}" if source else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNSEEN_TAGS and self.hidden > 0
        lead = self.leads.pop() if tag == "a" and self.leads else ""
        self.seen.append(f" ({lead})" if lead else "" if tag in INLINE else "\n")

    def handle_data(self, data: str) -> None:
        self.seen += [] if self.hidden else [data]

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Past `<![…>`: the standard library raises for most of them. What is none of Outlook's conditions is shown."""
        end = self.rawdata.find(">", i) + 1
        if end and not CONDITION.match(self.rawdata, i):
            self.handle_data(self.rawdata[i:end])
        return end or -1
