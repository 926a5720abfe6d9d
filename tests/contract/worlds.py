"""The world of every vendor, one line each, and what of the contract a vendor cannot have."""

from __future__ import annotations

from collections.abc import Mapping

from sayso_providers import REGISTRY
from tests.contract import by_post, own_doors, vendor_doors
from tests.contract.world import Opening

WORLDS: Mapping[str, Opening] = {
    "twilio": vendor_doors.with_twilio,
    "sendgrid": vendor_doors.with_sendgrid,
    "lob": by_post.with_lob,
    "whatsapp": own_doors.with_whatsapp,
    "smtp": own_doors.with_smtp,
    "mailhouse": by_post.with_mailhouse,
}
LIST = "nothing leaves by network: a person takes the list"
MAIL = "a mail server tells nothing after it took a mail"
NOT_HERE: Mapping[str, Mapping[str, str]] = {
    "callback": {"smtp": MAIL, "mailhouse": LIST},
    "stale": {
        "twilio": "it signs no time: a replay is known by what it says",
        "whatsapp": "it signs no time: a replay is known by what it says",
        "smtp": MAIL,
        "mailhouse": LIST,
    },
    "vendor_keys": {"smtp": MAIL, "mailhouse": LIST},
    "network": {"mailhouse": LIST},
    "forbidden": {"smtp": "it has one reply to wrong credentials, 535", "mailhouse": LIST},
    "relay": {"mailhouse": "the cards come as a file: there is no CRM that hears, the report of the run says it"},
    "issued_keys": {"mailhouse": "the cards come as a file, which a member of staff imports"},
    "door": {
        "whatsapp": "CRMs come in at our own door, whose own description tests/test_openapi.py holds it to",
        "smtp": "a till comes in over SMTP, which has no such description",
        "mailhouse": "the cards come as a file",
    },
}
"""Which rows of the contract say nothing of which vendor, and why."""


def vendors(row: str = "") -> list[str]:
    """The vendors that a row of the contract is for: all that are registered, but for those above."""
    return [name for name in REGISTRY if name not in NOT_HERE.get(row, {})]
