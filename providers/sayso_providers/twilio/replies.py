"""What a CRM answers when it hears of a message: TwiML, or plain words, as drafts of what it wants to write back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree  # what could name an entity is refused before it is parsed

from sayso.message import Answer, Content, Draft, Inbound, Malformed
from sayso_providers.base import Viewer
from sayso_providers.twilio import fields as rules

# https://www.twilio.com/docs/messaging/twiml and /docs/messaging/twiml/message (read 2026-11-22)
TWIML, PLAIN = ("text/xml", "application/xml", "text/html"), "text/plain"
VERBS = ("Message", "Sms")
LARGEST, MOST = 64 * 1024, 20
Given = dict[str, str]


def replies(answer: Answer, inbound: Inbound, viewer: Viewer, url: str) -> tuple[list[Draft], list[str]]:
    """The messages that an answer asks for, and in words what of it was left out."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    drafts: list[Draft] = []
    notes: list[str] = []
    try:
        for given, media in _asked(answer.body, kind, notes):
            if len(drafts) == MOST:
                notes.append(f"More than {MOST} messages; the rest was left out.")
                break
            try:
                drafts.append(_draft(given, media, inbound, viewer, url))
            except Malformed as bad:
                notes.append(str(bad))
    except (ValueError, ElementTree.ParseError):
        notes.append("The answer is no TwiML that can be read.")
    return drafts, notes


def _asked(body: bytes, kind: str, notes: list[str]) -> Iterator[tuple[Given, tuple[str, ...]]]:
    if len(body) > LARGEST:
        raise ValueError("too large")
    text = body.decode("utf-8-sig")
    if not text.strip():
        return
    if kind == PLAIN:
        yield {"Body": text.strip()}, ()
    elif kind in TWIML or (not kind and text.lstrip().startswith("<")):
        yield from _verbs(text, notes)
    else:
        notes.append(f"An answer of the type {kind[:40]!r} is no TwiML.")


def _verbs(text: str, notes: list[str]) -> Iterator[tuple[Given, tuple[str, ...]]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("TwiML has no declarations")
    root = ElementTree.fromstring(text)  # noqa: S314  # without a declaration there is nothing to expand
    if root.tag != "Response":
        raise ValueError("TwiML is a Response")
    for verb in root:
        if verb.tag in VERBS:
            yield _message(verb)
        else:
            notes.append(f"<{str(verb.tag)[:40]}> was left out: only messages are answered with.")


def _message(verb: ElementTree.Element) -> tuple[Given, tuple[str, ...]]:
    bodies = ["".join(part.itertext()) for part in verb if part.tag == "Body"]
    loose = (verb.text or "") + "".join(part.tail or "" for part in verb)
    media = tuple(link for part in verb if part.tag == "Media" and (link := "".join(part.itertext()).strip()))
    given = {name: verb.attrib[name] for name in ("to", "from", "action", "statusCallback") if verb.attrib.get(name)}
    return given | {"Body": "".join(bodies) if bodies else loose.strip()}, media


def _draft(asked: Given, media: tuple[str, ...], inbound: Inbound, viewer: Viewer, url: str) -> Draft:
    """Checked as if the CRM had handed it in; what is for somebody else is no answer, and says no purpose."""
    given = {"To": asked.get("to", inbound.sender), "From": asked.get("from", inbound.to)}
    given |= {"Body": asked["Body"]} if asked["Body"] else {}
    to = rules.recipient(given, viewer.country)
    sender = rules.sender(given, to, viewer.country)
    rules.require_words(given, media)
    callback = _absolute(asked.get("statusCallback") or asked.get("action"), url)
    prefix = rules.CHANNEL_PREFIX.match(to)
    content = Content(
        to=(to,),
        sender=sender,
        body=given.get("Body"),
        media=media,
        fields=(*given.items(), *(("MediaUrl", link) for link in media)),
        callback_url=rules.url(callback, 21609, "statusCallback"),
    )
    crm_id = ("MM" if media else "SM") + secrets.token_hex(16)
    direct = to == rules.number(inbound.sender, viewer.country)
    return Draft(
        channel=prefix[1] if prefix else ("mms" if media else "sms"),
        provider="twilio",
        crm_id=crm_id,
        content=content,
        purpose="auto_reply" if direct else None,
    )


def _absolute(callback: str | None, url: str) -> str | None:
    """Where a CRM wants to be called back: it may say so relative to where it heard of the message."""
    try:
        return urljoin(url, callback) if callback else None
    except ValueError as error:
        raise Malformed(400, 21609, "The 'statusCallback' URL is not a valid URL.") from error
