"""A mail as it came in over SMTP: its words and files for whoever reads it, and its own bytes for whoever sends it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as Mime
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses

from sayso_providers.base import parts
from sayso_providers.base.parts import Unreadable

END_OF_LINE = re.compile(rb"\r\n|\r|\n")
ONCE = ("from", "subject")
"""Headers of which nobody could say which one a reader is shown, were there two."""
SHOWN = ("from", "to", "cc", "reply-to", "subject")
ENCODED_IN = re.compile(r"=\?([^?\s]{1,80})\?[bBqQ]\?")
TAKEN_OUT = re.compile(r"(?is)(?:resent-)?bcc|x-smtpapi|x-(?:sayso|mc|msys|mailgun|mj|mailjet|pm|ses)-.*")
"""Headers that are not for the recipients: ours, and those by which a mail tells a relay what to do with it.

In this order: SendGrid (and SMTP2GO), Mandrill, SparkPost, Mailgun, Mailjet (twice), Postmark, Amazon SES.
"""
SPECIAL = re.compile(r'[()<>\[\]:;@\\,."]')
MOST_WITHIN = 20
"""How deep a comment of a header may lie in others."""
FROM, TO = "X-Sayso-Mail-From", "X-Sayso-Rcpt-To"
Box = tuple[str, str]
"""A name, which may be empty, and an address."""


@dataclass(frozen=True, slots=True)
class File:
    """What hangs on a mail, or stands in its HTML where `cid` says so."""

    name: str
    kind: str
    cid: str | None
    part: Mime

    @property
    def data(self) -> bytes:
        """Its bytes, decoded; a mail that was forwarded whole is its own bytes."""
        found = self.part.get_payload(decode=True)
        if isinstance(found, bytes):
            return found
        return b"".join(one.as_bytes() for one in self.part.get_payload() if isinstance(one, Mime))


@dataclass(frozen=True, slots=True)
class Mail:
    """What a recipient would read of a mail; `text` and `html` are None where there is none."""

    sender: Box
    to: tuple[Box, ...]
    cc: tuple[Box, ...]
    subject: str
    text: str | None
    html: str | None
    files: tuple[File, ...]
    headers: Mapping[str, str]
    """As they are written, on one line, by their names in small letters; of several with one name the first."""


def read(raw: bytes) -> Mail:
    """The mail in these bytes; Unreadable where two readers could see two mails."""
    whole = parts.parsed(raw)
    for name in ONCE:
        if len(whole.get_all(name) or ()) > 1:
            raise Unreadable(f"it has more than one {name.title()} header")
    headers: dict[str, str] = {}
    for name, value in whole.raw_items():
        headers.setdefault(name.lower(), _written(value))
    for name in SHOWN:
        for charset in ENCODED_IN.findall(headers.get(name, "")):
            parts.checked(charset)
    found = [(part, parts.words(part)) for part in parts.leaves(whole)]
    texts, pages = (
        [words for part, words in found if words is not None and part.get_content_type() == kind]
        for kind in ("text/plain", "text/html")
    )
    boxes = {name: addresses(headers.get(name, "")) for name in SHOWN[:-1]}
    return Mail(
        sender=next(iter(boxes["from"]), ("", "")),
        to=boxes["to"],
        cc=boxes["cc"],
        subject=decoded(headers.get("subject", "")),
        text="\n".join(texts) if texts else None,
        html="\n".join(pages) if pages else None,
        files=tuple(_file(part) for part, words in found if words is None),
        headers=headers,
    )


def addresses(written: str) -> tuple[Box, ...]:
    """The mailboxes of a header; Unreadable where nobody could say which."""
    within = max(itertools.accumulate((one == "(") - (one == ")") for one in written), default=0)
    try:
        found = getaddresses([written]) if within <= MOST_WITHIN else None
    except RecursionError:  # its groups may lie in one another, too
        found = None
    if found is None:
        raise Unreadable("a header that names people has comments within comments")
    return tuple((decoded(name), address) for name, address in found if address)


def boxed(name: str, address: str) -> str:
    """A mailbox as a header has it."""
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if SPECIAL.search(name) else f"{name} <{address}>"


def address(raw: str) -> str | None:
    """An e-mail address in its usual spelling; None where it is none. Names of one's own network are some, too."""
    from email_validator import EmailNotValidError, validate_email  # heavy: it brings a resolver that we do not ask

    try:
        return validate_email(raw.strip(), check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        return None


def decoded(written: str) -> str:
    """What a header says, as people read it."""
    try:
        pieces = decode_header(written)
        if any(charset and parts.known_as(charset) is None for _, charset in pieces):
            return written
        return " ".join(str(make_header(pieces)).split())
    except (HeaderParseError, LookupError, ValueError):
        return written


def enveloped(raw: bytes, sender: str, to: Sequence[str]) -> bytes:
    """The mail as we keep it: on top of its own bytes, who sent it to whom."""
    return _line(FROM, sender) + _line(TO, ",\r\n ".join(to)) + raw


def envelope(kept: bytes) -> tuple[str, tuple[str, ...]]:
    """Who sent a kept mail to whom."""
    top = message_from_bytes(b"".join(line for _, line in _header_lines(kept)[0][:2]))
    said = {name: _written(value) for name, value in top.raw_items()}
    return said.get(FROM, ""), tuple(one.strip() for one in said.get(TO, "").split(",") if one.strip())


def outgoing(kept: bytes, changes: Mapping[str, str | None]) -> bytes:
    """The mail's own bytes without what is not for its recipients, and with these headers changed (None: taken out)."""
    lines, body = _header_lines(kept)
    left, made = dict(changes), []
    for name, line in lines:
        known = name.decode("latin-1").lower()
        if known in changes:
            value = left.pop(known, None)
            made.append(header(known, value) if value is not None else b"")
        elif not TAKEN_OUT.fullmatch(known):
            made.append(line)
    new = [header(name, value) for name, value in left.items() if value is not None]
    return b"".join([*new, *made]) + body


def header(name: str, value: str) -> bytes:
    """One header as it stands in a mail, encoded and folded."""
    abroad = name.lower() in ("to", "cc", "from", "reply-to") and not all(at.isascii() for _, at in addresses(value))
    one = EmailMessage(policy=SMTPUTF8 if abroad else SMTP)
    one[name.title()] = value
    return one.as_bytes().removesuffix(b"\r\n")


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode()


def _header_lines(raw: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Every header with its name, folded lines together, and the rest of the mail from the empty line on."""
    starts: list[int] = []
    at = 0
    while at < len(raw):
        ends = END_OF_LINE.search(raw, at)
        if ends and ends.start() == at:
            break
        if not (starts and raw[at] in b" \t"):
            starts.append(at)
        at = ends.end() if ends else len(raw)
    lines = [raw[start:end] for start, end in itertools.pairwise([*starts, at])]
    return [(line.partition(b":")[0].strip(), line) for line in lines], raw[at:]


def _file(part: Mime) -> File:
    cid = str(part.get("content-id") or "").strip(" <>") or None
    inline = part.get_content_disposition() != "attachment" and cid is not None
    name = decoded(parts.name(part)) or part.get_content_type()
    return File(name[:200], part.get_content_type(), cid if inline else None, part)


def _written(value: object) -> str:
    """A header's value as it stands there, on one line; what is not ASCII is taken for UTF-8."""
    plain = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(plain.split())
