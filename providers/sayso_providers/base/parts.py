"""A mail taken apart: never more of it than a real mail has, and only what every mail program reads alike."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mime
from email.policy import Compat32, compat32

DEEPEST, MOST_PARTS, MOST_LINES = 20, 1_000, 500_000
LONGEST_HEAD, LONGEST_HEADS = 256 * 1024, 512 * 1024
"""Of one part, and of all parts together, in bytes."""
LONGEST_HEADER, LONGEST_OF_PART = 64 * 1024, 4_000
"""Of any header, and of those that say what a part is: reading one takes longer the longer it is, and not in step."""
NAMES_ALL = ("to", "cc", "bcc")
OURS = ("x-sayso-mail-from", "x-sayso-rcpt-to")
"""What we put on top ourselves is not counted: a mail that was taken once stays readable."""
ONCE = ("content-type", "content-transfer-encoding", "content-disposition")
EMPTY_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
CHARSETS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("us-ascii", "utf-8", "koi8-r", "koi8-u", "macintosh", "tis-620", "gb2312", "gbk", "gb18030", "big5"),
        *("big5-hkscs", "euc-jp", "shift_jis", "cp932", "iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "euc-kr"),
        *("cp949", "iso-2022-kr", "ibm437", "ibm850", "ibm852", "ibm858", "ibm866", "cp874"),
        *(f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))),
        *(f"windows-{number}" for number in range(1250, 1259)),
    )
)
"""The ways of writing that mail programs read, by Python's names; it knows others that no mail is written in."""


class Unreadable(ValueError):
    """The mail cannot be read in one way only, or is more than a mail is; the text says why."""


class Part(Mime):
    """A part of a mail while it is read: one too many, too deep or too long ends the reading at once."""

    def __init__(self, policy: Compat32 = compat32) -> None:
        super().__init__(policy)
        self.depth = self.head = self.heads = self.parts = 0
        self.root = self

    def attach(self, payload: Mime | str) -> None:
        """One more part in this one."""
        if isinstance(payload, Part):
            payload.depth, payload.root = self.depth + 1, self.root
            self.root.parts += 1
        if self.depth >= DEEPEST:
            raise Unreadable(f"its parts are nested too deeply, more than {DEEPEST} in one another")
        if self.root.parts > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS:,} parts")
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """One more header."""
        known, size = name.lower(), len(name) + len(value) + 4  # colon, space, end of line
        if known not in OURS:
            self.head += size
            self.root.heads += size
            longest = LONGEST_OF_PART if known in ONCE else LONGEST_HEAD if known in NAMES_ALL else LONGEST_HEADER
            if size > longest:
                raise Unreadable(f"its {name[:40].title()} header is longer than {longest:,} characters")
        if self.head > LONGEST_HEAD:
            raise Unreadable(f"its headers are longer than {LONGEST_HEAD // 1024} KB")
        if self.root.heads > LONGEST_HEADS:
            raise Unreadable(f"the headers of its parts are longer than {LONGEST_HEADS // 1024} KB together")
        super().set_raw(name, value)


def parsed(raw: bytes) -> Part:
    """The mail in these bytes; Unreadable, before much time is spent on it, where it is more than a mail is."""
    head = EMPTY_LINE.search(raw)
    body = head.end() if head else 0
    if raw.count(b"\n", body) + raw.count(b"\r", body) - raw.count(b"\r\n", body) > MOST_LINES:
        raise Unreadable(f"it has more than {MOST_LINES:,} lines")
    return message_from_bytes(raw, Part)


def leaves(part: Mime) -> Iterator[Mime]:
    """Every part that holds something; a mail inside a mail is one of them."""
    for name in ONCE:
        if len(part.get_all(name) or ()) > 1:
            raise Unreadable(f"it, or a part of it, has more than one {name.title()} header")
    if part.get_content_maintype() != "multipart":
        yield part
        return
    if not part.is_multipart():
        raise Unreadable("nobody could say where its parts begin")
    for inner in part.get_payload():
        if isinstance(inner, Mime):
            yield from leaves(inner)


def words(part: Mime) -> str | None:
    """What a reader sees of a text or a page; None for a file."""
    if part.get_content_type() not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
        return None
    charset = checked(part.get_content_charset() or "utf-8")
    raw = part.get_payload(decode=True)
    written = (raw if isinstance(raw, bytes) else b"").decode("utf-8" if charset == "ascii" else charset, "replace")
    return written.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def name(part: Mime) -> str:
    """What a file is called, as its header has it; empty where it has no name."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.get_param(parameter, header=header)
        if isinstance(value, tuple) and value[0]:
            checked(value[0])
    return part.get_filename() or ""


def checked(charset: str) -> str:
    """Python's name of a charset; Unreadable where mail programs do not know it, and each would guess."""
    known = known_as(charset)
    if known is None:
        raise Unreadable(f"it is written in {charset[:40]!r}, which mail programs do not know; write it in UTF-8")
    return known


def known_as(charset: str) -> str | None:
    """Python's name of a charset that mails are written in; None for any other."""
    try:
        found = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return found if found in CHARSETS else None
