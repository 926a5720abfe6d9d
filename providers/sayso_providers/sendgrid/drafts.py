"""From a checked mail-send request to its messages: one for each personalization, in the words that would be read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formataddr
from functools import lru_cache

from sayso.message import Content, Draft, Json, Malformed
from sayso.message.pages import readable
from sayso_providers.base import gaps
from sayso_providers.sendgrid.shape import EDITED, PERSONALIZATION, addresses, dumped, group, people

APART = ("personalizations", "send_at", "batch_id")
"""What of a request is not the same for all its messages."""
SUBJECT = re.compile(r"[a-z][a-z_]{0,39}/[^\s/\x00-\x1f\x7f]{1,150}")
LABEL = re.compile(r"(purpose|subject|person)[:=](.+)")
LONGEST_NAME, LONGEST_RUN, LONGEST = 100, 100, 20_000_000
LOOKS, LOOKS_EACH = 100_000, 30
"""How often a text may be held against a tag: so often, and so often more for each of its characters."""
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all messages of a request have in common; `read` makes text of HTML, once for the same page."""

    body: Mapping[str, Json]
    read: Callable[[str], str]

    @property
    def template(self) -> str | None:
        """The template at SendGrid, if the words lie there."""
        return str(self.body.get("template_id") or "") or None


def drafts(body: Mapping[str, Json], now: datetime) -> list[Draft]:
    """The messages of a request; Malformed where it has half a character in it."""
    try:
        part = dumped({name: value for name, value in body.items() if name not in APART}).encode()
        dumped(body["personalizations"]).encode()
    except UnicodeEncodeError as error:
        raise Malformed(400, "malformed", "Bad Request") from error
    crm_id, shared = secrets.token_urlsafe(16), Shared(body, lru_cache(maxsize=4)(readable))
    found: list[Draft] = []
    size = 0
    for n, own in enumerate(people(body, "personalizations")):
        try:
            found.append(_draft(f"{crm_id}.{n}" if n else crm_id, own, shared, part, now))
        except gaps.TooLong as error:
            raise Malformed(413, f"personalizations.{n}.substitutions", str(error)) from error
        size += found[-1].content.size
        if size > LONGEST:
            raise Malformed(413, "personalizations", f"All its mails may have {LONGEST:,} characters together at most.")
    return found


def filled(text: str, own: Mapping[str, Json], sections: Json = None) -> str:
    """A text with the personalization's substitutions in it, and the sections that those name; TooLong for too much."""
    for values in (own.get("substitutions"), sections):
        if isinstance(values, dict):
            text = _replaced(text, {tag: str(value) for tag, value in values.items() if tag})
    return text


def _replaced(text: str, values: Mapping[str, str]) -> str:
    """A text with a value for each tag, the longest tag first."""
    if not values:
        return text
    tags = sorted(values, key=len, reverse=True)
    starts = re.compile(f"[{re.escape(''.join({tag[0] for tag in tags}))}]")
    if len(tags) * sum(1 for _ in starts.finditer(text)) > LOOKS + LOOKS_EACH * len(text):
        raise gaps.TooLong("So many tags that begin like much of the text cannot be looked for in it.")
    return gaps.filled(re.compile("|".join(map(re.escape, tags))), text, lambda found: values[found[0]])


def _draft(crm_id: str, own: dict[str, Json], shared: Shared, part: bytes, now: datetime) -> Draft:
    args = _args(shared.body.get("custom_args")) | _args(own.get("custom_args"))
    labels = {found[1]: found[2] for one in _categories(shared) if (found := LABEL.fullmatch(one))} | args
    send_at = _send_at(own.get("send_at", shared.body.get("send_at")), now)
    run = str(shared.body.get("batch_id") or args.get("batch", "")).strip()[:LONGEST_RUN]
    return Draft(
        channel="email",
        provider="sendgrid",
        crm_id=crm_id,
        content=_content(own, shared, args),
        purpose=labels.get("purpose", "").strip()[:LONGEST_NAME] or None,
        subject=labels["subject"] if SUBJECT.fullmatch(labels.get("subject", "")) else None,
        person=_line(labels.get("person", "")),
        send_at=send_at,
        expires_at=send_at,
        part=part,
        batch=run or None,
    )


def _content(own: dict[str, Json], shared: Shared, args: dict[str, str]) -> Content:
    body = shared.body
    sender = own.get("from") or body["from"]
    found = {kind: filled(words, own, body.get("sections")) for kind, words in _parts(body)}
    text, html = found.pop("text/plain", None), found.pop("text/html", None)
    subject = str(own.get("subject") or body.get("subject") or "")
    subject = filled(subject, own, body.get("sections"))
    fields = [(PERSONALIZATION, _kept(own, body)), *_told(sender, subject, shared)]
    seen = shared.read(html) if html else None
    if shared.template:
        fields += [("text", text or ""), ("html", seen or "")]
    elif text:
        fields.append(("html", seen or ""))
    fields += [(kind, shared.read(words) if "html" in kind else words) for kind, words in found.items()]
    return Content(
        to=addresses(own),
        sender=str(sender.get("email", "")).strip() if isinstance(sender, dict) else None,
        body=None if shared.template else text,
        fields=tuple((name, value) for name, value in fields if value),
        template=shared.template,
        seen=None if text or shared.template else seen,
        subject_line=subject or None,
        html=None if shared.template else html,
        metadata=tuple(args.items()),
    )


def _kept(own: dict[str, Json], body: Mapping[str, Json]) -> str:
    """The personalization as it came, with the time it is for: a request for another time is another request."""
    at = own.get("send_at", body.get("send_at"))
    theirs = {name: value for name, value in own.items() if name != EDITED}  # which is a word of ours
    return dumped({**theirs, **({"send_at": at} if at is not None else {})})


def _told(sender: Json, subject: str, shared: Shared) -> Iterator[tuple[str, str]]:
    """What else of the request a person may want to see, and the checks are to read."""
    body = shared.body
    if isinstance(sender, dict) and sender.get("name"):
        yield "from", formataddr((str(sender["name"]), str(sender.get("email", "")).strip()), "utf-8").strip()
    yield "subject_line", subject
    replies = [*people(body, "reply_to_list"), *people({"reply_to": [body.get("reply_to")]}, "reply_to")]
    yield "reply_to", ", ".join(str(one.get("email", "")) for one in replies)
    yield "attachments", ", ".join(_attached(one) for one in people(body, "attachments"))
    yield "categories", dumped(body["categories"]) if body.get("categories") else ""
    yield "headers", dumped(body["headers"]) if body.get("headers") else ""
    asm = body.get("asm")
    yield "asm", group(asm.get("group_id")) if isinstance(asm, dict) else ""
    yield "batch_id", str(body.get("batch_id") or "")
    yield from _added(body, shared.read)


def _attached(one: dict[str, Json]) -> str:
    kind = ", ".join(str(one[name]) for name in ("type", "disposition") if one.get(name))
    return f"{one.get('filename')} ({kind})" if kind else str(one.get("filename"))


def _added(body: Mapping[str, Json], read: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """What SendGrid adds to the words, and which of its own guards it is to leave out."""
    mail, tracking = body.get("mail_settings"), body.get("tracking_settings")
    settings = {**(mail if isinstance(mail, dict) else {}), **(tracking if isinstance(tracking, dict) else {})}
    for name, given in settings.items():
        if isinstance(given, dict) and given.get("enable") is True:
            if name in ("footer", "subscription_tracking"):
                yield name, "\n".join([str(given.get("text") or ""), read(str(given.get("html") or ""))]).strip()
            elif name.startswith("bypass_"):
                yield "mail_settings", name


def _parts(body: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for part in people(body, "content"):
        yield str(part["type"]).partition(";")[0].strip().lower(), str(part["value"])


def _args(given: Json) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _categories(shared: Shared) -> list[str]:
    found = shared.body.get("categories")
    return [str(one) for one in found] if isinstance(found, list) else []


def _send_at(given: Json, now: datetime) -> datetime | None:
    """The moment it is for; what is past already is for now, as at SendGrid."""
    at = datetime.fromtimestamp(given, UTC) if isinstance(given, int) else None
    return at if at and at > now else None


def _line(given: str) -> str | None:
    return given.strip() if given.strip() and given.isprintable() and len(given) <= 200 else None
