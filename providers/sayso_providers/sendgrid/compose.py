"""What another door took for SendGrid to carry, and what people may change in a mail before it goes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formataddr, parseaddr

from sayso.message import Content, Json, Malformed
from sayso_providers.base import Change, mails
from sayso_providers.sendgrid import mimed
from sayso_providers.sendgrid.rules import EMAIL, LONGEST_SUBJECT
from sayso_providers.sendgrid.shape import EDITED, KINDS, PERSONALIZATION, addresses, dumped, people, personalization

LONGEST_VALUE = 10_000
Own = dict[str, Json]


def fresh_id(content: Content) -> str:
    """An id in the shape of an X-Message-Id."""
    return secrets.token_urlsafe(16)


def compose(content: Content, channel: str, country: str) -> Content:
    """The content with the fields of a mail-send request; Malformed names the field it cannot take."""
    if mails.is_whole(content):
        return mimed.checked(content)
    name, sender = parseaddr(content.sender or "")
    for field, address in (("to", content.to[0]), ("from", sender)):
        if not EMAIL.fullmatch(address):
            raise Malformed(400, field, f"{field} must be an e-mail address that SendGrid takes.")
    given = dict(content.fields)
    own: Own = {"to": [{"email": content.to[0]}]}
    own |= {"dynamic_template_data": json.loads(given["variables"])} if given.get("variables") else {}
    fields = {
        PERSONALIZATION: dumped(own),
        "from": formataddr((name, sender), "utf-8") if name else "",
        "subject_line": content.subject_line or "",
        "html": given.get("html", ""),
    }
    return replace(content, sender=sender, fields=tuple((name, value) for name, value in fields.items() if value))


def revise(content: Content, change: Change, country: str) -> Content:
    """The content with the change in it and in its request; Malformed in plain words where it cannot be."""
    if mails.is_whole(content):
        return mails.revise(content, change)
    own, revised = personalization(content), content
    if change.to is not None:
        revised = replace(revised, callback_url=None)
        _redirect(own, change.to)
    if change.drop:
        _drop(own, change.drop)
    if change.variables is not None:
        own["dynamic_template_data"] = _variables(own, change.variables)
    if change.media is not None:
        raise Malformed(400, "media", "What is attached to an e-mail cannot be changed here.")
    if change.body is not None or change.subject_line is not None:
        revised = _reworded(revised, change)
        own[EDITED] = True
    fields = {PERSONALIZATION: dumped(own), "subject_line": revised.subject_line or ""}
    return replace(revised, to=addresses(own), fields=_set(content.fields, fields))


def _redirect(own: Own, to: str) -> None:
    """Another address in place of the first; whoever it was for is not named any more."""
    if not EMAIL.fullmatch(to.strip()):
        raise Malformed(400, "to", f"{to[:80]!r} is no e-mail address that can be written to.")
    if to.strip().lower() in {address.lower() for address in addresses(own)[1:]}:
        raise Malformed(400, "to", "It goes to that address already.")
    first: Json = {"email": to.strip()}
    own["to"] = [first, *people(own, "to")[1:]]


def _drop(own: Own, dropped: tuple[str, ...]) -> None:
    for kind in KINDS:
        left: list[Json] = [one for one in people(own, kind) if str(one.get("email", "")).strip() not in dropped]
        own.pop(kind, None)
        own |= {kind: left} if left else {}
    if "to" not in own:
        text = "Nobody would be left whom it is addressed to, only copies: do not send it instead."
        raise Malformed(400, "drop", text)


def _reworded(content: Content, change: Change) -> Content:
    """Other words: what was designed as a page stays out of it, for both would have to say the same."""
    if content.template:
        raise Malformed(400, "body", "These words are SendGrid's template, so only its variables can be changed.")
    if change.body is not None and content.html is not None:
        raise Malformed(400, "body", "This one has a designed version as well, which cannot be edited here.")
    subject = content.subject_line if change.subject_line is None else change.subject_line
    if subject is not None and (not subject.strip() or len(subject) > LONGEST_SUBJECT or not subject.isprintable()):
        raise Malformed(400, "subject_line", f"The subject is one line of at most {LONGEST_SUBJECT} characters.")
    return replace(content, body=content.body if change.body is None else change.body, subject_line=subject)


def _variables(own: Own, change: Mapping[str, str]) -> Json:
    known = own.get("dynamic_template_data")
    values = dict(known) if isinstance(known, dict) else {}
    for name, value in change.items():
        if not isinstance(values.get(name), str):
            names = ", ".join(name for name, one in values.items() if isinstance(one, str)) or "none"
            raise Malformed(400, "variables", f"This template has no text {name[:40]!r}; it has {names}.")
        if not value.strip() or len(value) > LONGEST_VALUE:
            raise Malformed(400, "variables", f"The value {name!r} must have 1 to {LONGEST_VALUE} characters.")
    return {**values, **change}


def _set(fields: tuple[tuple[str, str], ...], changed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The fields with other values, each where its name stood."""
    return tuple((name, changed.get(name, value)) for name, value in fields)
