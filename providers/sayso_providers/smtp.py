"""E-mail through any mail server: a vendor that takes a mail or does not, and tells nothing of it afterwards.

It pretends itself for test mode (`account`, `respond`, `call_back`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import cast

from sayso.message import (
    Account,
    Answer,
    Content,
    Denied,
    Malformed,
    Message,
    Receipt,
    Refused,
    Request,
    Sent,
    TryLater,
)
from sayso_providers.base import Change, Http, mails, mime, plain

NAME = "smtp"
CHANNELS = frozenset({"email"})
TOGETHER = 1
SETTINGS = {
    "more.host": "smtp_relay_host",
    "more.port": "smtp_relay_port",
    "user": "smtp_relay_username",
    "secret": "smtp_relay_password",
}
NEEDED = frozenset({"more.host"})
STATUSES: Mapping[str, str] = {"accepted": "sent"}
OPTED_OUT: frozenset[str] = frozenset()
WORDS: Mapping[str, tuple[str, str]] = {}
"""A mail server calls nobody back."""

# Postfix, Exim and Exchange name it in their 250, each in its own way; any other text is kept as it is.
QUEUED = re.compile(r"(?i)queued as <?([^\s<>,;]+)|\bid=([^\s<>,;]+)")
CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
WAIT = 60.0
"""How long a mail waits that was put off for its own sake, a full mailbox or a first try, in seconds."""
KEPT = ("from", "to", "cc", "reply-to", "sender", "date", "message-id", "in-reply-to", "references", "importance")
"""The headers that a mail keeps whose words somebody changed; those that begin with list- and x- beside them."""
BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
"""What the library makes of a broken header."""

fresh_id, read_template, fill_template = plain.fresh_id, plain.read_template, plain.fill_template


def compose(content: Content, channel: str, country: str) -> Content:
    """The content as it is: a mail server takes every field of our own door but templates."""
    if content.template:
        raise Malformed(400, "content", "A mail server keeps no templates: send body or html.")
    if not content.sender:
        raise Malformed(400, "from", "A mail needs from: the address it is sent from.")
    if mails.is_whole(content):
        return content
    return replace(content, fields=tuple(pair for pair in content.fields if pair[0] in mails.SHOWN))


def revise(content: Content, change: Change, country: str) -> Content:
    """The content with the change in it; Malformed, in plain words, where it cannot be."""
    return mails.revise(content, change)


def send(
    messages: Sequence[Message],
    account: Account,
    http: Http,
    *,
    callback_url: str,
    now: datetime,
    deadline: float,
) -> Sent:
    """Hand the mail over; a server that will not take some of several says whom."""
    message = messages[0]
    try:
        raw, sender = _mail(message, now)
    except BROKEN as error:
        text = f"The mail could not be put together with what was changed in it ({type(error).__name__})."
        raise Refused(554, "unsendable", text) from error
    heard = http.mail(account, sender, message.content.to, raw, deadline=deadline)
    said = heard.body.decode("utf-8", "replace")
    if 200 <= heard.status < 300:
        return Sent(_queue_id(said, message), "accepted", tuple(f"{who}: {why}" for who, why in heard.headers.items()))
    if heard.status >= 500:
        code = CODE.search(said)
        raise Refused(heard.status, code[0] if code else str(heard.status), said[:200])
    raise TryLater(
        f"The mail server put it off: {heard.status} {said}"[:300], after=None if heard.status == 421 else WAIT
    )


def receipts(request: Request, account: Account) -> list[Receipt]:
    """Denied: a mail server does not call back."""
    raise Denied("A mail server does not call back.")


def account(derived: Callable[[str], str]) -> Account:
    """The account at the mail server that is not there."""
    return Account(NAME, NAME, "", "test", derived("password")[:32], more={"host": "mail.invalid", "port": "587"})


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """What a mail server would say: it takes everything, but knows of nobody who is called bounced."""
    names = [to.partition("@")[0].partition("+")[0].casefold() for to in url.split(",")]
    if names and all(name == "bounced" for name in names):
        return Answer(550, b"5.1.1 There is no such mailbox here")
    return Answer(250, f"2.0.0 Ok: queued as {hashlib.sha256(body).hexdigest()[:12].upper()}".encode())


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """Never asked for: a mail server has no word for a delivery."""
    raise Denied("A mail server does not call back.")


def _mail(message: Message, now: datetime) -> tuple[bytes, str]:
    """The bytes to hand over, and the address that bounces go to."""
    content = message.content
    if not mails.is_whole(content):
        return _composed(message, now), _bare(content.sender or "")
    if message.part is None:
        raise TryLater("The mail's own bytes were not found, so nothing was sent.", alarm=True)
    read, (sender, to) = mime.read(message.part), mime.envelope(message.part)
    changes = _recipients(read, to, content.to)
    raw = message.part
    if (content.body, content.html) != (read.text, read.html):
        raw = _reworded(read, content)
    if (content.subject_line or "") != read.subject:
        changes["subject"] = content.subject_line
    if "message-id" not in read.headers:
        changes["message-id"] = _message_id(message)
    return mime.outgoing(raw, changes), sender


def _recipients(read: mime.Mail, was: Sequence[str], now: Sequence[str]) -> dict[str, str | None]:
    """The headers that name people, where somebody was left out or another came in."""
    gone = {one.casefold() for one in was} - {one.casefold() for one in now}
    new = [one for one in now if one.casefold() not in {address.casefold() for address in was}]
    if not gone and not new:
        return {}
    changes: dict[str, str | None] = {}
    for name, boxes in (("to", read.to), ("cc", read.cc)):
        left = [mime.boxed(*box) for box in boxes if box[1].casefold() not in gone]
        left += new if name == "to" else []
        if len(left) == len(boxes) and not (name == "to" and new):
            continue
        changes[name] = ", ".join(left) or ("undisclosed-recipients:;" if name == "to" else None)
    return changes


def _reworded(read: mime.Mail, content: Content) -> bytes:
    """The mail with the words that somebody wrote instead, and its files; what its HTML showed goes with the HTML."""
    made = _worded(content)
    for name, value in read.headers.items():
        if name in KEPT or name.startswith(("list-", "x-")):
            made[name.title()] = value
    made["Subject"] = read.subject
    for file in read.files:
        if file.cid and content.html is None:
            continue
        if made.get_content_type() != "multipart/mixed":
            made.make_mixed()
        made.attach(cast(EmailMessage, file.part))  # any part of a mail will do
    return made.as_bytes()


def _composed(message: Message, now: datetime) -> bytes:
    """A mail of its own from what another door took."""
    content = message.content
    made = _worded(content)
    made["From"], made["To"] = content.sender or "", ", ".join(content.to)
    made["Subject"] = content.subject_line or ""
    made["Date"], made["Message-ID"] = format_datetime(now), _message_id(message)
    return made.as_bytes()


def _worded(content: Content) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    if content.body is not None or content.html is None:
        made.set_content(content.body or "")
        if content.html is not None:
            made.add_alternative(content.html, subtype="html")
    else:
        made.set_content(content.html, subtype="html")
    return made


def _message_id(message: Message) -> str:
    domain = _bare(message.content.sender or "").rpartition("@")[2]
    return f"<{message.crm_id}@{domain if domain.isascii() and domain else 'sayso.invalid'}>"


def _queue_id(said: str, message: Message) -> str:
    """What the server calls it; no two of its mails may have the same name, so an empty one is none."""
    found = QUEUED.search(said)
    own = next((name for name in found.groups() if name), "") if found else ""
    return (own or CODE.sub("", said).strip() or message.id)[:100]


def _bare(sender: str) -> str:
    return next((address for _, address in mime.addresses(sender)), sender)
