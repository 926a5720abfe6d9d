"""A mail as it came in over SMTP: its words and files for whoever reads it, and its own bytes for whoever sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as Mime
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses

END_OF_LINE = re.compile(rb"\r\n|\r|\n")
ONCE = ("from", "subject", "content-type")
"""Headers of which nobody could say which one a reader is shown, were there two."""
TAKEN_OUT = re.compile(rb"(?i)(?:resent-)?bcc|x-smtpapi|x-sayso-[a-z-]+")
"""Headers that are not for the recipients."""
SPECIAL = re.compile(r'[()<>\[\]:;@\\,."]')
FROM, TO = "X-Sayso-Mail-From", "X-Sayso-Rcpt-To"
DEEPEST = 50
Box = tuple[str, str]
"""A name, which may be empty, and an address."""


class Unreadable(ValueError):
    """The mail cannot be read in one way only; the text says why."""


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
    try:
        whole = message_from_bytes(raw)
        parts = list(_parts(whole, 0))
    except RecursionError as error:
        raise Unreadable("its parts are nested too deeply") from error
    for name in ONCE:
        if len(whole.get_all(name) or ()) > 1:
            raise Unreadable(f"it has more than one {name.title()} header")
    headers: dict[str, str] = {}
    for name, value in whole.raw_items():
        headers.setdefault(name.lower(), _written(value))
    texts = [words for part in parts if (words := _words(part, "text/plain")) is not None]
    pages = [words for part in parts if (words := _words(part, "text/html")) is not None]
    files = tuple(_file(part) for part in parts if _words(part, part.get_content_type()) is None)
    boxes = {name: addresses(headers.get(name, "")) for name in ("from", "to", "cc")}
    return Mail(
        sender=next(iter(boxes["from"]), ("", "")),
        to=boxes["to"],
        cc=boxes["cc"],
        subject=decoded(headers.get("subject", "")),
        text="\n".join(texts) if texts else None,
        html="\n".join(pages) if pages else None,
        files=files,
        headers=headers,
    )


def addresses(written: str) -> tuple[Box, ...]:
    """The mailboxes of a header."""
    return tuple((decoded(name), address) for name, address in getaddresses([written]) if address)


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
        return " ".join(str(make_header(decode_header(written))).split())
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
        elif not TAKEN_OUT.fullmatch(name):
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
    found: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(raw):
        ends = END_OF_LINE.search(raw, at)
        after = ends.end() if ends else len(raw)
        line = raw[at:after]
        if not line.strip(b"\r\n"):
            break
        if line[:1] in b" \t" and found:
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            found.append((line.partition(b":")[0].strip(), line))
        at = after
    return found, raw[at:]


def _parts(part: Mime, depth: int) -> Iterator[Mime]:
    """Every part that holds something; a mail inside a mail is one of them."""
    if depth > DEEPEST:
        raise Unreadable("its parts are nested too deeply")
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Mime):
                yield from _parts(inner, depth + 1)
    else:
        yield part


def _words(part: Mime, kind: str) -> str | None:
    """What a reader sees of a part of this kind; None for a file, and for words in a writing that nobody knows."""
    if part.get_content_type() != kind or kind not in ("text/plain", "text/html"):
        return None
    if part.get_content_disposition() == "attachment":
        return None
    raw = part.get_payload(decode=True)
    try:
        written = (raw if isinstance(raw, bytes) else b"").decode(_charset(part), "replace")
    except LookupError:
        return None
    return written.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _charset(part: Mime) -> str:
    found = part.get_content_charset() or "us-ascii"
    return "utf-8" if found == "us-ascii" else found


def _file(part: Mime) -> File:
    cid = str(part.get("content-id") or "").strip(" <>") or None
    inline = part.get_content_disposition() != "attachment" and cid is not None
    name = decoded(part.get_filename() or "") or part.get_content_type()
    return File(name[:200], part.get_content_type(), cid if inline else None, part)


def _written(value: object) -> str:
    """A header's value as it stands there, on one line; what is not ASCII is taken for UTF-8."""
    plain = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(plain.split())
