"""What every vendor of e-mail does alike with a mail that came in over SMTP, or that a mail server is to carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sayso.message import Content, Malformed
from sayso_providers.base import mime
from sayso_providers.base.shapes import Change

LONGEST_BODY = 1_000_000
SHOWN = ("html", "subject_line")


def is_whole(content: Content) -> bool:
    """Whether it came in as a mail, whose own bytes are its part."""
    return dict(content.fields).get("mime") == "part"


def revise(content: Content, change: Change) -> Content:
    """The content with the change in it; new words take the place of all that it said before."""
    if change.media is not None or change.variables is not None:
        raise Malformed(400, "media", "Of a mail only its words, its subject line and whom it goes to can be changed.")
    revised, shown = content, dict(content.fields)
    if change.to is not None:
        to = mime.address(change.to)
        if to is None:
            raise Malformed(400, "to", f"{change.to[:80]!r} is no e-mail address.")
        revised = replace(revised, to=(to, *content.to[1:]), callback_url=None)
    if change.drop:
        gone = {one.casefold() for one in change.drop}
        revised = replace(revised, to=tuple(one for one in revised.to if one.casefold() not in gone))
    if change.body is not None:
        if len(change.body) > LONGEST_BODY:
            raise Malformed(400, "body", f"A mail may say {LONGEST_BODY} characters at most.")
        revised = replace(revised, body=change.body, html=None, seen=None)
        shown.pop("html", None)
    if change.subject_line is not None:
        revised = replace(revised, subject_line=change.subject_line)
        shown["subject_line"] = change.subject_line
    others = tuple(pair for pair in content.fields if pair[0] not in SHOWN)
    return replace(revised, fields=(*others, *((name, shown[name]) for name in SHOWN if shown.get(name))))


def kinds(read: mime.Mail, was: Sequence[str], now: Sequence[str]) -> Mapping[str, list[mime.Box]]:
    """To whom of those that it goes to now it is addressed, who gets a copy, and who a hidden one (to, cc, bcc)."""
    known = {
        address.casefold(): (kind, (name, address)) for kind in ("cc", "to") for name, address in getattr(read, kind)
    }
    before = {one.casefold() for one in was}
    found: dict[str, list[mime.Box]] = {"to": [], "cc": [], "bcc": []}
    for one in now:
        kind, box = known.get(one.casefold(), ("bcc" if one.casefold() in before else "to", ("", one)))
        found[kind].append((box[0], one))
    return found
