"""What people write back by e-mail (Inbound Parse): verified, read for what they want, told to the CRM as it came."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from email.utils import parseaddr

from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from sayso.message import Account, Answer, Draft, Inbound, Malformed, Outgoing, Request
from sayso.message.pages import readable
from sayso_providers.base import Http, Viewer
from sayso_providers.sendgrid import raw
from sayso_providers.sendgrid.rules import EMAIL
from sayso_providers.sendgrid.signed import verify

# https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
# (read 2026-11-22)
NOTED = Answer(200, b"", {})
QUOTED = re.compile(
    r"^\s*>|^(?:on|am|le|el|il|em)\b.{4,200}(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu)\s?:\s*$",
    re.IGNORECASE,
)
"""A line of what is answered; what is written below it counts."""
ENDS = re.compile(
    r"^-{2,}\s*(?:original message|forwarded message)|^_{8,}$|^(?:from|sent|von|de|da)\s?:\s", re.IGNORECASE
)
"""From here on it is all what is answered."""
SHOWN = ("from", "to", "cc", "subject", "envelope", "attachments", "attachment-info", "SPF", "dkim", "spam_score")
REPLY = re.compile(r"\s*(?:re|aw|sv|rv|r)\s?:", re.IGNORECASE)
LONGEST, LONGEST_HEADER, MOST_READ, MOST_PARTS = 20_000, 2_000, 1_000_000, 200
BY_MAIL = "By e-mail:"
Form = dict[str, bytes]


def inbound(request: Request, account: Account) -> Inbound:
    """What somebody wrote, verified first; Denied when SendGrid did not sign it.

    An old post is not refused: one mail is stored once, whatever came of an earlier try.
    """
    verify(request, account, fresh=False)
    form = _form(request)
    given = {name: _decoded(name, form) for name in form}
    whole = raw.read(form["email"]) if "email" in form else None
    sender = _address(given.get("from", "") or (whole.sender if whole else ""))
    to = _envelope(given.get("envelope", "")) or _address(given.get("to", ""))
    if not EMAIL.fullmatch(sender) or not EMAIL.fullmatch(to):
        raise Malformed(400, "malformed", "The mail says not from whom or to whom it is.")
    named = "|".join(given.get(name, "") for name in ("headers", "from", "to", "subject", "text", "html", "email"))
    content_type = request.headers.get("content-type", "")
    return Inbound(
        event_key=hashlib.sha256(named.encode(errors="surrogateescape")).hexdigest(),
        crm_id=secrets.token_urlsafe(16),
        sender=sender.lower(),
        to=to.lower(),
        text=_said(given, whole),
        channel="email",
        fields=(
            *((name, given[name][:LONGEST]) for name in SHOWN if given.get(name)),
            ("content-type", content_type),
            ("body", base64.b64encode(request.body).decode()),
        ),
    )


def retell(inbound: Inbound, viewer: Viewer, url: str, our_url: str, replied_to: str | None) -> Outgoing:
    """The form as SendGrid posted it, byte for byte; the signature alone is ours."""
    return Outgoing(url, tuple(pair for pair in inbound.fields if pair[0] in ("content-type", "body")))


def replies(answer: Answer, inbound: Inbound, viewer: Viewer, url: str) -> tuple[list[Draft], list[str]]:
    """Nothing: SendGrid reads nothing in the answer to a mail that it brings."""
    return [], []


def medium(inbound: Inbound, path: str, account: Account, http: Http) -> Answer:
    """Nothing to ask for: a mail brings what is attached to it along."""
    raise Malformed(404, "not_found", "not found")


def _form(request: Request) -> Form:
    """The fields as bytes, for each may be in a charset of its own; files stay where they are."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise Malformed(400, "malformed", "Send multipart/form-data.")
    found: Form = {}
    name = ""
    try:
        decoder = MultipartDecoder(options["boundary"].encode(), max_parts=MOST_PARTS)
        for data in (request.body, None):
            decoder.receive_data(data)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                if isinstance(event, Field | File):
                    name = event.name if isinstance(event, Field) else ""
                elif isinstance(event, Data) and name:
                    found[name] = found.get(name, b"") + event.data
            if isinstance(event, Epilogue):
                break
    except (ValueError, HTTPException) as error:
        raise Malformed(400, "malformed", "This form cannot be read.") from error
    return found


def _decoded(name: str, form: Form) -> str:
    """A field in the charset that the form says it is in; what is not of it is shown as such."""
    try:
        said = json.loads(form.get("charsets", b"{}"))
    except (ValueError, RecursionError):
        said = None
    return raw.decoded(form[name], str(said.get(name) or "utf-8") if isinstance(said, dict) else "utf-8")


def _address(written: str) -> str:
    """The address in a header; empty where nobody could say which."""
    try:
        return parseaddr(written[:LONGEST_HEADER])[1]
    except RecursionError:  # comments within comments
        return ""


def _envelope(written: str) -> str:
    """The first address that the mail was really delivered to."""
    try:
        said = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return ""
    listed = said.get("to") if isinstance(said, dict) else None
    return raw.clean(str(listed[0])).strip() if isinstance(listed, list) and listed else ""


def _said(given: dict[str, str], whole: raw.Raw | None) -> str:
    """What was written, without what it answers; the first line says that it is a mail, so that none is a bare START.

    A mail's sender is easily forged: a stop counts all the same, and only a signed text takes one back.
    """
    subject = given.get("subject", "") or (whole.subject if whole else "")
    first = [BY_MAIL] if REPLY.match(subject) or not subject.strip() else [BY_MAIL, subject.strip()]
    text, page = given.get("text", ""), given.get("html", "")
    if whole and (whole.text or whole.page):
        text, page = whole.text, whole.page
    lines = (text if text.strip() else readable(page))[:MOST_READ].splitlines()
    end = next((n for n, line in enumerate(lines) if ENDS.search(line)), len(lines))
    own = [line for line in lines[:end] if not QUOTED.search(line)]
    return "\n".join([*first, *own]).strip()[:LONGEST]
