"""What our own door took, as WhatsApp can carry it: a text, one file by its link, or a template with its values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from sayso.message import Content, Malformed, telephony
from sayso_providers.base import Change
from sayso_providers.base.plain import read_object

LONGEST, LONGEST_CAPTION, LONGEST_VALUE = 4096, 1024, 1024
TEMPLATE = re.compile(r"[a-z0-9_]{1,512}/[a-z]{2,3}(?:_[A-Za-z]{2,4})?")
NUMBERED, NAMED = re.compile(r"[1-9]\d?"), re.compile(r"[a-z][a-z0-9_]{0,59}")
PLACED = re.compile(r"(header)(?:\.([a-z][a-z0-9_]{0,59}))?|(button)\.(\d)")
UNFIT = re.compile(r"[\n\r\t]| {5}")
MEDIA: Mapping[str, str] = {
    **dict.fromkeys(("jpg", "jpeg", "png"), "image"),
    **dict.fromkeys(("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt"), "document"),
    **dict.fromkeys(("mp4", "3gp"), "video"),
}
"""What a link is, by its ending: WhatsApp wants to be told."""


def compose(content: Content, channel: str, country: str) -> Content:
    """The content with its number in E.164 and its values checked; Malformed names what WhatsApp cannot take."""
    sender = telephony.e164(content.sender or "", country)
    if sender is None or sender == content.to[0]:
        raise Malformed(400, "from", "from must be the shop's own WhatsApp number, best as +14155550123.")
    _require_words(content)
    if len(content.media) > 1:
        raise Malformed(400, "media", "A WhatsApp carries one file; send each in a message of its own.")
    for link in content.media:
        kind_of(link)
    values = values_of(content)
    _require_values(values)
    return replace(content, sender=sender, fields=_fields(values))


def revise(content: Content, change: Change, country: str) -> Content:
    """The content with the change in it; Malformed, in plain words, where WhatsApp could not take it."""
    known = values_of(content)
    for name in change.variables or {}:
        if name not in known:
            names = ", ".join(known) or "none"
            raise Malformed(400, "variables", f"This template has no value {name[:40]!r}; it has {names}.")
    revised = replace(content, fields=_fields({**known, **(change.variables or {})}))
    if change.to is not None:
        to = telephony.e164(change.to.strip().removeprefix("whatsapp:"), country)
        if to is None:
            raise Malformed(400, "to", f"{change.to[:80]!r} is no number that can be written to.")
        revised = replace(revised, to=(to,), callback_url=None)
    if change.body is not None:
        revised = replace(revised, body=change.body)
    if change.media is not None:
        revised = replace(revised, media=change.media)
    return compose(revised, "whatsapp", country)


def values_of(content: Content) -> dict[str, str]:
    """What a template is filled with, by name."""
    found = read_object(dict(content.fields).get("variables", "").encode())
    return {name: str(value) for name, value in found.items()}


def kind_of(link: str) -> str:
    """Whether a link leads to an image, a document or a video; Malformed when it does not say so."""
    ending = urlsplit(link).path.rpartition(".")[2].lower()
    if ending not in MEDIA:
        raise Malformed(400, "media", f"A link must end in what it leads to: {', '.join(MEDIA)}.")
    return MEDIA[ending]


def _fields(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return (("variables", json.dumps(values, ensure_ascii=False)),) if values else ()


def _require_words(content: Content) -> None:
    if content.template and content.body:
        raise Malformed(400, "body", "A template has its own words: send body or content, and not both.")
    if content.template and not TEMPLATE.fullmatch(content.template):
        text = "content.template must be a template's name and language at WhatsApp, such as ring_ready/en_US."
        raise Malformed(400, "content", text)
    most = LONGEST_CAPTION if content.media else LONGEST
    if len(content.body or "") > most:
        what = "Words below a file have" if content.media else "A WhatsApp has"
        raise Malformed(400, "body", f"{what} at most {most} characters.")


def _require_values(values: Mapping[str, str]) -> None:
    """Malformed where WhatsApp would refuse the values, long after a person has read them."""
    for name, value in values.items():
        if not any(form.fullmatch(name) for form in (NUMBERED, PLACED, NAMED)):
            text = f"{name[:40]!r} is no value of a template: it is 1, 2, its name, header, header.NAME or button.0."
            raise Malformed(400, "variables", text)
        if not value.strip() or len(value) > LONGEST_VALUE or UNFIT.search(value):
            text = f"The value {name!r} must be 1 to {LONGEST_VALUE} characters on one line, without wide gaps."
            raise Malformed(400, "variables", text)
    numbers = sorted(int(name) for name in values if NUMBERED.fullmatch(name))
    named = any(NAMED.fullmatch(name) and not PLACED.fullmatch(name) for name in values)
    if numbers != list(range(1, len(numbers) + 1)) or (numbers and named):
        raise Malformed(400, "variables", "The values are numbered 1, 2, 3 without a gap, or all of them have names.")
