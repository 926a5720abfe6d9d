"""What another door took for Twilio to carry, as the form that its API takes."""

from __future__ import annotations

import re
from dataclasses import replace

from sayso.message import Content, Malformed
from sayso_providers.twilio import fields as rules
from sayso_providers.twilio.shape import SERVICE

LONGEST_BODY = 1600
TEMPLATE = re.compile(r"HX[0-9a-fA-F]{32}")


def compose(content: Content, channel: str, country: str) -> Content:
    """The content with Twilio's fields, endpoints as it spells them; Malformed names the field it cannot take."""
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    to, written = f"{prefix}{content.to[0]}", (content.sender or "").strip()
    service = SERVICE.fullmatch(written) is not None
    sender = None if service else _sender(f"{prefix}{written}", country)
    if sender == to:
        raise Malformed(400, "from", "to and from cannot be the same number.")
    if content.template and not TEMPLATE.fullmatch(content.template):
        raise Malformed(400, "content", "content.template must be the id of a template at the vendor (HX…).")
    if len(content.body or "") > LONGEST_BODY:
        raise Malformed(400, "body", f"A text has at most {LONGEST_BODY} characters.")
    fields = [
        ("To", to),
        ("MessagingServiceSid", written) if service else ("From", sender or ""),
        ("Body", content.body or ""),
        *(("MediaUrl", link) for link in content.media),
        ("ContentSid", content.template or ""),
        ("ContentVariables", dict(content.fields).get("variables", "")),
    ]
    given = tuple((name, value) for name, value in fields if value)
    return replace(content, to=(to,), sender=sender, fields=given)


def _sender(written: str, country: str) -> str:
    found = rules.any_sender(written, country)
    if found is None or (":" in found and not found.startswith("whatsapp:+")):
        raise Malformed(400, "from", "from must be a number, a sender name, a short code or a Messaging Service (MG…).")
    return found
