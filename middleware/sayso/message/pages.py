"""What a page of HTML says to whoever reads it."""

from __future__ import annotations

from html.parser import HTMLParser

INLINE = frozenset("a abbr b big cite code em font i label s small span strong sub sup u".split())
UNSEEN_TAGS = frozenset({"script", "style", "head", "template"})


def readable(html: str) -> str:
    """The words of an HTML text, with the addresses of its links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(part.split()) for part in "".join(reader.seen).splitlines())
    return "\n".join(part for part in lines if part)


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
        self.seen.append(f" {given.get('alt') or ''} ({given['src']}) " if given.get("src") else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNSEEN_TAGS and self.hidden > 0
        lead = self.leads.pop() if tag == "a" and self.leads else ""
        self.seen.append(f" ({lead})" if lead else "" if tag in INLINE else "\n")

    def handle_data(self, data: str) -> None:
        self.seen += [] if self.hidden else [data]
