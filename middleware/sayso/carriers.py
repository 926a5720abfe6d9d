"""Which vendor carries a channel."""

from __future__ import annotations

from collections.abc import Mapping

CARRIERS: Mapping[str, str] = {
    **dict.fromkeys(("sms", "mms", "whatsapp"), "twilio"),
    "email": "sendgrid",
    **dict.fromkeys(("letter", "postcard", "self_mailer"), "lob"),
}
"""The vendor of a channel, where its source has no route of its own."""

STAND_INS: Mapping[str, str] = {"email": "smtp"}
"""Who carries a channel for as long as its vendor above has no keys here."""
