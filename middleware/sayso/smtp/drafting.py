"""From a mail to a draft: its words as checks and staff read them, and its own bytes beside them."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sayso.api import reading
from sayso.message import Content, Draft, Json, Malformed, Policy
from sayso.message.bodies import from_json
from sayso.message.pages import readable
from sayso_providers.base import mime, parts

MOST_WORDS = 1_000_000
MOST_SUBJECT = 998
SENDGRID = frozenset({"unique_args", "category", "send_at", "asm_group_id", "filters", "ip_pool"})
"""What of X-SMTPAPI changes nothing that somebody signs off."""
FURTHEST = timedelta(hours=72)
OURS = ("purpose", "subject", "person")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a client hands over: who it is from, to whom it goes (whatever its headers say), and the mail itself."""

    sender: str
    to: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says to us in headers of its own."""

    purpose: str | None = None
    subject: str | None = None
    person: str | None = None
    send_at: datetime | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    smtpapi: str | None = None


def draft(envelope: Envelope, vendor: str, policy: Policy, now: datetime) -> tuple[Draft, str | None]:
    """The draft and the key by which the same mail is met again; Malformed with SMTP's code where there is none."""
    try:
        mail = mime.read(envelope.raw)
    except parts.Unreadable as error:
        raise Malformed(554, "5.6.0", f"This mail cannot be taken: {error}.") from error
    if not mail.sender[1]:
        raise Malformed(554, "5.6.0", "This mail has no From header with an address.")
    if len(mail.text or "") + len(mail.html or "") > MOST_WORDS:
        raise Malformed(552, "5.3.4", f"The words of a mail may have {MOST_WORDS} characters; files are not counted.")
    told = _told(mail, policy, now)
    made = Draft(
        channel="email",
        provider=vendor,
        crm_id=f"msg_{secrets.token_hex(16)}",
        content=_content(mail, envelope.to, told),
        purpose=told.purpose,
        subject=told.subject,
        person=told.person,
        send_at=told.send_at,
        door="smtp",
        part=mime.enveloped(envelope.raw, envelope.sender, envelope.to),
    )
    return made, _key(mail, envelope.to)


def _content(mail: mime.Mail, to: tuple[str, ...], told: Told) -> Content:
    seen = readable(mail.html) if mail.html else None
    fields = [("mime", "part"), ("subject_line", mail.subject[:MOST_SUBJECT])]
    fields += [("html", seen)] if mail.text and seen else []
    fields += [("attachment", file.name) for file in mail.files if not file.cid]
    fields += [("x_smtpapi", told.smtpapi)] if told.smtpapi else []
    return Content(
        to=to,
        sender=mime.boxed(*mail.sender),
        body=mail.text,
        fields=tuple(pair for pair in fields if pair[1]),
        seen=None if mail.text else seen,
        subject_line=mail.subject,
        html=mail.html,
        metadata=told.metadata,
    )


def _key(mail: mime.Mail, to: Sequence[str]) -> str | None:
    """The same mail to the same people, sent again; one that has no id of its own is met by its bytes alone."""
    own = mail.headers.get("message-id")
    if not own:
        return None
    files = [hashlib.sha256(file.data).hexdigest() for file in mail.files]
    same = json.dumps([own, sorted(one.casefold() for one in to), mail.subject, mail.text, mail.html, files])
    return f"smtp-{hashlib.sha256(same.encode('utf-8', 'replace')).hexdigest()}"


def _told(mail: mime.Mail, policy: Policy, now: datetime) -> Told:
    """What X-Sayso-… headers say, which must be right, and else what SendGrid's own header says."""
    given = {name: mime.decoded(mail.headers[f"x-sayso-{name}"]) for name in OURS if f"x-sayso-{name}" in mail.headers}
    readers = {"subject": reading.subject, "person": reading.line}
    try:
        own = {
            name: readers[name](f"X-Sayso-{name.title()}", value) for name, value in given.items() if name in readers
        }
    except Malformed as bad:
        raise Malformed(554, "5.6.0", str(bad)) from bad
    if "purpose" in given and given["purpose"] not in policy.purposes:
        raise Malformed(554, "5.6.0", f"X-Sayso-Purpose: there is no purpose {given['purpose'][:80]!r}.")
    asked = _asked(mail.headers.get("x-smtpapi"))
    args = asked.get("unique_args")
    named = {str(name): _text(value) for name, value in args.items()} if isinstance(args, dict) else {}
    message_id = mail.headers.get("message-id")
    return Told(
        purpose=given.get("purpose") or _purpose(named, asked.get("category"), policy),
        subject=own.get("subject") or _fitting(named.get("subject")),
        person=own.get("person") or named.get("person") or None,
        send_at=_moment(asked.get("send_at"), now),
        metadata=(*((("message_id", message_id[:MOST_SUBJECT]),) if message_id else ()), *named.items()),
        smtpapi=json.dumps(asked) if asked else None,
    )


def _asked(header: str | None) -> Mapping[str, Json]:
    """What X-SMTPAPI says; Malformed where it would change a mail after its sign-off."""
    if not header:
        return {}
    try:
        found = from_json(header)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Malformed(554, "5.6.0", "X-SMTPAPI must be a JSON object.")
    for name in found:
        if name not in SENDGRID:
            able = ", ".join(sorted(SENDGRID))
            raise Malformed(554, "5.6.0", f"X-SMTPAPI: sayso takes no {name[:40]!r}, only {able}.")
    return found


def _purpose(named: Mapping[str, str], category: Json, policy: Policy) -> str | None:
    """The purpose that the mail's own labels name, if they name one."""
    labels = category if isinstance(category, list) else [category]
    return next(
        (one for one in (named.get("purpose"), *labels) if isinstance(one, str) and one in policy.purposes), None
    )


def _fitting(subject: str | None) -> str | None:
    return subject if subject and reading.SUBJECT.fullmatch(subject) else None


def _moment(raw: Json, now: datetime) -> datetime | None:
    if raw is None:
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 < raw < 1 << 33:
        raise Malformed(554, "5.6.0", "X-SMTPAPI: send_at must be a time in whole seconds since 1970.")
    at = datetime.fromtimestamp(raw, UTC)
    if at > now + FURTHEST:
        raise Malformed(554, "5.6.0", "X-SMTPAPI: send_at may be 72 hours ahead at most.")
    return at if at > now else None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
