"""How WhatsApp words things: its version, its statuses and error codes, and how its JSON is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sayso.message import Account, Json

# https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (read 2026-11-22)
VERSION = "v24.0"
STATUSES: Mapping[str, str] = {
    **dict.fromkeys(("accepted", "held_for_quality_assessment"), "queued"),
    **dict.fromkeys(("delivered", "read", "played"), "delivered"),
    "sent": "sent",
    "failed": "failed",
}
"""WhatsApp's word for where a message is, in ours; a word that is not here is `unknown`."""
OPTED_OUT = frozenset({"131050"})
"""They told WhatsApp itself that they want no more offers from us."""
LONGEST_ID = 100


def vendor_id(raw: str) -> str:
    """WhatsApp's id of a message, as long as we keep one; the same here and in its receipts."""
    return raw[:LONGEST_ID]


def headers(account: Account) -> dict[str, str]:
    """The header that carries our own token."""
    return {"Authorization": f"Bearer {account.secret}", "Accept": "application/json"}


def objects(listed: Json) -> Iterator[dict[str, Json]]:
    """The objects of a list; none where it is no list."""
    if isinstance(listed, list):
        yield from (one for one in listed if isinstance(one, dict))


def text_at(value: Json, path: str) -> str:
    """The text at a dotted path; empty where none stands."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
